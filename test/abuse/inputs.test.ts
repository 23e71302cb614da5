import { beforeAll, describe, expect, test } from "vitest"
import { encodeClientFrame } from "../../shared/frames.ts"
import * as geometry from "../../shared/geometry.ts"
import { sized } from "../../shared/names.ts"
import { pick, uniform } from "../../shared/random.ts"
import { boxOf, Client, contentOf, writeOf } from "../nodes/client.ts"
import { Network } from "../nodes/network.ts"
import { seeded } from "../nodes/seeded.ts"

/** Per kind. bench/hostile.ts throws 200,000 at running processes. */
const INPUTS = 10_000

const random = seeded("abuse")
const upTo = (bound: number) => Math.floor(uniform(random) * bound)

function flipped(bytes: Uint8Array, flips = 1): Uint8Array {
  const copy = bytes.slice()
  for (let i = 0; i < flips; i++) copy[upTo(copy.length)]! ^= 1 << upTo(8)
  return copy
}

/** Lengths at and around every border of the formats, and any. */
function garbage(): Uint8Array {
  const borders = [0, 1, geometry.LINK_HEADER_LENGTH, geometry.PACKET_LENGTH, geometry.PACKET_FRAME_LENGTH, geometry.LINK_HEADER_LENGTH + geometry.PACKET_LENGTH]
  const length = upTo(3) === 0 ? upTo(9000) : Math.max(0, pick(random, borders) + upTo(3) - 1)
  return random(length)
}

describe("a network under hostile input", () => {
  let network: Network
  let client: Client
  let attacker: Client
  const urls = () => [...network.places.keys()]

  beforeAll(async () => {
    network = await Network.start({ parameters: { sessionRate: 1000, sessionBurst: 1000 } })
    client = await Client.at(network, "honest")
    attacker = await Client.at(network, "attacker")
  })

  /** What an honest client asks is answered as ever, and nothing of what came before is still held anywhere. */
  async function worksAsEver(name: string): Promise<void> {
    await network.pass(10_000)
    for (const { node } of network.places.values()) if ("held" in node) expect(node.held).toBe(0)
    const before = (await client.statuses()).length
    await client.ask(writeOf(boxOf(name), contentOf(name)))
    await network.pass(1000)
    expect((await client.statuses()).slice(before)).toEqual(["stored"])
    await client.ask({ operation: "read", box: boxOf(name).id })
    await network.pass(1000)
    expect((await client.statuses()).slice(before + 1)).toEqual(["content"])
  }

  const refused = () => urls().reduce((all, url) => all + Object.values(network.place(url).node.refusals.all()).reduce((a, b) => a + b, 0), 0)

  test("counts every garbage body, and works as ever", async () => {
    const before = refused()
    for (let i = 0; i < INPUTS; i++) await network.body(pick(random, urls()), garbage())
    expect(refused() - before).toBe(INPUTS)
    await worksAsEver("after garbage")
  })

  test("counts every changed request of a neighbour, and works as ever", async () => {
    const before = refused()
    const { node } = network.place("http://mix-1-0")
    const request = await node.linkRequest(network.mix(2).id, [sized("Packet", await attacker.packet(attacker.forward().slice(1)))], network.now)
    for (let i = 0; i < INPUTS; i++) await network.body("http://mix-2-0", flipped(request, 1 + upTo(3)))
    expect(refused() - before).toBe(INPUTS)
    await worksAsEver("after changed requests")
  })

  test("takes no changed packet further than where the change is found, though a neighbour signs for it, and works as ever", async () => {
    const routes = [
      { url: "http://mix-2-0", hops: attacker.forward().slice(1) },
      { url: "http://mix-3-0", hops: attacker.forward().slice(2) },
      { url: "http://dropbox-0", hops: attacker.forward().slice(3) },
    ]
    const before = refused()
    for (const { url, hops } of routes) {
      const packet = await attacker.packet(hops)
      for (let i = 0; i < INPUTS / 20; i++) await network.link(url, flipped(packet))
    }
    await network.pass(1000)
    // A change of the header is found at once. One of the payload is found at the end, where the first copy to arrive is the one that is looked at.
    expect(refused() - before).toBe((3 * INPUTS) / 20)
    await worksAsEver("after changed packets")
  }, 900_000)

  test("does nothing for garbage in well made packets, and works as ever", async () => {
    // Boxes are told as of the last full minute.
    await network.pass(60_000)
    const boxes = network.dropbox().health(network.now).boxes
    for (let i = 0; i < INPUTS / 40; i++) {
      const body = random(geometry.BODY_LENGTH)
      if (i % 2 === 0) body.set([1, 1 + (i % 4) / 2, 0, upTo(256)], geometry.SURB_LENGTH)
      await attacker.send(await attacker.packet(attacker.forward(), body))
    }
    await network.pass(300_000)
    expect(network.dropbox().health(network.now).boxes).toBe(boxes)
    await worksAsEver("after garbage in packets")
  }, 900_000)

  test("closes or ignores whoever sends garbage frames, and works as ever", async () => {
    for (let i = 0; i < INPUTS; i++) {
      const connection = `stranger ${i >> 3}`
      if (i % 8 === 0) await network.connect(client.gateway, connection)
      const frames = [() => garbage(), () => encodeClientFrame({ type: "hello", secret: random(geometry.KEY_LENGTH) }), () => encodeClientFrame({ type: "get-directory" })]
      await network.frame(client.gateway, connection, pick(random, frames)())
    }
    for (let i = 0; i < INPUTS / 8; i++) await network.disconnect(client.gateway, `stranger ${i}`)
    await network.pass(300_000)
    expect(network.mix(1).sessions).toBe(2)
    await worksAsEver("after garbage frames")
  })

  test("believes no changed directory document, and works as ever", async () => {
    const document = network.authority.document!
    for (let i = 0; i < INPUTS / 2; i++) {
      const { node } = network.place(pick(random, urls()))
      await node.onDirectory(upTo(2) === 0 ? flipped(document) : garbage(), network.now)
    }
    for (const { node } of network.places.values()) expect(node.document).toEqual(document)
    await worksAsEver("after documents")
  })
})
