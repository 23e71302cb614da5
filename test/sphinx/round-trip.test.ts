import fc from "fast-check"
import { HEADER_LENGTH, PAYLOAD_OVERHEAD, createSphinx, recoverPlaintext } from "sphinx-packet"
import type { Version } from "sphinx-packet"
import { expect, test } from "vitest"
import { implementations, network, seeded, travel } from "./network.ts"

const versions = fc.constantFrom<Version>(259, 260)
const hopCounts = fc.integer({ min: 1, max: 5 })
/** A payload's length, and a message that fits it. */
const payloads = fc
  .integer({ min: 33, max: 3000 })
  .chain((payloadLength) =>
    fc.record({
      payloadLength: fc.constant(payloadLength),
      message: fc.uint8Array({ maxLength: payloadLength - PAYLOAD_OVERHEAD, size: "max" }),
    }),
  )

for (const [name, x25519] of implementations) {
  test(`a message of any length reaches the end of any route as it was sent (${name})`, async () => {
    await fc.assert(
      fc.asyncProperty(hopCounts, payloads, versions, fc.string(), async (hops, { payloadLength, message }, version, seed) => {
        const nodes = await network(hops, { x25519, seed })
        const destination = nodes.random(32)
        const identifier = nodes.random(16)
        const sent = { route: nodes.route, destination, identifier, message, payloadLength, version }
        const { packet, firstHop } = await nodes.sphinx.build(sent)
        expect(packet.length).toBe(HEADER_LENGTH + payloadLength)
        expect(firstHop).toEqual(nodes.route[0]!.address)
        const { released } = await travel(nodes, packet)
        expect(released).toMatchObject({ kind: "final", version, destination, identifier })
        if (released.kind === "final") expect(recoverPlaintext(released.payload)).toEqual(message)
      }),
      { numRuns: 40, endOnFailure: true },
    )
  })
}

test("both implementations of X25519 build the same packets and SURBs", async () => {
  const nodes = await network(5)
  const built = await Promise.all(
    implementations.map(async ([, x25519]) => {
      const sphinx = createSphinx({ random: seeded("the same"), x25519 })
      const to = { route: nodes.route, destination: new Uint8Array(32), identifier: new Uint8Array(16).fill(1) }
      return [await sphinx.build({ ...to, message: Uint8Array.of(1, 2, 3), payloadLength: 100 }), await sphinx.createSurb(to)]
    }),
  )
  expect(built[0]).toEqual(built[1])
})

test("version 260 is sent and the identifier is zero unless something else is asked for", async () => {
  const nodes = await network(2)
  const { packet } = await nodes.sphinx.build({ route: nodes.route, destination: new Uint8Array(32), message: new Uint8Array(), payloadLength: 33 })
  const { released } = await travel(nodes, packet)
  expect(released).toMatchObject({ kind: "final", version: 260, identifier: new Uint8Array(16) })
})

test("any delay of 64 bits reaches its hop exactly", async () => {
  const nodes = await network(5)
  const delays = [0n, 1n, 2n ** 53n + 1n, 2n ** 64n - 1n, 0n]
  const route = nodes.route.map((hop, i) => ({ ...hop, delayNanos: delays[i]! }))
  const { packet } = await nodes.sphinx.build({ route, destination: new Uint8Array(32), message: new Uint8Array(), payloadLength: 33 })
  const { released } = await travel({ ...nodes, route }, packet)
  expect(released.kind).toBe("final")
})

test("the delay of the final hop does not matter, not even one that no packet can hold", async () => {
  const nodes = await network(1)
  const route = nodes.route.map((hop) => ({ ...hop, delayNanos: -1n }))
  const { packet } = await nodes.sphinx.build({ route, destination: new Uint8Array(32), message: new Uint8Array(), payloadLength: 33 })
  expect((await travel(nodes, packet)).released.kind).toBe("final")
})

/** Whether any 16 bytes in a row of one are somewhere in the other. */
function has16InCommon(one: Uint8Array, two: Uint8Array): boolean {
  const haystack = Buffer.from(two).toString("latin1")
  return Array.from({ length: one.length - 15 }, (_, at) => Buffer.from(one.subarray(at, at + 16)).toString("latin1")).some((needle) =>
    haystack.includes(needle),
  )
}

test("two packets of the same message have nothing in common", async () => {
  const nodes = await network(3)
  const sent = { route: nodes.route, destination: new Uint8Array(32), message: new Uint8Array(500), payloadLength: 600 }
  const [one, two] = [(await nodes.sphinx.build(sent)).packet, (await nodes.sphinx.build(sent)).packet]
  expect(has16InCommon(one, two)).toBe(false)
})

test("what a hop sends on has nothing in common with what it got", async () => {
  const nodes = await network(5)
  const { packet } = await nodes.sphinx.build({ route: nodes.route, destination: new Uint8Array(32), message: new Uint8Array(500), payloadLength: 600 })
  const { released } = await travel(nodes, packet, 1)
  if (released.kind === "final") throw new Error("final before the last hop")
  expect(has16InCommon(packet, released.packet)).toBe(false)
  expect(has16InCommon(packet, packet.slice(100, 200))).toBe(true)
})

test("the bytes that a random source has to give are 32 for the secret, then the padding of the last slot", async () => {
  for (const [hops, padding] of [
    [1, 248],
    [2, 188],
    [3, 128],
    [4, 68],
    [5, 8],
  ] as const) {
    const nodes = await network(hops)
    const asked: number[] = []
    const random = (length: number) => {
      asked.push(length)
      return nodes.random(length)
    }
    const sphinx = createSphinx({ random, x25519: implementations[1]![1] })
    await sphinx.build({ route: nodes.route, destination: new Uint8Array(32), message: new Uint8Array(), payloadLength: 33 })
    expect(asked).toEqual([32, padding])
  }
})

test("arguments that do not fit are our own bug and not somebody's attack", async () => {
  const nodes = await network(3)
  const fits = { route: nodes.route, destination: new Uint8Array(32), message: new Uint8Array(16), payloadLength: 33 }
  const [hop] = nodes.route
  const misfits: Partial<typeof fits & { identifier: Uint8Array; version: Version }>[] = [
    { route: [] },
    { route: [...nodes.route, ...nodes.route] },
    { route: [{ ...hop!, address: new Uint8Array(31) }] },
    { route: [{ ...hop!, publicKey: new Uint8Array(33) }] },
    { route: [{ ...hop!, delayNanos: -1n }, hop!] },
    { route: [{ ...hop!, delayNanos: 2n ** 64n }, hop!] },
    { destination: new Uint8Array(20) },
    { identifier: new Uint8Array(15) },
    { message: new Uint8Array(17) },
    { payloadLength: 32 },
    { payloadLength: Number.NaN },
    { version: 258 as Version },
    { version: 1 as Version },
  ]
  await nodes.sphinx.build(fits)
  for (const misfit of misfits) await expect(nodes.sphinx.build({ ...fits, ...misfit })).rejects.toThrow(RangeError)
})

test("a random source that gives too little is not used", async () => {
  const nodes = await network(1)
  const sphinx = createSphinx({ random: () => new Uint8Array(8), x25519: implementations[1]![1] })
  await expect(
    sphinx.build({ route: nodes.route, destination: new Uint8Array(32), message: new Uint8Array(), payloadLength: 33 }),
  ).rejects.toThrow(RangeError)
})
