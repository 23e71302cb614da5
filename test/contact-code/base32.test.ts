import fc from "fast-check"
import { expect, test } from "vitest"
import { BASE32_ALPHABET, fromBase32, toBase32 } from "../../messenger/base32.ts"
import { WireError } from "../../shared/bytes.ts"
import { utf8 } from "../../shared/text.ts"

test("base32 is that of RFC 4648 (section 10)", () => {
  expect(toBase32(utf8("fooba"))).toBe("MZXW6YTB")
  expect(toBase32(new Uint8Array(0))).toBe("")
  expect(toBase32(Uint8Array.of(0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf, 0x84, 0x65, 0x3a, 0x56, 0xd7, 0xc6, 0x75, 0xbe, 0x77, 0xdf))).toBe(BASE32_ALPHABET)
})

test("every five bytes come back", () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ minLength: 5, maxLength: 5 }), { maxLength: 20 }), (groups) => {
    const bytes = Uint8Array.from(groups.flatMap((group) => [...group]))
    expect(fromBase32(toBase32(bytes))).toEqual(bytes)
  }))
})

test("other lengths and characters are refused", () => {
  expect(() => toBase32(new Uint8Array(4))).toThrow(RangeError)
  for (const text of ["A", "AAAAAAA", "AAAAAAAAA", "AAAAAAA1", "aaaaaaaa", "AAAAAAA=", "ÄÄÄÄÄÄÄÄ"]) expect(() => fromBase32(text), text).toThrow(WireError)
})
