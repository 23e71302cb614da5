import { table } from "../pages.ts"
import type { Batches } from "./batches.ts"
import type { BeyondRow } from "./beyond.ts"
import { IN_TIME } from "./beyond.ts"
import { whole } from "../figures.ts"
import type { Held } from "./memory.ts"
import type { OverheadRow } from "./overhead.ts"

/** By what is held. */
export function memoryTable(held: Readonly<Record<string, Held>>): string {
  return table(
    ["", "held", "bytes of the heap for each", "bytes that the process grew by for each"],
    Object.entries(held).map(([what, { count, heap, resident }]) => [what, whole(count), whole(heap), whole(resident)]),
  )
}

/** In place of a table that takes a whole measurement. */
export const NOT_QUICK = "Not measured: a quick run leaves it out."

const percent = (share: number) => `${(100 * share).toFixed(share > 0 && share < 0.01 ? 1 : 0)} %`
const megabytes = (bytes: number) => whole(bytes / 1e6)

/** By what the packets carry. */
export function batchesTable(found: Readonly<Record<string, Batches>>): string {
  return table(
    ["in a request", "per second", "per second of CPU", "CPU of each, µs", "of opening it"],
    Object.entries(found).flatMap(([what, { rows }]) =>
      rows.map(({ batch, perSecond, cpu, ofOpening }) => [`${batch} ${what}`, whole(perSecond), whole(1e6 / cpu), whole(cpu), ofOpening.toFixed(2)]),
    ),
  )
}

export function overheadTable(rows: readonly OverheadRow[]): string {
  if (rows.length === 0) return NOT_QUICK
  return table(
    ["of the greatest rate", "per second", "sent", "half are later than", "one in 100 is later than", "lost"],
    rows.map(({ share, perSecond, packets, p50, p99, lost }) => [percent(share), whole(perSecond), whole(packets), `${whole(p50)} ms`, `${whole(p99)} ms`, whole(lost)]),
  )
}

export function beyondTable(rows: readonly BeyondRow[]): string {
  if (rows.length === 0) return NOT_QUICK
  return table(
    ["of the greatest rate", "sent", "came out", "given up by the nodes before", "did not come out", "counted", "memory before, at most", "longest GET /health", `in time (${IN_TIME} ms) again after`],
    rows.map(({ share, packets, givenUp, lost, refused, memoryBefore, memory, health, recovered }) => [
      percent(share),
      whole(packets),
      percent(1 - (givenUp + lost) / packets),
      whole(givenUp),
      whole(lost),
      Object.entries(refused).map(([reason, count]) => `${reason} ${whole(count)}`).join(", ") || "nothing",
      `${megabytes(memoryBefore)}, ${megabytes(memory)} MB`,
      `${whole(health)} ms`,
      recovered === null ? "not while it was watched" : `${(recovered / 1000).toFixed(2)} s`,
    ]),
  )
}
