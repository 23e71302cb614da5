import { heapBytes } from "./heap.ts"
import type { Made } from "./load.ts"
import { quiet, through } from "./load.ts"
import type { Stage } from "./stage.ts"

export interface Held {
  readonly count: number
  /** Bytes that each takes of the heap of the node, array buffers included, garbage collected before and after. */
  readonly heap: number
  /** Bytes by which the process grew for each, garbage and all. */
  readonly resident: number
}

const BATCH = 64
const WINDOW = 4096

/** What it costs a node to hold what `hold` makes, which does not come out while this lasts. `pass` makes what comes out at once, for the node to get warm. */
export async function memoryOfHeld(stage: Stage, count: number, pass: (count: number) => Promise<Made[]>, hold: (count: number) => Promise<Made[]>): Promise<Held> {
  await through(stage, await pass(1024), BATCH, WINDOW)
  const made = await hold(count)
  await quiet(stage)
  const [heapBefore, residentBefore, out] = [await heapBytes(stage), stage.resident(), stage.arrived()]
  for (let i = 0; i < made.length; i += BATCH) await stage.post(await stage.body(made.slice(i, i + BATCH).map(({ packet }) => packet)))
  await quiet(stage)
  if (stage.arrived() > out) throw new Error("what should be held came out")
  const resident = stage.resident()
  return { count, heap: ((await heapBytes(stage)) - heapBefore) / count, resident: (resident - residentBefore) / count }
}
