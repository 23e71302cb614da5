import { nobleSymmetric, nobleX25519 } from "sphinx-packet"
import { expect, test } from "vitest"
import { concat } from "../../shared/bytes.ts"
import { PACKET_LENGTH } from "../../shared/geometry.ts"
import type { Refusal } from "../../shared/node/refusals.ts"
import { hopKeys } from "../../shared/sphinx-packet/src/keys.ts"
import { gammaOf } from "../../shared/sphinx-packet/src/header.ts"
import { Client } from "./client.ts"
import { Network } from "./network.ts"
import { seeded } from "./seeded.ts"

const GATEWAY = "http://mix-1-0"
const SECOND = "http://mix-2-0"
const MINUTE = 60_000

function refused(network: Network, url = GATEWAY): Partial<Record<Refusal, number>> {
  return Object.fromEntries(Object.entries(network.place(url).node.refusals.all()).filter(([, count]) => count > 0))
}

const sentTo = (network: Network, url: string) => network.posts.filter((post) => post.url === url).flatMap(({ packets }) => packets)

/** The same packet with the bit of its group element set that RFC 7748 passes over. */
function otherEncodings(packet: Uint8Array): Uint8Array[] {
  return [packet.map((byte, i) => (i === 31 ? byte ^ 0x80 : byte))]
}

test("a replay is refused in every encoding, at every time, after every restart, until the key is destroyed", async () => {
  const network = await Network.start()
  const client = await Client.at(network)
  const packet = await client.packet(client.forward(10))
  await network.link(GATEWAY, packet)
  await network.pass(100)
  let replays = 0
  const replay = async () => {
    for (const copy of [packet, ...otherEncodings(packet)]) {
      await network.link(GATEWAY, copy)
      await client.send(copy)
      replays += 2
    }
    expect(refused(network)).toEqual({ replay: replays })
  }
  await replay()
  // START is ten minutes past the hour: the key opens for 85 minutes more, through the next epoch.
  for (const minutes of [20, 35, 29]) {
    await network.pass(minutes * MINUTE)
    await replay()
    await network.restart(GATEWAY)
    await client.hello(`again ${minutes}`)
    replays = 0
    for (const copy of [packet, ...otherEncodings(packet)]) {
      await network.link(GATEWAY, copy)
      replays++
    }
    expect(refused(network)).toEqual({ replay: replays })
    await network.restart(GATEWAY)
    await client.hello()
    replays = 0
  }
  await network.pass(2 * MINUTE)
  // Nothing opens it any more, and nothing of it is kept.
  await network.link(GATEWAY, packet)
  expect(refused(network)).toEqual({ mac: 1 })
  expect(network.place(GATEWAY).storage.list("tags/")).toEqual([])
  await network.pass(MINUTE)
  expect(sentTo(network, SECOND)).toHaveLength(1)
})

test("a group element that is not reduced is the one that it stands for", async () => {
  const network = await Network.start()
  const { publicKey } = new Client(network).route([{ node: new Client(network).node(GATEWAY) }])[0]!
  // With the base point as group element anybody knows the shared secret: it is the node's key. 9 + 2^255 - 19, and both with the unused bit.
  const keys = hopKeys(nobleSymmetric, publicKey)
  const nine = Uint8Array.of(9, ...new Uint8Array(31))
  const unreduced = Uint8Array.of(0xf6, ...new Uint8Array(30).fill(0xff), 0x7f)
  expect(await nobleX25519().sharedSecret(seeded("any")(32), unreduced)).toEqual(await nobleX25519().sharedSecret(seeded("any")(32), nine))
  const rest = seeded("rest of a packet")(PACKET_LENGTH - 48)
  const gamma = gammaOf(nobleSymmetric, keys, rest.subarray(0, 300))
  const encodings = [nine, unreduced, ...[nine, unreduced].map((alpha) => alpha.map((byte, i) => (i === 31 ? byte | 0x80 : byte)))]
  for (const alpha of encodings) await network.link(GATEWAY, concat(alpha, gamma, rest))
  const { replay, ...first } = refused(network)
  expect(replay).toBe(3)
  // The first was opened, its content is noise.
  expect(Object.values(first)).toEqual([1])
  expect(first.mac).toBeUndefined()
})

test("a packet that is refused for its content is not opened a second time either", async () => {
  const network = await Network.start()
  const client = await Client.at(network)
  const packet = await client.packet(client.forward(600_001))
  await network.link(GATEWAY, packet)
  await network.link(GATEWAY, packet)
  expect(refused(network)).toEqual({ delay: 1, replay: 1 })
})

test("a replay of a whole request under a new signature forwards nothing", async () => {
  const network = await Network.start()
  const client = await Client.at(network)
  const packets = await Promise.all(Array.from({ length: 20 }, () => client.packet(client.forward(10))))
  await network.link(GATEWAY, ...packets)
  await network.pass(100)
  await network.restart(GATEWAY)
  await network.link(GATEWAY, ...packets)
  await network.pass(100)
  expect(refused(network)).toEqual({ replay: 20 })
  expect(sentTo(network, SECOND)).toHaveLength(20)
})

test("a key opens so many packets and not more, since their tags are in memory: then the node refuses until the next key", async () => {
  const network = await Network.start({ replayTags: 2 })
  const client = await Client.at(network)
  for (let i = 0; i < 3; i++) await network.link(GATEWAY, await client.packet(client.forward(10)))
  expect(refused(network)).toEqual({ full: 1 })
  await network.pass(100)
  expect(sentTo(network, SECOND)).toHaveLength(2)
  await network.pass(60 * MINUTE)
  await network.publish()
  await network.link(GATEWAY, await client.packet(client.forward(10)))
  await network.pass(100)
  expect(sentTo(network, SECOND)).toHaveLength(3)
  expect(refused(network)).toEqual({ full: 1 })
})
