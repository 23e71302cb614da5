import { describe, expect, test } from "vitest"
import type { BlockRecord } from "../../messenger/records.ts"
import { joinRecords, packRecords } from "../../messenger/records.ts"
import { declarationOf, declaring, mayBeVoid, VOID_ROOM, VOIDS_MOST } from "../../messenger/voids.ts"
import { concat, sameBytes, WireError, Writer } from "../../shared/bytes.ts"
import * as geometry from "../../shared/geometry.ts"
import type { Block } from "../../shared/names.ts"
import { sized } from "../../shared/names.ts"
import { seeded } from "../nodes/seeded.ts"

const random = seeded("voids")
const VOID = 11

const message = (length: number): BlockRecord => ({ type: "message", bytes: random(length) })
const blocksOf = (...records: BlockRecord[]) => packRecords(records, VOID_ROOM).map(({ block }) => block)

/** A block that begins with a declaration as a stranger might write it. */
function declared(flags: number, bytes: Uint8Array): Block {
  const record = new Writer().u8(VOID).u8(flags).bytes16(bytes).done()
  return sized("Block", concat(record, new Uint8Array(geometry.BLOCK_LENGTH - record.length)))
}

describe("a block that stands for a void box", () => {
  test("repeats what was to lie there, byte for byte, however full it is", () => {
    for (const length of [0, 1, 2000, geometry.RECORD_BYTES_MAX - VOID_ROOM, 9000]) {
      for (const block of blocksOf(message(length))) {
        expect(mayBeVoid(block)).toBe(true)
        const read = declarationOf(declaring(7, block))
        expect(read?.boxes).toEqual([7])
        expect(sameBytes(read!.block, block)).toBe(true)
      }
    }
  })

  test("can be repeated itself, a few times", () => {
    const [first] = blocksOf(message(9000)) as [Block]
    const boxes = [5, 9, 10, 200, 70_000, 2 ** 32]
    let block = first
    for (const box of boxes) {
      expect(mayBeVoid(block)).toBe(true)
      block = declaring(box, block)
    }
    expect(boxes).toHaveLength(VOIDS_MOST)
    expect(declarationOf(block)?.boxes).toEqual(boxes)
    expect(sameBytes(declarationOf(block)!.block, first)).toBe(true)
    expect(mayBeVoid(block)).toBe(false)
    expect(() => declaring(2 ** 32 + 1, block)).toThrow(RangeError)
  })

  test("is none where there is no declaration, and a block without the room is never repeated", () => {
    expect(declarationOf(blocksOf(message(100))[0]!)).toBeNull()
    const [full] = packRecords([message(9000)]).map(({ block }) => block) as [Block]
    expect(mayBeVoid(full)).toBe(false)
    expect(() => declaring(0, full)).toThrow(RangeError)
  })

  test("holds nothing for readers that do not look for declarations", () => {
    const [block] = blocksOf(message(100)) as [Block]
    expect(joinRecords(declaring(3, block), null).records.map(({ type }) => type)).toEqual(["void", "message"])
  })

  test.each([
    ["pieces", 2, new Writer().u64(1).done()],
    ["no box", 0, new Uint8Array(0)],
    ["half a box", 0, new Uint8Array(7)],
    ["half a distance", 0, new Writer().u64(1).u16(1).done()],
    ["the same box twice", 0, new Writer().u64(1).u32(0).done()],
    ["boxes that fall", 0, new Writer().u64(1).u32(4).u32(3).done()],
    ["more boxes than may be", 0, new Writer().u64(1).u32(1).u32(2).u32(3).u32(4).u32(5).u32(6).done()],
    ["a box beyond all counting", 0, new Uint8Array(8).fill(255)],
  ] as const)("is malformed with %s", (_, flags, bytes) => {
    expect(() => declarationOf(declared(flags, bytes))).toThrow(WireError)
  })
})
