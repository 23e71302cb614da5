import { describe, expect, test } from "vitest"
import { concat, fromHex, Reader, toHex, WireError, Writer } from "../../shared/bytes.ts"
import type { NodeEntry } from "../../shared/directory/descriptor.ts"
import { openDescriptor, readEntry, signDescriptor, writeEntry } from "../../shared/directory/descriptor.ts"
import { signEd25519 } from "../../shared/ed25519.ts"
import { sized } from "../../shared/names.ts"
import { utf8 } from "../../shared/text.ts"
import { flipped, refusesOrDiffers, refusesOtherLengths, replaced } from "./codec.ts"
import { entryOf, nodeSeed } from "./directory.ts"

const encode = (entry: NodeEntry) => writeEntry(new Writer(), entry).done()
function decode(bytes: Uint8Array): NodeEntry {
  const reader = new Reader(bytes)
  const entry = readEntry(reader)
  reader.end()
  return entry
}

const entry = entryOf("one", 2, { operator: "Zoë", provider: "p", url: "https://one.example/mix" })
const key = (fill: number) => sized("SphinxKey", new Uint8Array(32).fill(fill))

describe("an entry", () => {
  const bytes = encode(entry)

  test("lies in its bytes as specified and comes back", () => {
    const text = (value: string) => concat(Uint8Array.of(0, utf8(value).length), utf8(value))
    const keys = entry.keys.map(({ epoch, key }) => concat(Uint8Array.of(0, 0, 0, epoch), key))
    const expected = concat(entry.id, Uint8Array.of(1, 2), text("Zoë"), text("p"), text("https://one.example/mix"), Uint8Array.of(2), ...keys)
    expect(toHex(bytes)).toBe(toHex(expected))
    expect(decode(bytes)).toEqual(entry)
    const dropbox = entryOf("two", 0, { keys: [] })
    expect(decode(encode(dropbox))).toEqual(dropbox)
    expect(encode(dropbox)[32]).toBe(2)
  })

  test("of another length is refused", () => refusesOtherLengths(bytes, decode))

  test("with any bit flipped is refused or another entry", () => {
    expect(refusesOrDiffers(bytes, decode, encode).length).toBeGreaterThan(8 * 32)
  })

  test.each([[1, 0], [1, 4], [1, 255], [2, 1], [2, 3], [0, 1], [3, 1], [4, 0], [255, 0]])("of role %d in layer %d is refused", (role, layer) => {
    expect(() => decode(replaced(bytes, 32, role, layer))).toThrow(WireError)
  })

  test.each([[1, 1], [1, 2], [1, 3], [2, 0]])("of role %d in layer %d is one", (role, layer) => {
    expect(decode(replaced(bytes, 32, role, layer)).layer).toBe(layer)
  })

  test("of a dropbox that leaves says so", () => {
    const leaving = entryOf("two", 0, { leaving: true })
    expect(encode(leaving)[32]).toBe(3)
    expect(decode(encode(leaving))).toEqual(leaving)
  })

  test.each([
    "", "http://", "https:///x", "ftp://one.example", "one.example", "HTTPS://one.example", "https://one.example/", "https://one.example/mix/",
    "https://one.example?x", "https://one.example#x", "https://user@one.example", "https://one.example/a b", "javascript:alert(1)",
    " https://one.example", "https://one.example\n", "https://one.example/mix?x",
  ])("with the URL %j is refused", (url) => {
    expect(() => decode(encode({ ...entry, url }))).toThrow(WireError)
  })

  test.each(["http://127.0.0.1:8081", "https://one.example", "https://one.example/a/b", "http://[::1]:80"])("with the URL %j is one", (url) => {
    expect(decode(encode({ ...entry, url })).url).toBe(url)
  })

  test.each(["operator", "provider"] as const)("with more than 200 bytes of %s is refused", (field) => {
    expect(decode(encode({ ...entry, [field]: "é".repeat(100) }))[field]).toHaveLength(100)
    expect(() => decode(encode({ ...entry, [field]: `${"é".repeat(100)}x` }))).toThrow(WireError)
  })

  test("with keys that do not rise by epoch is refused", () => {
    const withKeys = (...epochs: number[]) => () => decode(encode({ ...entry, keys: epochs.map((epoch) => ({ epoch, key: key(epoch) })) }))
    expect(withKeys(1, 2, 9)).not.toThrow()
    expect(withKeys(1, 1)).toThrow(WireError)
    expect(withKeys(2, 1)).toThrow(WireError)
    expect(withKeys(1, 3, 2)).toThrow(WireError)
  })

  test("with more than 16 keys is refused", () => {
    const many = (count: number) => ({ ...entry, keys: Array.from({ length: count }, (_, epoch) => ({ epoch, key: key(epoch) })) })
    expect(decode(encode(many(16))).keys).toHaveLength(16)
    expect(() => decode(encode(many(17)))).toThrow(WireError)
  })
})

describe("a descriptor", () => {
  const issued = 0x0102030405
  const bytes = signDescriptor(nodeSeed("one"), entry, issued)

  test("says what its node says of itself, and when", async () => {
    expect(await openDescriptor(bytes)).toEqual({ entry, issued })
    expect(toHex(bytes.slice(0, 9))).toBe("01" + "0000000102030405")
    expect(toHex(bytes.slice(9, -64))).toBe(toHex(encode(entry)))
  })

  test("with any bit flipped is refused", async () => {
    for (let bit = 0; bit < 8 * bytes.length; bit++) await expect(openDescriptor(flipped(bytes, bit)), `bit ${bit}`).rejects.toThrow(WireError)
  })

  test("cut short or continued is refused", async () => {
    for (let length = 0; length < bytes.length; length += 3) await expect(openDescriptor(bytes.slice(0, length))).rejects.toThrow(WireError)
    await expect(openDescriptor(concat(bytes, Uint8Array.of(0)))).rejects.toThrow(WireError)
  })

  test("signed by another node is refused", async () => {
    await expect(openDescriptor(signDescriptor(nodeSeed("two"), entry, issued))).rejects.toThrow(WireError)
  })

  test("signed for another purpose is refused: the label is a part of what is signed", async () => {
    const body = bytes.slice(0, -64)
    for (const label of ["", "sotto v1 directory"]) {
      const signature = signEd25519(nodeSeed("one"), concat(utf8(label), body))
      await expect(openDescriptor(concat(body, signature))).rejects.toThrow(WireError)
    }
    const right = signEd25519(nodeSeed("one"), concat(utf8("sotto v1 descriptor"), body))
    expect(toHex(concat(body, right))).toBe(toHex(bytes))
  })

  test("does not say that its dropbox leaves: that is for the authorities", async () => {
    await expect(openDescriptor(signDescriptor(nodeSeed("two"), entryOf("two", 0, { leaving: true, keys: [] }), issued))).rejects.toThrow(WireError)
  })

  // 0, 1, -1 and the two of order 8 (RFC 7748), then some of them with the prime added or the top bit set.
  test.each([
    "00".repeat(32),
    `01${"00".repeat(31)}`,
    `ec${"ff".repeat(30)}7f`,
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    `ed${"ff".repeat(30)}7f`,
    `ee${"ff".repeat(30)}7f`,
    `${"00".repeat(31)}80`,
    `ec${"ff".repeat(31)}`,
  ])("with the key of small order %s is refused: no packet can be made for its node", async (u) => {
    const low = sized("SphinxKey", fromHex(u))
    const keys = [entry.keys[0]!, { epoch: 3, key: low }]
    await expect(openDescriptor(signDescriptor(nodeSeed("one"), { ...entry, keys }, issued))).rejects.toThrow(WireError)
  })

  test.each([0, 2])("of version %d is refused, though its node signed it", async (version) => {
    const body = replaced(bytes.slice(0, -64), 0, version)
    const signature = signEd25519(nodeSeed("one"), concat(utf8("sotto v1 descriptor"), body))
    await expect(openDescriptor(concat(body, signature))).rejects.toThrow(WireError)
  })
})
