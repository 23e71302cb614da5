const HOUR = 3_600_000
const HOURS_PER_DAY = 24
/**
 * Bits more for each doubling: the price of a box rises with the sixth power of the rate of writes. Less, and filling a shard in a day
 * would cost a few graphics cards; docs/protocol.md section 5 has the figures, and what a steep price costs those who pay it.
 */
const STEEPNESS = 6
/** The part of a shard's room that may be full before that costs more. */
const AT_EASE = 3 / 4
/** Nobody does this work: what a full shard asks for. */
const MOST_BITS = 64

/** Writes per hour, the last ones counting most: each counts for an hour on average, so that the rate has no steps and recovers by itself. */
export class WriteRate {
  #writes: number
  #at: number

  /** `counts[i]`: what was written in the hour that began i hours before the present one, as far as it is known. */
  constructor(counts: readonly number[], now: number) {
    const sinceHour = now % HOUR
    this.#at = now
    this.#writes = counts.reduce((sum, count, i) => {
      const age = i === 0 ? sinceHour / 2 : sinceHour + (i - 0.5) * HOUR
      return sum + count * Math.exp(-age / HOUR)
    }, 0)
  }

  add(now: number): void {
    this.#writes = this.perHour(now) + 1
    this.#at = Math.max(now, this.#at)
  }

  perHour(now: number): number {
    return this.#writes * Math.exp(-Math.max(0, now - this.#at) / HOUR)
  }
}

/** What the price of a write depends on. */
export interface Filling {
  readonly perHour: number
  readonly boxes: number
  readonly room: number
  readonly boxDays: number
}

/**
 * Leading zero bits that a stamp must have: `base` while a shard would never be full at this rate of writes (with boxes of 30 days:
 * below 1/720 of its room per hour) and a quarter of it is empty; 6 more for each doubling of the rate beyond, and for each halving of
 * what is left.
 */
export function bitsAsked(base: number, { perHour, boxes, room, boxDays }: Filling): number {
  const sustained = room / (boxDays * HOURS_PER_DAY)
  const left = Math.max(0, room - boxes)
  const doublings = Math.max(0, Math.log2(perHour / sustained)) + Math.max(0, Math.log2((room * (1 - AT_EASE)) / left))
  return Math.max(base, Math.min(MOST_BITS, base + Math.floor(STEEPNESS * doublings)))
}
