/**
 * How many packets a mix of layer 2 in workerd forwards per second and per second of CPU, and what it spends on each step:
 *   node scripts/n.mjs node bench/mix.ts [--packets 20000] [--window 4096] [--delay 100]
 * The mix is a real one, with its storage on disk; the node before it (this process) posts signed requests of 256 packets that were made
 * before, and the node behind it (a thread) counts what comes. Steps are told apart by what the mix is sent: requests of a wrong length it only
 * reads, of a wrong signature it only checks, packets that were there before it opens and finds among its replay tags, packets for nobody it
 * takes a layer off but neither holds nor sends. Nothing else should keep the machine busy meanwhile.
 */
import { randomBytes } from "node:crypto"
import { readFileSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { Worker } from "node:worker_threads"
import { numberOption, parseArguments } from "../cli/arguments.ts"
import { freePorts } from "../scripts/network/ports.ts"
import type { RunningNode } from "../scripts/node-config.ts"
import { startNode } from "../scripts/node-config.ts"
import { buildWorkers } from "../scripts/nodes/bundles.ts"
import { toHex } from "../shared/bytes.ts"
import type { NodeEntry } from "../shared/directory/descriptor.ts"
import { openDescriptor } from "../shared/directory/descriptor.ts"
import { encodeBody, encodeDocument, networkId, signBody } from "../shared/directory/document.ts"
import { defaultParameters } from "../shared/directory/parameters.ts"
import { publicEd25519, signerEd25519 } from "../shared/ed25519.ts"
import { LINK_BATCH_MAX } from "../shared/geometry.ts"
import { signLink } from "../shared/link.ts"
import type { Packet } from "../shared/names.ts"
import { sized } from "../shared/names.ts"
import { exponential } from "../shared/random.ts"
import { packetFor } from "./mix/packets.ts"

const ROUNDS = 4
const args = parseArguments(process.argv.slice(2), { packets: "value", window: "value", delay: "value" })
const count = ROUNDS * LINK_BATCH_MAX * Math.ceil(numberOption(args, "packets", 20_000, 2560, 1_000_000) / LINK_BATCH_MAX / ROUNDS)
/** Packets between this process and the sink: half of them may wait in requests that the mix has taken, of which it takes 32. */
const window = numberOption(args, "window", 4096, 256, 7000)
const meanDelay = numberOption(args, "delay", 100, 0, 1000)
/** Jiffies of /proc per second. */
const HERTZ = 100

/** ms without a packet after which no more is waited for. */
const SILENCE = 15_000

const random = (length: number) => new Uint8Array(randomBytes(length))
const folder = await mkdtemp(path.join(tmpdir(), "sotto-mix-"))
const authority = random(32)
const senderSeed = random(32)
const keys = [publicEd25519(authority)]

/** [packets, requests] that have arrived behind the mix. */
const counts = new Int32Array(new SharedArrayBuffer(8))
const arrived = () => Atomics.load(counts, 0)
const sink = new Worker(new URL("./mix/sink.ts", import.meta.url), { workerData: counts.buffer })
const sinkPort = await new Promise<number>((resolve) => sink.once("message", resolve))

let mix: RunningNode | null = null
try {
  await buildWorkers(path.join(folder, "bundles"))
  const port = await freePorts()
  const url = `http://127.0.0.1:${port}`
  const env = { LAYER: "2", NODE_URL: url, OPERATOR: "bench", PROVIDER: "bench", AUTHORITY_KEYS: toHex(keys[0]!) }
  mix = await startNode({ name: "mix", kind: "mix", port, env, dataDir: path.join(folder, "mix") }, path.join(folder, "bundles"))
  await measure(mix)
} finally {
  await mix?.stop()
  await sink.terminate()
  await rm(folder, { recursive: true })
}

async function measure({ url, process: { pid } }: RunningNode): Promise<void> {
  const self = (await openDescriptor(new Uint8Array(await (await fetch(`${url}/descriptor`)).arrayBuffer()))).entry
  const sender = neighbour(1, "http://127.0.0.1:1", publicEd25519(senderSeed))
  const next = neighbour(3, `http://127.0.0.1:${sinkPort}`, random(32))
  await publish(url, [self, sender, next])
  const epoch = Math.floor(Date.now() / 1000 / defaultParameters.keyEpochSeconds)
  const key = self.keys.find((one) => one.epoch === epoch)!.key

  const from = performance.now()
  const make = (address: Uint8Array) => many(count, () => packetFor(key, address, exponential(random, meanDelay)))
  const [warm, forwarded, astray] = [await many(10 * LINK_BATCH_MAX, () => packetFor(key, next.id, 0)), await make(next.id), await make(random(32))]
  console.log(`${warm.length + 2 * count} packets made in ${((performance.now() - from) / 1000).toFixed(1)} s`)

  const sign = signerEd25519(senderSeed)
  let time = 0
  const request = (packets: readonly Packet[]) => signLink(sign, sender.id, self.id, (time = Math.max(Date.now(), time + 1)), packets)
  const signed = async (packets: readonly Packet[]) => {
    const bodies: Uint8Array[] = []
    for (let i = 0; i < packets.length; i += LINK_BATCH_MAX) bodies.push(await request(packets.slice(i, i + LINK_BATCH_MAX)))
    return bodies
  }
  const cpu = () => cpuSeconds(pid!)

  /** Posts requests of which nothing comes, a few at a time, and returns the CPU per packet in µs. */
  async function refused(bodies: readonly Uint8Array[]): Promise<number> {
    const before = cpu()
    for (let i = 0; i < bodies.length; i += 8) {
      for (const body of bodies.slice(i, i + 8)) await post(url, body)
      await quiet(cpu)
    }
    return (1e6 * (cpu() - before)) / (bodies.length * LINK_BATCH_MAX)
  }

  await through(url, await signed(warm))
  // Round by round, so that whatever else the machine does meanwhile falls upon all steps alike.
  const spent = { length: 0, signature: 0, replay: 0, astray: 0, all: 0 }
  const rates: number[] = []
  const behind = Atomics.load(counts, 1)
  for (let round = 0; round < ROUNDS; round++) {
    const part = (packets: readonly Packet[]) => packets.slice((round * count) / ROUNDS, ((round + 1) * count) / ROUNDS)
    const bodies = await signed(part(forwarded))
    const before = cpu()
    rates.push(await through(url, bodies))
    await quiet(cpu)
    spent.all += (1e6 * (cpu() - before)) / (bodies.length * LINK_BATCH_MAX) / ROUNDS
    // Both are refused again as often as they come, and cost little: often enough for a clock that counts hundredths of a second.
    const often = (some: readonly Uint8Array[]) => Array.from({ length: 5 }, () => some).flat()
    spent.length += (await refused(often(bodies.map((body) => body.subarray(0, -1))))) / ROUNDS
    spent.signature += (await refused(often((await signed(part(forwarded))).map(flipped)))) / ROUNDS
    spent.replay += (await refused(await signed(part(forwarded)))) / ROUNDS
    spent.astray += (await refused(await signed(part(astray)))) / ROUNDS
  }
  const requests = Atomics.load(counts, 1) - behind
  const health = (await (await fetch(`${url}/health`)).json()) as { refused: Record<string, number> }
  console.log("refused:", JSON.stringify(Object.fromEntries(Object.entries(health.refused).filter(([, n]) => n > 0))))

  console.log(`\n${count} packets in requests of ${LINK_BATCH_MAX}, delays of ${meanDelay} ms on average, all arrived, in ${requests} requests`)
  console.log(`${rates.map((rate) => rate.toFixed(0)).join(", ")} packets per second; ${(1e6 / spent.all).toFixed(0)} per second of CPU\n`)
  const steps: [string, number][] = [
    ["taking a request (HTTP)", spent.length],
    ["its signature", spent.signature - spent.length],
    ["opening: key agreement, keys, MAC, and finding the replay tag", spent.replay - spent.signature],
    ["taking a layer off, keeping the replay tag", spent.astray - spent.replay],
    ["storing replay tags, delay, sending", spent.all - spent.astray],
    ["all", spent.all],
  ]
  console.log("CPU of the mix per packet, µs")
  for (const [name, microseconds] of steps) console.log(`${microseconds.toFixed(1).padStart(8)}  ${name}`)
}

function neighbour(layer: number, at: string, id: Uint8Array): NodeEntry {
  const epoch = Math.floor(Date.now() / 1000 / defaultParameters.keyEpochSeconds)
  const nodeKeys = [{ epoch, key: sized("SphinxKey", random(32)) }]
  return { id: sized("NodeId", id), role: "mix", layer, operator: `bench ${layer}`, provider: "bench", url: at, keys: nodeKeys }
}

async function publish(url: string, nodes: readonly NodeEntry[]): Promise<void> {
  const now = Date.now()
  const body = encodeBody({
    network: networkId({ keys, threshold: 1 }),
    epoch: Math.floor(now / 1000 / defaultParameters.documentSeconds),
    validFrom: now - 1000,
    validUntil: now + 3_600_000,
    previous: new Uint8Array(32),
    parameters: defaultParameters,
    nodes,
  })
  await fetch(`${url}/directory`, { method: "POST", body: encodeDocument(body, [{ key: keys[0]!, signature: signBody(authority, body) }]) })
  const { directory } = (await (await fetch(`${url}/health`)).json()) as { directory: number | null }
  if (directory === null) throw new Error("the mix does not take the directory")
}

async function many(n: number, make: () => Promise<Packet>): Promise<Packet[]> {
  const packets: Packet[] = []
  while (packets.length < n) packets.push(...(await Promise.all(Array.from({ length: LINK_BATCH_MAX }, make))))
  return packets
}

async function post(url: string, body: Uint8Array): Promise<void> {
  const response = await fetch(`${url}/packets`, { method: "POST", body: body as Uint8Array<ArrayBuffer> })
  await response.body?.cancel()
}

/** Posts all, never more than `window` packets ahead of what arrives. Packets per second, from the first tenth to the last. */
async function through(url: string, bodies: readonly Uint8Array[]): Promise<number> {
  const start = arrived()
  const total = bodies.length * LINK_BATCH_MAX
  const marks: [number, number][] = []
  let sent = 0
  let news = { arrived: start, at: performance.now() }
  for (const body of bodies) {
    while (sent + LINK_BATCH_MAX - (arrived() - start) > window) await pause()
    await post(url, body)
    sent += LINK_BATCH_MAX
    mark()
  }
  while (arrived() - start < total) await pause()
  mark()
  const first = marks.find(([done]) => done >= total / 10)!
  const last = marks.find(([done]) => done >= (9 * total) / 10)!
  return (1000 * (last[0] - first[0])) / (last[1] - first[1])

  function mark() {
    marks.push([arrived() - start, performance.now()])
  }

  async function pause() {
    await sleep(2)
    mark()
    if (arrived() > news.arrived) news = { arrived: arrived(), at: performance.now() }
    if (performance.now() < news.at + SILENCE) return
    const health = await (await fetch(`${url}/health`)).text()
    throw new Error(`of ${sent} packets only ${arrived() - start} arrived: ${health}`)
  }
}

/** Until the mix has nothing left to do. */
async function quiet(cpu: () => number): Promise<void> {
  for (let last = -1; last !== cpu(); ) {
    last = cpu()
    await sleep(60)
  }
}

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ")
  return (Number(fields[11]) + Number(fields[12])) / HERTZ
}

function flipped(body: Uint8Array): Uint8Array {
  const copy = body.slice()
  copy[50]! ^= 1
  return copy
}
