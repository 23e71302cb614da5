import { encode, rfc8949EncodeOptions } from "cborg"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { decodeContent, encodeContent } from "../../messenger/content/codec.ts"
import { DISPOSITION, NO_EXTENSIONS } from "../../messenger/content/content.ts"
import type { MimiContent, Part } from "../../messenger/content/content.ts"
import { textMessage } from "../../messenger/content/text.ts"
import { concat, fromHex, toHex, WireError } from "../../shared/bytes.ts"
import { mimiContent } from "./arbitraries.ts"

const SALT = new Uint8Array(16).fill(0x5a)
const ID = Uint8Array.of(1, ...new Uint8Array(31).fill(0x77))
const nothing: Part = { kind: "null", disposition: DISPOSITION.render, language: "" }
const some: Part = { kind: "single", disposition: DISPOSITION.render, language: "de", contentType: "text/plain", content: Uint8Array.of(1) }

const example: MimiContent = {
  salt: SALT,
  replaces: ID,
  topicId: Uint8Array.of(9, 9),
  expires: { relative: true, time: 3600 },
  inReplyTo: ID,
  extensions: {
    senderUri: "a:b",
    roomUri: "c:d",
    unknown: [
      { key: 300, value: fromHex("820102") },
      { key: -1, value: fromHex("f6") },
      { key: "vnd.sotto.x", value: fromHex("a10a43010203") },
    ],
  },
  body: { kind: "multi", disposition: 1, language: "", semantics: "processAll", parts: [some, nothing] },
}

/** A message put together by hand: hex of its items, each as they should be where not given. */
function wire(items: { start?: string; replaces?: string; topic?: string; expires?: string; reply?: string; extensions?: string; body?: string }): Uint8Array {
  const { start = "87", replaces = "f6", topic = "40", expires = "f6", reply = "f6", extensions = "a0", body = "83016000" } = items
  return fromHex(start + "50" + "5a".repeat(16) + replaces + topic + expires + reply + extensions + body)
}

describe("encoding", () => {
  test("a deletion is 31 bytes, written here by hand", () => {
    const content: MimiContent = { ...textMessage("", SALT), replaces: ID, body: nothing }
    expect(toHex(encodeContent(content))).toBe(toHex(wire({ replaces: `5820${toHex(ID)}` })))
    expect(decodeContent(wire({ replaces: `5820${toHex(ID)}` }))).toEqual(content)
  })

  test("every message decodes to what was encoded", () => {
    fc.assert(
      fc.property(mimiContent, (content) => {
        expect(decodeContent(encodeContent(content))).toEqual(content)
      }),
      { numRuns: 300 },
    )
  })

  test("cborg writes the same bytes", () => {
    const parts = [[1, "de", 1, "text/plain", Uint8Array.of(1)], [1, "", 0]]
    const map = new Map<number | string, unknown>([[1, "a:b"], [2, "c:d"], [300, [1, 2]], [-1, null], ["vnd.sotto.x", new Map([[10, Uint8Array.of(1, 2, 3)]])]])
    const items = [SALT, ID, Uint8Array.of(9, 9), [true, 3600], ID, map, [1, "", 3, 2, parts]]
    expect(toHex(encodeContent(example))).toBe(toHex(encode(items, rfc8949EncodeOptions)))
  })

  test("unknown extensions are sorted by their encoded keys, whatever their order was", () => {
    const [first, second, third] = example.extensions.unknown
    const mixed = { ...example, extensions: { ...example.extensions, unknown: [third!, first!, second!] } }
    expect(encodeContent(mixed)).toEqual(encodeContent(example))
    expect(decodeContent(encodeContent(mixed)).extensions.unknown.map(({ key }) => key)).toEqual([300, -1, "vnd.sotto.x"])
  })

  test.each<[string, Partial<MimiContent>]>([
    ["a short salt", { salt: new Uint8Array(15) }],
    ["a short id", { replaces: new Uint8Array(31).fill(1) }],
    ["a time in milliseconds", { expires: { relative: false, time: Date.UTC(2026, 0) } }],
    ["half a second", { expires: { relative: true, time: 0.5 } }],
    ["an extension twice", { extensions: { ...NO_EXTENSIONS, unknown: [{ key: 7, value: fromHex("00") }, { key: 7, value: fromHex("01") }] } }],
    ["an extension that has a field", { extensions: { ...NO_EXTENSIONS, senderUri: "a", unknown: [{ key: 1, value: fromHex("6161") }] } }],
    ["two values in one extension", { extensions: { ...NO_EXTENSIONS, unknown: [{ key: 7, value: fromHex("0000") }] } }],
    ["an empty key", { extensions: { ...NO_EXTENSIONS, unknown: [{ key: "", value: fromHex("00") }] } }],
    ["a disposition above 255", { body: { ...nothing, disposition: 256 } }],
    ["many parts of which there is one", { body: { kind: "multi", disposition: 1, language: "", semantics: "chooseOne", parts: [some] } }],
    ["content too large for a message", { body: { ...some, content: new Uint8Array(1 << 16) } }],
  ])("%s is refused as our own mistake", (_, change) => {
    expect(() => encodeContent({ ...textMessage("x", SALT), ...change })).toThrow(RangeError)
  })
})

describe("decoding", () => {
  test("the example of the rejects below is itself good", () => {
    expect(decodeContent(wire({})).body).toEqual(nothing)
  })

  test.each<[string, Uint8Array]>([
    ["nothing", new Uint8Array(0)],
    ["six items", wire({ start: "86" })],
    ["eight items", wire({ start: "88" })],
    ["an array of indefinite length", concat(wire({ start: "9f" }), Uint8Array.of(0xff))],
    ["an array length in two bytes", wire({ start: "9807" })],
    ["undefined for null", wire({ replaces: "f7" })],
    ["an id of 31 bytes", wire({ replaces: `581f01${"00".repeat(30)}` })],
    ["an id of another hash", wire({ reply: `582002${"00".repeat(31)}` })],
    ["an id as text", wire({ reply: `7820${"61".repeat(32)}` })],
    ["a topic of 4,097 bytes", wire({ topic: `591001${"00".repeat(4097)}` })],
    ["a topic length in too many bytes", wire({ topic: "5801aa" })],
    ["a topic in pieces", wire({ topic: "5f41aaff" })],
    ["an expiry of one item", wire({ expires: "81f5" })],
    ["an expiry of three items", wire({ expires: "83f50000" })],
    ["an expiry that is null inside", wire({ expires: "82f600" })],
    ["an expiry with a number for a boolean", wire({ expires: "820100" })],
    ["an expiry beyond 32 bits", wire({ expires: "82f51b0000000100000000" })],
    ["a negative expiry", wire({ expires: "82f520" })],
    ["an expiry time in too many bytes", wire({ expires: "82f51a0000ffff" })],
    ["an expiry in half-precision", wire({ expires: "82f5f93c00" })],
    ["extensions as an array", wire({ extensions: "80" })],
    ["extensions of indefinite length", wire({ extensions: "bfff" })],
    ["sender URI as bytes", wire({ extensions: "a1014161" })],
    ["keys in the wrong order", wire({ extensions: "a20261610161" + "61" })],
    ["the same key twice", wire({ extensions: "a2070007" + "00" })],
    ["an old canonical order, shorter keys first", wire({ extensions: "a2616100190100" + "00" })],
    ["a key in too many bytes", wire({ extensions: "a1181700" })],
    ["an integer key that no double holds", wire({ extensions: "a11b002000000000000000" })],
    ["a negative key that no double holds", wire({ extensions: "a13b001fffffffffffff00" })],
    ["a byte string for a key", wire({ extensions: "a1416100" })],
    ["an empty text for a key", wire({ extensions: "a16000" })],
    ["a key of 256 bytes", wire({ extensions: `a1790100${"61".repeat(256)}00` })],
    ["a key without a value", wire({ extensions: "a107", body: "" })],
    ["language as bytes", wire({ body: "83014000" })],
    ["a language that is not UTF-8", wire({ body: "830162c32800" })],
    ["a surrogate in UTF-8", wire({ body: "830163eda08000" })],
    ["an overlong form in UTF-8", wire({ body: "830162c08000" })],
    ["a disposition of 256", wire({ body: "831901006000" })],
    ["a fifth kind of part", wire({ body: "83016004" })],
    ["an empty part with content", wire({ body: "8401600000" })],
    ["a single part without content", wire({ body: "840160016161" })],
    ["a single part with text as content", wire({ body: "850160016161" + "6161" })],
    ["an unknown semantics", wire({ body: "85016003038283016000" + "83016000" })],
    ["a multipart of one", wire({ body: "85016003008183016000" })],
    ["a multipart of none", wire({ body: "850160030080" })],
    ["a tag around the message", concat(fromHex("d9d9f7"), wire({}))],
  ])("%s is refused", (_, bytes) => {
    expect(() => decodeContent(bytes)).toThrow(WireError)
  })

  test("every beginning of a message is refused, and every continuation", () => {
    const bytes = encodeContent(example)
    for (let length = 0; length < bytes.length; length++) expect(() => decodeContent(bytes.slice(0, length))).toThrow(WireError)
    for (const more of [0x00, 0xf6, 0xff]) expect(() => decodeContent(concat(bytes, Uint8Array.of(more)))).toThrow(WireError)
  })

  test("each flipped bit is refused or means something else, and no two encodings mean the same", () => {
    const bytes = encodeContent(example)
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const flipped = Uint8Array.from(bytes)
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      expectRefusedOrExact(flipped)
    }
  })

  test("random bytes in a message are refused or mean exactly themselves", () => {
    const change = fc.record({ at: fc.nat(), remove: fc.nat({ max: 4 }), insert: fc.uint8Array({ maxLength: 4 }) })
    fc.assert(
      fc.property(mimiContent, fc.array(change, { minLength: 1, maxLength: 3 }), (content, changes) => {
        let bytes = encodeContent(content)
        for (const { at, remove, insert } of changes) {
          const from = at % bytes.length
          bytes = concat(bytes.slice(0, from), insert, bytes.slice(from + remove))
        }
        expectRefusedOrExact(bytes)
      }),
      { numRuns: 2000 },
    )
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), expectRefusedOrExact), { numRuns: 2000 })
  })

  test("unknown dispositions, negative and text keys, and values of every kind are kept", () => {
    const values = ["f7", "e0", "f820", "f97e00", "f97c00", "f93c00", "f98000", "fa7f7fffff", "fb3ff199999999999a", "1bffffffffffffffff",
      "3bffffffffffffffff", "c249010000000000000000", "c11a514b67b0", "d81f80", "a141616161", "83828100010203"]
    for (const value of values) {
      const bytes = wire({ extensions: `a120${value}`, body: "8318ff6000" })
      expect(decodeContent(bytes).extensions.unknown, value).toEqual([{ key: -1, value: fromHex(value) }])
      expect(encodeContent(decodeContent(bytes)), value).toEqual(bytes)
    }
  })

  test("a message says nothing that its reader keeps alive or can change", () => {
    const bytes = encodeContent(example)
    const content = decodeContent(bytes)
    bytes.fill(0)
    expect(content).toEqual(example)
  })
})

function expectRefusedOrExact(bytes: Uint8Array): void {
  let content: MimiContent
  try {
    content = decodeContent(bytes)
  } catch (error) {
    expect(error).toBeInstanceOf(WireError)
    return
  }
  expect(toHex(encodeContent(content))).toBe(toHex(bytes))
}
