import { describe, expect, test } from "vitest"
import { BUNDLE_MAX, decodeSigned, encodeSigned, openBundle, openView, signBundle, signView } from "../../directory/view.ts"
import { concat, toHex, WireError } from "../../shared/bytes.ts"
import { networkId, signBody } from "../../shared/directory/document.ts"
import { openDescriptor } from "../../shared/directory/descriptor.ts"
import { publicEd25519, signEd25519 } from "../../shared/ed25519.ts"
import * as geometry from "../../shared/geometry.ts"
import { sized } from "../../shared/names.ts"
import { utf8 } from "../../shared/text.ts"
import { flipped, refusesOtherLengths, replaced } from "../shared/codec.ts"
import { authorities, authoritySeeds } from "../shared/directory.ts"
import { descriptorAt } from "./authority-nodes.ts"
import { MINUTE, START, tenMinutes, World } from "./authority-world.ts"
import { seeded } from "./seeded.ts"

const network = networkId(authorities)
const [identity] = authoritySeeds.map((seed) => ({ seed, id: sized("NodeId", publicEd25519(seed)) }))
const listed = async (url: string, operator = "o") => {
  const descriptor = await descriptorAt(url, START, 600)
  const { entry, issued } = await openDescriptor(descriptor)
  return { descriptor, issued, entry: { ...entry, operator, provider: "p" } }
}
const nodes = await Promise.all(["http://mix1a", "http://box-a", "http://mix2a"].map((url) => listed(url)))
const content = { slot: START, previous: new Uint8Array(32).fill(5), parameters: tenMinutes, nodes }
const view = signView(identity!, network, content)
const resigned = (label: string, body: Uint8Array, by = identity!) => concat(body, signEd25519(by.seed, concat(utf8(label), body)))
const bodyOf = (bytes: Uint8Array) => bytes.slice(0, -geometry.SIGNATURE_LENGTH)
const isRefused = (bytes: Uint8Array) => expect(openView(bytes, authorities)).rejects.toThrow(WireError)

describe("a view", () => {
  test("comes back as it was signed, whatever the order of its nodes was", async () => {
    expect(await openView(view.bytes, authorities)).toEqual(view)
    expect(toHex(signView(identity!, network, { ...content, nodes: nodes.toReversed() }).bytes)).toBe(toHex(view.bytes))
    const leaving = nodes.map((node) => (node.entry.role === "dropbox" ? { ...node, entry: { ...node.entry, leaving: true as const } } : node))
    const other = signView(identity!, network, { ...content, nodes: leaving })
    expect(await openView(other.bytes, authorities)).toEqual(other)
  })

  test("lies in its bytes as specified", () => {
    const head = `01${toHex(network)}${START.toString(16).padStart(16, "0")}${toHex(identity!.id)}${"05".repeat(32)}`
    expect(toHex(view.bytes).startsWith(head)).toBe(true)
    expect(toHex(view.bytes.slice(head.length / 2 + 31, head.length / 2 + 33))).toBe("0003")
  })

  test("with any bit flipped, cut short or continued is refused", async () => {
    for (let bit = 0; bit < 8 * view.bytes.length; bit += 7) await isRefused(flipped(view.bytes, bit))
    for (let length = 0; length < view.bytes.length; length += 11) await isRefused(view.bytes.slice(0, length))
    await isRefused(concat(view.bytes, Uint8Array.of(0)))
    await isRefused(new Uint8Array(geometry.DIRECTORY_MAX + 1))
  })

  test("by no authority, of another network, or signed for another purpose is refused", async () => {
    const stranger = { seed: seeded("x")(32), id: sized("NodeId", publicEd25519(seeded("x")(32))) }
    await isRefused(signView(stranger, network, content).bytes)
    await isRefused(signView({ seed: stranger.seed, id: identity!.id }, network, content).bytes)
    await isRefused(signView(identity!, new Uint8Array(32), content).bytes)
    await isRefused(resigned("sotto v1 views", bodyOf(view.bytes)))
    expect(toHex(resigned("sotto v1 view", bodyOf(view.bytes)))).toBe(toHex(view.bytes))
  })

  test("though it is signed, is refused with a node twice, a URL twice, nodes out of order, a mix that leaves, or bytes left over", async () => {
    await isRefused(signView(identity!, network, { ...content, nodes: [nodes[0]!, nodes[0]!] }).bytes)
    const elsewhere = await listed("http://mix1b")
    const descriptor = await descriptorAt("http://mix1b", START, 600, { url: "http://mix1a" })
    await isRefused(signView(identity!, network, { ...content, nodes: [nodes[0]!, { ...elsewhere, descriptor }] }).bytes)
    const mix = { ...nodes[0]!, entry: { ...nodes[0]!.entry, leaving: true as const } }
    await isRefused(signView(identity!, network, { ...content, nodes: [mix] }).bytes)
    await isRefused(resigned("sotto v1 view", concat(bodyOf(view.bytes), Uint8Array.of(0))))
    const sorted = view.nodes
    const one = (i: number) => bodyOf(signView(identity!, network, { ...content, nodes: [sorted[i]!] }).bytes).slice(HEAD)
    const inOrder = (...order: number[]) => resigned("sotto v1 view", concat(bodyOf(view.bytes).slice(0, HEAD - 1), Uint8Array.of(order.length), ...order.map(one)))
    expect(toHex(inOrder(0, 1, 2))).toBe(toHex(view.bytes))
    await isRefused(inOrder(1, 0, 2))
  })
})

/** Before the first node of a view, the number of nodes included. */
const HEAD = 1 + 32 + 8 + 32 + 32 + 31 + 2

describe("a bundle", () => {
  const bundle = signBundle(identity!, network, START, [view.bytes, Uint8Array.of(1, 2, 3)])

  test("comes back as it was signed", async () => {
    expect(await openBundle(bundle, authorities)).toEqual({ author: identity!.id, slot: START, views: [view.bytes, Uint8Array.of(1, 2, 3)] })
  })

  test("that is damaged, too long, signed for another purpose or has more than 64 views is refused", async () => {
    const refused = (bytes: Uint8Array) => expect(openBundle(bytes, authorities)).rejects.toThrow(WireError)
    for (let bit = 0; bit < 8 * bundle.length; bit += 13) await refused(flipped(bundle, bit))
    for (let length = 0; length < bundle.length; length += 17) await refused(bundle.slice(0, length))
    await refused(resigned("sotto v1 view", bodyOf(bundle)))
    await refused(resigned("sotto v1 views", concat(bodyOf(bundle), Uint8Array.of(0))))
    await refused(resigned("sotto v1 views", replaced(bodyOf(bundle), 73, 3)))
    await refused(new Uint8Array(BUNDLE_MAX + 1))
    const many = (count: number) => signBundle(identity!, network, START, Array.from({ length: count }, () => new Uint8Array()))
    expect((await openBundle(many(64), authorities)).views).toHaveLength(64)
    await refused(many(65))
  })
})

test("a signature comes back as it was made, and of another length is refused", () => {
  const signature = signBody(identity!.seed, utf8("body"))
  const bytes = encodeSigned(identity!.id, utf8("body"), signature)
  expect(decodeSigned(bytes)).toMatchObject({ author: identity!.id, signature })
  refusesOtherLengths(bytes, decodeSigned)
})

test("whatever peers answer and nodes say, an authority goes on, and agrees with the others", async () => {
  const world = await World.start({ count: 4, threshold: 3 })
  await world.clock.run(MINUTE)
  const random = seeded("hostile")
  let lies = 0
  world.group.lie = (from, _to, path, answer) => {
    if (from.index !== 3) return answer
    const kind = lies++ % 6
    if (kind === 0 || answer === null) return random(lies % 300)
    if (kind === 1) return flipped(answer, (lies * 7919) % (8 * answer.length))
    if (kind === 2) return answer.slice(0, (lies * 31) % answer.length)
    if (kind === 3) return concat(answer, random(5))
    // A good answer to another question.
    if (kind === 4) return from.authority.serve("/directory", world.clock.now()) ?? null
    return path.startsWith("/signature") ? replaced(answer, 40, 0, 0) : new Uint8Array(0)
  }
  await world.clock.run(10 * MINUTE)
  expect(lies).toBeGreaterThan(30)
  const directories = await Promise.all([0, 1, 2].map((index) => world.directory(index)))
  expect(directories.map(({ epoch }) => epoch)).toEqual([2, 2, 2])
  const authority = world.group.get(0)
  const before = authority.health(world.clock.now()).refused.malformed
  expect(before).toBeGreaterThan(10)
  await authority.onDescriptors([new Uint8Array(), random(400), world.group.document!].map((descriptor) => ({ url: "http://mix1a", descriptor })), world.clock.now())
  expect(authority.health(world.clock.now()).refused.malformed).toBe(before + 3)
})

test("paths that are asked for by anybody are answered, or not there", async () => {
  const world = await World.start()
  await world.clock.run(MINUTE)
  const authority = world.group.get(0)
  const at = (path: string) => authority.serve(path, world.clock.now())
  for (const path of ["/", "/view", "/view/", "/view/x", "/view/-1", "/view/1e3", "/views/1/2", "/signature", "/view/1234567890123456", "/equivocation/", "/equivocation/../identity", "/identity", ""]) {
    expect(at(path), path).toBeUndefined()
  }
  for (const path of ["/view/0", "/views/999999999999999", "/signature/1", "/fork", `/equivocation/${"0".repeat(64)}`]) expect(at(path), path).toBeNull()
  expect(at("/directory")).toEqual(authority.document)
})
