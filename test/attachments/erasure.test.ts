import { expect, test } from "vitest"
import { missingPieces, PIECES_MOST, sparePiece, SPARES_MOST } from "../../messenger/attachments/erasure.ts"
import { toHex } from "../../shared/bytes.ts"
import { seeded } from "../sim/sim-network.ts"

const random = seeded("erasure")

function some(count: number, length = 5): Uint8Array[] {
  return Array.from({ length: count }, () => random(length))
}

function spares(pieces: readonly Uint8Array[], count: number): Map<number, Uint8Array> {
  return new Map(Array.from({ length: count }, (_, i) => [i, sparePiece(i, pieces)]))
}

/** Without those whose bit is set: first the pieces, then the spare ones. */
function without(pieces: readonly Uint8Array[], all: ReadonlyMap<number, Uint8Array>, lost: number) {
  const left = pieces.map((piece, i) => ((lost >> i) & 1 ? null : piece))
  return missingPieces(left, new Map([...all].filter(([i]) => !((lost >> (pieces.length + i)) & 1))))
}

test("whatever is lost of few pieces and few spare ones comes back, if no more is lost than there are spare ones, and else nothing does", () => {
  for (let k = 1; k <= 6; k++) {
    for (let m = 1; m <= 4; m++) {
      const pieces = some(k)
      const all = spares(pieces, m)
      for (let lost = 0; lost < 2 ** (k + m); lost++) {
        const count = lost.toString(2).replaceAll("0", "").length
        const found = without(pieces, all, lost)
        const missing = pieces.flatMap((_, i) => ((lost >> i) & 1 ? [i] : []))
        if (count > m && missing.length > 0) expect(found, `${k} ${m} ${lost}`).toBeNull()
        else expect([...found!].map(([i, bytes]) => [i, toHex(bytes)])).toEqual(missing.map((i) => [i, toHex(pieces[i]!)]))
      }
    }
  }
})

test("as many as there can be come back, and any nine of 128", () => {
  const pieces = some(PIECES_MOST, 7)
  const all = spares(pieces, SPARES_MOST)
  const none = missingPieces(pieces.map(() => null), all)
  expect([...none!.values()].map(toHex)).toEqual(pieces.map(toHex))
  for (let round = 0; round < 40; round++) {
    const lost = new Set([...random(9)].map((byte) => byte % PIECES_MOST))
    const found = missingPieces(pieces.map((piece, i) => (lost.has(i) ? null : piece)), new Map([...all].slice(round, round + 9)))
    for (const i of lost) expect(toHex(found!.get(i)!)).toBe(toHex(pieces[i]!))
  }
})

test("the spare pieces are those of the specification", () => {
  const one = Uint8Array.of(1)
  const zero = Uint8Array.of(0)
  const at = (spare: number, piece: number) => sparePiece(spare, [piece === 0 ? one : zero, piece === 1 ? one : zero])[0]!
  for (const [spare, piece] of [[0, 0], [0, 1], [1, 0], [1, 1]] as const) {
    const divisor = (128 + spare) ^ piece
    expect(carryless(divisor, at(spare, piece))).toBe(1)
  }
})

test("there are no spare pieces of nothing, of too many or behind the last", () => {
  expect(() => sparePiece(0, [])).toThrow(RangeError)
  expect(() => sparePiece(0, some(PIECES_MOST + 1, 1))).toThrow(RangeError)
  expect(() => sparePiece(SPARES_MOST, some(2))).toThrow(RangeError)
})

/** Multiplied bit by bit, without tables. */
function carryless(a: number, b: number): number {
  let product = 0
  for (let i = 7; i >= 0; i--) {
    product <<= 1
    if (product & 0x100) product ^= 0x11d
    if ((b >> i) & 1) product ^= a
  }
  return product
}
