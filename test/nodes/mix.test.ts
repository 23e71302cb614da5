import "./native.ts"
import fc from "fast-check"
import { hopKeys } from "../../shared/sphinx-packet/src/keys.ts"
import { gammaOf } from "../../shared/sphinx-packet/src/header.ts"
import { nobleSymmetric, nobleX25519 } from "sphinx-packet"
import { expect, test } from "vitest"
import { defaultMixLimits } from "../../mix/limits.ts"
import { concat } from "../../shared/bytes.ts"
import { openDescriptor } from "../../shared/directory/descriptor.ts"
import { encodeClientFrame } from "../../shared/frames.ts"
import { LINK_BATCH_MAX, LINK_BODY_MAX, LINK_HEADER_LENGTH, PACKET_LENGTH } from "../../shared/geometry.ts"
import type { Refusal } from "../../shared/node/refusals.ts"
import { boxOf, Client } from "./client.ts"
import { Network } from "./network.ts"
import { seeded } from "./seeded.ts"

const GATEWAY = "http://mix-1-0"
const SECOND = "http://mix-2-0"

/** What the node has refused so far, without the zeros. */
function refused(network: Network, url = GATEWAY): Partial<Record<Refusal, number>> {
  return Object.fromEntries(Object.entries(network.place(url).node.refusals.all()).filter(([, count]) => count > 0))
}

const sentTo = (network: Network, url: string) => network.posts.filter((post) => post.url === url).flatMap(({ packets }) => packets)

test("the same packet sent twice is delivered once", async () => {
  const network = await Network.start()
  const client = await Client.at(network)
  const packet = await client.packet(client.forward(100))
  await client.send(packet)
  await client.send(packet)
  await network.link(GATEWAY, packet, packet)
  await network.pass(100)
  expect(sentTo(network, SECOND)).toHaveLength(1)
  expect(refused(network)).toEqual({ replay: 3 })
})

test("a packet with another encoding of its group element is the same packet", async () => {
  const network = await Network.start()
  const client = await Client.at(network)
  const packet = await client.packet(client.forward())
  const other = packet.slice()
  other[31]! ^= 0x80
  await network.link(GATEWAY, packet, other)
  expect(refused(network)).toEqual({ replay: 1 })
})

test("a packet that was forwarded is refused after a restart, and one that was lost with the memory is taken again", async () => {
  const network = await Network.start()
  const client = await Client.at(network)
  const [forwarded, held] = [await client.packet(client.forward(10)), await client.packet(client.forward(5000))]
  await network.link(GATEWAY, forwarded)
  await network.pass(100)
  await network.link(GATEWAY, held)
  await network.restart(GATEWAY)
  await network.link(GATEWAY, forwarded, held)
  expect(refused(network)).toEqual({ replay: 1 })
  await network.pass(5000)
  expect(sentTo(network, SECOND)).toHaveLength(2)
})

test("identity, keys and directory are the same after a restart", async () => {
  const network = await Network.start()
  const client = await Client.at(network)
  const packet = await client.packet(client.forward())
  const { id, document } = network.mix(1)
  await network.restart(GATEWAY)
  expect(network.mix(1).id).toEqual(id)
  expect(network.mix(1).document).toEqual(document)
  await network.link(GATEWAY, packet)
  await network.pass(10)
  expect(sentTo(network, SECOND)).toHaveLength(1)
})

test("packets that are due together for the same neighbour leave in one request", async () => {
  const network = await Network.start()
  const client = await Client.at(network)
  const packets = await Promise.all([100, 100, 100].map((delay) => client.packet(client.forward(delay))))
  await network.link(GATEWAY, ...packets)
  await network.pass(100)
  expect(network.posts.filter(({ url }) => url === SECOND).map((post) => post.packets.length)).toEqual([3])
})

test("no request carries more packets than one may", async () => {
  const network = await Network.start()
  const client = await Client.at(network)
  const short = client.forward(500).slice(0, 2)
  const packets = await Promise.all(Array.from({ length: LINK_BATCH_MAX + 1 }, () => client.packet(short)))
  await network.link(GATEWAY, ...packets.slice(0, 200))
  await network.link(GATEWAY, ...packets.slice(200))
  await network.pass(500)
  expect(network.posts.map((post) => post.packets.length)).toEqual([LINK_BATCH_MAX, 1])
})

test("packets leave in the order of their delays, not in that of their coming", async () => {
  const network = await Network.start()
  const client = await Client.at(network)
  const [slow, quick] = [await client.packet(client.forward(900)), await client.packet(client.forward(100))]
  await network.link(GATEWAY, slow, quick)
  await network.pass(100)
  expect(network.mix(1).held).toBe(1)
  await network.pass(800)
  expect(network.mix(1).held).toBe(0)
})

test("bodies that are no row of whole packets are refused", async () => {
  const network = await Network.start()
  const rests = [0, 1, PACKET_LENGTH - 1, PACKET_LENGTH + 1, 2 * PACKET_LENGTH - 1, LINK_BODY_MAX - LINK_HEADER_LENGTH + PACKET_LENGTH]
  for (const length of [0, 1, LINK_HEADER_LENGTH - 1, ...rests.map((rest) => LINK_HEADER_LENGTH + rest)]) {
    await network.body(GATEWAY, new Uint8Array(length))
  }
  expect(refused(network)).toEqual({ length: 9 })
})

test("random packets, changed headers and elements of small order are refused", async () => {
  const network = await Network.start()
  const client = await Client.at(network)
  const good = await client.packet(client.forward())
  for (const at of [0, 32, 48, 347]) {
    const changed = good.slice()
    changed[at]! ^= 1
    await network.link(GATEWAY, changed)
  }
  await network.link(GATEWAY, seeded("noise")(PACKET_LENGTH))
  await network.link(GATEWAY, concat(new Uint8Array(32), good.subarray(32)))
  expect(refused(network)).toEqual({ mac: 5, alpha: 1 })
})

test("a changed payload goes on unseen, and is refused at the end of its way", async () => {
  const network = await Network.start()
  const client = await Client.at(network)
  const packet = await client.request({ operation: "read", box: boxOf("a").id }, client.forward(), client.session, client.back())
  packet[PACKET_LENGTH - 1]! ^= 1
  await client.send(packet)
  await network.pass(100)
  expect(refused(network, "http://dropbox-0")).toEqual({ payload: 1 })
  expect(await client.statuses()).toEqual([])
})

test("only the network's one version of Sphinx is forwarded", async () => {
  const network = await Network.start()
  const client = await Client.at(network)
  await network.link(GATEWAY, await client.packet(client.forward(), undefined, 259))
  await network.pass(100)
  expect(refused(network)).toEqual({ version: 1 })
  expect(sentTo(network, SECOND)).toEqual([])
})

test("routing information that says neither forward nor final is refused", async () => {
  const network = await Network.start()
  const client = await Client.at(network)
  const packet = await client.packet(client.forward())
  // The sender knows the hop's keys; here they are taken from the node's storage.
  const epoch = Math.floor(network.now / 1000 / network.directory.parameters.keyEpochSeconds)
  const secret = network.place(GATEWAY).storage.get(`key/${network.directory.parameters.keyEpochSeconds}/${epoch}`)!
  const keys = hopKeys(nobleSymmetric, await nobleX25519().sharedSecret(secret, packet.subarray(0, 32)))
  packet[48]! ^= 1 ^ 3
  packet.set(gammaOf(nobleSymmetric, keys, packet.subarray(48, 348)), 32)
  await network.link(GATEWAY, packet)
  expect(refused(network)).toEqual({ flag: 1 })
})

test("the last hop of a way is no mix, and a dropbox is no hop in the middle", async () => {
  const network = await Network.start()
  const client = await Client.at(network)
  const way = client.forward()
  await network.link(GATEWAY, await client.packet(way.slice(0, 1)))
  expect(refused(network)).toEqual({ hop: 1 })
  await network.link("http://dropbox-0", await client.packet([way[3]!, way[0]!]))
  expect(refused(network, "http://dropbox-0")).toEqual({ hop: 1 })
})

test("each layer sends to the next only, and layer 3 to dropboxes and gateways", async () => {
  const network = await Network.start({ size: [2, 2, 2, 2] })
  const client = await Client.at(network)
  const all = network.directory.nodes
  const allowed: string[] = []
  for (const from of all.filter(({ role }) => role === "mix")) {
    for (const to of all) {
      const before = refused(network, from.url)["next-hop"] ?? 0
      await network.link(from.url, await client.packet([{ node: from, delay: 1e5 }, { node: to }]))
      if ((refused(network, from.url)["next-hop"] ?? 0) === before) allowed.push(`${from.layer}${to.layer}`)
    }
  }
  // Layer 0 is that of dropboxes.
  expect(new Set(allowed)).toEqual(new Set(["12", "23", "30", "31"]))
  expect(allowed).toHaveLength(4 * 4)
})

test("packets for nodes that nobody knows are refused", async () => {
  const network = await Network.start()
  const client = await Client.at(network)
  const way = client.forward()
  const stranger = { ...way[1]!.node, id: client.session as never }
  await network.link(SECOND, await client.packet([way[1]!, { node: stranger }]))
  await network.link(GATEWAY, await client.packet([way[0]!, { node: { ...stranger, id: seeded("nobody")(32) as never } }]))
  expect(refused(network)).toEqual({ "next-hop": 1 })
  expect(refused(network, SECOND)).toEqual({ "next-hop": 1 })
})

test("only packets of layer 3 go to a session, and these go nowhere else", async () => {
  const network = await Network.start()
  const client = await Client.at(network)
  const toSession = () => client.packet([client.forward()[0]!, { node: { ...client.node(GATEWAY), id: client.session as never } }])
  await client.send(await toSession())
  await network.pass(10)
  expect(refused(network)).toEqual({ "next-hop": 1 })
  await network.link(GATEWAY, await toSession())
  expect(refused(network)).toEqual({ "next-hop": 2 })
  await network.linkFrom("http://mix-3-0", GATEWAY, await client.packet(client.forward()))
  expect(refused(network)).toEqual({ "next-hop": 3 })
  await network.linkFrom("http://mix-3-0", GATEWAY, await toSession())
  await network.pass(10)
  expect(network.received("client").at(-1)).toMatchObject({ type: "packet" })
})

test("a delay that no honest client draws is refused", async () => {
  const network = await Network.start()
  const client = await Client.at(network)
  await network.link(GATEWAY, await client.packet(client.forward(600_000)), await client.packet(client.forward(600_001)))
  expect(refused(network)).toEqual({ delay: 1 })
  expect(network.mix(1).held).toBe(1)
})

test("a full mix refuses, and takes packets again when some have left", async () => {
  const network = await Network.start({ mixLimits: { ...defaultMixLimits, packets: 2 } })
  const client = await Client.at(network)
  const packets = await Promise.all([1000, 2000, 3000, 4000].map((delay) => client.packet(client.forward(delay))))
  await network.link(GATEWAY, ...packets.slice(0, 3))
  expect(refused(network)).toEqual({ full: 1 })
  await network.pass(1000)
  await network.link(GATEWAY, packets[3]!)
  expect(network.mix(1).held).toBe(2)
  expect(refused(network)).toEqual({ full: 1 })
})

test("packets that ask for long delays keep no others out: of a full mix the one goes that would wait longest", async () => {
  const network = await Network.start({ mixLimits: { ...defaultMixLimits, packets: 3 } })
  const client = await Client.at(network)
  await network.link(GATEWAY, ...(await Promise.all([590_000, 300_000, 595_000].map((delay) => client.packet(client.forward(delay))))))
  for (let i = 0; i < 4; i++) {
    await network.link(GATEWAY, await client.packet(client.forward(500)))
    await network.pass(500)
  }
  expect(sentTo(network, SECOND)).toHaveLength(4)
  expect([network.mix(1).held, refused(network)]).toEqual([2, { full: 1 }])
  await network.pass(300_000)
  expect([sentTo(network, SECOND).length, network.mix(1).held]).toEqual([5, 1])
})

test("what is kept for absent clients takes half of the room and no more", async () => {
  const network = await Network.start({ mixLimits: { ...defaultMixLimits, packets: 4 } })
  const client = await Client.at(network)
  const toSession = () => client.packet([client.forward()[0]!, { node: { ...client.node(GATEWAY), id: client.session as never } }])
  await network.disconnect(GATEWAY, "client")
  for (let i = 0; i < 4; i++) await network.linkFrom("http://mix-3-0", GATEWAY, await toSession())
  await network.pass(10)
  expect([network.mix(1).held, refused(network)]).toEqual([2, { full: 2 }])
})

test("what is kept for clients counts as held, too, and the mix recovers when they fetch it", async () => {
  const network = await Network.start({ mixLimits: { ...defaultMixLimits, packets: 4 } })
  const client = await Client.at(network)
  const toSession = () => client.packet([client.forward()[0]!, { node: { ...client.node(GATEWAY), id: client.session as never } }])
  await network.disconnect(GATEWAY, "client")
  for (let i = 0; i < 2; i++) await network.linkFrom("http://mix-3-0", GATEWAY, await toSession())
  await network.pass(10)
  for (let i = 0; i < 3; i++) await network.link(GATEWAY, await client.packet(client.forward(500)))
  expect([network.mix(1).held, refused(network)]).toEqual([4, { full: 1 }])
  await client.hello("again")
  await network.pass(500)
  expect(network.mix(1).held).toBe(0)
  await network.link(GATEWAY, await client.packet(client.forward(500)))
  expect([network.mix(1).held, refused(network)]).toEqual([1, { full: 1 }])
})

test("before its first directory a mix takes packets of no neighbour, and knows no next hop for those of clients", async () => {
  const network = await Network.start()
  const client = await Client.at(network)
  const packet = await client.packet(client.forward())
  network.place(GATEWAY).storage.delete("directory")
  await network.restart(GATEWAY)
  await network.link(GATEWAY, packet)
  await client.hello()
  await client.send(packet)
  expect(refused(network)).toEqual({ sender: 1, "next-hop": 1 })
})

test("packets made at the end of a key epoch are opened after it, and no key outlives its time", async () => {
  const network = await Network.start({ parameters: { keyEpochSeconds: 3600 } })
  const client = await Client.at(network)
  // START is ten minutes past the hour.
  await network.pass(49 * 60_000)
  const late = await client.packet(client.forward())
  const later = await client.packet(client.forward())
  await network.pass(20 * 60_000)
  await network.link(GATEWAY, late)
  await network.pass(1000)
  expect(sentTo(network, SECOND)).toHaveLength(1)
  await network.pass(30 * 60_000)
  await network.link(GATEWAY, later)
  expect(refused(network)).toEqual({ mac: 1 })
  expect(network.place(GATEWAY).storage.list("key/")).toHaveLength(4)
  expect(network.place(GATEWAY).storage.list("tags/")).toEqual([])
})

test("whatever bytes come, nothing is thrown and nothing is answered", async () => {
  const network = await Network.start({ parameters: { sessionBurst: 60_000 } })
  await network.connect(GATEWAY, "fuzz")
  await network.frame(GATEWAY, "fuzz", encodeClientFrame({ type: "hello", secret: seeded("fuzz")(32) }))
  const before = network.received("fuzz").length
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ minLength: PACKET_LENGTH - 1, maxLength: PACKET_LENGTH + 2, size: "max" }))
  await fc.assert(
    fc.asyncProperty(bytes, async (data) => {
      await network.body(GATEWAY, data)
      await network.body("http://dropbox-0", data)
      await network.place(GATEWAY).node.onDirectory(data, network.now)
      // One byte may ask for the directory.
      if (data.length !== 1) await network.frame(GATEWAY, "fuzz", data)
    }),
    { numRuns: 150 },
  )
  expect(network.received("fuzz")).toHaveLength(before)
  expect(network.posts).toEqual([])
})

test("a descriptor is signed once a second at most, and anew when the network has changed its epochs", async () => {
  const network = await Network.start()
  const said = (after = 0) => network.mix(1).descriptor(network.now + after)
  const first = await said()
  expect(await said(999)).toEqual(first)
  const second = await said(1000)
  expect((await openDescriptor(second)).issued).toBe(network.now + 1000)
  await network.agree({ keyEpochSeconds: 600 })
  await network.publish()
  expect((await openDescriptor(await said(1000))).entry.keys[0]!.epoch).toBe(Math.floor(network.now / 600_000))
  // A clock that was put back.
  expect((await openDescriptor(await said(-5000))).issued).toBe(network.now - 5000)
})

test("health speaks of refusals now, of traffic as of the last full minute, and of no user", async () => {
  const network = await Network.start()
  const client = await Client.at(network)
  await client.send(await client.packet(client.forward()))
  await network.pass(100)
  await network.body(GATEWAY, new Uint8Array(3))
  const now = network.mix(1).health(network.now)
  expect(now).toMatchObject({ role: "mix", layer: 1, directory: 1, refused: { length: 1 }, held: 0, sessions: 0, traffic: { received: 0, forwarded: 0 } })
  await client.send(await client.packet(client.forward(90_000)))
  const later = network.mix(1).health(network.now + 60_000)
  expect(later).toMatchObject({ held: 1, sessions: 1, traffic: { received: 2, forwarded: 1, delivered: 0, lost: 0 } })
  expect(Object.keys(later).sort()).toEqual(["directory", "forks", "held", "keyEpochSeconds", "keyEpochs", "layer", "refused", "role", "sessions", "traffic", "version"])
})
