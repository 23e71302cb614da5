import { createSphinx } from "sphinx-packet"
import { expect, test } from "vitest"
import { Front } from "../../dropbox/front.ts"
import { memoryBoxes } from "../../dropbox/memory-boxes.ts"
import { Shard } from "../../dropbox/shard.ts"
import type { Answer } from "../../dropbox/shard.ts"
import { toHex } from "../../shared/bytes.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import type { Effect } from "../../shared/node/effect.ts"
import { memoryStorage } from "../../shared/node/memory-storage.ts"
import { boxOf, Client, contentOf, writeOf } from "./client.ts"
import { ShardAlone } from "./dropbox-shard.ts"
import { Network } from "./network.ts"
import { seeded } from "./seeded.ts"
import { x25519 } from "./x25519.ts"

const limits = { boxes: 3_000_000, heldReads: 30, asked: 20 }
const NAMES = Array.from({ length: 12 }, (_, i) => `box ${i}`)

/** A front that took the place of a network's dropbox, and its shards, which are called by hand. */
async function begin(shards = 3) {
  const network = await Network.start()
  const storage = memoryStorage()
  const random = seeded("front")
  const { url } = network.place("http://dropbox-0")
  const config = {
    role: "dropbox" as const,
    layer: 0,
    operator: "test",
    provider: "test",
    url,
    authorities: network.authority.authorities,
    parameters: { ...defaultParameters, stampBits: 4 },
  }
  const parts = { storage, random, x25519, sphinx: createSphinx({ random, x25519 }), config, limits }
  const front = await Front.start({ ...parts, shards }, network.now)
  network.place(url).node = front as never
  await network.publish()
  return { network, front, parts, client: await Client.at(network) }
}

/** What the front makes of these requests, which come in one link request. */
async function arrive({ network, front, client }: Awaited<ReturnType<typeof begin>>, ...requests: Parameters<Client["ask"]>[0][]) {
  const last = client.forward().slice(3)
  const packets = await Promise.all(requests.map((request) => client.request(request, last, client.session, client.back())))
  const body = await network.place("http://mix-3-0").node.linkRequest(front.id, packets as never, network.now)
  return (await front.onLink(body, network.now)).filter((effect) => effect.kind === "requests")
}

const read = (name: string, hold = 0) => ({ operation: "read" as const, box: boxOf(name).id, hold })
const posted = (effects: readonly Effect[]) => effects.reduce((sum, effect) => sum + (effect.kind === "post" ? effect.packets.length : 0), 0)

test("requests of one batch reach each shard in one call, and a box is always the same shard's", async () => {
  const dropbox = await begin()
  const calls = await arrive(dropbox, ...NAMES.map((name) => read(name)))
  expect(calls.map(({ shard }) => shard).sort()).toEqual([0, 1, 2])
  expect(calls.reduce((sum, { requests }) => sum + requests.length, 0)).toBe(NAMES.length)
  const again = await arrive(dropbox, ...NAMES.map((name) => writeOf(boxOf(name), contentOf(name))))
  const boxesOf = (effects: typeof calls) => effects.map(({ requests }) => requests.map(({ box }) => box))
  expect(boxesOf(again)).toEqual(boxesOf(calls))
})

test("a dropbox of several shards answers every request once, at once or when its box is written", async () => {
  const network = await Network.start({ shards: 3 })
  const client = await Client.at(network)
  for (const name of NAMES) await client.ask(read(name, 600))
  await network.pass(1000)
  expect(network.dropbox().heldReads).toBe(NAMES.length)
  for (const name of NAMES) await client.ask(writeOf(boxOf(name), contentOf(name)))
  await network.pass(60_000)
  const held = await client.replies()
  expect(held.map(({ status }) => status).sort()).toEqual([...NAMES.map(() => "content"), ...NAMES.map(() => "stored")])
  expect(network.dropbox().health(network.now)).toMatchObject({ boxes: NAMES.length, heldReads: 0, shards: 3 })
  await network.restart("http://dropbox-0")
  for (const name of NAMES) await client.ask(read(name))
  await network.pass(1000)
  const again = (await client.replies()).slice(held.length)
  const texts = (contents: readonly Uint8Array[]) => contents.map(toHex).sort()
  expect(texts(again.map(({ content }) => content))).toEqual(texts(NAMES.map(contentOf)))
})

test("a shard that fails takes no other shard's answers with it, and is asked again", async () => {
  const dropbox = await begin()
  const { front, network } = dropbox
  const shards = [0, 1, 2].map(() => new Shard({ boxes: memoryBoxes(), random: seeded("shard") }))
  let answered = 0
  for (const { shard, requests } of await arrive(dropbox, ...NAMES.map((name) => read(name)))) {
    if (shard === 1) front.onUnserved(shard, requests.length, network.now)
    else {
      const answers = await shards[shard]!.onRequests(requests, front.rules, network.now)
      answered += posted(await front.onServed(shard, requests.length, answers, network.now))
    }
  }
  const failed = front.traffic.count("failed")
  expect(failed).toBeGreaterThan(0)
  expect(answered).toBe(NAMES.length - failed)
  expect((await arrive(dropbox, ...NAMES.map((name) => read(name)))).map(({ shard }) => shard)).toContain(1)
})

test("a shard that is silent gets no more requests than are allowed at once, until it answers or fails", async () => {
  const dropbox = await begin(1)
  const { front, network } = dropbox
  let asked = 0
  while (front.refusals.count("full") === 0) {
    const calls = await arrive(dropbox, ...Array.from({ length: 7 }, () => read("a")))
    asked += calls.reduce((sum, { requests }) => sum + requests.length, 0)
  }
  expect(asked).toBe(20)
  expect(await arrive(dropbox, read("a"))).toEqual([])
  front.onUnserved(0, 1, network.now)
  await front.onServed(0, 1, [], network.now)
  expect((await arrive(dropbox, read("a"), read("b")))[0]!.requests).toHaveLength(2)
})

test("the number of shards is that of the first start; another is ignored, and said in health", async () => {
  const { front, parts, network } = await begin(3)
  expect(front.health(network.now)).toMatchObject({ shards: 3, stampBits: [null, null, null] })
  expect(front.health(network.now)).not.toHaveProperty("shardsIgnored")
  const again = await Front.start({ ...parts, shards: 8 }, network.now)
  expect(again.shards).toBe(3)
  expect(again.health(network.now)).toMatchObject({ shards: 3, shardsIgnored: 8 })
  for (const boxes of [0, NaN]) await expect(Front.start({ ...parts, limits: { ...limits, boxes }, shards: 3 }, network.now)).rejects.toThrow(RangeError)
  for (const shards of [0, 256, 2.5, NaN]) {
    await expect(Front.start({ ...parts, storage: memoryStorage(), shards }, network.now)).rejects.toThrow(RangeError)
  }
})

test("each shard has its part of the room, and of the reads that may wait", async () => {
  const { front } = await begin(3)
  expect(front.rules).toMatchObject({ room: 1_000_000, heldReads: 10, dropbox: front.id })
})

test("health tells boxes, held reads and prices as of the last full minute", async () => {
  const { front, network } = await begin(2)
  expect(front.wantsStates(network.now)).toBe(true)
  const state = { boxes: 5, heldReads: 2, stampBits: 14 }
  front.onStates([state, { ...state, stampBits: 20 }], network.now)
  expect(front.wantsStates(network.now)).toBe(false)
  expect(front.health(network.now)).toMatchObject({ boxes: 10, heldReads: 4, stampBits: [14, 20] })
  expect(front.wantsStates(network.now + 60_000)).toBe(true)
  front.onStates([null, { ...state, boxes: 6 }], network.now + 60_000)
  expect(front.health(network.now)).toMatchObject({ boxes: 11, stampBits: [14, 14] })
})

test("a shard counts what it has once a minute: what was written since is not told", async () => {
  const shard = new ShardAlone()
  const counts = () => shard.shard.state(shard.rules, shard.now)
  expect(counts()).toMatchObject({ boxes: 0, heldReads: 0 })
  await shard.ask(shard.write("a"), shard.read("b", 600))
  shard.now += 30_000
  await shard.ask(shard.write("c"))
  expect(counts()).toMatchObject({ boxes: 0, heldReads: 0 })
  shard.now += 35_000
  // The first of the next minute is not told either.
  await shard.ask(shard.write("d"))
  expect(counts()).toMatchObject({ boxes: 2, heldReads: 1 })
})

test("reads that wait at one box, at many, and beyond the bound, are each answered once", async () => {
  const shard = new ShardAlone({ heldReads: 50, meanDelay: 10_000 })
  const surbs = new Map<string, number>()
  const count = (answers: readonly Answer[]) => {
    for (const { surb } of answers) surbs.set(surb.join(), (surbs.get(surb.join()) ?? 0) + 1)
  }
  for (let i = 0; i < 300; i++) {
    count(await shard.ask(shard.read(`${i % 7 === 0 ? "many" : i % 40}`, 60 + (i % 50))))
    expect(shard.shard.heldReads).toBeLessThanOrEqual(50)
    if (i % 60 === 30) count((await shard.ask(shard.write(i % 120 === 30 ? "many" : `${i % 40}`))).slice(1))
    shard.now += 300
    if (shard.shard.nextDue <= shard.now) count(shard.shard.onWake(shard.now))
  }
  shard.now += 200_000
  count(shard.shard.onWake(shard.now))
  expect([shard.shard.heldReads, shard.shard.nextDue]).toEqual([0, Infinity])
  expect([...surbs.values()].every((times) => times === 1)).toBe(true)
  expect(surbs.size).toBe(300)
})
