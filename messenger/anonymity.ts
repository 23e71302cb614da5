import * as geometry from "../shared/geometry.ts"
import type { Speed } from "./api.ts"
import { expectedRoundTrip, expectedSlot, SLOT_MEAN } from "./timing.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Entropy of the sum of three exponential delays with a mean of 1 each, in bits: (3 + ln 2 − 2 ψ(3)) / ln 2. */
const THREE_MIXES = 2.67

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

/** Among whom a packet is hidden from somebody who watches every line and holds no mix, under an assumption. */
export interface AnonymityEstimate {
  /** Assumed to be online at the same speed, this device among them. */
  readonly users: number
  readonly bits: number
  /** 2 to the bits: of as many packets that could have been it, each is as likely. */
  readonly packets: number
  /** How many of them are other people's. */
  readonly others: number
}

/**
 * The entropy of the question which of the packets that came in is one that goes out, for three exponential mixes of mean delay d and λ packets per
 * second in the network: log2(λ·d) + 2.67 bits (that of the sum of the three delays, times λ), and never below 0. How many users are online no client can know,
 * so that is assumed (`assumedUsers`, and never less than this device), and is to be said beside the result. It is an estimate for one packet: it knows nothing of losses, of mixes that tell,
 * and of what can be learnt from many packets in weeks.
 */
export function anonymityEstimate(speed: Speed, meanDelay: number, assumedUsers: number): AnonymityEstimate {
  const users = Math.max(1, assumedUsers)
  const perSecond = (users * 1000) / SLOT_MEAN[speed]
  const bits = Math.max(0, Math.log2((perSecond * meanDelay) / 1000) + THREE_MIXES)
  const packets = 2 ** bits
  return { users, bits, packets, others: (packets * (users - 1)) / users }
}
