/** What a mix of layer 2 does in workerd, its storage on disk, between a node that sends and one that takes. */
import { LINK_BATCH_MAX, PACKET_LENGTH } from "../../shared/geometry.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import { packetsThrough } from "../mix/packets.ts"
import type { Steps } from "../mix/steps.ts"
import { stepRows, steps } from "../mix/steps.ts"
import type { Batches, Sizes } from "../nodes/batches.ts"
import { batches, rowOf } from "../nodes/batches.ts"
import type { BeyondRow } from "../nodes/beyond.ts"
import { beyond } from "../nodes/beyond.ts"
import type { Held } from "../nodes/memory.ts"
import { memoryOfHeld } from "../nodes/memory.ts"
import type { OverheadRow } from "../nodes/overhead.ts"
import { overhead } from "../nodes/overhead.ts"
import { onStage } from "../nodes/stage.ts"
import { NOT_QUICK, batchesTable, beyondTable, memoryTable, overheadTable } from "../nodes/tables.ts"
import { table } from "../pages.ts"
import { withUnit } from "../nodes/unit.ts"
import type { Part } from "../part.ts"

interface MixResult {
  readonly batches: Batches
  readonly held: Held
  /** Only of the whole measurement. */
  readonly steps: Steps | null
  readonly overhead: readonly OverheadRow[]
  readonly beyond: readonly BeyondRow[]
}

const QUICK: Sizes = [[1, 256], [256, 1024]]
const WHOLE: Sizes = [[1, 1024], [4, 2048], [16, 4096], [64, 8192], [256, 8192]]
/** Mean delays, ms: short where only what is spent counts, and else what clients ask for. */
const SHORT = 20
const LONG = defaultParameters.meanDelay
/** ms: longer than all of this takes. */
const MINUTES = 500_000
const SECONDS = 6

export const mix: Part<MixResult> = {
  name: "mix",

  async measure(quick, say) {
    return onStage("mix", async (stage) => {
      const through = (meanDelay: number) => (count: number) => packetsThrough(stage, count, meanDelay)
      say("memory of held packets")
      const held = await memoryOfHeld(stage, quick ? 2048 : 8192, through(SHORT), (count) => packetsThrough(stage, count, MINUTES, { fixed: true }))
      say("packets alone and together")
      const found = await withUnit((unit) => batches(stage, unit, quick ? QUICK : WHOLE, quick ? 5 : 3, through(SHORT)))
      if (quick) return { batches: found, held, steps: null, overhead: [], beyond: [] }
      say("steps")
      const spent = await steps(stage, 3, 4096, SHORT)
      const { perSecond } = rowOf(found, LINK_BATCH_MAX)
      const rows: OverheadRow[] = []
      for (const share of [0.1, 0.5, 0.9]) {
        say(`${100 * share} % of ${perSecond.toFixed(0)} a second`)
        rows.push(await overhead(stage, share, perSecond, SECONDS, through(LONG)))
      }
      const too: BeyondRow[] = []
      for (const share of [1.5, 3]) {
        say(`${100 * share} %`)
        too.push(await beyond(stage, share, perSecond, SECONDS, through(LONG)))
      }
      return { batches: found, held, steps: spent, overhead: rows, beyond: too }
    })
  },

  tables({ batches, held, steps, overhead, beyond }) {
    return {
      "mix-batches": batchesTable({ packets: batches }),
      "mix-memory": memoryTable({ packet: held }),
      "mix-steps": steps === null ? NOT_QUICK : table(["CPU per packet", "µs"], stepRows(steps)),
      "mix-overhead": overheadTable(overhead),
      "mix-beyond": beyondTable(beyond),
    }
  },

  ratios({ batches, held }) {
    return {
      "CPU for a packet among 256, of opening it": rowOf(batches, LINK_BATCH_MAX).ofOpening,
      "CPU for a packet by itself, of one among 256": rowOf(batches, 1).cpu / rowOf(batches, LINK_BATCH_MAX).cpu,
      "memory of a held packet, of its length": held.heap / PACKET_LENGTH,
    }
  },
}
