import { abortAllDurableObjects, evictDurableObject, reset, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test"
import { env } from "cloudflare:workers"
import { createSphinx, nobleSymmetric, nobleX25519 } from "sphinx-packet"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { concat, toHex } from "../../shared/bytes.ts"
import type { NodeEntry } from "../../shared/directory/descriptor.ts"
import type { Directory } from "../../shared/directory/document.ts"
import type { GatewayFrame } from "../../shared/frames.ts"
import { decodeGatewayFrame, encodeClientFrame } from "../../shared/frames.ts"
import { PACKET_LENGTH, PAYLOAD_LENGTH } from "../../shared/geometry.ts"
import { sized } from "../../shared/names.ts"
import { gammaOf } from "../../shared/sphinx-packet/src/header.ts"
import { hopKeys } from "../../shared/sphinx-packet/src/keys.ts"
import { PacketMaker } from "../nodes/packets.ts"
import { seeded } from "../nodes/seeded.ts"
import type { Neighbour, Sent } from "./surroundings.ts"
import { descriptorOf, health, internet, link, neighbour, publish } from "./surroundings.ts"

const sphinx = createSphinx({ random: seeded("observer"), x25519: nobleX25519() })

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

let instance = 0

/** Throws the object out of memory; its WebSockets stay open. */
async function hibernate() {
  const mark = ++instance
  await runInDurableObject(mix, (object) => void Object.assign(object, { mark }))
  await evictDurableObject(mix, { webSockets: "hibernate" })
  expect(await runInDurableObject(mix, (object) => (object as { mark?: number }).mark)).toBeUndefined()
}

const forward = (delay = 0) => maker.packet([self, second.entry, third.entry, dropbox.entry].map((node) => ({ node, delay })))

async function open() {
  const response = await mix.fetch("https://this.test/session", { headers: { Upgrade: "websocket" } })
  const socket = response.webSocket!
  socket.binaryType = "arraybuffer"
  socket.accept()
  const frames: GatewayFrame[] = []
  const client = { socket, frames, isClosed: false }
  socket.addEventListener("message", ({ data }) => {
    frames.push(decodeGatewayFrame(new Uint8Array(data as ArrayBuffer)))
  })
  socket.addEventListener("close", () => {
    client.isClosed = true
  })
  return client
}

type Client = Awaited<ReturnType<typeof open>>

async function greet(client: Client, secret: Uint8Array) {
  const before = client.frames.length
  client.socket.send(encodeClientFrame({ type: "hello", secret }))
  await vi.waitFor(() => expect(client.frames).toHaveLength(before + 1))
  return client.frames[before] as Extract<GatewayFrame, { type: "welcome" }>
}

async function sends(client: Client, packet: Uint8Array) {
  const before = sent.length
  client.socket.send(encodeClientFrame({ type: "packet", packet: sized("Packet", packet) }))
  await vi.waitFor(() => expect(sent).toHaveLength(before + 1))
}

/** A reply to the session comes from layer 3, and reaches the client. */
async function replies(client: Client, session: Uint8Array, name: string) {
  const before = client.frames.length
  const surb = await maker.surb(sized("SessionId", session), [{ node: self, delay: 5 }])
  const { packet } = await sphinx.useSurb(surb, seeded(name)(100), PAYLOAD_LENGTH)
  await link(mix, third, self, packet)
  await vi.waitFor(() => expect(client.frames).toHaveLength(before + 1))
  const frame = client.frames[before]!
  expect(frame.type === "packet" && (await maker.recover(frame.packet))).toEqual(seeded(name)(100))
}

test("a session goes on however often the object is thrown out of memory, between any two steps", async () => {
  const client = await open()
  await hibernate()
  const { session, node, resumed } = await greet(client, seeded("secret")(32))
  expect([toHex(node), resumed]).toEqual([toHex(self.id), false])
  await hibernate()
  await sends(client, await forward())
  await hibernate()
  await replies(client, session, "first")
  await hibernate()
  await replies(client, session, "second")
  await hibernate()
  const replayed = await forward()
  await sends(client, replayed)
  await hibernate()
  client.socket.send(encodeClientFrame({ type: "packet", packet: sized("Packet", replayed) }))
  await vi.waitFor(async () => expect((await health(mix)).refused).toMatchObject({ replay: 1 }))
  await hibernate()
  client.socket.send(encodeClientFrame({ type: "get-directory" }))
  await vi.waitFor(() => expect(client.frames.at(-1)!.type).toBe("directory"))
  expect(client.isClosed).toBe(false)
  client.socket.close()
})

test("two clients keep their own sessions", async () => {
  const [one, other] = [await open(), await open()]
  const first = await greet(one, seeded("one")(32))
  const second = await greet(other, seeded("other")(32))
  await hibernate()
  await replies(other, second.session, "to the other")
  await replies(one, first.session, "to the one")
  for (const { socket } of [one, other]) socket.close()
})

test("a new connection with the secret takes over from one that slept", async () => {
  const old = await open()
  const { session } = await greet(old, seeded("secret")(32))
  await hibernate()
  const next = await open()
  expect(await greet(next, seeded("secret")(32))).toMatchObject({ resumed: true, session })
  await vi.waitFor(() => expect(old.isClosed).toBe(true))
  await hibernate()
  await replies(next, session, "to the new one")
  next.socket.close()
})

test("a bucket of tokens is not filled by sleep", async () => {
  const client = await open()
  await greet(client, seeded("secret")(32))
  const ask = encodeClientFrame({ type: "get-directory" })
  const { sessionBurst } = directory.parameters
  for (let i = 0; i < sessionBurst; i++) client.socket.send(ask)
  await vi.waitFor(() => expect(client.frames).toHaveLength(1 + sessionBurst))
  await hibernate()
  for (let i = 0; i < sessionBurst; i++) client.socket.send(ask)
  await vi.waitFor(async () => expect((await health(mix)).refused["rate"]).toBeGreaterThan(sessionBurst / 2))
  expect(client.frames.length).toBeLessThan(1.5 * sessionBurst)
  client.socket.close()
})

test("who closes while the object sleeps is gone, and is known again within two minutes", async () => {
  const client = await open()
  const { session } = await greet(client, seeded("secret")(32))
  await hibernate()
  client.socket.close()
  await vi.waitFor(() => expect(client.isClosed).toBe(true))
  const again = await open()
  expect(await greet(again, seeded("secret")(32))).toMatchObject({ resumed: true, session })
  again.socket.close()
})

test("a stranger from before the sleep is turned away in time", async () => {
  const client = await open()
  await hibernate()
  vi.spyOn(Date, "now").mockReturnValue(Date.now() + 10_000)
  await runDurableObjectAlarm(mix)
  await vi.waitFor(() => expect(client.isClosed).toBe(true))
})

test("packets go on, whether the object sleeps before or behind them", async () => {
  for (let i = 0; i < 4; i++) {
    await link(mix, dropbox, self, await forward(10))
    await vi.waitFor(() => expect(sent).toHaveLength(i + 1))
    await hibernate()
  }
})

test("an idle mix sleeps until its alarm, which changes its keys", async () => {
  const alarm = () => runInDurableObject(mix, (_, state) => state.storage.getAlarm())
  const keys = () => runInDurableObject(mix, (_, state) => state.storage.sql.exec<{ key: string }>("SELECT key FROM kept WHERE key >= 'key/' AND key < 'key0'").toArray())
  await runDurableObjectAlarm(mix)
  const at = await alarm()
  expect(at! - Date.now()).toBeGreaterThan(1000)
  expect(at! - Date.now()).toBeLessThanOrEqual(300_000)
  const before = (await keys()).map(({ key }) => key)
  vi.spyOn(Date, "now").mockReturnValue(Date.now() + 3_600_000)
  await evictDurableObject(mix)
  await runDurableObjectAlarm(mix)
  const after = (await keys()).map(({ key }) => key)
  expect(after.filter((key) => !before.includes(key))).toHaveLength(1)
})

test("a replay is refused behind sleep and abort, in every encoding of its group element", async () => {
  const packet = await forward()
  await link(mix, dropbox, self, packet)
  await vi.waitFor(() => expect(sent).toHaveLength(1))
  // What the object's own X25519 makes of them: the bit that RFC 7748 passes over, and with the base point, for which anybody knows the
  // shared secret, a number that is not reduced.
  const keys = hopKeys(nobleSymmetric, self.keys.find(({ epoch }) => epoch === Math.floor(Date.now() / 3_600_000))!.key)
  const rest = seeded("rest of a packet")(PACKET_LENGTH - 48)
  const gamma = gammaOf(nobleSymmetric, keys, rest.subarray(0, 300))
  const [nine, unreduced] = [Uint8Array.of(9, ...new Uint8Array(31)), Uint8Array.of(0xf6, ...new Uint8Array(30).fill(0xff), 0x7f)]
  const highBit = packet.map((byte, i) => (i === 31 ? byte ^ 0x80 : byte))
  await link(mix, dropbox, self, concat(nine, gamma, rest))
  await link(mix, dropbox, self, concat(unreduced, gamma, rest))
  await vi.waitFor(async () => expect((await health(mix)).refused).toMatchObject({ replay: 1, mac: 0 }))
  // Tags are stored before anything leaves: the noise above was never answered, so it is stored with the next packet that is.
  await link(mix, dropbox, self, await forward())
  await vi.waitFor(() => expect(sent).toHaveLength(2))
  for (const lose of [hibernate, abort]) {
    await lose()
    for (const copy of [packet, highBit, concat(nine, gamma, rest), concat(unreduced, gamma, rest)]) await link(mix, dropbox, self, copy)
    await vi.waitFor(async () => expect((await health(mix)).refused).toMatchObject({ replay: 4, mac: 0 }))
  }
  expect(sent).toHaveLength(2)
})

/** The object is gone from one moment to the next, as in a crash. */
async function abort() {
  await abortAllDurableObjects()
  mix = env.MIX.get(env.MIX.idFromName("node"))
}
