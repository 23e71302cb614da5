import { concat, Reader, WireError, Writer } from "../shared/bytes.ts"
import * as geometry from "../shared/geometry.ts"
import type { Block } from "../shared/names.ts"
import { sized } from "../shared/names.ts"
import { RECORD_TYPES } from "./records.ts"

/**
 * A box that no dropbox takes is void: a later box of its stream says so and repeats its block, byte for byte (design.md section 7).
 * Where that box is taken by none either, the one after it stands for both, and so on up to this many.
 */
export const VOIDS_MOST = 6
const FIRST_LENGTH = 8
const DISTANCE_LENGTH = 4
/** Blocks of streams leave so much room that any of them can be repeated behind a declaration. */
export const VOID_ROOM = geometry.RECORD_HEADER_LENGTH + FIRST_LENGTH + DISTANCE_LENGTH * (VOIDS_MOST - 1)

/** What one block declares: the void boxes, rising, and the block that was to lie in the first of them. */
export interface Declaration {
  readonly boxes: readonly number[]
  readonly block: Block
}

/** Whether a later block can stand for this one. */
export function mayBeVoid(block: Block): boolean {
  const before = declarationOf(block)
  return (before?.boxes.length ?? 0) < VOIDS_MOST && (before?.block ?? block).slice(-VOID_ROOM).every((byte) => byte === 0)
}

/** The block that stands for box `index` and its `block`, which may itself stand for boxes before it. */
export function declaring(index: number, block: Block): Block {
  const before = declarationOf(block)
  const boxes = [...(before?.boxes ?? []), index]
  if (!mayBeVoid(block)) throw new RangeError("no room for a declaration")
  const bytes = new Writer().u64(boxes[0]!)
  for (const box of boxes.slice(1)) bytes.u32(box - boxes[0]!)
  const record = new Writer().u8(RECORD_TYPES.void).u8(0).bytes16(bytes.done()).done()
  const repeated = before?.block ?? block
  const rest = geometry.BLOCK_LENGTH - record.length
  return sized("Block", concat(record, repeated.slice(0, rest)))
}

/** What a block declares void; null where nothing. Throws WireError on a malformed declaration. */
export function declarationOf(block: Block): Declaration | null {
  if (block[0] !== RECORD_TYPES.void) return null
  const reader = new Reader(block)
  reader.u8()
  if (reader.u8() !== 0) throw new WireError()
  const bytes = reader.bytes16(VOID_ROOM - geometry.RECORD_HEADER_LENGTH)
  const repeated = sized("Block", concat(reader.take(reader.left), new Uint8Array(geometry.RECORD_HEADER_LENGTH + bytes.length)))
  return { boxes: indexes(bytes), block: repeated }
}

function indexes(bytes: Uint8Array): number[] {
  const reader = new Reader(bytes)
  const boxes = [reader.u64()]
  while (reader.left > 0) {
    const box = boxes[0]! + reader.u32()
    if (box <= boxes.at(-1)!) throw new WireError()
    boxes.push(box)
  }
  return boxes
}
