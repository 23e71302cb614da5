import type { Rates } from "./days.ts"
import type { Use } from "./formulas.ts"
import { nothing, objectRequests, sum, times } from "./formulas.ts"
import type { Counts, GroupCounts, Measured, NodeGroup } from "./measure.ts"
import { idleDay } from "./measure.ts"

const LAYERS = ["layer 1", "layer 2", "layer 3"] as const satisfies readonly NodeGroup[]
/** Times that a slot's packets come to the nodes of a group. */
const COME: Readonly<Record<Exclude<NodeGroup, "authority">, number>> = { "layer 1": 3, "layer 2": 2, "layer 3": 2, dropbox: 1 }
/** Of a message, at least: a write for each of two replicas, and a read. */
export const MESSAGE_SLOTS = 3
const REPLICAS = 2
/** Of the network that money and the free plan are told of. */
const AUTHORITIES = 3
const DELETED = 1

export interface SlotCost {
  readonly workerRequests: number
  readonly objectRequests: number
  readonly rowsWritten: number
  /** CPU of the whole process, ms. */
  readonly cpu: number
}

/** What came to these nodes: packets in requests, and frames of clients. */
export function arrived({ objects }: GroupCounts): number {
  return Object.values(objects).reduce((all, { packets, messages }) => all + packets + messages, 0)
}

export function ratesOf({ busy, boxes, idle }: Measured): Rates {
  const { DropboxNode: front, DropboxShard: shard } = busy.dropbox.objects as { DropboxNode: GroupCounts["objects"][string]; DropboxShard: GroupCounts["objects"][string] }
  const { nodes, seconds } = busy.dropbox
  const all = [...LAYERS, "dropbox" as const].flatMap((group) => Object.values(busy[group].objects))
  const total = (of: "links" | "packets") => all.reduce((sum, counts) => sum + counts[of], 0)
  const frontShare = front.awake / 1000 / seconds / nodes
  const day = (group: NodeGroup): Use => (idle === null ? nothing : idleDay(idle[group]))
  // One authority asked here: every request that came to an idle node was for its descriptor, and the others ask as often.
  const asked = (use: Use) => {
    const more = (AUTHORITIES - 1) * use.workerRequests
    return sum(use, { ...nothing, workerRequests: more, objectRequests: more })
  }
  return {
    requestsPerPacket: total("links") / total("packets"),
    calls: (front.calls + shard.calls) / front.packets,
    frontRows: (front.rowsWritten - front.alarmsSet) / front.packets,
    shardReads: shard.rowsRead / front.packets,
    frontAwake: -Math.log(1 - frontShare) / (front.packets / seconds / nodes),
    rowsPerBox: boxes.rows / boxes.written,
    idle: {
      "layer 1": asked(day("layer 1")),
      "layer 2 or 3": asked(times(sum(day("layer 2"), day("layer 3")), 1 / 2)),
      dropbox: asked(day("dropbox")),
      authority: day("authority"),
    },
  }
}

/** What a slot, a request out and a reply back, takes of all nodes of a group together, at the load that was measured. */
export function slotCost(group: Exclude<NodeGroup, "authority">, measured: Measured): SlotCost {
  const counts = measured.busy[group]
  const { requestsPerPacket, calls, frontRows } = ratesOf(measured)
  const [come, frames] = [COME[group], group === "layer 1" ? 1 : 0]
  const requests = (come - frames) * requestsPerPacket
  const rows = group === "dropbox" ? frontRows : rowsPerArrival(measured.busy)
  return {
    workerRequests: requests,
    objectRequests: objectRequests({ fetches: requests, calls: group === "dropbox" ? calls : 0, alarms: 0, messages: frames }),
    rowsWritten: come * rows,
    cpu: (come * 1000 * counts.cpu) / arrived(counts),
  }
}

/** Rows that a mix writes per packet: all mixes together, for in seconds few come to each. */
export function rowsPerArrival(busy: Counts): number {
  const mixes = LAYERS.map((layer) => busy[layer])
  const rows = mixes.reduce((all, { objects }) => all + objects["MixNode"]!.rowsWritten - objects["MixNode"]!.alarmsSet, 0)
  return rows / mixes.reduce((all, counts) => all + arrived(counts), 0)
}

export function wholeSlot(measured: Measured): SlotCost {
  const groups = (Object.keys(COME) as (keyof typeof COME)[]).map((group) => slotCost(group, measured))
  const all = (of: keyof SlotCost) => groups.reduce((total, cost) => total + cost[of], 0)
  return { workerRequests: all("workerRequests"), objectRequests: all("objectRequests"), rowsWritten: all("rowsWritten"), cpu: all("cpu") }
}

/** What the slots of a message take, and its boxes from their writing to their deletion. */
export function messageCost(measured: Measured): SlotCost {
  const slot = wholeSlot(measured)
  const boxes = REPLICAS * (ratesOf(measured).rowsPerBox + DELETED)
  return {
    workerRequests: MESSAGE_SLOTS * slot.workerRequests,
    objectRequests: MESSAGE_SLOTS * slot.objectRequests,
    rowsWritten: MESSAGE_SLOTS * slot.rowsWritten + boxes,
    cpu: MESSAGE_SLOTS * slot.cpu,
  }
}
