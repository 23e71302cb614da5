import { RECORD_BYTES_MAX } from "../../shared/geometry.ts"
import { PIECES_MOST } from "./erasure.ts"

/** What one box holds of a file: a record that fills its block. */
export const PIECE_LENGTH = RECORD_BYTES_MAX
/** No file takes fewer pieces, and of more only the three highest bits of their number may differ: so many files are as long. */
const PIECES_LEAST = 4
const SIGNIFICANT_BITS = 3
/** One spare piece, and one more for so many pieces. */
const PIECES_PER_SPARE = 16

/** Pieces that are made whole together, in the boxes from `first` on: first `pieces` of the file, then `spares`. */
export interface Group {
  readonly first: number
  /** Which piece of the file stands in its first box. */
  readonly from: number
  readonly pieces: number
  readonly spares: number
}

/** How a file of a size lies in boxes; it follows from its size alone. */
export interface Layout {
  /** Of the file, with those that hold nothing but zeros. */
  readonly pieces: number
  readonly groups: readonly Group[]
  readonly boxes: number
}

export function layoutOf(size: number): Layout {
  const pieces = bucket(Math.ceil(size / PIECE_LENGTH))
  const count = Math.ceil(pieces / PIECES_MOST)
  const groups: Group[] = []
  let [first, from] = [0, 0]
  for (let i = 0; i < count; i++) {
    const own = Math.floor(pieces / count) + (i < pieces % count ? 1 : 0)
    const spares = 1 + Math.ceil(own / PIECES_PER_SPARE)
    groups.push({ first, from, pieces: own, spares })
    first += own + spares
    from += own
  }
  return { pieces, groups, boxes: first }
}

function bucket(pieces: number): number {
  if (pieces <= PIECES_LEAST) return PIECES_LEAST
  const step = 2 ** Math.max(0, Math.floor(Math.log2(pieces)) - SIGNIFICANT_BITS + 1)
  return Math.ceil(pieces / step) * step
}

export function groupOf({ groups }: Layout, box: number): Group {
  return groups.findLast(({ first }) => first <= box)!
}

/** In which box a piece of the file lies. */
export function boxOf({ groups }: Layout, piece: number): number {
  const { first, from } = groups.findLast((group) => group.from <= piece)!
  return first + piece - from
}
