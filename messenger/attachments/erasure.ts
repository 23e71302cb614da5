/**
 * A systematic erasure code: of `k` pieces and `m` spare ones any `k` give back the pieces. Reed–Solomon over GF(2^8) by a Cauchy matrix, after
 * Blömer et al., "An XOR-Based Erasure-Resilient Coding Scheme" (1995): every square part of such a matrix can be inverted. It keeps nothing from anybody: boxes are
 * sealed after it.
 *
 * spare j = Σ piece i / ((128 + j) xor i), in the field of x^8 + x^4 + x^3 + x^2 + 1; `k` is 128 at most, and so is `m`.
 */
export const PIECES_MOST = 128
export const SPARES_MOST = 128
const POLYNOMIAL = 0x11d
const ORDER = 255

const EXP = new Uint8Array(2 * ORDER)
const LOG = new Uint8Array(ORDER + 1)
for (let i = 0, x = 1; i < ORDER; i++) {
  EXP[i] = EXP[i + ORDER] = x
  LOG[x] = i
  x <<= 1
  if (x > ORDER) x ^= POLYNOMIAL
}

/** All products: a row for each factor. */
const PRODUCTS = new Uint8Array((ORDER + 1) ** 2)
for (let a = 1; a <= ORDER; a++) for (let b = 1; b <= ORDER; b++) PRODUCTS[(a << 8) | b] = EXP[LOG[a]! + LOG[b]!]!

/** Of what is not zero. */
const inverse = (a: number) => EXP[ORDER - LOG[a]!]!

function coefficient(spare: number, piece: number): number {
  return inverse((PIECES_MOST + spare) ^ piece)
}

/** into += factor · bytes */
function add(into: Uint8Array, bytes: Uint8Array, factor: number): void {
  const row = factor << 8
  for (let i = 0; i < into.length; i++) into[i]! ^= PRODUCTS[row | bytes[i]!]!
}

/** The spare piece number `spare` of these pieces, which are all as long. */
export function sparePiece(spare: number, pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 0 || pieces.length > PIECES_MOST || spare >= SPARES_MOST) throw new RangeError("no such spare piece")
  const sum = new Uint8Array(pieces[0]!.length)
  pieces.forEach((piece, i) => add(sum, piece, coefficient(spare, i)))
  return sum
}

/**
 * The pieces that are missing (null), by their number, from as many spare ones, by theirs. Null where there are too few of those. Whether what was handed
 * in is genuine is for others to say: of wrong pieces wrong ones are made.
 */
export function missingPieces(pieces: readonly (Uint8Array | null)[], spares: ReadonlyMap<number, Uint8Array>): Map<number, Uint8Array> | null {
  const missing = pieces.flatMap((piece, i) => (piece === null ? [i] : []))
  const rows = [...spares].slice(0, missing.length)
  if (rows.length < missing.length) return null
  // What the missing ones alone give, and the matrix that makes it of them.
  const sums = rows.map(([spare, bytes]) => {
    const sum = bytes.slice()
    pieces.forEach((piece, i) => piece !== null && add(sum, piece, coefficient(spare, i)))
    return sum
  })
  const matrix = rows.map(([spare]) => Uint8Array.from(missing, (piece) => coefficient(spare, piece)))
  for (let column = 0; column < missing.length; column++) {
    const pivot = matrix.findIndex((row, i) => i >= column && row[column] !== 0)
    for (const list of [matrix, sums]) [list[column], list[pivot]] = [list[pivot]!, list[column]!]
    const scale = inverse(matrix[column]![column]!)
    for (const list of [matrix, sums]) list[column] = list[column]!.map((value) => PRODUCTS[(scale << 8) | value]!)
    for (let row = 0; row < missing.length; row++) {
      const factor = matrix[row]![column]!
      if (row !== column && factor !== 0) for (const list of [matrix, sums]) add(list[row]!, list[column]!, factor)
    }
  }
  return new Map(missing.map((piece, i) => [piece, sums[i]!]))
}
