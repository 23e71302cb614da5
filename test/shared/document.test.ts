import { createHash } from "node:crypto"
import { describe, expect, test } from "vitest"
import { compareBytes, concat, toHex, WireError } from "../../shared/bytes.ts"
import { encodeBody, encodeDocument, networkId, nodeOf, openDocument, signBody } from "../../shared/directory/document.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import { publicEd25519, signEd25519 } from "../../shared/ed25519.ts"
import * as geometry from "../../shared/geometry.ts"
import { utf8 } from "../../shared/text.ts"
import { flipped, replaced } from "./codec.ts"
import { authorities, authoritySeeds, bodyOf, entryOf, nodeSeed, signedBy } from "./directory.ts"

const [first, second, third] = authoritySeeds
const nodes = [entryOf("one", 1), entryOf("two", 2), entryOf("three", 3), entryOf("box", 0)]
const body = encodeBody(bodyOf(nodes))
const document = signedBy(body, first, second)
/** What stands before the first node, the number of nodes included. */
const HEAD = 1 + 32 + 4 + 8 + 8 + 32 + 31 + 2

const opens = (bytes: Uint8Array, by = authorities) => openDocument(bytes, by)
const isRefused = (bytes: Uint8Array, by = authorities) => expect(opens(bytes, by)).rejects.toThrow(WireError)

describe("a network's id", () => {
  test("is the hash of its authorities' keys and threshold, in whatever order they are named", () => {
    const sorted = [...authorities.keys].sort(compareBytes)
    const expected = createHash("sha256").update("sotto v1 network").update(Uint8Array.of(2, 3)).update(concat(...sorted)).digest("hex")
    expect(toHex(networkId(authorities))).toBe(expected)
    expect(toHex(networkId({ ...authorities, keys: authorities.keys.toReversed() }))).toBe(expected)
  })

  test("is another with another threshold, or with one key more or less", () => {
    const others = [
      { ...authorities, threshold: 1 },
      { ...authorities, keys: authorities.keys.slice(1) },
      { ...authorities, keys: [...authorities.keys, publicEd25519(nodeSeed("x"))] },
    ]
    const ids = [authorities, ...others].map((one) => toHex(networkId(one)))
    expect(new Set(ids).size).toBe(4)
  })
})

describe("a directory document", () => {
  test("says what was signed, and is named by the hash of it", async () => {
    const directory = await opens(document)
    expect(directory).toMatchObject({ epoch: 7, validFrom: 1_000, validUntil: 2_000, parameters: defaultParameters })
    expect(toHex(directory.previous)).toBe("03".repeat(32))
    expect(toHex(directory.network)).toBe(toHex(networkId(authorities)))
    expect(toHex(directory.hash)).toBe(createHash("sha256").update(body).digest("hex"))
    expect(directory.nodes).toEqual([...nodes].sort((a, b) => compareBytes(a.id, b.id)))
    expect(directory.layers.map((layer) => layer.map(({ url }) => url))).toEqual([["https://one.example"], ["https://two.example"], ["https://three.example"]])
    expect(directory.dropboxes.map(({ url }) => url)).toEqual(["https://box.example"])
    for (const node of nodes) expect(nodeOf(directory, node.id)).toEqual(node)
    expect(nodeOf(directory, new Uint8Array(32))).toBeNull()
  })

  test("lists a dropbox that leaves among its nodes, but not for new boxes", async () => {
    const leaving = entryOf("old", 0, { leaving: true })
    const directory = await opens(signedBy(encodeBody(bodyOf([...nodes, leaving])), first, second))
    expect(nodeOf(directory, leaving.id)).toEqual(leaving)
    expect(directory.dropboxes.map(({ url }) => url)).toEqual(["https://box.example"])
  })

  test("lies in its bytes as specified", () => {
    const header = concat(Uint8Array.of(1), networkId(authorities), Uint8Array.of(0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 3, 232, 0, 0, 0, 0, 0, 0, 7, 208))
    expect(toHex(body.slice(0, header.length))).toBe(toHex(header))
    // previous hash, parameters, number of nodes
    expect(toHex(body.slice(header.length, header.length + 32))).toBe("03".repeat(32))
    expect(toHex(body.slice(header.length + 32 + 31, header.length + 32 + 31 + 2))).toBe("0004")
    const signatures = [first, second].map((seed) => concat(publicEd25519(seed), signEd25519(seed, concat(utf8("sotto v1 directory"), body))))
    const length = Uint8Array.of(0, 0, body.length >> 8, body.length & 255)
    expect(toHex(document)).toBe(toHex(concat(length, body, Uint8Array.of(2), ...signatures)))
  })

  test("of no nodes is one", async () => {
    expect((await opens(signedBy(encodeBody(bodyOf([])), first, second))).nodes).toEqual([])
  })

  test("is the same whatever order its maker had the nodes in", () => {
    expect(toHex(encodeBody(bodyOf(nodes.toReversed())))).toBe(toHex(body))
  })

  test("with any bit flipped is refused", async () => {
    for (let bit = 0; bit < 8 * document.length; bit++) {
      const changed = flipped(document, bit)
      await opens(changed).then(() => expect.fail(`bit ${bit}`), (error: unknown) => expect(error).toBeInstanceOf(WireError))
    }
  })

  test("cut short or continued is refused", async () => {
    for (let length = 0; length < document.length; length += 7) await isRefused(document.slice(0, length))
    for (const length of [1, 63, 64, 95, 96, 97]) await isRefused(document.slice(0, -length))
    await isRefused(concat(document, Uint8Array.of(0)))
  })
})

describe("the signatures of a document", () => {
  test("of as many authorities as the threshold says are enough, whichever they are", async () => {
    for (const seeds of [[first, second], [second, first], [first, third], [third, second], [first, second, third]]) {
      expect((await opens(signedBy(body, ...seeds))).epoch).toBe(7)
    }
  })

  test("of fewer are not", async () => {
    for (const seeds of [[], [first], [second], [third]]) await isRefused(signedBy(body, ...seeds))
  })

  test("of one authority count once, however often they stand there", async () => {
    await isRefused(signedBy(body, first, first))
    await isRefused(signedBy(body, ...Array.from({ length: 32 }, () => first)))
    expect((await opens(signedBy(body, first, first, second))).epoch).toBe(7)
  })

  test("of one authority are looked at once: what stands behind a wrong one of the same name costs nobody anything", async () => {
    const key = publicEd25519(first)
    const wrong = { key, signature: signBody(second, body) }
    const right = [first, second].map((seed) => ({ key: publicEd25519(seed), signature: signBody(seed, body) }))
    await isRefused(encodeDocument(body, [wrong, ...right]))
    expect((await opens(encodeDocument(body, [...right, wrong]))).epoch).toBe(7)
  })

  test("of strangers count for nothing, and do no harm", async () => {
    await isRefused(signedBy(body, first, nodeSeed("x")))
    await isRefused(signedBy(body, nodeSeed("x"), nodeSeed("y")))
    expect((await opens(signedBy(body, nodeSeed("x"), first, second))).epoch).toBe(7)
  })

  test("under another's name count for nothing", async () => {
    const forged = encodeDocument(body, [
      { key: publicEd25519(first), signature: signBody(first, body) },
      { key: publicEd25519(second), signature: signBody(first, body) },
    ])
    await isRefused(forged)
  })

  test("that are damaged do no harm where enough others are there", async () => {
    const three = signedBy(body, first, second, third)
    expect((await opens(flipped(three, 8 * three.length - 300))).epoch).toBe(7)
  })

  test("over another body do not count", async () => {
    const other = encodeBody(bodyOf(nodes, { epoch: 8 }))
    const signatures = [first, second].map((seed) => ({ key: publicEd25519(seed), signature: signBody(seed, other) }))
    await isRefused(encodeDocument(body, signatures))
  })

  test("made for another purpose do not count", async () => {
    for (const label of ["", "sotto v1 descriptor"]) {
      const signatures = [first, second].map((seed) => ({ key: publicEd25519(seed), signature: signEd25519(seed, concat(utf8(label), body)) }))
      await isRefused(encodeDocument(body, signatures))
    }
  })

  test("are 32 at the most", async () => {
    const strangers = Array.from({ length: 30 }, () => nodeSeed("x"))
    expect((await opens(signedBy(body, first, second, ...strangers))).epoch).toBe(7)
    await isRefused(signedBy(body, first, second, ...strangers, nodeSeed("y")))
  })
})

describe("though enough authorities signed it, refused is", () => {
  const signed = (bytes: Uint8Array) => signedBy(bytes, first, second)

  test("a document of another network", async () => {
    await isRefused(signed(encodeBody(bodyOf(nodes, { network: new Uint8Array(32) }))))
    // The same authorities with another threshold are another network.
    await isRefused(document, { ...authorities, threshold: 1 })
  })

  test.each([0, 2])("a document of version %d", async (version) => isRefused(signed(replaced(body, 0, version))))

  test("one that ends before it begins", async () => {
    await isRefused(signed(encodeBody(bodyOf(nodes, { validUntil: 1_000 }))))
    await isRefused(signed(encodeBody(bodyOf(nodes, { validUntil: 999 }))))
    expect((await opens(signed(encodeBody(bodyOf(nodes, { validUntil: 1_001 }))))).validUntil).toBe(1_001)
  })

  test("one whose nodes are not sorted, or twice there", async () => {
    const sorted = [...nodes].sort((a, b) => compareBytes(a.id, b.id))
    const entries = sorted.map((node) => encodeBody(bodyOf([node])).slice(HEAD))
    const inOrder = (order: readonly number[]) => concat(body.slice(0, HEAD - 2), Uint8Array.of(0, order.length), ...order.map((i) => entries[i]!))
    expect(toHex(inOrder([0, 1, 2, 3]))).toBe(toHex(body))
    for (const order of [[1, 0, 2, 3], [3, 2, 1, 0], [0, 1, 3, 2], [0, 0], [0, 1, 1, 2]]) await isRefused(signed(inOrder(order)))
    expect((await opens(signed(inOrder([0, 2, 3])))).nodes).toHaveLength(3)
  })

  test("one with bytes behind its last node, or with fewer nodes than it says", async () => {
    await isRefused(signed(concat(body, Uint8Array.of(0))))
    await isRefused(signed(body.slice(0, -1)))
    await isRefused(signed(replaced(body, HEAD - 2, 0, 5)))
    await isRefused(signed(replaced(body, HEAD - 2, 0, 3)))
  })

  test("one of more than 1000 nodes", async () => {
    const id = (i: number) => replaced(nodes[0]!.id, 0, i >> 8, i & 255) as (typeof nodes)[0]["id"]
    const many = (count: number) => Array.from({ length: count }, (_, i) => entryOf("one", 1, { id: id(i), keys: [] }))
    expect((await opens(signed(encodeBody(bodyOf(many(1000)))))).nodes).toHaveLength(1000)
    await isRefused(signed(encodeBody(bodyOf(many(1001)))))
  })

  test("one longer than any may be", async () => {
    await isRefused(concat(document, new Uint8Array(geometry.DIRECTORY_MAX)))
  })
})
