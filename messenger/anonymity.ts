import * as geometry from "../shared/geometry.ts"
import type { Speed } from "./api.ts"
import { expectedRoundTrip, expectedSlot, SLOT_MEAN } from "./timing.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Entropy of the sum of so many exponential delays with a mean of 1 each, in bits: (k + ln Γ(k) + (1 − k) ψ(k)) / ln 2. Three are 2.67. */
const SUM_OF = [-Infinity, 1.443, 2.275, 2.666] as const

const LAYERS = [1, 2, 3]
const NONE_TELLS: readonly LayerOfMixes[] = LAYERS.map(() => ({ mixes: 1, telling: 0 }))

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

/** A layer's mixes, and how many of them tell the observer which packet is which. */
export interface LayerOfMixes {
  readonly mixes: number
  readonly telling: number
}

/**
 * The entropy of the question which of the packets that came in is one that goes out, for three exponential mixes of mean delay d and λ packets per
 * second in the network: log2(λ·d) + 2.67 bits (that of the sum of the three delays, times λ), and never below 0. Where mixes tell, a packet is hidden by the delays of the others only: log2(λ·d) + 2.28
 * for two; + 1.44 for one, among as much of λ as comes to that mix; nothing for none; each as often as ways are drawn so. How many users are online no client can know,
 * so that is assumed (`assumedUsers`, and never less than this device), and is to be said beside the result. It is an estimate for one packet: it knows nothing of losses
 * and of what can be learnt from many packets in weeks. `npm run simulate` measures what it estimates: docs/anonymity.md.
 */
export function anonymityEstimate(speed: Speed, meanDelay: number, assumedUsers: number, layers: readonly LayerOfMixes[] = NONE_TELLS): AnonymityEstimate {
  const users = Math.max(1, assumedUsers)
  const atOnce = (users * meanDelay) / SLOT_MEAN[speed]
  const bits = waysThrough(layers).reduce((all, { share, hiding }) => {
    const among = hiding.length === 1 ? atOnce / hiding[0]!.mixes : atOnce
    return all + share * Math.max(0, Math.log2(among) + SUM_OF[hiding.length]!)
  }, 0)
  const packets = 2 ** bits
  return { users, bits, packets, others: (packets * (users - 1)) / users }
}

/** In which layers a way meets mixes that do not tell, and the share of such ways. */
function waysThrough(layers: readonly LayerOfMixes[]): { readonly share: number; readonly hiding: readonly LayerOfMixes[] }[] {
  return layers.reduce<{ share: number; hiding: readonly LayerOfMixes[] }[]>(
    (ways, layer) => ways.flatMap(({ share, hiding }) => [
      { share: (share * layer.telling) / layer.mixes, hiding },
      { share: share * (1 - layer.telling / layer.mixes), hiding: [...hiding, layer] },
    ]),
    [{ share: 1, hiding: [] }],
  )
}

/** The operator whose mixes would leave least if they told, and how the layers are then; null where a layer has no mix. */
export function mostTrusted(nodes: readonly { readonly role: string; readonly layer: number; readonly operator: string }[]): { readonly operator: string; readonly layers: readonly LayerOfMixes[] } | null {
  const mixes = nodes.filter(({ role }) => role === "mix")
  if (new Set(mixes.map(({ layer }) => layer)).size < LAYERS.length) return null
  const all = [...new Set(mixes.map(({ operator }) => operator))].map((operator) => {
    const layers = LAYERS.map((layer) => mixes.filter((mix) => mix.layer === layer)).map((there) => ({ mixes: there.length, telling: there.filter((mix) => mix.operator === operator).length }))
    return { operator, layers, left: layers.reduce((sum, layer) => sum + 1 - layer.telling / layer.mixes, 0) }
  })
  return all.reduce((a, b) => (b.left < a.left ? b : a))
}
