import "./native.ts"
import { expect, test } from "vitest"
import { defaultDropboxLimits } from "../../dropbox/front.ts"
import { sized } from "../../shared/names.ts"
import { encodeRequest, noContent, noSignature, noStamp } from "../../shared/request.ts"
import { boxOf, Client, contentOf, writeOf } from "./client.ts"
import type { NetworkOptions } from "./network.ts"
import { Network } from "./network.ts"
import { seeded } from "./seeded.ts"

const DROPBOX = "http://dropbox-0"
const DAY = 86_400_000

async function begin(options: NetworkOptions = {}) {
  const network = await Network.start(options)
  return { network, client: await Client.at(network), dropbox: network.dropbox() }
}

const read = (name: string, hold = 0) => ({ operation: "read" as const, box: boxOf(name).id, hold })
const write = (name: string, content = name) => writeOf(boxOf(name), contentOf(content))

test("a box is written once: the same bytes are a success, others get what is there", async () => {
  const { network, client } = await begin()
  for (const content of ["first", "first", "second"]) {
    await client.ask(write("a", content))
    await network.pass(10)
  }
  await client.ask(read("a"))
  await network.pass(10)
  const replies = await client.replies()
  expect(replies.map(({ status }) => status)).toEqual(["stored", "stored", "taken", "content"])
  expect(replies[2]).toMatchObject({ content: contentOf("first") })
  expect(replies[3]).toMatchObject({ content: contentOf("first"), signature: write("a", "first").signature })
})

test("a write that the box's key did not sign is refused and changes nothing", async () => {
  const { network, client } = await begin()
  const good = write("a")
  const bad = [
    { ...good, content: contentOf("other") },
    { ...good, signature: sized("Signature", seeded("noise")(64)) },
    { ...good, box: boxOf("b").id },
  ]
  for (const request of [...bad, read("a")]) {
    await client.ask(request)
    await network.pass(10)
  }
  expect(await client.statuses()).toEqual(["refused", "refused", "refused", "empty"])
})

test("ids under which anybody could sign are refused", async () => {
  const { network, client } = await begin()
  const identity = sized("BoxId", Uint8Array.of(1, ...new Uint8Array(31)))
  const notCanonical = sized("BoxId", new Uint8Array(32).fill(255))
  // Under the neutral element R = 1, s = 0 verifies for some verifiers.
  const forged = sized("Signature", Uint8Array.of(1, ...new Uint8Array(63)))
  for (const box of [identity, notCanonical, sized("BoxId", new Uint8Array(32))]) await client.ask({ ...write("a"), box, signature: forged })
  await network.pass(10)
  expect(await client.statuses()).toEqual(["refused", "refused", "refused"])
})

test("a read of an empty box is answered at once, or held until the box is written", async () => {
  const { network, client, dropbox } = await begin({ parameters: { meanDelay: 1000 } })
  await client.ask(read("a"))
  await client.ask(read("a", 600))
  await network.pass(60_000)
  expect(await client.statuses()).toEqual(["empty"])
  expect(dropbox.heldReads).toBe(1)
  await client.ask(write("a"))
  await network.pass(20_000)
  expect(await client.statuses()).toEqual(["empty", "stored", "content"])
  expect(dropbox.heldReads).toBe(0)
})

test("each held reader is answered after a delay of its own", async () => {
  const { network, client } = await begin({ parameters: { meanDelay: 10_000 } })
  for (let i = 0; i < 20; i++) await client.ask(read("a", 1800))
  await network.pass(1000)
  await client.ask(write("a"))
  const written = network.now
  const times: number[] = []
  for (let i = 0; i < 120; i++) {
    await network.pass(1000)
    while (times.length < (await client.statuses()).filter((status) => status === "content").length) times.push(network.now - written)
  }
  expect(times).toHaveLength(20)
  expect(new Set(times).size).toBeGreaterThan(5)
  const mean = times.reduce((a, b) => a + b) / 20
  expect(mean).toBeGreaterThan(4000)
  expect(mean).toBeLessThan(20_000)
})

test("a hold ends with an empty answer, and no hold is longer than the network's longest", async () => {
  const { network, client } = await begin({ parameters: { maxHold: 60 } })
  await client.ask(read("a", 30))
  await client.ask(read("b", 3600))
  await network.pass(29_999)
  expect(await client.statuses()).toEqual([])
  await network.pass(1)
  expect(await client.statuses()).toEqual(["empty"])
  await network.pass(30_000)
  expect(await client.statuses()).toEqual(["empty", "empty"])
})

test("a reader whose hold ends before its delay is answered then, with what is there", async () => {
  const { network, client } = await begin({ parameters: { meanDelay: 4_000_000 } })
  await client.ask(read("a", 20))
  await network.pass(10_000)
  await client.ask(write("a"))
  await network.pass(10_000)
  expect(await client.statuses()).toEqual(["stored", "content"])
})

test("held reads are bounded: at the bound the oldest is answered", async () => {
  const { network, client, dropbox } = await begin({ dropboxLimits: { ...defaultDropboxLimits, heldReads: 2 } })
  for (const name of ["a", "b", "c"]) await client.ask(read(name, 600))
  await network.pass(1000)
  expect(dropbox.heldReads).toBe(2)
  expect(await client.statuses()).toEqual(["empty"])
  // The one that had to go was the first.
  await client.ask(write("a"))
  await network.pass(60_000)
  expect(await client.statuses()).toEqual(["empty", "stored"])
  await client.ask(write("b"))
  await network.pass(60_000)
  expect(await client.statuses()).toEqual(["empty", "stored", "stored", "content"])
})

test("boxes are deleted when their days are over", async () => {
  const { network, client } = await begin({ parameters: { boxDays: 2, keyEpochSeconds: 86_400 } })
  await client.ask(write("a"))
  await network.pass(2 * DAY - 7_200_000)
  await network.publish()
  await client.ask(read("a"))
  await network.pass(4 * 3_600_000)
  await network.publish()
  await client.ask(read("a"))
  await network.pass(1000)
  expect(await client.statuses()).toEqual(["stored", "content", "empty"])
})

test("boxes and held reads' answers are the same after a restart, but held reads are gone", async () => {
  const { network, client, dropbox } = await begin()
  await client.ask(write("a"))
  await client.ask(read("b", 600))
  await network.pass(1000)
  expect(dropbox.heldReads).toBe(1)
  await network.restart(DROPBOX)
  expect(network.dropbox().heldReads).toBe(0)
  await client.ask(read("a"))
  await network.pass(1000)
  expect(await client.statuses()).toEqual(["stored", "content"])
})

test("a request that is sent twice is answered once, after a restart too", async () => {
  const { network, client, dropbox } = await begin()
  const way = client.forward()
  const packet = await client.request(write("a"), way.slice(3), client.session, client.back())
  await network.link(DROPBOX, packet, packet)
  await network.pass(1000)
  expect(dropbox.refusals.count("replay")).toBe(1)
  await network.restart(DROPBOX)
  await network.link(DROPBOX, packet)
  await network.pass(1000)
  expect(network.dropbox().refusals.count("replay")).toBe(1)
  expect(await client.statuses()).toEqual(["stored"])
})

test("a dropbox without room refuses", async () => {
  const { network, client } = await begin({ dropboxLimits: { ...defaultDropboxLimits, boxes: 1 } })
  for (const name of ["a", "b", "a"]) {
    await client.ask(write(name))
    await network.pass(10)
  }
  expect(await client.statuses()).toEqual(["stored", "refused", "stored"])
})

test("what is no request is counted and not answered", async () => {
  const { network, client, dropbox } = await begin()
  const last = client.forward().slice(3)
  await network.link(DROPBOX, await client.packet(last, seeded("noise")(4096)))
  await network.link(DROPBOX, await client.packet(last, seeded("noise")(100)))
  await network.pass(1000)
  expect(dropbox.refusals.count("malformed")).toBe(2)
  expect(network.posts).toEqual([])
})

test("replies go to mixes of layer 1 only", async () => {
  const { network, client, dropbox } = await begin()
  await client.ask(read("a"), client.forward(), client.back().slice(1))
  await network.pass(1000)
  expect(dropbox.refusals.count("next-hop")).toBe(1)
  expect(await client.statuses()).toEqual([])
})

test("a SURB of garbage behind the address of a gateway harms nobody", async () => {
  const { network, client, dropbox } = await begin()
  const surb = seeded("noise")(396)
  surb.set(network.mix(1, 1).id, 348)
  const message = encodeRequest({ surb: sized("Surb", surb), stamp: noStamp(), signature: noSignature(), content: noContent(), ...read("a") })
  await network.link(DROPBOX, await client.packet(client.forward().slice(3), message))
  await network.pass(1000)
  expect(dropbox.refusals.all()).toMatchObject({ malformed: 0, "next-hop": 0 })
  expect(network.mix(1, 1).refusals.count("mac")).toBe(1)
})

test("where a packet ends whose payload was broken on the way is told to nobody", async () => {
  const { network, client, dropbox } = await begin()
  const packet = await client.packet(client.forward())
  packet[packet.length - 1]! ^= 1
  await client.send(packet)
  await network.pass(1000)
  expect(dropbox.refusals.count("payload")).toBe(1)
  for (const place of network.places.values()) {
    const { refused } = place.node.health(network.now + 120_000)
    expect(Object.keys(refused)).not.toContain("payload")
    expect(Object.values(refused).every((count) => count === 0)).toBe(true)
  }
})

test("a reply has the size of every packet, and its content is zeros where there is none", async () => {
  const { network, client } = await begin()
  await client.ask(read("a"))
  await client.ask(write("b"))
  await network.pass(1000)
  expect(new Set(network.posts.flatMap(({ packets }) => packets.map(({ length }) => length)))).toEqual(new Set([4461]))
  for (const reply of await client.replies()) expect([...reply.content, ...reply.signature].every((byte) => byte === 0)).toBe(true)
})
