/** What a dropbox does in workerd, its boxes on disk, between a node that sends and one that takes what it answers. */
import { tmpdir } from "node:os"
import type { BoxesRow } from "../boxes/table.ts"
import { boxesTable } from "../boxes/table.ts"
import { reads, writes } from "../dropbox/requests.ts"
import { BOX_ID_LENGTH, CONTENT_LENGTH, LINK_BATCH_MAX, SIGNATURE_LENGTH, SURB_LENGTH } from "../../shared/geometry.ts"
import type { Batches, Sizes } from "../nodes/batches.ts"
import { batches, rowOf } from "../nodes/batches.ts"
import type { BeyondRow } from "../nodes/beyond.ts"
import { beyond } from "../nodes/beyond.ts"
import type { Held } from "../nodes/memory.ts"
import { memoryOfHeld } from "../nodes/memory.ts"
import type { OverheadRow } from "../nodes/overhead.ts"
import { overhead } from "../nodes/overhead.ts"
import { whole } from "../figures.ts"
import { onStage } from "../nodes/stage.ts"
import { batchesTable, beyondTable, memoryTable, overheadTable } from "../nodes/tables.ts"
import { withUnit } from "../nodes/unit.ts"
import { table } from "../pages.ts"
import type { Part } from "../part.ts"

interface DropboxResult {
  readonly reads: Batches
  readonly writes: Batches
  readonly held: Held
  /** Two numbers of boxes in one table. */
  readonly boxes: readonly BoxesRow[]
  /** Of reads; only of the whole measurement. */
  readonly overhead: readonly OverheadRow[]
  readonly beyond: readonly BeyondRow[]
}

const QUICK: Record<"reads" | "writes", Sizes> = { reads: [[1, 256], [256, 1024]], writes: [[256, 128]] }
const WHOLE: Record<"reads" | "writes", Sizes> = { reads: [[1, 1024], [4, 2048], [16, 4096], [64, 8192], [256, 8192]], writes: [[1, 512], [256, 1024]] }
const boxesRows = (rows: readonly BoxesRow[]) =>
  table(
    ["boxes in one table", "CPU for a write, µs", "for a lookup, there", "for a lookup, empty", "bytes on disk for each", "memory of the process"],
    rows.map(({ boxes, write, hit, miss, bytes, resident }) => [...[boxes, write, hit, miss, bytes].map(whole), `${whole(resident / 1e6)} MB`]),
  )

const BOXES = [10_000, 20_000]
/** s: longer than all of this takes. */
const HOLD = 1800
const SECONDS = 6

export const dropbox: Part<DropboxResult> = {
  name: "dropbox",

  async measure(quick, say) {
    const boxes: BoxesRow[] = []
    say("boxes")
    await boxesTable(quick ? BOXES.slice(0, 1) : BOXES, tmpdir(), (row) => boxes.push(row))
    return onStage("dropbox", async (stage) => {
      const read = (count: number) => reads(stage, count)
      say("memory of held reads")
      const held = await memoryOfHeld(stage, quick ? 2048 : 8192, read, (count) => reads(stage, count, HOLD))
      const sizes = quick ? QUICK : WHOLE
      const alike = await withUnit(async (unit) => {
        say("reads alone and together")
        const found = await batches(stage, unit, sizes.reads, quick ? 5 : 3, read)
        say("writes alone and together")
        return { reads: found, writes: await batches(stage, unit, sizes.writes, 3, (count) => writes(stage, count)) }
      })
      if (quick) return { ...alike, held, boxes, overhead: [], beyond: [] }
      const { perSecond } = rowOf(alike.reads, LINK_BATCH_MAX)
      const rows: OverheadRow[] = []
      for (const share of [0.1, 0.5, 0.9]) {
        say(`${100 * share} % of ${perSecond.toFixed(0)} a second`)
        rows.push(await overhead(stage, share, perSecond, SECONDS, read))
      }
      const too: BeyondRow[] = []
      for (const share of [1.5, 3]) {
        say(`${100 * share} %`)
        too.push(await beyond(stage, share, perSecond, SECONDS, read))
      }
      return { ...alike, held, boxes, overhead: rows, beyond: too }
    })
  },

  tables({ reads, writes, held, boxes, overhead, beyond }) {
    return {
      "dropbox-batches": batchesTable({ reads, writes }),
      "dropbox-memory": memoryTable({ read: held }),
      "dropbox-boxes": boxesRows(boxes),
      "dropbox-overhead": overheadTable(overhead),
      "dropbox-beyond": beyondTable(beyond),
    }
  },

  ratios({ reads, writes, held, boxes }) {
    return {
      "CPU for a read among 256, of opening a packet": rowOf(reads, LINK_BATCH_MAX).ofOpening,
      "CPU for a read by itself, of one among 256": rowOf(reads, 1).cpu / rowOf(reads, LINK_BATCH_MAX).cpu,
      "CPU for a write among 256, of opening a packet": rowOf(writes, LINK_BATCH_MAX).ofOpening,
      "memory of a held read, of its SURB and box": held.heap / (SURB_LENGTH + BOX_ID_LENGTH),
      "disk for a box, of what it holds": boxes[0]!.bytes / (BOX_ID_LENGTH + SIGNATURE_LENGTH + CONTENT_LENGTH),
    }
  },
}
