import { randomBytes } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { Agent, request as httpRequest } from "node:http"
import { tmpdir } from "node:os"
import path from "node:path"
import { Worker } from "node:worker_threads"
import { freePorts } from "../../scripts/network/ports.ts"
import type { RunningNode } from "../../scripts/node-config.ts"
import { startNode } from "../../scripts/node-config.ts"
import { buildWorkers } from "../../scripts/nodes/bundles.ts"
import { toHex } from "../../shared/bytes.ts"
import type { NodeEntry } from "../../shared/directory/descriptor.ts"
import { openDescriptor } from "../../shared/directory/descriptor.ts"
import { encodeBody, encodeDocument, networkId, signBody } from "../../shared/directory/document.ts"
import type { Parameters } from "../../shared/directory/parameters.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import { publicEd25519, signerEd25519 } from "../../shared/ed25519.ts"
import { signLink } from "../../shared/link.ts"
import type { NodeId, Packet } from "../../shared/names.ts"
import { sized } from "../../shared/names.ts"
import { cpuOf, residentBytes } from "../figures.ts"
import { MARKS } from "./marks.ts"
import { PacketMaker } from "./packets.ts"

/** A write costs its client nothing here: that is measured elsewhere. */
export const STAMP_BITS = 1
const parameters: Parameters = { ...defaultParameters, stampBits: STAMP_BITS }
const seconds = () => Math.floor(Date.now() / 1000)
const random = (length: number) => new Uint8Array(randomBytes(length))

export interface Health {
  /** By reason; requests whose body was refused count as one each. */
  readonly refused: Readonly<Record<string, number>>
}

/** One real node in workerd, its storage on disk, between a node before it, which is this process, and one behind it, which takes what comes. */
export interface Stage {
  readonly id: NodeId
  readonly maker: PacketMaker
  /** The node behind. */
  readonly next: NodeId
  /** A mark that no packet has had. */
  mark(): number
  /** A signed request, good for once and for the next minutes. */
  body(packets: readonly Packet[]): Promise<Uint8Array>
  /** Until it is answered. Rejects where it is not taken. */
  post(body: Uint8Array): Promise<void>
  health(): Promise<Health>
  /** Packets and requests that have come out behind the node. */
  arrived(): number
  requests(): number
  /** When the packet of this mark came out, ms since 1970; 0 where it did not. */
  cameOut(mark: number): number
  /** s of CPU that the node's process has used. */
  cpu(): number
  /** Bytes of memory that it has. */
  resident(): number
  /** Where the inspector of its workerd listens. */
  readonly inspector: string
}

export async function onStage<T>(kind: "mix" | "dropbox", act: (stage: Stage) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), `sotto-${kind}-`))
  const counts = new Int32Array(new SharedArrayBuffer(8))
  const times = new Float64Array(new SharedArrayBuffer(8 * MARKS))
  const sink = new Worker(new URL("./sink.ts", import.meta.url), { workerData: { counts, times } })
  let broken: Error | null = null
  sink.on("error", (error: Error) => (broken = error))
  const agent = new Agent({ keepAlive: true })
  let node: RunningNode | null = null
  try {
    const sinkPort = await new Promise<number>((resolve, reject) => {
      sink.once("message", resolve)
      sink.once("exit", () => reject(broken ?? new Error("the sink has ended")))
    })
    await buildWorkers(path.join(folder, "bundles"))
    const port = await freePorts()
    const url = `http://127.0.0.1:${port}`
    const inspector = `127.0.0.1:${port + 1}`
    const authority = random(32)
    const env = { LAYER: "2", NODE_URL: url, OPERATOR: "bench", PROVIDER: "bench", AUTHORITY_KEYS: toHex(publicEd25519(authority)) }
    const flags = [`--inspector-addr=${inspector}`]
    node = await startNode({ name: kind, kind, port, env, dataDir: path.join(folder, kind), flags }, path.join(folder, "bundles"))
    const pid = node.process.pid!

    const self = (await openDescriptor(new Uint8Array(await (await fetch(`${url}/descriptor`)).arrayBuffer()))).entry
    const seed = random(32)
    const before = neighbour(kind === "mix" ? 1 : 3, "http://127.0.0.1:1", publicEd25519(seed))
    const behind = neighbour(kind === "mix" ? 3 : 1, `http://127.0.0.1:${sinkPort}`, random(32))
    await publish(url, authority, [self, before, behind])
    const key = self.keys.find(({ epoch }) => epoch === Math.floor(seconds() / parameters.keyEpochSeconds))!.key

    const sign = signerEd25519(seed)
    let marks = 0
    let time = 0
    return await act({
      id: self.id,
      maker: new PacketMaker(key),
      next: behind.id,
      mark: () => marks++,
      body: (packets) => signLink(sign, before.id, self.id, (time = Math.max(Date.now(), time + 1)), packets),
      post: (body) => post(agent, port, body),
      health: async () => {
        const ask = async () => (await (await fetch(`${url}/health`)).json()) as Health
        // A connection that was idle may be closed just when it is used again.
        return ask().catch(ask)
      },
      arrived: () => {
        if (broken !== null) throw broken
        return Atomics.load(counts, 0)
      },
      requests: () => Atomics.load(counts, 1),
      cameOut: (mark) => times[mark]!,
      cpu: () => cpuOf(pid) / 1000,
      resident: () => residentBytes(pid),
      inspector,
    })
  } finally {
    agent.destroy()
    await node?.stop()
    await sink.terminate()
    await rm(folder, { recursive: true })
  }
}

function neighbour(layer: number, at: string, id: Uint8Array): NodeEntry {
  const nodeKeys = [{ epoch: Math.floor(seconds() / parameters.keyEpochSeconds), key: sized("SphinxKey", random(32)) }]
  return { id: sized("NodeId", id), role: "mix", layer, operator: `bench ${layer}`, provider: "bench", url: at, keys: nodeKeys }
}

async function publish(url: string, authority: Uint8Array, nodes: readonly NodeEntry[]): Promise<void> {
  const key = publicEd25519(authority)
  const body = encodeBody({
    network: networkId({ keys: [key], threshold: 1 }),
    epoch: Math.floor(seconds() / parameters.documentSeconds),
    validFrom: Date.now() - 1000,
    validUntil: Date.now() + 3_600_000,
    previous: new Uint8Array(32),
    parameters,
    nodes,
  })
  await fetch(`${url}/directory`, { method: "POST", body: encodeDocument(body, [{ key, signature: signBody(authority, body) }]) })
  const { directory } = (await (await fetch(`${url}/health`)).json()) as { directory: number | null }
  if (directory === null) throw new Error("the node does not take the directory")
}

/** fetch would take half of what a small request costs the node. */
function post(agent: Agent, port: number, body: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { "content-length": body.length }
    const request = httpRequest({ agent, host: "127.0.0.1", port, path: "/packets", method: "POST", headers }, (response) => {
      response.resume()
      response.once("end", () => (response.statusCode === 202 ? resolve() : reject(new Error(`answered by ${response.statusCode}`))))
    })
    request.once("error", reject)
    request.end(body)
  })
}
