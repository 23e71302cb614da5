import type { Random } from "../shared/random.ts"
import { exponential, uniform } from "../shared/random.ts"
import type { Speed } from "./api.ts"
import { QUICK_SHARE, SLOT_MEAN } from "./timing.ts"

export type SlotKind = "quick" | "held"

export interface Slot {
  readonly at: number
  readonly kind: SlotKind
}

/**
 * The Poisson clock of a client. Gap and kind are drawn from a random stream that nothing else draws from, before anything
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
    return { at, kind: uniform(this.#random) < QUICK_SHARE ? "quick" : "held" }
  }
}
