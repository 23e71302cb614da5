import fc from "fast-check"
import { createHash } from "node:crypto"
import { describe, expect, test } from "vitest"
import { BUNDLE_MAX, bundleHash, decodeBundle, encodeBundle } from "../../messenger/bundle.ts"
import { isName } from "../../messenger/name.ts"
import type { InvitationBundle } from "../../messenger/bundle.ts"
import { concat, toHex, WireError } from "../../shared/bytes.ts"

const bundle: InvitationBundle = {
  salt: new Uint8Array(32).fill(1),
  identityKey: new Uint8Array(32).fill(2),
  certificate: new Uint8Array(100).fill(3),
  name: "Zoë 🦉",
  keyPackage: new Uint8Array(300).fill(4),
}
const bytes = encodeBundle(bundle)
/** Version, salt, identity key, and the lengths of the three that follow. */
const FIXED = 1 + 32 + 32 + 3 * 2

const bundles = fc.record({
  salt: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  identityKey: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  certificate: fc.uint8Array({ minLength: 1, maxLength: 300 }),
  name: fc.string({ unit: "grapheme", minLength: 1, maxLength: 16 }).filter(isName),
  keyPackage: fc.uint8Array({ minLength: 1, maxLength: 2900 }),
})

describe("an invitation bundle", () => {
  test("comes back as it was, and its bytes as they were", () => {
    fc.assert(fc.property(bundles, (value) => {
      expect(decodeBundle(encodeBundle(value))).toEqual(value)
    }))
  })

  test("lies in its bytes as specified", () => {
    const name = new TextEncoder().encode(bundle.name)
    const expected = concat(Uint8Array.of(1), bundle.salt, bundle.identityKey, Uint8Array.of(0, 100), bundle.certificate,
      Uint8Array.of(0, name.length), name, Uint8Array.of(1, 44), bundle.keyPackage)
    expect(toHex(bytes)).toBe(toHex(expected))
  })

  test("fits into one record, to the byte", () => {
    expect(BUNDLE_MAX).toBe(3484)
    const room = BUNDLE_MAX - FIXED - 1 - 1
    const full = { ...bundle, certificate: Uint8Array.of(0), name: "x", keyPackage: new Uint8Array(room) }
    expect(encodeBundle(full)).toHaveLength(BUNDLE_MAX)
    expect(decodeBundle(encodeBundle(full))).toEqual(full)
    expect(() => encodeBundle({ ...full, keyPackage: new Uint8Array(room + 1) })).toThrow(RangeError)
    const longer = concat(encodeBundle(full).slice(0, -room - 2), Uint8Array.of((room + 1) >> 8, (room + 1) & 255), new Uint8Array(room + 1))
    expect(() => decodeBundle(longer)).toThrow(WireError)
  })

  test("cut short anywhere or continued is refused", () => {
    for (let length = 0; length < bytes.length; length++) expect(() => decodeBundle(bytes.slice(0, length))).toThrow(WireError)
    expect(() => decodeBundle(concat(bytes, Uint8Array.of(0)))).toThrow(WireError)
  })

  test("with any bit flipped is refused or another bundle, with another hash", () => {
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const flipped = Uint8Array.from(bytes)
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      expect(toHex(bundleHash(flipped))).not.toBe(toHex(bundleHash(bytes)))
      let other: InvitationBundle
      try {
        other = decodeBundle(flipped)
      } catch (error) {
        expect(error).toBeInstanceOf(WireError)
        continue
      }
      expect(toHex(encodeBundle(other))).toBe(toHex(flipped))
      expect(other).not.toEqual(bundle)
    }
  })

  test("random bytes are refused with one error", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (random) => {
      expect(() => decodeBundle(concat(Uint8Array.of(1), random))).toThrow(WireError)
    }))
  })

  test.each<[string, Partial<InvitationBundle>]>([
    ["a short salt", { salt: new Uint8Array(31) }],
    ["a long key", { identityKey: new Uint8Array(33) }],
    ["no certificate", { certificate: new Uint8Array(0) }],
    ["no KeyPackage", { keyPackage: new Uint8Array(0) }],
    ["no name", { name: "" }],
    ["a name of 65 bytes", { name: "x".repeat(65) }],
  ])("%s is refused as our own mistake", (_, change) => {
    expect(() => encodeBundle({ ...bundle, ...change })).toThrow(RangeError)
  })

  test("an empty certificate or KeyPackage, a bad name and another version are refused", () => {
    const field = (value: Uint8Array) => concat(Uint8Array.of(value.length >> 8, value.length & 255), value)
    const made = (version: number, certificate: Uint8Array, name: Uint8Array, keyPackage: Uint8Array) =>
      concat(Uint8Array.of(version), bundle.salt, bundle.identityKey, field(certificate), field(name), field(keyPackage))
    const one = Uint8Array.of(0x41)
    const none = new Uint8Array(0)
    expect(decodeBundle(made(1, one, one, one)).name).toBe("A")
    const bad = [made(0, one, one, one), made(2, one, one, one), made(1, none, one, one), made(1, one, one, none), made(1, one, none, one),
      made(1, one, new Uint8Array(65).fill(0x41), one), made(1, one, Uint8Array.of(0xff), one), made(1, one, Uint8Array.of(0x41, 0x0a), one)]
    for (const wrong of bad) expect(() => decodeBundle(wrong)).toThrow(WireError)
  })

  test("is named by its SHA-256", () => {
    expect(toHex(bundleHash(bytes))).toBe(createHash("sha256").update(bytes).digest("hex"))
  })
})

describe("a name", () => {
  test.each(["A", "Anna Müller", "李", "ليلى", "👩🏽‍⚕️", "❤️‍🔥", "می\u200cخواهم", "क्\u200dष", "ᚠ", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "x".repeat(64), "O’Brien-Łukasz 2"])("can be %j", (name) => {
    expect(isName(name)).toBe(true)
  })

  test.each(["", " ", "\u00a0", "\u200d", "\u0301", "a\u0000", "a\nb", "a\u2028b", "a\u202eb", "\u2066a", "a\u007f", " a", "a ", "An\u200bna", "An\u200dna", "a\u200eb", "\u061ca", "a\ufeff", "a\u00adb", "A\ufe0fnna", "\u2800", "\u3164", "a\u2062b", "a\u{e0041}", "می\u200c", "a\u0301\u0302\u0303\u0304\u0305", "x".repeat(65), "ä".repeat(33), "\ud800"])(
    "cannot be %j",
    (name) => {
      expect(isName(name)).toBe(false)
    },
  )
})
