import { table } from "../pages.ts"
import type { Delivery } from "./expected.ts"
import { SIMULATED } from "./expected.ts"
import type { NetworkMeasured } from "./measure.ts"
import type { Run } from "./run.ts"

export function networkTables({ few, fewAlone, sizes, tooMany, profiles }: NetworkMeasured): Record<string, string> {
  const small = table(["", "median", "90 %", "99 %"], [[`${few.clients} clients, ${few.speed}, ${few.meanDelay} ms a mix`, ...shown(few)], ["slot and delays alone", ...shown(fewAlone)]])
  if (sizes.length === 0) return { "network-few": small }
  return { "network-few": small, "network-clients": clientsTable(sizes, tooMany), "network-machine": machineTable(sizes), "network-profiles": profilesTable(profiles) }
}

function clientsTable(sizes: readonly Run[], tooMany: number | null): string {
  const rows = sizes.map((run) => [named(run), `${run.written} of ${run.pairs} pairs`, ...shown(run), `${run.lost}`])
  if (tooMany !== null) rows.push([`${tooMany}, balanced`, "less than half got acquainted", "", "", "", ""])
  return table(["clients", "messages", "median", "90 %", "99 %", "lost"], rows)
}

function machineTable(sizes: readonly Run[]): string {
  const rows = sizes.map((run) => [
    named(run),
    run.slots.toFixed(1),
    run.nodeCores.toFixed(2),
    run.clientCores.toFixed(2),
    percent(run.machine),
    percent(run.late),
    run.cpuPerPacket.toFixed(2),
    `${Math.round(run.nodeMemory)} MB`,
    `${run.clientMemory.toFixed(1)} MB`,
  ])
  return table(["clients", "slots a second", "cores of all nodes", "cores of all clients", "all cores busy", "late", "ms of CPU a packet and node", "largest node", "a client"], rows)
}

function profilesTable(profiles: NetworkMeasured["profiles"]): string {
  const rows = profiles.flatMap(({ run, alone, simulated }) => [
    [`**${run.speed}**, ${run.clients} clients`, `${run.written}`, ...shown(run), `${run.lost}`],
    ["two people, simulated", `${SIMULATED.runs * SIMULATED.messages}`, ...shown(simulated), ""],
    ["slot and delays alone", "", ...shown(alone), ""],
  ])
  return table(["", "messages", "median", "90 %", "99 %", "lost"], rows)
}

function named({ clients, speed }: Run): string {
  return `${clients}, ${speed}`
}

function shown({ median, p90, p99 }: Delivery): string[] {
  return [median, p90, p99].map((ms) => `${(ms / 1000).toFixed(1)} s`)
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}
