import { createHash } from "node:crypto"
import { describe, expect, test } from "vitest"
import { toBase32 } from "../../messenger/base32.ts"
import { safetyNumber, safetyQr } from "../../messenger/safety-number.ts"
import { concat } from "../../shared/bytes.ts"

const ours = new Uint8Array(32).fill(1)
const theirs = new Uint8Array(32).fill(2)

function fingerprint(key: Uint8Array): Uint8Array {
  const sha512 = (...parts: (Uint8Array | string)[]) => parts.reduce((hash, part) => hash.update(part), createHash("sha512")).digest()
  let hash = sha512("sotto v1 safety number", key)
  for (let round = 0; round < 5200; round++) hash = sha512(hash, key)
  return new Uint8Array(hash)
}

describe("a safety number", () => {
  test("is 60 digits in 12 groups of five, the same for both sides", () => {
    expect(safetyNumber(ours, theirs)).toMatch(/^(\d{5} ){11}\d{5}$/)
    expect(safetyNumber(theirs, ours)).toBe(safetyNumber(ours, theirs))
  })

  test("is made of both keys as specified", () => {
    const halves = [fingerprint(ours), fingerprint(theirs)].sort(Buffer.compare)
    const digits = halves.flatMap((half) =>
      [0, 5, 10, 15, 20, 25].map((at) => String(BigInt(`0x${Buffer.from(half.slice(at, at + 5)).toString("hex")}`) % 100_000n).padStart(5, "0")),
    )
    expect(safetyNumber(ours, theirs)).toBe(digits.join(" "))
    expect(safetyQr(ours, theirs)).toBe(toBase32(concat(Uint8Array.of(1), halves[0]!.slice(0, 32), halves[1]!.slice(0, 32))))
  })

  test("differs in a half when one key differs by a bit, and stays the same in the other", () => {
    const groups = new Set(safetyNumber(ours, theirs).split(" "))
    const changed = safetyNumber(ours, Uint8Array.of(3, ...theirs.slice(1))).split(" ")
    expect(changed.filter((group) => groups.has(group)).length).toBeGreaterThanOrEqual(6)
    expect(changed.filter((group) => !groups.has(group)).length).toBeGreaterThanOrEqual(5)
  })

  test("as a QR code is the same for both sides, in the characters of the alphanumeric mode", () => {
    expect(safetyQr(ours, theirs)).toBe(safetyQr(theirs, ours))
    expect(safetyQr(ours, theirs)).toMatch(/^[A-Z2-7]{104}$/)
    expect(safetyQr(ours, ours)).not.toBe(safetyQr(ours, theirs))
  })

  test("is made of identity keys only", () => {
    expect(() => safetyNumber(ours, theirs.slice(1))).toThrow(RangeError)
    expect(() => safetyQr(new Uint8Array(33), theirs)).toThrow(RangeError)
  })
})
