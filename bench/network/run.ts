import os from "node:os"
import type { Speed } from "../../messenger/api.ts"
import { SLOT_MEAN } from "../../messenger/timing.ts"
import type { RunningNetwork } from "../../scripts/network/network.ts"
import { cpuOf, residentBytes } from "../figures.ts"
import { Crowd } from "./crowd.ts"
import type { Delivery } from "./expected.ts"
import { deliveryOf } from "./expected.ts"
import { onNetwork } from "./nodes.ts"

/** So many clients get to know each other at profile fast; more would be too much work for one machine. */
const FAST_MOST = 50
/** Nodes that a request passes, and a reply. */
const PASSES = 4

export interface Setting {
  readonly clients: number
  readonly speed: Speed
  /** ms a mix. */
  readonly meanDelay: number
  /** Messages of each pair. */
  readonly messages: number
  /** Mean slots of each client between two messages of a pair; and after the last of them, until what was not shown is lost. */
  readonly gap: number
  readonly patience: number
  /** For a step of getting acquainted, ms; pairs that take longer write nothing. */
  readonly within: number
}

export interface Run extends Setting, Delivery {
  readonly pairs: number
  readonly written: number
  readonly lost: number
  /** Median from a packet's leaving to its answer, where it is answered at once; ms, the mean of all clients. */
  readonly roundTrip: number
  /** While messages were under way: cores that nodes and clients used, and the share of all cores that anything used, this and other programs. */
  readonly nodeCores: number
  readonly clientCores: number
  readonly machine: number
  /** Share of the clients' wake-ups, slots among them, that came over 100 ms late. */
  readonly late: number
  /** CPU of all nodes, ms, for each time that a packet came to one. */
  readonly cpuPerPacket: number
  /** Slots a second of all clients. */
  readonly slots: number
  /** MB: the largest node, and a client's share of its process. */
  readonly nodeMemory: number
  readonly clientMemory: number
}

/** A network of its own with so many clients in pairs, who get acquainted and then write to each other. Throws where less than half of them get acquainted. */
export function run(setting: Setting, say: (line: string) => void): Promise<Run> {
  return onNetwork({ parameters: { meanDelay: setting.meanDelay } }, async (network) => {
    const crowd = new Crowd(setting.clients)
    try {
      return await withCrowd(network, crowd, setting, say)
    } finally {
      crowd.stop()
    }
  })
}

async function withCrowd(network: RunningNetwork, crowd: Crowd, setting: Setting, say: (line: string) => void): Promise<Run> {
  const { clients, speed, messages, gap, patience, within } = setting
  const what = `${clients} clients, ${speed}`
  const begun = performance.now()
  await crowd.start(network.description, clients <= FAST_MOST ? "fast" : speed)
  const pairs = await crowd.acquaint(within)
  say(`${what}: ${pairs} pairs know each other after ${Math.round((performance.now() - begun) / 1000)} s`)
  if (pairs < clients / 4) throw new Error(`Of ${clients / 2} pairs only ${pairs} got to know each other: this machine does not carry so many clients.`)
  await crowd.speed(speed)

  const look = async () => ({ at: performance.now() / 1000, nodes: sum(network.nodes.map(({ pid }) => cpuOf(pid) / 1000)), clients: await crowd.state(), machine: machineTimes() })
  const before = await look()
  const slot = SLOT_MEAN[speed]
  const times = await crowd.correspond({ count: messages, gap: gap * slot, patience: patience * slot })
  const after = await look()
  const seconds = after.at - before.at
  const nodes = after.nodes - before.nodes
  const lost = times.filter((time) => time === null).length
  const moved = (name: keyof typeof after.clients) => after.clients[name] - before.clients[name]
  const result = {
    ...setting,
    // Of what is lost it is known that it took longer.
    ...deliveryOf(times.map((time) => time ?? patience * slot)),
    pairs,
    written: times.length,
    lost,
    roundTrip: after.clients.roundTrips / clients,
    nodeCores: nodes / seconds,
    clientCores: moved("cpu") / seconds,
    machine: (after.machine.busy - before.machine.busy) / (after.machine.all - before.machine.all),
    late: moved("late") / moved("wakes"),
    cpuPerPacket: (1000 * nodes) / (PASSES * (moved("sent") + moved("replies"))),
    slots: moved("sent") / seconds,
    nodeMemory: Math.max(...network.nodes.map(({ pid }) => residentBytes(pid) / 2 ** 20)),
    clientMemory: after.clients.memory / clients,
  }
  say(`${what}: ${result.written} messages, median ${(result.median / 1000).toFixed(1)} s, ${result.lost} lost`)
  return result
}

/** Of all cores since the start, in any unit. */
function machineTimes(): { readonly busy: number; readonly all: number } {
  const times = os.cpus().map(({ times }) => times)
  const all = sum(times.map(({ user, nice, sys, idle, irq }) => user + nice + sys + idle + irq))
  return { busy: all - sum(times.map(({ idle }) => idle)), all }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0)
}
