import fc from "fast-check"
import { HEADER_LENGTH, SphinxError, decodeRecovery, encodeRecovery, recoverPlaintext, replyTag } from "sphinx-packet"
import type { Version } from "sphinx-packet"
import { expect, test } from "vitest"
import { arriving, flipped, implementations, network, travel } from "./network.ts"

const answer = new TextEncoder().encode("an answer")
const versions: Version[] = [259, 260]

async function reply(hops: number, version: Version, payloadLength = 200) {
  const nodes = await network(hops, { seed: `surb ${version}` })
  const destination = nodes.random(32)
  const identifier = nodes.random(16)
  const { surb, recovery } = await nodes.sphinx.createSurb({ route: nodes.route, destination, identifier, version })
  const { packet, firstHop } = await nodes.sphinx.useSurb(surb, answer, payloadLength)
  return { nodes, destination, identifier, surb, recovery, packet, firstHop, arrived: await arriving(nodes, packet) }
}

for (const [name, x25519] of implementations) {
  test(`an answer of any length comes back through any route (${name})`, async () => {
    const cases = fc.record({
      hops: fc.integer({ min: 1, max: 5 }),
      version: fc.constantFrom(...versions),
      message: fc.uint8Array({ maxLength: 600, size: "max" }),
      room: fc.integer({ min: 33, max: 400 }),
      seed: fc.string(),
    })
    await fc.assert(
      fc.asyncProperty(cases, async ({ hops, version, message, room, seed }) => {
        const nodes = await network(hops, { x25519, seed })
        const to = { route: nodes.route, destination: nodes.random(32), identifier: nodes.random(16) }
        const { surb, recovery } = await nodes.sphinx.createSurb({ ...to, version })
        const { packet, firstHop } = await nodes.sphinx.useSurb(surb, message, message.length + room)
        expect(firstHop).toEqual(nodes.route[0]!.address)
        const arrived = await arriving(nodes, packet)
        expect(replyTag(arrived)).toEqual(recovery.tag)
        expect(await nodes.sphinx.recoverReply(recovery, arrived)).toEqual(message)
      }),
      { numRuns: 25, endOnFailure: true },
    )
  })
}

test("a SURB of version 260 is as long for every route, and one of 259 tells its length", async () => {
  for (let hops = 1; hops <= 5; hops++) {
    expect((await reply(hops, 260)).surb.length).toBe(396)
    expect((await reply(hops, 259)).surb.length).toBe(380 + 16 * hops)
  }
})

test("a reply can also be opened as any final packet is, and unsealed then", async () => {
  for (const version of versions) {
    const { nodes, destination, identifier, recovery, packet } = await reply(4, version)
    const { released } = await travel(nodes, packet)
    expect(released).toMatchObject({ kind: "final", version, destination, identifier })
    if (released.kind !== "final") return
    expect(await nodes.sphinx.unsealReply(recovery, released.payload)).toEqual(answer)
    if (version === 259) expect(recoverPlaintext(released.payload)).toEqual(answer)
    else expect(() => recoverPlaintext(released.payload)).toThrow(SphinxError)
  }
})

test("a reply with any one bit flipped as it arrives is refused, that of alpha's highest bit too", async () => {
  for (const version of versions) {
    const { nodes, recovery, arrived } = await reply(3, version, 60)
    for (let bit = 0; bit < 8 * arrived.length; bit++) {
      const reason = bit < 8 * HEADER_LENGTH ? "mac" : "payload"
      await expect(nodes.sphinx.recoverReply(recovery, flipped(arrived, bit)), `bit ${bit}`).rejects.toMatchObject({ name: "SphinxError", reason })
    }
  }
})

test("a reply with one bit of its payload flipped on the way is refused", async () => {
  for (const version of versions) {
    const { nodes, recovery, packet } = await reply(3, version, 60)
    for (let byte = HEADER_LENGTH; byte < packet.length; byte++) {
      const arrived = await arriving(nodes, flipped(packet, 8 * byte))
      await expect(nodes.sphinx.recoverReply(recovery, arrived)).rejects.toMatchObject({ reason: "payload" })
    }
  }
})

test("a reply does not open with the recovery of another", async () => {
  const one = await reply(3, 260)
  const two = await one.nodes.sphinx.createSurb({ route: one.nodes.route, destination: one.destination, identifier: one.identifier })
  expect(two.recovery.tag).not.toEqual(one.recovery.tag)
  await expect(one.nodes.sphinx.recoverReply(two.recovery, one.arrived)).rejects.toMatchObject({ reason: "mac" })
  const { released } = await travel(one.nodes, one.packet)
  if (released.kind !== "final") throw new Error("not final")
  await expect(one.nodes.sphinx.unsealReply(two.recovery, released.payload)).rejects.toMatchObject({ reason: "payload" })
})

test("a reply that is too short is refused", async () => {
  const { nodes, recovery, arrived } = await reply(2, 260)
  for (const length of [0, 47, HEADER_LENGTH - 1, HEADER_LENGTH, HEADER_LENGTH + 32]) {
    await expect(nodes.sphinx.recoverReply(recovery, arrived.subarray(0, length))).rejects.toMatchObject({ reason: "length" })
  }
  expect(() => replyTag(arrived.subarray(0, HEADER_LENGTH - 1))).toThrow(SphinxError)
  for (const length of [0, 16, 32]) {
    await expect(nodes.sphinx.unsealReply(recovery, arrived.subarray(0, length))).rejects.toMatchObject({ reason: "payload" })
  }
})

test("bytes of a length that no SURB has are refused, those of version 258 among them", async () => {
  const { nodes, surb } = await reply(1, 260)
  const seeds = [1, 2, 3, 4, 5].map((count) => 380 + 16 * count)
  for (let length = 0; length < 1400; length++) {
    const other = new Uint8Array(length)
    other.set(surb.subarray(0, length))
    const used = nodes.sphinx.useSurb(other, answer, 60).then(
      () => "used",
      (error: unknown) => (error instanceof SphinxError ? error.reason : error),
    )
    expect(await used, `${length}`).toBe(seeds.includes(length) ? "used" : "length")
  }
})

test("a SURB of version 260 without an identifier is not made", async () => {
  const nodes = await network(2)
  const p = { route: nodes.route, destination: new Uint8Array(32), identifier: new Uint8Array(16) }
  await expect(nodes.sphinx.createSurb(p)).rejects.toThrow(RangeError)
  await expect(nodes.sphinx.createSurb({ ...p, version: 259 })).resolves.toBeDefined()
})

test("a recovery survives being written and read", async () => {
  for (const version of versions) {
    const { nodes, recovery, arrived } = await reply(5, version)
    const read = decodeRecovery(encodeRecovery(recovery))
    expect(read).toEqual(recovery)
    expect(await nodes.sphinx.recoverReply(read, arrived)).toEqual(answer)
  }
})

test("bytes that are no recovery are refused", async () => {
  const single = encodeRecovery((await reply(2, 260)).recovery)
  const shorter = [new Uint8Array(), single.subarray(0, -1), single.subarray(0, -32)]
  const longer = [new Uint8Array([...single, 0]), new Uint8Array([...single, ...new Uint8Array(64)])]
  for (const bytes of [...shorter, ...longer]) expect(() => decodeRecovery(bytes)).toThrow(SphinxError)
  for (const bit of [0, 8, 17, 18]) expect(() => decodeRecovery(flipped(single, bit))).toThrow(SphinxError)
  const seeds = encodeRecovery((await reply(2, 259)).recovery)
  expect(() => decodeRecovery(new Uint8Array([...seeds, ...new Uint8Array(16)]))).toThrow(SphinxError)
})
