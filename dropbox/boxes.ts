import type { BoxId, Content, Signature } from "../shared/names.ts"

/** What one box holds. */
export interface Stored {
  readonly signature: Signature
  readonly content: Content
}

/** Where a dropbox keeps its boxes. Synchronous, and durable before any effect that is returned later leaves the machine. */
export interface BoxStore {
  /** How many boxes there are. */
  readonly size: number
  get(id: BoxId): Stored | null
  /** Called for an empty box only. `expires` in ms since 1970. */
  put(id: BoxId, signature: Signature, content: Content, expires: number): void
  /** Deletes all boxes that expire at `now` or before. */
  expire(now: number): void
}
