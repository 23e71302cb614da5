import { describe, expect, test } from "vitest"
import { fromHex } from "../../shared/bytes.ts"
import { publicEd25519, signEd25519, signerEd25519 } from "../../shared/ed25519.ts"
import { LINK_HEADER_LENGTH, PACKET_LENGTH } from "../../shared/geometry.ts"
import { decodeLink, packetsOf, signLink, verifyLink } from "../../shared/link.ts"
import { sized } from "../../shared/names.ts"
import type { Refusal } from "../../shared/node/refusals.ts"
import { SeenTimes } from "../../shared/node/seen-times.ts"
import { Client } from "./client.ts"
import { Network } from "./network.ts"
import { seeded } from "./seeded.ts"

const GATEWAY = "http://mix-1-0"
const SECOND = "http://mix-2-0"
const MINUTE = 60_000

function refused(network: Network, url = SECOND): Partial<Record<Refusal, number>> {
  return Object.fromEntries(Object.entries(network.place(url).node.refusals.all()).filter(([, count]) => count > 0))
}

/** A packet for the second layer, and requests with it. */
async function begin() {
  const network = await Network.start()
  const client = await Client.at(network)
  const packet = sized("Packet", await client.packet(client.forward(100).slice(1)))
  const request = (from = GATEWAY, to = SECOND, now = network.now) => network.place(from).node.linkRequest(network.place(to).node.id, [packet], now)
  return { network, client, packet, request }
}

describe("requests between nodes", () => {
  const seed = seeded("sender")(32)
  const [sender, recipient] = [sized("NodeId", publicEd25519(seed)), sized("NodeId", seeded("recipient")(32))]
  const packets = [1, 2, 3].map((n) => sized("Packet", seeded(`packet ${n}`)(PACKET_LENGTH)))

  test("are read as they were written", async () => {
    const body = await signLink(signerEd25519(seed), sender, recipient, 1234, packets)
    expect(body).toHaveLength(LINK_HEADER_LENGTH + 3 * PACKET_LENGTH)
    const request = decodeLink(body)
    expect(request).toMatchObject({ sender, time: 1234 })
    expect(packetsOf(request)).toEqual(packets)
    expect(await verifyLink(request, recipient)).toBe(true)
  })

  test("do not verify with any bit of their header changed, nor with any packet changed, nor for another node", async () => {
    const body = await signLink(signerEd25519(seed), sender, recipient, 1234, packets)
    const places = [...Array.from({ length: LINK_HEADER_LENGTH * 8 }, (_, bit) => bit), 8 * (LINK_HEADER_LENGTH + 5), 8 * body.length - 1]
    for (const bit of places) {
      const changed = body.slice()
      changed[bit >> 3]! ^= 1 << (bit & 7)
      const request = (() => {
        try {
          return decodeLink(changed)
        } catch {
          return null
        }
      })()
      expect(request !== null && (await verifyLink(request, recipient)), `bit ${bit}`).toBe(false)
    }
    expect(await verifyLink(decodeLink(body), sender)).toBe(false)
  })

  test("are signed by WebCrypto as by noble", async () => {
    const message = fromHex("0102030405")
    expect(await signerEd25519(seed)(message)).toEqual(signEd25519(seed, message))
  })
})

test("a request is taken from the layer before, and from nobody else", async () => {
  const network = await Network.start({ size: [2, 2, 2, 2] })
  const taken: string[] = []
  const packet = new Uint8Array(PACKET_LENGTH)
  const layer = (url: string) => /mix-(\d)/.exec(url)?.[1] ?? "0"
  for (const from of network.places.keys()) {
    for (const to of network.places.keys()) {
      const before = refused(network, to).sender ?? 0
      await network.linkFrom(from, to, packet)
      if ((refused(network, to).sender ?? 0) === before) taken.push(layer(from) + layer(to))
    }
  }
  expect(new Set(taken)).toEqual(new Set(["01", "31", "12", "23", "30"]))
  expect(taken).toHaveLength(5 * 4)
})

test("a request of somebody whom the directory does not list is refused, whatever its signature", async () => {
  const { network, packet } = await begin()
  const seed = seeded("stranger")(32)
  const body = await signLink(signerEd25519(seed), sized("NodeId", publicEd25519(seed)), network.place(SECOND).node.id, network.now, [packet])
  await network.body(SECOND, body)
  expect(refused(network)).toEqual({ sender: 1 })
})

test("the same request is taken once, before and after another", async () => {
  const { network, request } = await begin()
  const [first, second] = [await request(), await request()]
  for (const body of [second, first, first, second]) await network.body(SECOND, body)
  expect(refused(network)).toEqual({ replay: 1, link: 2 })
  expect(network.mix(2).held).toBe(1)
})

test("two copies of a request that come at once are one", async () => {
  const { network, request } = await begin()
  const body = await request()
  await Promise.all([network.mix(2).onLink(body, network.now), network.mix(2).onLink(body, network.now)])
  expect(refused(network)).toEqual({ link: 1 })
})

test("a request for another node, and one that was changed, are refused", async () => {
  const { network, request } = await begin()
  await network.body(SECOND, await request(GATEWAY, "http://mix-3-0"))
  const changed = await request()
  changed[LINK_HEADER_LENGTH + 100]! ^= 1
  await network.body(SECOND, changed)
  expect(refused(network)).toEqual({ link: 2 })
})

test("clocks of neighbours may be wrong by a quarter of an hour, and no more", async () => {
  const { network, request } = await begin()
  for (const minutes of [-16, -15, -10, 10, 15, 16]) await network.body(SECOND, await anew(network, network.now + minutes * MINUTE))
  expect(refused(network)).toEqual({ link: 2, replay: 3 })
  expect(await request()).toBeDefined()

  async function anew(of: Network, now: number) {
    // A sender whose clock was always so: its times only rise.
    await of.restart(GATEWAY)
    return request(GATEWAY, SECOND, now)
  }
})

test("a sender's times rise even where its clock does not", async () => {
  const { network, request } = await begin()
  const times = await Promise.all([0, 0, -5000, 3].map(async (offset) => decodeLink(await request(GATEWAY, SECOND, network.now + offset)).time - network.now))
  expect(times).toEqual([0, 1, 2, 3])
})

test("what times were seen is remembered exactly while they are near, and forgotten behind", () => {
  const seen = new SeenTimes()
  const now = 1_800_000_000_000
  expect([0, 1, 7, 8, 4096, -4096].map((offset) => seen.add("a", now + offset, now))).toEqual(Array(6).fill(true))
  expect([0, 1, 7, 8, 4096, -4096].map((offset) => seen.add("a", now + offset, now + 10 * MINUTE))).toEqual(Array(6).fill(false))
  expect([2, 6, 9, 4095].every((offset) => seen.isNew("a", now + offset, now))).toBe(true)
  expect(seen.add("b", now, now)).toBe(true)
  expect(seen.add("a", now, now + 16 * MINUTE)).toBe(false)
})

test("the memory of times is bounded, and what it had to forget is not taken again", () => {
  const seen = new SeenTimes()
  const now = 1_800_000_000_000
  expect(seen.add("first", now - 14 * MINUTE, now)).toBe(true)
  for (let i = 0; i < 40_000; i++) seen.add(`sender ${i}`, now, now)
  expect(seen.isNew("first", now - 14 * MINUTE, now)).toBe(false)
  expect(seen.isNew("another", now - 14 * MINUTE, now)).toBe(false)
  expect(seen.isNew("another", now + 5000, now)).toBe(true)
})

