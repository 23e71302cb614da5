import { setTimeout as sleep } from "node:timers/promises"
import type { RunningNetwork } from "../../scripts/network/network.ts"
import { cpuOf } from "../figures.ts"
import { Crowd } from "../network/crowd.ts"
import { onNetwork } from "../network/nodes.ts"
import type { Counted, ObjectCounts } from "./counting.ts"
import { countedWorkers } from "./entries.ts"
import { cloudflare } from "./cloudflare.ts"
import type { Use } from "./formulas.ts"
import { objectRequests, times } from "./formulas.ts"

/** Few: a mix of a network that runs for free. */
const CLIENTS = 4
/** After the clients' start, until packets come back as they go out; ms. */
const SETTLE = 5_000
const DAY = 86_400

export type NodeGroup = "layer 1" | "layer 2" | "layer 3" | "dropbox" | "authority"

/** What the nodes of a group did together in some seconds. */
export interface GroupCounts {
  readonly seconds: number
  readonly nodes: number
  readonly workerRequests: number
  /** Seconds. */
  readonly cpu: number
  /** By class. */
  readonly objects: Readonly<Record<string, ObjectCounts>>
}

export type Counts = Readonly<Record<NodeGroup, GroupCounts>>

export interface Measured {
  readonly clients: number
  /** With clients at profile fast, a slot a second each. */
  readonly busy: Counts
  /** Boxes that were written since the start, and the rows that that took. */
  readonly boxes: { readonly written: number; readonly rows: number }
  /** Five minutes without a client; null where there was no time for that. */
  readonly idle: Counts | null
}

/** Asks of each node by itself, in a network of two mixes in each layer, two dropboxes of one shard each, and an authority. */
export async function measure(quick: boolean, say: (line: string) => void): Promise<Measured> {
  const nodes = async (folder: string) => ({ bundles: await countedWorkers(folder), env: { SHARDS: "1" } })
  return onNetwork({ nodes }, async (network) => {
    const first = await look(network)
    // Nodes ask the authority for its document each five minutes.
    const idle = quick ? null : await during(network, 300_000, () => say("five minutes without clients"))
    const crowd = new Crowd(CLIENTS)
    try {
      await crowd.start(network.description, "fast")
      await crowd.invite()
      await sleep(SETTLE)
      const busy = await during(network, quick ? 7_000 : 90_000, () => say(`${CLIENTS} clients`))
      const shards = difference(first, await look(network)).dropbox.objects["DropboxShard"]!
      return { clients: CLIENTS, busy, boxes: { written: shards.boxes, rows: shards.rowsWritten - shards.alarmsSet }, idle }
    } finally {
      crowd.stop()
    }
  })
}

/** A day of one node of the group, if all days were like this. */
export function idleDay(group: GroupCounts): Use {
  const objects = Object.values(group.objects)
  const all = (of: (counts: ObjectCounts) => number) => objects.reduce((sum, counts) => sum + of(counts), 0)
  const use = {
    workerRequests: group.workerRequests,
    objectRequests: all(objectRequests),
    rowsWritten: all(({ rowsWritten }) => rowsWritten),
    rowsRead: all(({ rowsRead }) => rowsRead),
    gigabyteSeconds: (all(({ awake }) => awake) / 1000) * cloudflare.objectGigabytes,
  }
  return times(use, DAY / group.seconds / group.nodes)
}

async function during(network: RunningNetwork, ms: number, begun: () => void): Promise<Counts> {
  begun()
  const before = await look(network)
  await sleep(ms)
  return difference(before, await look(network))
}

/** Since the nodes' start; `seconds` on this process's clock. */
async function look({ nodes }: RunningNetwork): Promise<Counts> {
  const groups = new Map<NodeGroup, GroupCounts>()
  for (const { name, url, pid } of nodes) {
    const counted = (await (await fetch(`${url}/counted`)).json()) as Counted
    const group = groupOf(name)
    const one: GroupCounts = { seconds: performance.now() / 1000, nodes: 1, workerRequests: counted.workerRequests, cpu: cpuOf(pid) / 1000, objects: counted.objects }
    const before = groups.get(group)
    groups.set(group, before === undefined ? one : { ...combined(before, one, (a, b) => a + b), seconds: one.seconds, nodes: before.nodes + 1 })
  }
  return Object.fromEntries(groups) as Record<NodeGroup, GroupCounts>
}

function difference(before: Counts, after: Counts): Counts {
  const groups = Object.entries(after).map(([group, counts]) => {
    const from = before[group as NodeGroup]
    return [group, { ...combined(counts, from, (a, b) => a - b), seconds: counts.seconds - from.seconds, nodes: counts.nodes }]
  })
  return Object.fromEntries(groups) as Record<NodeGroup, GroupCounts>
}

function combined(a: GroupCounts, b: GroupCounts, how: (a: number, b: number) => number): Pick<GroupCounts, "workerRequests" | "cpu" | "objects"> {
  const objects = Object.entries(a.objects).map(([name, counts]) => {
    const other = b.objects[name]!
    return [name, Object.fromEntries(Object.entries(counts).map(([what, count]) => [what, how(count as number, other[what as keyof ObjectCounts])]))]
  })
  return { workerRequests: how(a.workerRequests, b.workerRequests), cpu: how(a.cpu, b.cpu), objects: Object.fromEntries(objects) as Record<string, ObjectCounts> }
}

function groupOf(name: string): NodeGroup {
  const layer = /^mix-([123])/.exec(name)?.[1]
  if (layer !== undefined) return `layer ${layer}` as NodeGroup
  return name === "authority" ? "authority" : "dropbox"
}
