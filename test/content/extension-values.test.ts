import { decode } from "cborg"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { CborReader } from "../../messenger/content/cbor-reader.ts"
import { fromHex, toHex, WireError } from "../../shared/bytes.ts"
import { encodedValue } from "./arbitraries.ts"

/** The reader's verdict on one item with nothing behind it. */
function isTaken(bytes: Uint8Array, levels = 3): boolean {
  const reader = new CborReader(bytes)
  try {
    reader.item(levels)
    reader.end()
    return true
  } catch (error) {
    expect(error).toBeInstanceOf(WireError)
    return false
  }
}

describe("values of unknown extensions", () => {
  test("what cborg writes deterministically is taken", () => {
    const property = fc.property(encodedValue, (bytes) => {
      expect(isTaken(bytes), toHex(bytes)).toBe(true)
    })
    fc.assert(property, { numRuns: 1000 })
  })

  test("each number is taken in one of its floating point sizes only", () => {
    const view = new DataView(new ArrayBuffer(8))
    const single = (value: number) => (view.setFloat32(0, value), Uint8Array.of(0xfa, ...new Uint8Array(view.buffer, 0, 4)))
    const double = (value: number) => (view.setFloat64(0, value), Uint8Array.of(0xfb, ...new Uint8Array(view.buffer)))
    const edges = [0, -0, 1, 65504, 65505, 65520, 2 ** -14, 2 ** -15, 2 ** -24, 1.5 * 2 ** -24, 2 ** -25, 3 * 2 ** -24, 2 ** -126, 2 ** -149,
      3 * 2 ** -149, 1.5 * 2 ** -149, 2 ** -150, 2 ** -1074, 3.4028234663852886e38, 2 ** 128, Number.MAX_VALUE, Infinity, -Infinity, Number.NaN]
    const check = (value: number) => {
      const isHalf = halves.has(value) || Number.isNaN(value)
      const isSingle = Object.is(Math.fround(value), value)
      if (isSingle) expect(isTaken(single(value)), `single ${value}`).toBe(!isHalf)
      expect(isTaken(double(value)), `double ${value}`).toBe(!isSingle && !isHalf)
    }
    for (const value of edges) check(value)
    for (const value of halves) check(value)
    fc.assert(fc.property(fc.float(), check), { numRuns: 2000 })
    fc.assert(fc.property(fc.double(), check), { numRuns: 2000 })
  })

  test.each([
    ["a reserved length", "1c"],
    ["an indefinite array", "9f00ff"],
    ["an indefinite map", "bf0000ff"],
    ["a break", "ff"],
    ["a simple value in two bytes that fits one", "f814"],
    ["a NaN with a message", "f97e01"],
    ["a signalling NaN", "f97d00"],
    ["a negative NaN", "f9fe00"],
    ["a NaN of four bytes", "fa7fc00000"],
    ["a NaN of eight bytes", "fb7ff8000000000000"],
    ["a bignum that fits an integer", "c248ffffffffffffffff"],
    ["a bignum with a leading zero", "c2490000000000000000ff"],
    ["a negative bignum that fits", "c34101"],
    ["a bignum of text", "c26161"],
    ["a tag in too many bytes", "d81700"],
    ["a tag of nothing", "c1"],
    ["an array short of an item", "8200"],
    ["a map short of a value", "a100"],
    ["unsorted keys", "a201000000"],
    ["a repeated key", "a201000100"],
    ["null as a key", "a1f600"],
    ["an array as a key", "a18000"],
    ["wrong UTF-8", "61ff"],
    ["wrong UTF-8 in a key", "a161ff00"],
    ["an integer in too many bytes", "1b00000000ffffffff"],
  ])("%s is refused", (_, hex) => {
    expect(isTaken(fromHex(hex))).toBe(false)
  })

  test("arrays, maps and tags lie at most three deep, for the extensions themselves are the first level", () => {
    expect(isTaken(fromHex("8281d8206161" + "00"))).toBe(true)
    for (const hex of ["81818180", "c1c1c1c100", "a100a100a100a0", "818181a0"]) expect(isTaken(fromHex(hex)), hex).toBe(false)
  })

  test("random bytes that are taken can be read by cborg, too", () => {
    const tags = new Proxy({}, { get: () => (inner: () => unknown) => inner() })
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 12 }), (bytes) => {
        fc.pre(isTaken(bytes) && !hasUnassignedSimple(bytes))
        expect(() => decode(bytes, { strict: true, useMaps: true, tags })).not.toThrow()
      }),
      { numRuns: 500 },
    )
  })
})

/** Simple values without a meaning yet: CBOR, but not for cborg. */
function hasUnassignedSimple(bytes: Uint8Array): boolean {
  return bytes.some((byte) => (byte >= 0xe0 && byte <= 0xf3) || byte === 0xf8)
}

/** All numbers of half precision. */
const halves = new Set<number>()
for (let exponent = -24; exponent <= 15; exponent++) {
  const step = 2 ** (Math.max(exponent, -14) - 10)
  for (let value = 2 ** exponent; value < 2 ** (exponent + 1); value += step) halves.add(value).add(-value)
}
halves.add(0).add(Infinity).add(-Infinity)
