import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { BlockRecord, Unfinished } from "../../messenger/records.ts"
import { blockOf, joinRecords, packRecords, RECORD_TYPES, soleRecord } from "../../messenger/records.ts"
import { concat, toHex, WireError, Writer } from "../../shared/bytes.ts"
import * as geometry from "../../shared/geometry.ts"
import type { Block } from "../../shared/names.ts"
import { sized } from "../../shared/names.ts"
import { seeded } from "../nodes/seeded.ts"
import { flipped } from "../shared/codec.ts"

const random = seeded("records")
const MAX = geometry.RECORD_BYTES_MAX
const TYPES = ["message", "confirmation", "bundle", "answer"] as const
const CODES = { message: 1, confirmation: 2, bundle: 3, answer: 4 } as const

const record = (length: number, type: BlockRecord["type"] = "message"): BlockRecord => ({ type, bytes: random(length) })
const text = ({ type, bytes }: BlockRecord) => `${type} ${toHex(bytes)}`

/** A block of pieces as a stranger might write it: each type, flags, and bytes. */
function blockFrom(...pieces: readonly (readonly [type: number, flags: number, bytes: Uint8Array])[]): Block {
  const writer = new Writer()
  for (const [type, flags, bytes] of pieces) writer.u8(type).u8(flags).bytes16(bytes)
  const written = writer.done()
  return sized("Block", concat(written, new Uint8Array(geometry.BLOCK_LENGTH - written.length)))
}

/** All records of a row of blocks, and what is left over at the end. */
function joined(blocks: readonly Block[]): { records: BlockRecord[]; unfinished: Unfinished | null; each: BlockRecord[][] } {
  let unfinished: Unfinished | null = null
  const each: BlockRecord[][] = []
  for (const block of blocks) {
    const step = joinRecords(block, unfinished)
    each.push(step.records)
    unfinished = step.unfinished
  }
  return { records: each.flat(), unfinished, each }
}

/** Lengths around those at which something changes: nothing, the least piece, a whole block, and more. */
const lengths = fc.oneof(
  fc.integer({ min: 0, max: 200 }),
  fc.integer({ min: MAX - 70, max: MAX + 70 }),
  fc.integer({ min: 0, max: 3 * MAX }),
)
const lists = fc.array(fc.record({ type: fc.constantFrom(...TYPES), length: lengths }), { maxLength: 12 }).map((all) => all.map(({ type, length }) => record(length, type)))

describe("records in blocks", () => {
  test("whatever list is packed comes out again, in order, and nothing is left over", () => {
    fc.assert(fc.property(lists, (records) => {
      const { records: again, unfinished } = joined(packRecords(records).map(({ block }) => block))
      expect(again.map(text)).toEqual(records.map(text))
      expect(unfinished).toBeNull()
    }), { numRuns: 200 })
  })

  test("each comes out with the block that it is said to end in", () => {
    fc.assert(fc.property(lists, (records) => {
      const packed = packRecords(records)
      const { each } = joined(packed.map(({ block }) => block))
      each.forEach((found, i) => expect(found.map(text)).toEqual(packed[i]!.ends.map((position) => text(records[position]!))))
      expect(packed.flatMap(({ ends }) => ends)).toEqual(records.map((_, position) => position))
    }), { numRuns: 100 })
  })

  test("take few blocks: of each but the last no more stays free than a cut is worth", () => {
    fc.assert(fc.property(lists, (records) => {
      const packed = packRecords(records)
      const needed = records.reduce((sum, { bytes }) => sum + geometry.RECORD_HEADER_LENGTH + bytes.length, 0)
      // A block is closed early only where fewer than 64 bytes of the next record would have fitted in; a cut costs a header more.
      const worth = geometry.BLOCK_LENGTH - 64 - 2 * geometry.RECORD_HEADER_LENGTH
      expect(packed.length).toBeLessThanOrEqual(Math.max(1, Math.ceil(needed / worth)))
      for (const { block } of packed) expect(block).toHaveLength(geometry.BLOCK_LENGTH)
    }), { numRuns: 100 })
  })

  test("none make one block of zeros, which holds nothing", () => {
    const packed = packRecords([])
    expect(packed).toHaveLength(1)
    expect(packed[0]!.block.every((byte) => byte === 0)).toBe(true)
    expect(packed[0]!.ends).toEqual([])
    expect(joinRecords(packed[0]!.block, null)).toEqual({ records: [], unfinished: null })
  })

  test("lie in their bytes as specified", () => {
    const [{ block } = { block: null }] = packRecords([{ type: "confirmation", bytes: Uint8Array.of(7, 8) }, { type: "answer", bytes: new Uint8Array(0) }])
    expect(toHex(block!.slice(0, 12))).toBe("02000002" + "0708" + "04000000" + "0000")
    for (const type of TYPES) expect(blockOf({ type, bytes: Uint8Array.of(1) })[0]).toBe(CODES[type])
  })

  test("of the longest length fill one block to its last byte, and of one more take two", () => {
    const whole = packRecords([record(MAX)])
    expect(whole).toHaveLength(1)
    const longer = record(MAX + 1)
    const two = packRecords([longer])
    expect(two).toHaveLength(2)
    expect(two.map(({ ends }) => ends)).toEqual([[], [0]])
    expect(joined(two.map(({ block }) => block)).records.map(text)).toEqual([text(longer)])
  })

  test("cut over several blocks are a first, middle and last piece, by their flags", () => {
    const packed = packRecords([record(2 * MAX + 100)])
    expect(packed.map(({ block }) => block[1])).toEqual([2, 3, 1])
    const before = joined(packed.slice(0, 2).map(({ block }) => block))
    expect(before.records).toEqual([])
    expect(before.unfinished?.parts).toHaveLength(2)
  })

  test("are not cut for the sake of a piece below 64 bytes", () => {
    // 63 bytes are left behind the first record's header and the second's: it begins in a block of its own.
    const left = (length: number) => packRecords([record(MAX - geometry.RECORD_HEADER_LENGTH - length), record(100)])
    expect(left(63).map(({ ends }) => ends)).toEqual([[0], [1]])
    expect(left(63)[1]!.block[1]).toBe(0)
    expect(left(64)[1]!.block[1]).toBe(1)
    // What fits whole is not put off, however small.
    expect(packRecords([record(MAX - geometry.RECORD_HEADER_LENGTH - 5), record(5)])).toHaveLength(1)
  })
})

describe("pieces that do not follow each other", () => {
  const long = record(2 * MAX + 100)
  const [first, middle, last] = packRecords([long]).map(({ block }) => block) as [Block, Block, Block]
  const whole = blockFrom([1, 0, Uint8Array.of(9)])

  test.each([
    ["a middle without a first", [middle]],
    ["a last without a first", [last]],
    ["a middle and a last without a first", [middle, last]],
    ["a first that another first follows", [first, first]],
  ])("are dropped: %s", (_, blocks) => {
    expect(joined(blocks).records).toEqual([])
  })

  test("are dropped without harm to what comes behind them", () => {
    expect(joined([last, whole]).records.map(({ bytes }) => [...bytes])).toEqual([[9]])
    expect(joined([first, first, middle, last]).records.map(text)).toEqual([text(long)])
    expect(joined([last, first, middle, last]).records.map(text)).toEqual([text(long)])
    // A record that is cut off by a whole one is gone, and its end is dropped.
    expect(joined([first, whole, last]).records.map(({ bytes }) => [...bytes])).toEqual([[9]])
  })

  test("of different types do not make one record", () => {
    const of = (type: number) => [blockFrom([type, 2, Uint8Array.of(1)]), blockFrom([1, 1, Uint8Array.of(2)])]
    expect(joined(of(1)).records.map(({ bytes }) => [...bytes])).toEqual([[1, 2]])
    expect(joined(of(2)).records).toEqual([])
  })

  test("wait over blocks that hold none of them", () => {
    const empty = blockFrom()
    expect(joined([first, empty, middle, empty, last]).records.map(text)).toEqual([text(long)])
  })
})

describe("a block from a stranger", () => {
  test("with records of types that are not known here is read without them", () => {
    const known = [1, 0, Uint8Array.of(5)] as const
    const unknown = [12, 17, 99, 255].filter((type) => !Object.values<number>(RECORD_TYPES).includes(type))
    expect(unknown.length).toBeGreaterThan(1)
    for (const type of unknown) {
      const { records } = joinRecords(blockFrom([type, 0, random(10)], known, [type, 2, random(3)], [type, 1, random(3)]), null)
      expect(records.map(({ bytes }) => [...bytes])).toEqual([[5]])
    }
  })

  test("in which unknown records stand between the pieces of a known one is read all the same", () => {
    const { records } = joinRecords(blockFrom([1, 2, Uint8Array.of(1)], [77, 0, random(5)], [1, 1, Uint8Array.of(2)]), null)
    expect(records.map(({ bytes }) => [...bytes])).toEqual([[1, 2]])
  })

  test.each([4, 8, 128, 255])("with the flags %d is refused", (flags) => {
    for (const type of [1, 99]) expect(() => joinRecords(blockFrom([type, flags, random(3)]), null)).toThrow(WireError)
  })

  test("whose record is longer than what is left of it is refused", () => {
    const cut = (length: number) => {
      const header = new Writer().u8(1).u8(0).u16(length).done()
      return sized("Block", concat(header, new Uint8Array(geometry.BLOCK_LENGTH - header.length)))
    }
    expect(joinRecords(cut(MAX), null).records).toHaveLength(1)
    expect(() => joinRecords(cut(MAX + 1), null)).toThrow(WireError)
    expect(() => joinRecords(cut(0xffff), null)).toThrow(WireError)
  })

  test("with anything but zeros behind its records is refused", () => {
    const block = blockFrom([1, 0, Uint8Array.of(5)])
    for (const at of [6, 7, 8, 100, geometry.BLOCK_LENGTH - 1]) {
      const changed = Uint8Array.from(block)
      changed[at] = 1
      expect(() => joinRecords(sized("Block", changed), null), `byte ${at}`).toThrow(WireError)
    }
  })

  test("that fewer bytes than a header end must end in zeros", () => {
    const pieces = (bytes: number) => blockFrom([1, 0, new Uint8Array(MAX - bytes)])
    for (const left of [1, 2, 3]) {
      const block = Uint8Array.from(pieces(left))
      expect(joinRecords(sized("Block", block), null).records).toHaveLength(1)
      block[geometry.BLOCK_LENGTH - 1] = 1
      expect(() => joinRecords(sized("Block", block), null)).toThrow(WireError)
    }
  })

  test("with any bit flipped is refused or read, and is never anything else", () => {
    const { block } = packRecords([record(20), record(30, "confirmation"), record(40, "bundle")])[0]!
    let refused = 0
    for (let bit = 0; bit < 8 * 200; bit++) {
      try {
        joinRecords(sized("Block", flipped(block, bit)), null)
      } catch (error) {
        expect(error).toBeInstanceOf(WireError)
        refused++
      }
    }
    expect(refused).toBeGreaterThan(8 * 90)
  })

  test("full of random bytes is refused or read, and is never anything else", () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), (bytes) => {
      const block = sized("Block", concat(bytes, new Uint8Array(geometry.BLOCK_LENGTH - bytes.length)))
      try {
        joinRecords(block, { type: "message", parts: [Uint8Array.of(1)] })
      } catch (error) {
        expect(error).toBeInstanceOf(WireError)
      }
    }), { numRuns: 500 })
  })

  test("that goes on with a record beyond 256 KiB is refused", () => {
    const piece = (flags: number) => blockFrom([1, flags, new Uint8Array(MAX)])
    let unfinished = joinRecords(piece(2), null).unfinished
    let blocks = 1
    for (; ; blocks++) {
      try {
        unfinished = joinRecords(piece(3), unfinished).unfinished
      } catch (error) {
        expect(error).toBeInstanceOf(WireError)
        break
      }
    }
    expect(blocks).toBe(Math.floor((256 * 1024) / MAX))
  })

  test("that goes on with ever more pieces, empty or of one byte, is refused before they are many", () => {
    for (const length of [0, 1]) {
      const middle = Array.from({ length: 600 }, () => [CODES.message, 3, new Uint8Array(length)] as const)
      expect(() => joinRecords(blockFrom([CODES.message, 2, random(1)], ...middle), null)).toThrow(WireError)
    }
  })
})

describe("the one record of a block", () => {
  const bytes = random(50)

  test("is read where it is whole, alone, and of the type expected", () => {
    expect(toHex(soleRecord(blockOf({ type: "bundle", bytes }), "bundle"))).toBe(toHex(bytes))
    expect(toHex(soleRecord(blockOf(record(MAX, "bundle")), "bundle"))).toHaveLength(2 * MAX)
  })

  test.each([
    ["of another type", blockFrom([4, 0, bytes])],
    ["that is a first piece", blockFrom([3, 2, bytes])],
    ["that is a last piece", blockFrom([3, 1, bytes])],
    ["that is a middle piece", blockFrom([3, 3, bytes])],
    ["that another follows", blockFrom([3, 0, bytes], [3, 0, bytes])],
    ["that another follows, of another type", blockFrom([3, 0, bytes], [1, 0, bytes])],
    ["that is not there", blockFrom()],
  ])("is refused: one %s", (_, block) => {
    expect(() => soleRecord(block, "bundle")).toThrow(WireError)
  })

  test("longer than a block is a mistake of ours", () => {
    expect(() => blockOf(record(MAX + 1))).toThrow(RangeError)
    expect(blockOf(record(MAX))).toHaveLength(geometry.BLOCK_LENGTH)
  })
})
