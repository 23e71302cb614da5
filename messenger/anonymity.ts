import * as geometry from "../shared/geometry.ts"
import type { Speed } from "./api.ts"
import { expectedRoundTrip, expectedSlot, SLOT_MEAN } from "./timing.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Entropy of the sum of so many exponential delays with a mean of 1 each, in bits: (k + ln Γ(k) + (1 − k) ψ(k)) / ln 2. Three are 2.67. */
const SUM_OF = [-Infinity, 1.443, 2.275, 2.666] as const

/** What a speed costs, and what it gives. */
export interface SpeedCost {
  readonly packetsPerMinute: number
  /** Both directions; what links add to each packet (some percent) is not in it. */
  readonly bytesPerHour: number
  readonly bytesPerDay: number
  /** From writing to the other device, where that waits for it and has the network to itself, ms. */
  readonly delivery: number
}

/** `meanDelay`: of a mix, ms. */
export function speedCost(speed: Speed, meanDelay: number): SpeedCost {
  const bytesPerHour = (HOUR / SLOT_MEAN[speed]) * 2 * geometry.PACKET_LENGTH
  return {
    packetsPerMinute: MINUTE / SLOT_MEAN[speed],
    bytesPerHour,
    bytesPerDay: 24 * bytesPerHour,
    // The dropbox answers a read that waits there after the delay of one more mix.
    delivery: expectedSlot(speed) + expectedRoundTrip({ meanDelay }) + meanDelay,
  }
}

/** Among whom a packet is hidden from somebody who watches every line, under an assumption. */
export interface AnonymityEstimate {
  /** Assumed to be online at the same speed, this device among them. */
  readonly users: number
  readonly bits: number
  /** 2 to the bits: of as many packets that could have been it, each is as likely. */
  readonly packets: number
  /** How many of them are other people's. */
  readonly others: number
}

/** Of each layer, the share of its mixes that tell the observer which packet is which. */
export type Telling = readonly [number, number, number]

const NONE: Telling = [0, 0, 0]

/**
 * The entropy of the question which of the packets that came in is one that goes out, for three exponential mixes of mean delay d and λ packets per
 * second in the network: log2(λ·d) + 2.67 bits (that of the sum of the three delays, times λ), and never below 0. Where mixes tell, a packet is hidden by the delays of the others only: log2(λ·d) + 2.28
 * for two, + 1.44 for one, nothing for none, each as often as ways are drawn so. How many users are online no client can know,
 * so that is assumed (`assumedUsers`, and never less than this device), and is to be said beside the result. It is an estimate for one packet: it knows nothing of losses
 * and of what can be learnt from many packets in weeks. `npm run simulate` measures what it estimates.
 */
export function anonymityEstimate(speed: Speed, meanDelay: number, assumedUsers: number, telling: Telling = NONE): AnonymityEstimate {
  const users = Math.max(1, assumedUsers)
  const atOnce = (users * meanDelay) / SLOT_MEAN[speed]
  const bits = honestLayers(telling).reduce((all, share, count) => all + share * Math.max(0, Math.log2(atOnce) + SUM_OF[count]!), 0)
  const packets = 2 ** bits
  return { users, bits, packets, others: (packets * (users - 1)) / users }
}

/** The shares of ways on which none, one, two and all three of the mixes do not tell. */
function honestLayers(telling: Telling): readonly number[] {
  return telling.reduce<number[]>(
    (shares, tells) => [0, 1, 2, 3].map((count) => (shares[count] ?? 0) * tells + (shares[count - 1] ?? 0) * (1 - tells)),
    [1],
  )
}

/** The operator whose mixes would leave least if they told, and its shares of the layers; null where there are no mixes. */
export function mostTrusted(nodes: readonly { readonly role: string; readonly layer: number; readonly operator: string }[]): { readonly operator: string; readonly telling: Telling } | null {
  const mixes = nodes.filter(({ role }) => role === "mix")
  const all = [...new Set(mixes.map(({ operator }) => operator))].map((operator) => {
    const [first, second, third] = [1, 2, 3].map((layer) => {
      const there = mixes.filter((mix) => mix.layer === layer)
      return there.length === 0 ? 0 : there.filter((mix) => mix.operator === operator).length / there.length
    })
    const telling: Telling = [first!, second!, third!]
    return { operator, telling, left: honestLayers(telling).reduce((sum, share, count) => sum + share * count, 0) }
  })
  return all.length === 0 ? null : all.reduce((a, b) => (b.left < a.left ? b : a))
}
