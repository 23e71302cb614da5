import type { Random } from "../shared/random.ts"
import { exponential, uniform } from "../shared/random.ts"
import type { Speed } from "./api.ts"
import { QUICK_SHARE, SLOT_MEAN } from "./timing.ts"

export type SlotKind = "quick" | "held"

export interface Slot {
  readonly at: number
  readonly kind: SlotKind
  /** Of the slot's own random stream: how long its read is held, which way it takes and how long it waits on it. */
  readonly seed: Uint8Array
}

/**
 * The Poisson clock of a client. Gap, kind and way of each packet are drawn from a random stream that nothing else draws from, before anything
 * is known of what the slot will carry.
 */
export class SlotClock {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  /** The slot after `from`; the gap is memoryless, so `from` may be the last tick or, after a sleep, now. */
  next(from: number, speed: Speed): Slot {
    const at = from + exponential(this.#random, SLOT_MEAN[speed])
    return { at, kind: uniform(this.#random) < QUICK_SHARE ? "quick" : "held", seed: this.#random(32) }
  }
}
