import type { Speed } from "../../messenger/api.ts"
import { expectedSlot } from "../../messenger/timing.ts"
import type { Random } from "../../shared/random.ts"
import { exponential } from "../../shared/random.ts"
import { quantile } from "../figures.ts"

/** Three mixes out, one delay in the dropbox before a read that waits is answered, four mixes back. */
const DELAYS = 8
const DRAWS = 20_000

/** In simulation so many pairs of people are taken together, with so many messages each: of one the median may be twice as much. */
export const SIMULATED = { runs: 8, messages: 40 }

/** ms. */
export interface Delivery {
  readonly median: number
  readonly p90: number
  readonly p99: number
}

export function deliveryOf(times: readonly number[]): Delivery {
  const sorted = [...times].sort((a, b) => a - b)
  const [median, p90, p99] = [0.5, 0.9, 0.99].map((share) => quantile(sorted, share)) as [number, number, number]
  return { median, p90, p99 }
}

/**
 * What delivery takes where nothing takes time but what is meant to: the wait for a quick slot, and the delays on the way of a message whose reader's request already waits for it at
 * the one dropbox to which it comes first. By drawing them.
 */
export function delaysAlone(speed: Speed, meanDelay: number, random: Random): Delivery {
  const draw = () => {
    let time = exponential(random, expectedSlot(speed))
    for (let i = 0; i < DELAYS; i++) time += exponential(random, meanDelay)
    return time
  }
  return deliveryOf(Array.from({ length: DRAWS }, draw))
}

/** Median of a round trip where only its seven mixes take time, ms: that of the sum of seven exponential delays (the gamma distribution's). */
export function roundTripAlone(meanDelay: number): number {
  return 6.6696 * meanDelay
}
