import { LINK_BATCH_MAX } from "../../shared/geometry.ts"
import { median } from "../figures.ts"
import type { Made } from "./load.ts"
import { quiet, through } from "./load.ts"
import type { Stage } from "./stage.ts"
import type { Unit } from "./unit.ts"

/** Packets in one request, and how many of them a round takes. */
export type Sizes = readonly (readonly [batch: number, packets: number])[]

export interface BatchRow {
  readonly batch: number
  /** Packets, by the clock, in the middle one of all rounds. */
  readonly perSecond: number
  /** CPU of the node for a packet, µs. */
  readonly cpu: number
  /** That, of what opening a packet and taking a layer off costs. */
  readonly ofOpening: number
}

export interface Batches {
  readonly rows: readonly BatchRow[]
  /** CPU for opening a packet and taking a layer off, and nothing else, in workerd, µs. */
  readonly opening: number
}

/** Of packets under way: less than a node takes in bodies that wait, which are 16 of full length. */
const WINDOW = 2048
const WARM = 1024

/** What packets cost a node as they come alone or together. Round by round, so that whatever else the machine does meanwhile falls upon all sizes alike, and upon the measure beside them. */
export async function batches(stage: Stage, unit: Unit, sizes: Sizes, rounds: number, make: (count: number) => Promise<Made[]>): Promise<Batches> {
  const rows = sizes.map(([batch]) => ({ batch, perSecond: [] as number[], cpu: [] as number[], ofOpening: [] as number[] }))
  const openings: number[] = []
  await through(stage, await make(Math.min(WARM, ...sizes.map(([, packets]) => packets))), LINK_BATCH_MAX, WINDOW)
  await unit.unwrap()
  for (let round = 0; round < rounds; round++) {
    let opening = await unit.unwrap()
    for (const [i, [batch, packets]] of sizes.entries()) {
      const made = await make(packets)
      await quiet(stage)
      const before = stage.cpu()
      const perSecond = await through(stage, made, batch, WINDOW)
      await quiet(stage)
      const cpu = (1e6 * (stage.cpu() - before)) / packets
      const behind = await unit.unwrap()
      rows[i]!.perSecond.push(perSecond)
      rows[i]!.cpu.push(cpu)
      rows[i]!.ofOpening.push((2 * cpu) / (opening + behind))
      openings.push((opening = behind))
    }
  }
  return {
    rows: rows.map(({ batch, perSecond, cpu, ofOpening }) => ({ batch, perSecond: median(perSecond), cpu: median(cpu), ofOpening: median(ofOpening) })),
    opening: median(openings),
  }
}

export function rowOf({ rows }: Batches, batch: number): BatchRow {
  return rows.find((row) => row.batch === batch)!
}
