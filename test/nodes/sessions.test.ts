import { expect, test } from "vitest"
import { defaultMixLimits } from "../../mix/limits.ts"
import { encodeClientFrame } from "../../shared/frames.ts"
import { PACKET_LENGTH } from "../../shared/geometry.ts"
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
