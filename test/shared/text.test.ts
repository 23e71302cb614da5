import fc from "fast-check"
import { expect, test } from "vitest"
import { fromUtf8, utf8 } from "../../shared/text.ts"

const texts = fc.oneof(fc.string({ maxLength: 200 }), fc.string({ unit: "binary", maxLength: 200 }), fc.string({ unit: "binary-ascii", maxLength: 300 }))

test("text is encoded as the platform encodes it, short or long, ASCII or not", () => {
  fc.assert(fc.property(texts, (text) => void expect(utf8(text)).toEqual(new TextEncoder().encode(text))))
  expect(utf8("\ud800")).toEqual(new TextEncoder().encode("\ufffd"))
})

test("text is decoded as the platform decodes it", () => {
  fc.assert(fc.property(texts, (text) => void expect(fromUtf8(new TextEncoder().encode(text))).toBe(text)))
  expect(fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe("\ufeffa")
})

test("what is not UTF-8 is refused, wherever it stands", () => {
  for (const length of [1, 100, 128, 129, 500])
    for (const at of [0, length - 1]) {
      const bytes = new Uint8Array(length).fill(0x61)
      bytes[at] = 0xff
      expect(() => fromUtf8(bytes)).toThrow(TypeError)
    }
})
