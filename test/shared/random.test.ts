import { describe, expect, test } from "vitest"
import { fromHex } from "../../shared/bytes.ts"
import type { Random } from "../../shared/random.ts"
import { below, exponential, pick, uniform } from "../../shared/random.ts"
import { seeded } from "../nodes/seeded.ts"
import { CHI_SQUARE_LIMIT, chiSquare, exponentialDistribution, kolmogorov, KOLMOGOROV_LIMIT } from "./statistics.ts"

/** Hands out these bytes, and no more. */
function given(hex: string): Random {
  let left = fromHex(hex)
  return (length) => {
    expect(left.length).toBeGreaterThanOrEqual(length)
    const bytes = left.slice(0, length)
    left = left.slice(length)
    return bytes
  }
}

const times = <T>(count: number, draw: () => T): T[] => Array.from({ length: count }, draw)

describe("a uniform number", () => {
  test("is made of 53 bits: from 0 to just below 1", () => {
    expect(uniform(given("00000000000000"))).toBe(0)
    expect(uniform(given("00000000000001"))).toBe(2 ** -53)
    expect(uniform(given("10000000000000"))).toBe(0.5)
    expect(uniform(given("1fffffffffffff"))).toBe(1 - 2 ** -53)
    // The three highest bits are too many for a double.
    expect(uniform(given("ffffffffffffff"))).toBe(1 - 2 ** -53)
  })

  test("falls everywhere alike", () => {
    const random = seeded("uniform")
    const sample = times(20_000, () => uniform(random))
    expect(kolmogorov(sample, (x) => x)).toBeLessThan(KOLMOGOROV_LIMIT)
  })
})

describe("an integer below a bound", () => {
  test("is drawn again where a remainder would favour some", () => {
    // 2^32 mod 3 = 1: the one highest value is refused.
    expect(below(given("ffffffff00000002"), 3)).toBe(2)
    expect(below(given("fffffffe"), 3)).toBe(0xfffffffe % 3)
    // 3 * 2^30 fits once: what is at or above it is refused.
    expect(below(given("c0000000ffffffff00000005"), 3 * 2 ** 30)).toBe(5)
  })

  test("takes every bound from 1 to 2^32, and no other", () => {
    expect(below(given("ffffffff"), 1)).toBe(0)
    expect(below(given("ffffffff"), 2 ** 32)).toBe(2 ** 32 - 1)
    for (const bound of [0, -1, 0.5, 2 ** 32 + 1, NaN, Infinity]) expect(() => below(given(""), bound)).toThrow(RangeError)
  })

  test("falls on each alike", () => {
    const random = seeded("below")
    const counts = [0, 0, 0, 0, 0, 0]
    for (const value of times(12_000, () => below(random, 6))) counts[value]!++
    expect(chiSquare(counts)).toBeLessThan(CHI_SQUARE_LIMIT[5]!)
  })
})

describe("an exponential time", () => {
  test("is distributed as it says, with the mean asked for", () => {
    const random = seeded("exponential")
    const sample = times(20_000, () => exponential(random, 500))
    expect(kolmogorov(sample, exponentialDistribution(500))).toBeLessThan(KOLMOGOROV_LIMIT)
    const mean = sample.reduce((sum, x) => sum + x, 0) / sample.length
    // The standard error is 500 / sqrt(20000) = 3.5.
    expect(Math.abs(mean - 500)).toBeLessThan(12)
  })

  test("is never infinite and never negative", () => {
    expect(exponential(given("1fffffffffffff"), 1)).toBeCloseTo(53 * Math.LN2, 9)
    expect(exponential(given("00000000000000"), 1)).toBeCloseTo(0, 9)
  })
})

test("one of several is picked, each alike, and none of none", () => {
  const random = seeded("pick")
  const counts = new Map<string, number>([["a", 0], ["b", 0], ["c", 0]])
  for (const item of times(6_000, () => pick(random, ["a", "b", "c"]))) counts.set(item, counts.get(item)! + 1)
  expect(chiSquare([...counts.values()])).toBeLessThan(CHI_SQUARE_LIMIT[2]!)
  expect(() => pick(random, [])).toThrow(RangeError)
})
