import type { Parameters } from "../../shared/directory/parameters.ts"
import type { FileCost, Speed } from "../api.ts"
import { expectedRoundTrip, expectedSlot, SLOT_MEAN } from "../timing.ts"
import { layoutOf } from "./layout.ts"

/** Which part of the quick slots is left for a file beside decoys, confirmations and streams that are looked at, which go first: as measured (bench/files.ts). */
const LEFT: Record<Speed, number> = { fast: 0.8, balanced: 0.65, saver: 0.2 }

/** What it costs to send a file, and to fetch it, in a network with these parameters. */
export function fileCost(size: number, parameters: Pick<Parameters, "replicas" | "meanDelay" | "fileKilobytes">): FileCost {
  const { boxes, pieces } = layoutOf(size)
  const packets = boxes * parameters.replicas
  const speeds = Object.keys(SLOT_MEAN) as Speed[]
  const time = (slots: number) =>
    Object.fromEntries(speeds.map((speed) => [speed, Math.round((slots * expectedSlot(speed)) / LEFT[speed] + expectedRoundTrip(parameters))])) as Record<Speed, number>
  return { most: parameters.fileKilobytes * 1000, boxes, packets, reads: pieces, sending: time(packets), fetching: time(pieces) }
}
