import type { FileLimits } from "./attachment-view.ts"

/** How often packets leave, whatever there is to say: one a second, every 3 or every 15 seconds on average. */
export type Speed = "fast" | "balanced" | "saver"

/**
 * How boxes are read that are not written yet; for all conversations at once. `waiting`: the read waits at the dropbox, and a message is here one
 * mixing after it was written. The price: whoever can write to you can, with your gateway's help, make packets return at times of their
 * choosing. `polling`: nothing waits; boxes are looked at in turn, streams that spoke lately first. No packet goes or returns at another time because of what
 * anybody writes, and messages take longer. After a change to polling, reads that wait already are answered within half an hour.
 */
export type ReadMode = "waiting" | "polling"

/** The user of this device. */
export interface ProfileView {
  readonly name: string
  readonly speed: Speed
  readonly reads: ReadMode
  readonly files: FileLimits
  readonly created: number
}
