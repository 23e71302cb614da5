import type { BoxId, Content, Signature } from "../shared/names.ts"

/** What one box holds. */
export interface Stored {
  readonly signature: Signature
  readonly content: Content
}

/**
 * Where a shard keeps its boxes, in the order in which they were written. Synchronous, and durable before any answer that is returned
 * later leaves the machine. Times are whole hours since 1970: more of when a box was written need not lie on a disk.
 */
export interface BoxStore {
  /** How many boxes there are. */
  readonly size: number
  /** When the oldest box expires; Infinity where there is none. */
  readonly nextExpiry: number
  get(id: BoxId): Stored | null
  /** Called for an empty box only. */
  put(id: BoxId, signature: Signature, content: Content, expires: number): void
  /** Deletes the oldest boxes that expire in `hour` or before, at most `most` of them, and returns how many it deleted. */
  expire(hour: number, most: number): number
  /** How many of the newest boxes expire in `hour` or after. */
  countFrom(hour: number): number
}
