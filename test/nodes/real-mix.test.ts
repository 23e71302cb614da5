import { randomBytes } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import type { Server } from "node:http"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import path from "node:path"
import { createSphinx, nobleX25519 } from "sphinx-packet"
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest"
import { freePorts } from "../../scripts/network/ports.ts"
import type { RunningNode } from "../../scripts/node-config.ts"
import { startNode } from "../../scripts/node-config.ts"
import { buildWorkers } from "../../scripts/nodes/bundles.ts"
import { toHex } from "../../shared/bytes.ts"
import type { NodeEntry, Role } from "../../shared/directory/descriptor.ts"
import { openDescriptor } from "../../shared/directory/descriptor.ts"
import type { Directory } from "../../shared/directory/document.ts"
import { encodeBody, encodeDocument, networkId, openDocument, signBody } from "../../shared/directory/document.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import { publicEd25519, signerEd25519 } from "../../shared/ed25519.ts"
import type { GatewayFrame } from "../../shared/frames.ts"
import { decodeGatewayFrame, encodeClientFrame } from "../../shared/frames.ts"
import { LINK_BATCH_MAX, PACKET_LENGTH, PAYLOAD_LENGTH } from "../../shared/geometry.ts"
import { decodeLink, packetsOf, signLink } from "../../shared/link.ts"
import { sized } from "../../shared/names.ts"
import { PacketMaker } from "./packets.ts"
import { seeded } from "./seeded.ts"

const AUTHORITY_SEED = seeded("real authority")(32)
const AUTHORITIES = { keys: [publicEd25519(AUTHORITY_SEED)], threshold: 1 }
const parameters = { ...defaultParameters, meanDelay: 20 }
const x25519 = nobleX25519()

/** A whole `workerd` process with one gateway in it; its neighbours are this test. */
let folder: string
let port: number
let node: RunningNode
let self: NodeEntry
let second: Neighbour
let third: Neighbour
let dropbox: Neighbour
let directory: Directory
let maker: PacketMaker
let server: Server
let forwarded: number

interface Neighbour {
  readonly seed: Uint8Array
  readonly entry: NodeEntry
}

async function neighbour(name: string, role: Role, layer: number, url = `http://${name}.test`): Promise<Neighbour> {
  const seed = seeded(`identity of ${name}`)(32)
  const epoch = Math.floor(Date.now() / 1000 / parameters.keyEpochSeconds)
  const keys = [{ epoch, key: sized("SphinxKey", await x25519.publicKey(seeded(`key of ${name}`)(32))) }]
  return { seed, entry: { id: sized("NodeId", publicEd25519(seed)), role, layer, operator: "test", provider: "test", url, keys } }
}

async function start(): Promise<void> {
  const url = `http://127.0.0.1:${port}`
  const env = { LAYER: "1", NODE_URL: url, AUTHORITY_KEYS: toHex(AUTHORITIES.keys[0]!), THRESHOLD: "1", PARAMETERS: '{ "meanDelay": 20 }' }
  node = await startNode({ name: "gateway", kind: "mix", port, env, dataDir: path.join(folder, "data") }, path.join(folder, "bundles"))
}

async function publish(): Promise<void> {
  self = (await openDescriptor(await get("/descriptor"))).entry
  const now = Date.now()
  const nodes = [self, second.entry, third.entry, dropbox.entry]
  const body = encodeBody({ network: networkId(AUTHORITIES), epoch: 1, validFrom: now, validUntil: now + 3_600_000, previous: new Uint8Array(32), parameters, nodes })
  const document = encodeDocument(body, [{ key: AUTHORITIES.keys[0]!, signature: signBody(AUTHORITY_SEED, body) }])
  await post("/directory", document)
  directory = await openDocument(document, AUTHORITIES)
}

async function get(at: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(node.url + at)).arrayBuffer())
}

async function post(at: string, body: Uint8Array): Promise<void> {
  await (await fetch(node.url + at, { method: "POST", body: body.slice() })).arrayBuffer()
}

async function refused(): Promise<Record<string, number>> {
  return ((await (await fetch(`${node.url}/health`)).json()) as { refused: Record<string, number> }).refused
}

let lastTime = 0

async function link(from: Neighbour, packet: Uint8Array): Promise<void> {
  lastTime = Math.max(Date.now(), lastTime + 1)
  await post("/packets", await signLink(signerEd25519(from.seed), from.entry.id, self.id, lastTime, [sized("Packet", packet)]))
}

const forward = () => maker.packet([self, second.entry, third.entry, dropbox.entry].map((hop) => ({ node: hop, delay: 0 })))

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "sotto-mix-"))
  await buildWorkers(path.join(folder, "bundles"))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

beforeEach(async () => {
  forwarded = 0
  port = await freePorts()
  server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on("data", (part: Buffer) => parts.push(part))
    request.on("end", () => {
      if (request.url === "/packets") forwarded += packetsOf(decodeLink(Buffer.concat(parts))).length
      response.writeHead(202).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(port + 1, "127.0.0.1", resolve))
  second = await neighbour("second", "mix", 2, `http://127.0.0.1:${port + 1}`)
  third = await neighbour("third", "mix", 3)
  dropbox = await neighbour("dropbox", "dropbox", 0)
  await start()
  await publish()
  maker = new PacketMaker("client", () => ({ directory, now: Date.now() }))
})

afterEach(async () => {
  await node.kill()
  await new Promise((resolve) => server.close(resolve))
  await rm(path.join(folder, "data"), { recursive: true, force: true })
})

test("what was forwarded before a kill -9 is refused after it", async () => {
  const packets = await Promise.all(Array.from({ length: 30 }, forward))
  for (const packet of packets) await link(dropbox, packet)
  await vi.waitFor(() => expect(forwarded).toBe(30), { timeout: 10_000 })
  await node.kill()
  await start()
  for (const packet of packets) await link(dropbox, packet)
  await vi.waitFor(async () => expect((await refused())["replay"]).toBe(30), { timeout: 10_000 })
  expect(forwarded).toBe(30)
})

test("a kill -9 between coming and going loses packets, and never sends one twice", async () => {
  const packets = await Promise.all(Array.from({ length: 40 }, forward))
  let sent = 0
  for (let round = 0; round < 4; round++) {
    for (const packet of packets.slice(round * 10, round * 10 + 10)) void link(dropbox, packet).catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, 12 * round))
    await node.kill()
    sent = forwarded
    await start()
  }
  // The same packets again: those that had left are refused, the others leave now.
  for (const packet of packets) await link(dropbox, packet)
  await vi.waitFor(async () => expect((await refused())["replay"]! + forwarded - sent).toBeGreaterThanOrEqual(40), { timeout: 10_000 })
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(forwarded).toBeLessThanOrEqual(40)
})

test("a mix with a second's worth of packets to open does everything else meanwhile", async () => {
  // What no key opens costs a mix the greater part of what others do.
  const garbage = Array.from({ length: LINK_BATCH_MAX }, () => sized("Packet", new Uint8Array(randomBytes(PACKET_LENGTH))))
  const bodies = await Promise.all(
    Array.from({ length: 14 }, () => signLink(signerEd25519(dropbox.seed), dropbox.entry.id, self.id, (lastTime = Math.max(Date.now(), lastTime + 1)), garbage)),
  )
  const all = bodies.length * LINK_BATCH_MAX
  const posts = Promise.all(bodies.map((body) => post("/packets", body)))
  const opened: number[] = []
  while ((opened.at(-1) ?? 0) < all) opened.push((await refused())["mac"]!)
  await posts
  // The first are opened while the others are still arriving, in any case.
  expect(new Set(opened.filter((count) => count > 2 * LINK_BATCH_MAX && count < all)).size).toBeGreaterThan(3)
})

test("a client stays connected while its gateway sleeps, and goes on when it speaks", async () => {
  const socket = new WebSocket(`${node.url.replace("http", "ws")}/session`)
  socket.binaryType = "arraybuffer"
  const frames: GatewayFrame[] = []
  socket.addEventListener("message", ({ data }) => frames.push(decodeGatewayFrame(new Uint8Array(data as ArrayBuffer))))
  await new Promise((resolve) => socket.addEventListener("open", resolve))
  socket.send(encodeClientFrame({ type: "hello", secret: seeded("secret")(32) }))
  await vi.waitFor(() => expect(frames).toHaveLength(1))
  // A counter that is back at zero is the mark of an object that was out of memory.
  await post("/packets", new Uint8Array(1))
  expect((await refused())["length"]).toBe(1)
  await new Promise((resolve) => setTimeout(resolve, 14_000))
  expect((await refused())["length"]).toBe(0)
  expect(socket.readyState).toBe(WebSocket.OPEN)

  socket.send(encodeClientFrame({ type: "packet", packet: sized("Packet", await forward()) }))
  await vi.waitFor(() => expect(forwarded).toBe(1), { timeout: 5_000 })
  const { session } = frames[0] as Extract<GatewayFrame, { type: "welcome" }>
  const surb = await maker.surb(session, [{ node: self, delay: 5 }])
  const sphinx = createSphinx({ random: seeded("reply"), x25519 })
  await link(third, (await sphinx.useSurb(surb, seeded("words")(100), PAYLOAD_LENGTH)).packet)
  await vi.waitFor(() => expect(frames).toHaveLength(2), { timeout: 5_000 })
  const frame = frames[1]!
  expect(frame.type === "packet" && (await maker.recover(frame.packet))).toEqual(seeded("words")(100))
  socket.close()
})
