import { describe, expect, test } from "vitest"
import { decodeContent, encodeContent } from "../../messenger/content/codec.ts"
import { CONTENT_MAX, PARTS_MAX } from "../../messenger/content/limits.ts"
import { textMessage } from "../../messenger/content/text.ts"
import type { MimiContent, Part } from "../../messenger/content/content.ts"
import { concat, fromHex, WireError } from "../../shared/bytes.ts"
import { takenBy } from "../cpu-time.ts"

const SALT = new Uint8Array(16)
const HEAD = "87" + "50" + "00".repeat(16) + "f640f6f6"
const NULL_PART = "83016000"

/** Fills a message up to the longest that is looked at. */
function filled(start: string, unit: string): Uint8Array {
  const beginning = fromHex(start)
  const repeated = Buffer.alloc(CONTENT_MAX - beginning.length, fromHex(unit))
  return concat(beginning, new Uint8Array(repeated))
}

function nested(levels: number): Part {
  const leaf: Part = { kind: "null", disposition: 1, language: "" }
  if (levels === 1) return leaf
  return { kind: "multi", disposition: 1, language: "", semantics: "processAll", parts: [leaf, nested(levels - 1)] }
}

function withParts(count: number): MimiContent {
  const leaf: Part = { kind: "null", disposition: 1, language: "" }
  const parts = Array.from({ length: count - 1 }, () => leaf)
  return { ...textMessage("", SALT), body: { kind: "multi", disposition: 1, language: "", semantics: "processAll", parts } }
}

describe("messages made to hurt", () => {
  test.each<[string, Uint8Array]>([
    ["parts inside parts without end", filled(HEAD + "a0", "850160030082")],
    ["arrays inside an extension without end", filled(HEAD + "a120", "81")],
    ["tags inside an extension without end", filled(HEAD + "a120", "c1")],
    ["maps inside an extension without end", filled(HEAD + "a120", "a100")],
    ["a text that claims 4 GB", filled(HEAD + "a1207affffffff", "61")],
    ["bytes that claim 2^64", filled(HEAD + "a1205bffffffffffffffff", "61")],
    ["an array that claims 2^64 items", filled(HEAD + "a1209bffffffffffffffff", "00")],
    ["an array that claims 2^32 items", filled(HEAD + "a1209affffffff", "00")],
    ["a map that claims 2^32 pairs", filled(HEAD + "a120baffffffff", "00")],
    ["2^32 extensions", filled(HEAD + "baffffffff", "00")],
    ["65 extensions", fromHex(HEAD + "b841" + Array.from({ length: 65 }, (_, i) => (i < 21 ? (i + 3).toString(16).padStart(2, "0") : `18${(i + 3).toString(16)}`) + "00").join("") + NULL_PART)],
    ["an extension of many small items", filled(HEAD + "a1209a0000f000", "00")],
    ["2^32 parts", filled(HEAD + "a0850160030" + "09affffffff", NULL_PART)],
    ["60,000 parts", filled(HEAD + "a0850160030" + "099ea60", NULL_PART)],
    ["a message of 100 MB", new Uint8Array(100_000_000)],
    ["a message one byte too long", concat(filled(HEAD + "a0850160016059ffc1", "61"), Uint8Array.of(0x61))],
  ])("%s: refused at once", (_, bytes) => {
    // Each takes well under a millisecond; the bound is wide for garbage that is collected meanwhile.
    expect(takenBy(() => expect(() => decodeContent(bytes)).toThrow(WireError))).toBeLessThan(200)
  })

  test("four levels of parts are read, five are refused", () => {
    const content = { ...textMessage("", SALT), body: nested(4) }
    expect(decodeContent(encodeContent(content))).toEqual(content)
    expect(() => encodeContent({ ...content, body: nested(5) })).toThrow(RangeError)
  })

  test("1,024 parts are read, 1,025 are refused, however they are spread", () => {
    expect(decodeContent(encodeContent(withParts(PARTS_MAX)))).toEqual(withParts(PARTS_MAX))
    expect(() => encodeContent(withParts(PARTS_MAX + 1))).toThrow(RangeError)
    const halves = [withParts(PARTS_MAX / 2).body, withParts(PARTS_MAX / 2).body]
    const spread: MimiContent = { ...textMessage("", SALT), body: { kind: "multi", disposition: 1, language: "", semantics: "processAll", parts: halves } }
    expect(() => encodeContent(spread)).toThrow(RangeError)
  })

  test("the longest message is read", () => {
    const overhead = encodeContent(textMessage("x".repeat(60_000), SALT)).length - 60_000
    const longest = textMessage("x".repeat(CONTENT_MAX - overhead), SALT)
    expect(encodeContent(longest)).toHaveLength(CONTENT_MAX)
    expect(decodeContent(encodeContent(longest))).toEqual(longest)
    expect(() => encodeContent(textMessage("x".repeat(CONTENT_MAX - overhead + 1), SALT))).toThrow(RangeError)
  })
})
