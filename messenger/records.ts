import { concat, Reader, WireError, Writer } from "../shared/bytes.ts"
import * as geometry from "../shared/geometry.ts"
import type { Block } from "../shared/names.ts"
import { sized } from "../shared/names.ts"

/** What a block holds: records of type 1 ‖ flags 1 ‖ length 2 ‖ bytes, then zeros (design.md section 5). */
export const RECORD_TYPES = { message: 1, confirmation: 2, bundle: 3, answer: 4, close: 5, claim: 6, body: 7, nobody: 8, plea: 9, reprieve: 10, void: 11, told: 12, unreadable: 13, statement: 16, piece: 20 } as const
const MORE_BEFORE = 1
const MORE_AFTER = 2
/** A piece this small is not worth cutting a record for. */
const PIECE_LEAST = 64

export type RecordType = keyof typeof RECORD_TYPES

export interface BlockRecord {
  readonly type: RecordType
  readonly bytes: Uint8Array
}

/** A record or a piece of one. */
interface Piece extends BlockRecord {
  readonly first: boolean
  readonly last: boolean
}

/** One block, and which of the records given (by position) end in it. */
export interface Packed {
  readonly block: Block
  readonly ends: readonly number[]
}

/** How many of these records, from the first on, fit into one block whole, beside what takes `taken` bytes of it. */
export function fitting(records: readonly BlockRecord[], taken: number): number {
  let room = geometry.BLOCK_LENGTH - taken
  const end = records.findIndex(({ bytes }) => (room -= geometry.RECORD_HEADER_LENGTH + bytes.length) < 0)
  return end === -1 ? records.length : end
}

/** Packs records into as few blocks as hold them, in order; what does not fit is cut. The last `spare` bytes of each stay empty. */
export function packRecords(records: readonly BlockRecord[], spare = 0): Packed[] {
  const packed: Packed[] = []
  let writer = new Writer()
  const whole = geometry.BLOCK_LENGTH - spare
  let room = whole
  let ends: number[] = []
  const close = () => {
    packed.push({ block: sized("Block", writer.zeros(room + spare).done()), ends })
    writer = new Writer()
    room = whole
    ends = []
  }
  records.forEach(({ type, bytes }, position) => {
    let at = 0
    do {
      const left = bytes.length - at
      const space = room - geometry.RECORD_HEADER_LENGTH
      if (space < left && space < PIECE_LEAST) close()
      const length = Math.min(left, room - geometry.RECORD_HEADER_LENGTH)
      const flags = (at > 0 ? MORE_BEFORE : 0) | (at + length < bytes.length ? MORE_AFTER : 0)
      writer.u8(RECORD_TYPES[type]).u8(flags).bytes16(bytes.slice(at, at + length))
      room -= geometry.RECORD_HEADER_LENGTH + length
      at += length
    } while (at < bytes.length)
    ends.push(position)
  })
  if (room < whole || packed.length === 0) close()
  return packed
}

/** A block that holds one record whole. Throws a RangeError where it is too long for that. */
export function blockOf(record: BlockRecord): Block {
  const packed = packRecords([record])
  if (packed.length !== 1) throw new RangeError("record longer than a block")
  return packed[0]!.block
}

/** Throws WireError. */
function decodeBlock(block: Block): Piece[] {
  const reader = new Reader(block)
  const pieces: Piece[] = []
  while (reader.left >= geometry.RECORD_HEADER_LENGTH) {
    const code = reader.u8()
    if (code === 0) break
    const flags = reader.u8()
    if (flags > (MORE_BEFORE | MORE_AFTER)) throw new WireError()
    const bytes = reader.bytes16(geometry.RECORD_BYTES_MAX)
    const type = (Object.keys(RECORD_TYPES) as RecordType[]).find((name) => RECORD_TYPES[name] === code)
    // A type from a later version is passed over: the box is still part of its stream.
    if (type !== undefined) pieces.push({ type, bytes, first: (flags & MORE_BEFORE) === 0, last: (flags & MORE_AFTER) === 0 })
  }
  reader.zeros(reader.left)
  return pieces
}

/** The one record of a block that must hold exactly that. Throws WireError. */
export function soleRecord(block: Block, type: RecordType): Uint8Array {
  const [piece, ...others] = decodeBlock(block)
  if (piece === undefined || others.length > 0 || piece.type !== type || !piece.first || !piece.last) throw new WireError()
  return piece.bytes
}

/** The pieces of a record that has not ended yet. */
export interface Unfinished {
  readonly type: RecordType
  readonly parts: readonly Uint8Array[]
}

/** No record is longer, whatever a contact sends. */
const RECORD_MAX = 256 * 1024
/** Pieces fill blocks. In smaller ones a record would cost more to join than it holds, and empty ones would have no end. */
const PIECES_MAX = Math.ceil(RECORD_MAX / geometry.RECORD_BYTES_MAX) + 1

/**
 * The whole records of the next block of a stream, and what is left over for the block after it. Pieces that do not follow each
 * other are dropped, since a stream has no gaps. Throws WireError on a malformed block.
 */
export function joinRecords(block: Block, before: Unfinished | null): { records: BlockRecord[]; unfinished: Unfinished | null } {
  const records: BlockRecord[] = []
  let open = before
  for (const { type, bytes, first, last } of decodeBlock(block)) {
    if (first) open = { type, parts: [bytes] }
    else if (open !== null && open.type === type) open = { type, parts: [...open.parts, bytes] }
    else continue
    if (open.parts.length > PIECES_MAX || open.parts.reduce((sum, part) => sum + part.length, 0) > RECORD_MAX) throw new WireError()
    if (last) {
      records.push({ type, bytes: concat(...open.parts) })
      open = null
    }
  }
  return { records, unfinished: open }
}
