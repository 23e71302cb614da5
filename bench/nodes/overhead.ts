import { randomBytes } from "node:crypto"
import { quantile } from "../figures.ts"
import type { Made } from "./load.ts"
import { randomTimes, sendAt, settled } from "./load.ts"
import type { Stage } from "./stage.ts"

export interface OverheadRow {
  /** Of the greatest rate. */
  readonly share: number
  readonly perSecond: number
  readonly packets: number
  /** ms between when a packet should have left the node, by the delay that was chosen for it, and when it came out. */
  readonly p50: number
  readonly p99: number
  readonly lost: number
}

const random = (length: number) => new Uint8Array(randomBytes(length))

/** How late packets come out of the node that are sent at random times. */
export async function overhead(stage: Stage, share: number, perSecond: number, seconds: number, make: (count: number) => Promise<Made[]>): Promise<OverheadRow> {
  const packets = Math.ceil(share * perSecond * seconds)
  const made = await make(packets)
  const due = randomTimes(random, packets, share * perSecond, Date.now())
  await sendAt(stage, made, due)
  await settled(stage, made)
  const late = lateness(stage, made, due)
  const there = late.filter((one) => one < Infinity).sort((a, b) => a - b)
  return { share, perSecond: share * perSecond, packets, p50: quantile(there, 0.5), p99: quantile(there, 0.99), lost: packets - there.length }
}

/** ms by which each packet came out later than it was due and should be held; Infinity where it did not. */
export function lateness(stage: Stage, made: readonly Made[], due: readonly number[]): number[] {
  return made.map(({ mark, delay }, i) => (stage.cameOut(mark) === 0 ? Infinity : stage.cameOut(mark) - due[i]! - delay))
}
