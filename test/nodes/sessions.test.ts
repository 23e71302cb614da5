import "./native.ts"
import { expect, test } from "vitest"
import { defaultMixLimits } from "../../mix/limits.ts"
import { encodeClientFrame, receiptOf } from "../../shared/frames.ts"
import { PACKET_LENGTH } from "../../shared/geometry.ts"
import { sized } from "../../shared/names.ts"
import { boxOf, Client } from "./client.ts"
import type { NetworkOptions } from "./network.ts"
import { Network } from "./network.ts"
import { seeded } from "./seeded.ts"

const GATEWAY = "http://mix-1-0"
const LAST = "http://mix-3-0"
const TWO_MINUTES = 120_000

async function begin(options: NetworkOptions = {}) {
  const network = await Network.start(options)
  return { network, client: await Client.at(network), refusals: network.mix(1).refusals }
}

/** A packet from layer 3 to the client's session. */
async function arrive(client: Client, delay = 0): Promise<void> {
  const session = { node: { ...client.node(GATEWAY), id: client.session as never } }
  await client.network.linkFrom(LAST, GATEWAY, await client.packet([{ node: client.node(GATEWAY), delay }, session]))
}

const packetsAt = (network: Network, connection: string) => network.received(connection).filter(({ type }) => type === "packet").length

test("the hello is answered with the node, the session and the time", async () => {
  const { network, client } = await begin()
  expect(network.received("client")).toEqual([
    { type: "welcome", node: network.mix(1).id, session: client.session, resumed: false, time: network.now },
  ])
})

test("replies that come while the connection is down are kept for whoever shows the secret", async () => {
  const { network, client } = await begin()
  await client.ask({ operation: "read", box: boxOf("a").id })
  await network.disconnect(GATEWAY, "client")
  await network.pass(10_000)
  expect(network.mix(1).held).toBe(1)
  expect(await client.hello("second")).toBe(true)
  expect(await client.statuses("second")).toEqual(["empty"])
  expect(network.mix(1).held).toBe(0)
})

test("two minutes after the connection dropped the session is forgotten, with what was kept", async () => {
  const { network, client, refusals } = await begin()
  await network.disconnect(GATEWAY, "client")
  await arrive(client)
  await network.pass(TWO_MINUTES - 1)
  expect(network.mix(1).sessions).toBe(1)
  await network.pass(1)
  expect(network.mix(1).sessions).toBe(0)
  expect(network.mix(1).held).toBe(0)
  await arrive(client)
  expect(refusals.count("next-hop")).toBe(1)
  expect(await client.hello("second")).toBe(false)
  expect(packetsAt(network, "second")).toBe(0)
})

test("a session that came back in time is not forgotten", async () => {
  const { network, client } = await begin()
  await network.disconnect(GATEWAY, "client")
  await network.pass(TWO_MINUTES - 1)
  await client.hello("second")
  await network.pass(2 * TWO_MINUTES)
  await arrive(client)
  await network.pass(10)
  expect(packetsAt(network, "second")).toBe(1)
})

test("a new connection with the same secret takes over, and the end of the old one changes nothing", async () => {
  const { network, client } = await begin()
  expect(await client.hello("second")).toBe(true)
  expect(network.closed).toEqual(new Set(["client"]))
  await network.disconnect(GATEWAY, "client")
  await arrive(client)
  await network.pass(10)
  expect(packetsAt(network, "client")).toBe(0)
  expect(packetsAt(network, "second")).toBe(1)
})

test("another secret is another session", async () => {
  const { network, client } = await begin()
  const other = await Client.at(network, "other")
  expect(other.session).not.toEqual(client.session)
  await arrive(other)
  await network.pass(10)
  expect(packetsAt(network, "client")).toBe(0)
  expect(packetsAt(network, "other")).toBe(1)
})

test("packets kept for a session are bounded", async () => {
  const { network, client, refusals } = await begin({ mixLimits: { ...defaultMixLimits, keptPerSession: 3 } })
  await network.disconnect(GATEWAY, "client")
  for (let i = 0; i < 5; i++) await arrive(client)
  await network.pass(10)
  expect(network.mix(1).held).toBe(3)
  expect(refusals.count("full")).toBe(2)
  await client.hello("second")
  expect(packetsAt(network, "second")).toBe(3)
})

test("who says nothing for ten seconds is disconnected", async () => {
  const { network } = await begin()
  await network.connect(GATEWAY, "mute")
  await network.pass(9_999)
  expect(network.closed).not.toContain("mute")
  await network.pass(1)
  expect(network.closed).toContain("mute")
})

test("who sends anything before the hello is disconnected", async () => {
  const { network, refusals } = await begin()
  const frames = [encodeClientFrame({ type: "get-directory" }), encodeClientFrame({ type: "packet", packet: new Uint8Array(PACKET_LENGTH) as never })]
  for (const [i, frame] of [...frames, new Uint8Array(), seeded("noise")(34)].entries()) {
    await network.connect(GATEWAY, `rude ${i}`)
    await network.frame(GATEWAY, `rude ${i}`, frame)
    expect(network.closed).toContain(`rude ${i}`)
    // It was closed: what it sent before it knew is not looked at.
    await network.frame(GATEWAY, `rude ${i}`, encodeClientFrame({ type: "hello", secret: new Uint8Array(32) }))
    expect(network.received(`rude ${i}`)).toEqual([])
  }
  expect(refusals.all()).toMatchObject({ session: 2, malformed: 2 })
})

test("truncated, prolonged and unknown frames and a second hello are counted, and the session goes on", async () => {
  const { network, client, refusals } = await begin()
  const packet = encodeClientFrame({ type: "packet", packet: (await client.packet(client.forward())) as never })
  for (const frame of [packet.slice(0, -1), Uint8Array.of(...packet, 0), Uint8Array.of(0x7f), new Uint8Array()]) {
    await network.frame(GATEWAY, "client", frame)
  }
  await network.frame(GATEWAY, "client", encodeClientFrame({ type: "hello", secret: client.secret }))
  expect(refusals.all()).toMatchObject({ malformed: 4, session: 1 })
  await network.frame(GATEWAY, "client", packet)
  expect(network.mix(1).held).toBe(1)
  expect(network.closed.size).toBe(0)
})

test("a session sends no more than the network's rate, after a burst", async () => {
  const { network, client, refusals } = await begin({ parameters: { sessionRate: 2, sessionBurst: 5 } })
  const ask = encodeClientFrame({ type: "get-directory" })
  const answered = () => network.received("client").filter(({ type }) => type === "directory").length
  for (let i = 0; i < 8; i++) await network.frame(GATEWAY, "client", ask)
  expect(answered()).toBe(5)
  expect(refusals.count("rate")).toBe(3)
  await network.pass(1000)
  for (let i = 0; i < 4; i++) await network.frame(GATEWAY, "client", ask)
  expect(answered()).toBe(7)
  // Idle time is worth no more than one burst.
  await network.pass(3_600_000)
  for (let i = 0; i < 10; i++) await network.frame(GATEWAY, "client", ask)
  expect(answered()).toBe(12)
  expect(client.session).toBeDefined()
})

test("coming back does not refill the bucket", async () => {
  const { network, client, refusals } = await begin({ parameters: { sessionRate: 1, sessionBurst: 2 } })
  const ask = encodeClientFrame({ type: "get-directory" })
  for (let i = 0; i < 2; i++) await network.frame(GATEWAY, "client", ask)
  await network.disconnect(GATEWAY, "client")
  await client.hello("second")
  await network.frame(GATEWAY, "second", ask)
  expect(refusals.count("rate")).toBe(1)
})

test("a gateway with as many sessions as it can hold turns others away until one ends", async () => {
  const { network, refusals } = await begin({ mixLimits: { ...defaultMixLimits, sessions: 2 } })
  await Client.at(network, "second")
  await network.connect(GATEWAY, "third")
  expect(network.closed).toEqual(new Set(["third"]))
  expect(refusals.count("full")).toBe(1)
  await network.disconnect(GATEWAY, "client")
  await network.pass(TWO_MINUTES)
  await Client.at(network, "third again")
  expect(network.mix(1).sessions).toBe(2)
})

test("mixes of layers 2 and 3 take no clients", async () => {
  const { network } = await begin()
  await network.connect("http://mix-2-0", "lost")
  expect(network.closed).toContain("lost")
})

test("clients get the latest directory document", async () => {
  const { network } = await begin()
  await network.frame(GATEWAY, "client", encodeClientFrame({ type: "get-directory" }))
  expect(network.received("client").at(-1)).toEqual({ type: "directory", document: network.authority.document })
})

test("a full gateway still lets back in whoever it has just lost, and forgets who was away longest for somebody new", async () => {
  const { network } = await begin({ mixLimits: { ...defaultMixLimits, sessions: 3 } })
  const [second, third] = [await Client.at(network, "second"), await Client.at(network, "third")]
  for (const name of ["client", "second", "third"]) await network.disconnect(GATEWAY, name)
  expect(await second.hello("second again")).toBe(true)
  await Client.at(network, "fourth")
  expect(network.mix(1).sessions).toBe(3)
  expect(await third.hello("third again")).toBe(true)
  expect(network.closed.size).toBe(0)
})

test("connections from one address are bounded, those from others and from nowhere are not touched by it", async () => {
  const { network, refusals } = await begin({ mixLimits: { ...defaultMixLimits, sessionsPerAddress: 2 } })
  for (const name of ["a1", "a2", "a3"]) await network.connect(GATEWAY, name, "a")
  for (const name of ["b1", "b2"]) await network.connect(GATEWAY, name, "b")
  for (const name of ["n1", "n2", "n3"]) await network.connect(GATEWAY, name)
  expect(network.closed).toEqual(new Set(["a3"]))
  expect(refusals.count("full")).toBe(1)
  // One that goes makes room, whether it had said hello or not.
  await network.disconnect(GATEWAY, "a1")
  await network.connect(GATEWAY, "a4", "a")
  await network.frame(GATEWAY, "a4", encodeClientFrame({ type: "hello", secret: seeded("a4")(32) }))
  await network.disconnect(GATEWAY, "a4")
  await network.connect(GATEWAY, "a5", "a")
  expect(network.closed).toEqual(new Set(["a3"]))
})

test("as many of one address as may be connected may also be away, the others are forgotten at once", async () => {
  const { network } = await begin({ mixLimits: { ...defaultMixLimits, sessionsPerAddress: 2 } })
  const before = network.mix(1).sessions
  for (let i = 0; i < 5; i++) {
    await network.connect(GATEWAY, `a${i}`, "a")
    await network.frame(GATEWAY, `a${i}`, encodeClientFrame({ type: "hello", secret: seeded(`a${i}`)(32) }))
    await network.disconnect(GATEWAY, `a${i}`)
  }
  expect(network.mix(1).sessions).toBe(before + 2)
  expect(network.closed.size).toBe(0)
  await network.pass(TWO_MINUTES)
  expect(network.mix(1).sessions).toBe(before)
})

test("a client that takes packets and never says anything is cut off, and what comes then is kept", async () => {
  const { network, client, refusals } = await begin({ mixLimits: { ...defaultMixLimits, keptPerSession: 3 } })
  for (let i = 0; i < 7; i++) {
    await arrive(client)
    await network.pass(10)
  }
  expect(packetsAt(network, "client")).toBe(6)
  expect(network.closed).toEqual(new Set(["client"]))
  expect(refusals.count("full")).toBe(1)
  expect(network.mix(1).held).toBe(1)
  expect(await client.hello("second")).toBe(true)
  expect(packetsAt(network, "second")).toBe(1)
})

/** A frame with a packet of the client's, and this receipt. */
async function frameWith(client: Client, receipt: Uint8Array): Promise<Uint8Array> {
  return encodeClientFrame({ type: "packet", packet: sized("Packet", await client.packet(client.forward())), receipt })
}

function lastReceipt(network: Network): Uint8Array {
  const last = network.received("client").findLast((frame) => frame.type === "packet")
  return last === undefined ? new Uint8Array(4) : receiptOf(last.packet)
}

test("a client that reads what comes, as its receipts show, is not cut off, however much comes", async () => {
  const { network, client } = await begin({ mixLimits: { ...defaultMixLimits, keptPerSession: 3 } })
  for (let i = 0; i < 12; i++) {
    await arrive(client)
    await network.pass(1000)
    if (i % 4 === 3) await network.frame(GATEWAY, "client", await frameWith(client, lastReceipt(network)))
  }
  expect(packetsAt(network, "client")).toBe(12)
  expect(network.closed.size).toBe(0)
})

test("a client that goes on sending and reads nothing is cut off, whatever it says it has read", async () => {
  for (const receipt of [() => new Uint8Array(4), (i: number) => seeded(`guess ${i}`)(4)]) {
    const { network, client } = await begin({ mixLimits: { ...defaultMixLimits, keptPerSession: 3 } })
    for (let i = 0; i < 12; i++) {
      await arrive(client)
      await network.frame(GATEWAY, "client", await frameWith(client, receipt(i)))
      await network.pass(1000)
    }
    expect(packetsAt(network, "client")).toBe(6)
    expect(network.closed).toEqual(new Set(["client"]))
  }
})

test("a client that only asks for directories and reads nothing is cut off", async () => {
  const { network } = await begin({ mixLimits: { ...defaultMixLimits, keptPerSession: 3 } })
  for (let i = 0; i < 12; i++) {
    await network.frame(GATEWAY, "client", encodeClientFrame({ type: "get-directory" }))
    await network.pass(10_000)
  }
  expect(network.closed).toEqual(new Set(["client"]))
})

test("a restored connection goes on as session, with its tokens and its address", async () => {
  const options = { parameters: { sessionRate: 1, sessionBurst: 2 }, mixLimits: { ...defaultMixLimits, sessionsPerAddress: 1 } }
  const { network } = await begin(options)
  await network.connect(GATEWAY, "a", "address")
  const ask = encodeClientFrame({ type: "get-directory" })
  await network.frame(GATEWAY, "a", encodeClientFrame({ type: "hello", secret: seeded("a")(32) }))
  for (let i = 0; i < 2; i++) await network.frame(GATEWAY, "a", ask)
  await network.restart(GATEWAY, ["a"])
  await network.frame(GATEWAY, "a", ask)
  expect(network.mix(1).refusals.count("rate")).toBe(1)
  await network.pass(1000)
  await network.frame(GATEWAY, "a", ask)
  expect(network.received("a").filter(({ type }) => type === "directory")).toHaveLength(3)
  await network.connect(GATEWAY, "b", "address")
  expect(network.closed).toEqual(new Set(["b"]))
})

test("a restored stranger has no more time than it had", async () => {
  const { network } = await begin()
  await network.connect(GATEWAY, "mute")
  await network.pass(6_000)
  await network.restart(GATEWAY, ["mute"])
  await network.pass(3_999)
  expect(network.closed).not.toContain("mute")
  await network.pass(1)
  expect(network.closed).toContain("mute")
})

test("what was kept with a connection and is no memory of it is refused", async () => {
  const { network } = await begin()
  for (const state of [new Uint8Array(), Uint8Array.of(2, 0, 0), seeded("noise")(60), network.remembered.get("client")!.slice(1)]) {
    expect(network.mix(1).restore("other", state)).toBe(false)
  }
  // Two connections of one session: one of them was replaced.
  expect(network.mix(1).restore("other", network.remembered.get("client")!)).toBe(false)
})

test("a directory costs as many tokens as packets would be as long", async () => {
  const { network, client, refusals } = await begin({ size: [30, 30, 30, 10], parameters: { sessionBurst: 20 } })
  const price = Math.ceil(network.authority.document!.length / PACKET_LENGTH)
  expect(price).toBeGreaterThan(3)
  for (let i = 0; i < 5; i++) await network.frame(GATEWAY, "client", encodeClientFrame({ type: "get-directory" }))
  const answered = network.received("client").filter(({ type }) => type === "directory").length
  expect(answered).toBe(Math.floor(20 / price))
  expect(refusals.count("rate")).toBe(5 - answered)
  expect(client.session).toBeDefined()
})
