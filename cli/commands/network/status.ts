import { idOf } from "../../../messenger/network-description.ts"
import { toHex } from "../../../shared/bytes.ts"
import type { NodeEntry } from "../../../shared/directory/descriptor.ts"
import type { Call } from "../../command.ts"
import { Failure } from "../../failure.ts"
import { isoTime, jsonLine, plainName, table } from "../../output.ts"
import type { Seen } from "./directory.ts"
import { seenFrom } from "./directory.ts"
import type { Health, Probe } from "./health.ts"
import { probes } from "./health.ts"
import type { Loop } from "./loop.ts"
import { loop } from "./loop.ts"

const LOOPS = 3
/** For what is not the delays of seven mixes, and how many times their mean these may be. */
const LOOP_PATIENCE = 5000
const LOOP_DELAYS = 6 * 7
/** A clock that is wrong by more is worth a word; from ten minutes on packets are refused. */
const CLOCK_FINE = 60_000
const NAME = 30
const WHO = 12

interface Row {
  readonly node: NodeEntry
  readonly probe: Probe
  /** The node's clock less an authority's, ms. */
  readonly clock: number | null
}

/** `sotto network status ADDRESS` */
export async function status(call: Call, address: string): Promise<void> {
  const seen = await seenFrom(address)
  const { directory, network } = seen
  const authorities = network?.authorities.map(({ url }) => url.replace(/\/$/, "")) ?? []
  // Loops first, so that what is asked of nodes at once does not slow them down.
  const patience = LOOP_PATIENCE + LOOP_DELAYS * directory.parameters.meanDelay
  const loops = await Promise.all(Array.from({ length: LOOPS }, () => loop(directory, patience)))
  const found = await probes([...authorities, ...directory.nodes.map(({ url }) => url)])
  const answers = authorities.map((url, i) => ({ url, probe: found[i]! }))
  const clocks = new Map(answers.flatMap(({ probe }) => probe.health?.nodes ?? []).map(({ url, clock }) => [url, clock ?? null]))
  const rows: Row[] = directory.nodes.map((node, i) => ({ node, probe: found[authorities.length + i]!, clock: clocks.get(node.url) ?? null }))
  rows.sort((a, b) => order(a.node) - order(b.node) || (a.node.url < b.node.url ? -1 : 1))
  if (call.json) json(call, seen, answers, rows, loops)
  else for (const line of screen(seen, answers, rows, loops)) call.print(line)
  const silent = rows.filter(({ probe }) => probe.health === null).length + answers.filter(({ probe }) => probe.health === null).length
  if (silent > 0) throw new Failure(`${silent} of ${rows.length + answers.length} ${silent === 1 ? "does" : "do"} not answer.`)
  if (loops.every((one) => one === null || one.ms === null)) throw new Failure("No packet came back.")
}

function json(call: Call, { directory, network }: Seen, authorities: readonly Answer[], rows: readonly Row[], loops: readonly (Loop | null)[]): void {
  const { epoch, validFrom, validUntil, parameters } = directory
  const times = { validFrom: isoTime(validFrom), validUntil: isoTime(validUntil) }
  call.print(jsonLine({ type: "directory", network: toHex(directory.network), verified: network !== null, epoch, ...times, parameters }))
  for (const { url, probe } of authorities) call.print(jsonLine({ type: "authority", url, ...probe }))
  for (const { node, probe, clock } of rows) {
    const { id, role, layer, operator, provider, url, keys } = node
    call.print(jsonLine({ type: "node", id: toHex(id), role, layer, operator, provider, url, keyEpochs: keys.map(({ epoch }) => epoch), clock, ...probe }))
  }
  for (const one of loops) call.print(jsonLine({ type: "loop", ...one }))
}

type Answer = { readonly url: string; readonly probe: Probe }

function screen({ directory, network }: Seen, authorities: readonly Answer[], rows: readonly Row[], loops: readonly (Loop | null)[]): string[] {
  const now = Date.now()
  const { epoch, validFrom, validUntil, parameters } = directory
  const operators = new Set(rows.map(({ node }) => node.operator)).size
  const current = Math.floor(now / 1000 / parameters.keyEpochSeconds)
  const counts = [1, 2, 3].map((layer) => rows.filter(({ node }) => node.layer === layer).length)
  const lines = [
    `Network    ${network === null ? "(signatures not checked: name the app's URL)" : plainName(network.name)}`,
    `Id         ${network === null ? toHex(directory.network) : idOf(network)}`,
    `Directory  epoch ${epoch}, made ${span(now - validFrom)} ago, ${validUntil > now ? `good for ${span(validUntil - now)}` : "TOO OLD"}`,
    `Nodes      mixes ${counts.join(" + ")}, dropboxes ${rows.length - counts.reduce((a, b) => a + b, 0)}, of ${operators} operator${operators === 1 ? "" : "s"}`,
    `Keys       of ${span(parameters.keyEpochSeconds * 1000)}, now epoch ${current}`,
    `Round trip ${roundTrip(loops)}`,
    "",
  ]
  if (authorities.length > 0) {
    lines.push(...table([["authority", "version", "epoch", "ping"], ...authorities.map(({ url, probe }) => [
      shown(url, NAME + WHO), probe.health?.version ?? probe.problem ?? "", String(probe.health?.directory ?? "-"), ping(probe),
    ])]), "")
  }
  const cells = rows.map(({ node, probe, clock }) => {
    const { health } = probe
    const first = [node.role === "mix" ? String(node.layer) : "box", shown(node.url, NAME), plainName(node.operator).slice(0, WHO)]
    if (health === null) return [...first, probe.problem!, "", "", "", ""]
    const packets = health.traffic.received ?? Object.values(health.traffic)[0] ?? 0
    return [...first, keysOf(health, current), drift(clock), ping(probe), String(packets), String(total(health.refused))]
  })
  lines.push(...table([["", "node", "operator", "keys", "clock", "ping", "packets", "refused"], ...cells]))
  const reasons = rows.flatMap(({ node, probe }) => {
    const some = Object.entries(probe.health?.refused ?? {}).filter(([, count]) => count > 0)
    return some.length > 0 ? [[shown(node.url, NAME), some.map(([reason, count]) => `${reason} ${count}`).join(", ")]] : []
  })
  if (reasons.length > 0) lines.push("", ...table([["refused by", "packets by reason"], ...reasons]))
  const unlisted = authorities.flatMap(({ url, probe }) =>
    (probe.health?.nodes ?? []).filter(({ listed }) => listed === false).map((node) => [shown(node.url, NAME), plainName(node.reason ?? "").slice(0, WHO), shown(url, NAME)]),
  )
  if (unlisted.length > 0) lines.push("", ...table([["admitted, not listed", "why", "by"], ...unlisted]))
  const versions = new Set([...rows, ...authorities].flatMap(({ probe }) => probe.health?.version ?? []))
  lines.push("", `Version${versions.size === 1 ? "" : "s"} ${[...versions].sort().join(", ") || "unknown"}`)
  return lines
}

function roundTrip(loops: readonly (Loop | null)[]): string {
  const tried = loops.filter((one) => one !== null)
  if (tried.length === 0) return "none: no whole route in the directory"
  const back = tried.filter(({ ms }) => ms !== null)
  const times = back.map(({ ms, delays }) => `${(ms! / 1000).toFixed(1)} s (${(delays / 1000).toFixed(1)} in mixes)`)
  return times.join(", ") + (back.length < tried.length ? `${times.length > 0 ? "; " : ""}${tried.length - back.length} of ${tried.length} did not come back` : "")
}

function keysOf({ keyEpochs }: Health, current: number): string {
  if (keyEpochs === undefined) return "-"
  return keyEpochs.includes(current) ? "ok" : "NONE"
}

function drift(clock: number | null): string {
  if (clock === null) return "-"
  return Math.abs(clock) <= CLOCK_FINE ? "ok" : `${clock < 0 ? "-" : "+"}${span(Math.abs(clock))}`
}

const ping = ({ ping }: Probe) => (ping === null ? "-" : `${ping.toFixed(ping < 10 ? 1 : 0)} ms`)
const total = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0)
const order = ({ role, layer }: NodeEntry) => (role === "mix" ? layer : 4)

function shown(url: string, length: number): string {
  const name = plainName(url.replace(/^https?:\/\//, ""))
  return name.length <= length ? name : `${name.slice(0, length - 1)}…`
}

function span(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 120) return `${minutes} min`
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`
}
