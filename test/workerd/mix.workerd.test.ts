import { abortAllDurableObjects, reset, runInDurableObject } from "cloudflare:test"
import { env } from "cloudflare:workers"
import { createSphinx, nobleX25519 } from "sphinx-packet"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { toHex } from "../../shared/bytes.ts"
import type { NodeEntry } from "../../shared/directory/descriptor.ts"
import { publicEd25519 } from "../../shared/ed25519.ts"
import type { Directory } from "../../shared/directory/document.ts"
import type { GatewayFrame } from "../../shared/frames.ts"
import { decodeGatewayFrame, encodeClientFrame } from "../../shared/frames.ts"
import { LINK_BODY_MAX, LINK_HEADER_LENGTH, PACKET_LENGTH } from "../../shared/geometry.ts"
import { sized } from "../../shared/names.ts"
import { PacketMaker } from "../nodes/packets.ts"
import { seeded } from "../nodes/seeded.ts"
import type { Neighbour, Sent } from "./surroundings.ts"
import { descriptorOf, health, internet, link, linkBody, neighbour, packetsIn, post, publish } from "./surroundings.ts"

const x25519 = nobleX25519()
const sphinx = createSphinx({ random: seeded("observer"), x25519 })

let mix: DurableObjectStub
let sent: Sent[]
let self: NodeEntry
let second: Neighbour
let third: Neighbour
let dropbox: Neighbour
let directory: Directory
let maker: PacketMaker

beforeEach(async () => {
  sent = internet()
  mix = env.MIX.get(env.MIX.idFromName("node"))
  self = await descriptorOf(mix)
  second = await neighbour("https://second.test", "mix", 2)
  third = await neighbour("https://third.test", "mix", 3)
  dropbox = await neighbour("https://dropbox.test", "dropbox", 0)
  directory = await publish(mix, [self, second.entry, third.entry, dropbox.entry])
  maker = new PacketMaker("client", () => ({ directory, now: Date.now() }))
})

afterEach(async () => {
  vi.restoreAllMocks()
  await reset()
})

/** The object is gone from one moment to the next, with all that it had in memory, as after an eviction or a crash. */
async function lose() {
  await abortAllDurableObjects()
  mix = env.MIX.get(env.MIX.idFromName("node"))
}

const forward = (delay = 0) => maker.packet([self, second.entry, third.entry, dropbox.entry].map((node) => ({ node, delay })))

/** A client at the mix, with the frames that reach it. */
async function connect(secret: Uint8Array) {
  const response = await mix.fetch("https://this.test/session", { headers: { Upgrade: "websocket" } })
  const socket = response.webSocket!
  socket.binaryType = "arraybuffer"
  socket.accept()
  const frames: GatewayFrame[] = []
  let closed = false
  socket.addEventListener("message", ({ data }) => {
    frames.push(decodeGatewayFrame(new Uint8Array(data as ArrayBuffer)))
  })
  socket.addEventListener("close", () => {
    closed = true
  })
  socket.send(encodeClientFrame({ type: "hello", secret }))
  await vi.waitFor(() => expect(frames).toHaveLength(1))
  return { socket, frames, welcome: frames[0] as Extract<GatewayFrame, { type: "welcome" }>, isClosed: () => closed }
}

test("identity and Sphinx keys survive the loss of the object", async () => {
  await lose()
  const after = await descriptorOf(mix)
  expect(toHex(after.id)).toBe(toHex(self.id))
  expect(after.keys).toEqual(self.keys)
  expect((await health(mix)).directory).toBe(1)
})

test("a packet goes on to the next node with one layer less", async () => {
  await link(mix, dropbox, self, await forward())
  await vi.waitFor(() => expect(sent).toHaveLength(1))
  expect(sent[0]!.url).toBe("https://second.test/packets")
  const [packet] = await packetsIn(sent[0]!, self, second)
  const opened = await sphinx.open(await x25519.prepare(second.secret), packet!)
  expect(await sphinx.release(opened)).toMatchObject({ kind: "forward", nextAddress: third.entry.id })
})

test("a packet that was forwarded is refused after the loss of the object, too", async () => {
  const packet = await forward()
  await link(mix, dropbox, self, packet)
  await vi.waitFor(() => expect(sent).toHaveLength(1))
  await lose()
  await link(mix, dropbox, self, packet)
  await vi.waitFor(async () => expect((await health(mix)).refused).toMatchObject({ replay: 1 }))
  expect(sent).toHaveLength(1)
})

test("packets that are due together leave in one request", async () => {
  const packets = await Promise.all(Array.from({ length: 5 }, () => forward(60)))
  await Promise.all(packets.map((packet) => link(mix, dropbox, self, packet)))
  const packetsOf = ({ body }: Sent) => (body.length - LINK_HEADER_LENGTH) / PACKET_LENGTH
  await vi.waitFor(() => expect(sent.reduce((sum, post) => sum + packetsOf(post), 0)).toBe(5))
  expect(sent.length).toBeLessThan(5)
})

test("a packet is held for the delay in its header", async () => {
  const start = Date.now()
  await link(mix, dropbox, self, await forward(400))
  await vi.waitFor(() => expect(sent).toHaveLength(1), { timeout: 2000 })
  expect(Date.now() - start).toBeGreaterThanOrEqual(400)
})

test("a client's packet goes into the mixnet, and a reply comes back over its WebSocket", async () => {
  const client = await connect(seeded("secret")(32))
  expect(client.welcome).toMatchObject({ node: self.id, resumed: false })
  client.socket.send(encodeClientFrame({ type: "packet", packet: sized("Packet", await forward()) }))
  await vi.waitFor(() => expect(sent).toHaveLength(1))

  const { session } = client.welcome
  const route = [{ node: self, delay: 10 }]
  const surb = await maker.surb(session, route)
  const { packet } = await sphinx.useSurb(surb, seeded("reply")(100), PACKET_LENGTH - 348)
  await link(mix, third, self, packet)
  await vi.waitFor(() => expect(client.frames).toHaveLength(2))
  const [, frame] = client.frames
  expect(frame?.type === "packet" && (await maker.recover(frame.packet))).toEqual(seeded("reply")(100))
  client.socket.close()
})

test("whoever shows the secret again resumes the session, and the connection before is closed", async () => {
  const secret = seeded("secret")(32)
  const first = await connect(secret)
  const again = await connect(secret)
  expect(again.welcome).toMatchObject({ session: first.welcome.session, resumed: true })
  await vi.waitFor(() => expect(first.isClosed()).toBe(true))
  again.socket.close()
})

test("a session is there after 12 idle seconds", { timeout: 20_000 }, async () => {
  const client = await connect(seeded("secret")(32))
  await new Promise((resolve) => setTimeout(resolve, 12_000))
  client.socket.send(encodeClientFrame({ type: "packet", packet: sized("Packet", await forward()) }))
  await vi.waitFor(() => expect(sent).toHaveLength(1))
  expect(client.isClosed()).toBe(false)
  client.socket.close()
})

test("text instead of frames is counted, and the connection of one who never said hello is closed", async () => {
  const response = await mix.fetch("https://this.test/session", { headers: { Upgrade: "websocket" } })
  const socket = response.webSocket!
  socket.accept()
  const closed = new Promise((resolve) => socket.addEventListener("close", resolve))
  socket.send("hello")
  await closed
  expect((await health(mix)).refused).toMatchObject({ malformed: 1 })
})

test("clients get the directory through the session", async () => {
  const client = await connect(seeded("secret")(32))
  client.socket.send(encodeClientFrame({ type: "get-directory" }))
  await vi.waitFor(() => expect(client.frames).toHaveLength(2))
  const served = new Uint8Array(await (await mix.fetch("https://this.test/directory")).arrayBuffer())
  expect(client.frames[1]).toEqual({ type: "directory", document: served })
  client.socket.close()
})

test("good packets, bad packets and garbage get the same answer", async () => {
  const good = await forward()
  const changed = good.map((byte, i) => (i === 100 ? byte ^ 1 : byte))
  const signed = await Promise.all([good, good, changed, seeded("garbage")(PACKET_LENGTH)].map((packet) => linkBody(dropbox, self, packet)))
  const foreign = await linkBody(second, self, good)
  const garbage = [100, LINK_HEADER_LENGTH + PACKET_LENGTH].map((length) => seeded("garbage")(length))
  const bodies = [...signed, signed[0]!, foreign, ...garbage, new Uint8Array(), new Uint8Array(LINK_BODY_MAX + 1)]
  const answers = []
  for (const body of bodies) {
    const response = await post(mix, "/packets", body)
    answers.push({ status: response.status, headers: [...response.headers], text: await response.text() })
  }
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
  expect(answers[0]).toMatchObject({ status: 202, text: "" })
  await vi.waitFor(async () => expect((await health(mix)).refused).toMatchObject({ replay: 1, mac: 2, link: 1, sender: 1, length: 4 }))
})

test("a body of 100 MB is cut off before it is in memory", async () => {
  const CHUNK = 1 << 20
  let pulled = 0
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (pulled === 100) return controller.close()
      pulled++
      controller.enqueue(new Uint8Array(CHUNK))
    },
  })
  const response = await mix.fetch("https://this.test/packets", { method: "POST", body })
  expect(response.status).toBe(202)
  expect(pulled).toBeLessThan(8)
  expect((await health(mix)).refused).toMatchObject({ length: 1 })
})

test("health has what the process counts, too", async () => {
  expect(await health(mix)).toMatchObject({ held: 0, sessions: 0, links: { sent: 0, failed: 0, retried: 0 } })
})

test("a post that fails is tried once more, and then its packets are given up", async () => {
  vi.restoreAllMocks()
  const failing = internet((url) => (url === "https://second.test/packets" ? new Response("busy", { status: 500 }) : null))
  await link(mix, dropbox, self, await forward())
  await vi.waitFor(() => expect(failing).toHaveLength(2))
  await new Promise((resolve) => setTimeout(resolve, 400))
  expect(failing).toHaveLength(2)
  expect(failing[0]!.body).toEqual(failing[1]!.body)
})

test("what clients read may be read from a page of another origin", async () => {
  for (const path of ["/directory", "/health", "/descriptor"]) {
    const response = await mix.fetch(`https://this.test${path}`)
    expect(response.status).toBe(200)
    expect(response.headers.get("access-control-allow-origin")).toBe("*")
    expect(response.headers.get("cross-origin-resource-policy")).toBe("cross-origin")
    expect(response.headers.get("cache-control")).toBe("no-store")
    await response.arrayBuffer()
  }
})

test("unknown paths are not found, nor is a session without a WebSocket", async () => {
  for (const path of ["/", "/packets", "/session", "/directory/1", "/authority"]) {
    const response = await mix.fetch(`https://this.test${path}`)
    expect(response.status).toBe(404)
    await response.text()
  }
})

test("a document that the authority did not sign changes nothing", async () => {
  await post(mix, "/directory", seeded("garbage")(500))
  expect(await health(mix)).toMatchObject({ directory: 1, refused: { malformed: 1 } })
})

test("a mix with a wrong secret, or none, answers nobody, says so, and is itself again with the right one", async () => {
  const { NODE_SECRET: secret } = env
  const before = await runInDurableObject(mix, (_, state) => state.storage.sql.exec("SELECT key, value FROM kept").toArray())
  for (const wrong of ["the secret of some other node, of course", "short", undefined]) {
    Object.assign(env, { NODE_SECRET: wrong })
    await lose()
    for (const [path, method] of [["/descriptor", "GET"], ["/directory", "GET"], ["/packets", "POST"], ["/session", "GET"]] as const) {
      const response = await mix.fetch(`https://this.test${path}`, { method, headers: path === "/session" ? { Upgrade: "websocket" } : {} })
      expect([response.status, await response.text()]).toEqual([503, ""])
    }
    const response = await mix.fetch("https://this.test/health")
    expect([response.status, await response.text()]).toEqual([503, "secret"])
  }
  expect(await runInDurableObject(mix, (_, state) => state.storage.sql.exec("SELECT key, value FROM kept").toArray())).toEqual(before)
  Object.assign(env, { NODE_SECRET: secret })
  await lose()
  expect(await descriptorOf(mix)).toEqual(self)
})

test("keys that lie in storage from before there was a secret are sealed, and are the same", async () => {
  const bare = seeded("bare identity")(32)
  await runInDurableObject(mix, (_, state) => state.storage.sql.exec("UPDATE kept SET value = ? WHERE key = 'identity'", bare))
  await lose()
  expect(toHex((await descriptorOf(mix)).id)).toBe(toHex(publicEd25519(bare)))
  const [row] = await runInDurableObject(mix, (_, state) => state.storage.sql.exec("SELECT value FROM kept WHERE key = 'identity'").toArray())
  expect(new Uint8Array(row!["value"] as ArrayBuffer)).toHaveLength(73)
})

test("a dropbox and an authority stay shut without their secret, too", async () => {
  const { NODE_SECRET: secret } = env
  const others = () => [env.DROPBOX.get(env.DROPBOX.idFromName("node")), env.DIRECTORY.get(env.DIRECTORY.idFromName("node"))]
  const state = async (node: DurableObjectStub) => {
    const response = await node.fetch("https://this.test/health")
    return [response.status, (await response.text()).slice(0, 6)]
  }
  expect(await Promise.all(others().map(state))).toEqual([200, 200].map((status) => [status, '{"vers']))
  Object.assign(env, { NODE_SECRET: "the secret of some other node, of course" })
  await lose()
  expect(await Promise.all(others().map(state))).toEqual([503, 503].map((status) => [status, "secret"]))
  Object.assign(env, { NODE_SECRET: secret })
  await lose()
  expect(await Promise.all(others().map(state))).toEqual([200, 200].map((status) => [status, '{"vers']))
})
