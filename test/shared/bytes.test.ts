import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { compareBytes, concat, fromHex, Reader, sameBytes, sameSecret, toHex, WireError, Writer } from "../../shared/bytes.ts"
import { decodedOrRefused } from "./codec.ts"

const bytes = (max = 40) => fc.uint8Array({ maxLength: max })
const malformed = (work: () => unknown) => expect(work).toThrow(WireError)

describe("byte strings", () => {
  test("are put one after the other in a copy", () => {
    fc.assert(fc.property(fc.array(bytes()), (parts) => {
      const all = concat(...parts)
      expect([...all]).toEqual(parts.flatMap((part) => [...part]))
    }))
    const part = Uint8Array.of(1)
    concat(part)[0] = 2
    expect(part[0]).toBe(1)
  })

  test("are the same where every byte is, for public values and for secrets", () => {
    fc.assert(fc.property(bytes(), bytes(), (a, b) => {
      const same = toHex(a) === toHex(b)
      expect(sameBytes(a, b)).toBe(same)
      expect(sameSecret(a, b)).toBe(same)
      expect(sameBytes(a, a.slice())).toBe(true)
      expect(sameSecret(a, a.slice())).toBe(true)
    }))
  })

  test("that differ in one bit are not the same", () => {
    const one = new Uint8Array(32)
    for (let bit = 0; bit < 256; bit++) {
      const other = new Uint8Array(32)
      other[bit >> 3] = 1 << (bit & 7)
      expect(sameBytes(one, other)).toBe(false)
      expect(sameSecret(one, other)).toBe(false)
    }
  })

  test("are ordered as their hex is", () => {
    fc.assert(fc.property(bytes(4), bytes(4), (a, b) => {
      const expected = toHex(a) < toHex(b) ? -1 : toHex(a) > toHex(b) ? 1 : 0
      expect(Math.sign(compareBytes(a, b))).toBe(expected)
      // As a sum, since 0 and -0 are not the same to toBe.
      expect(Math.sign(compareBytes(a, b)) + Math.sign(compareBytes(b, a))).toBe(0)
    }))
    expect(compareBytes(Uint8Array.of(1), Uint8Array.of(1, 0))).toBeLessThan(0)
    expect(compareBytes(Uint8Array.of(2), Uint8Array.of(1, 255))).toBeGreaterThan(0)
  })

  test("come back from hex, in either case", () => {
    fc.assert(fc.property(bytes(), (value) => {
      expect(toHex(value)).toBe(Buffer.from(value).toString("hex"))
      expect(fromHex(toHex(value))).toEqual(value)
      expect(fromHex(toHex(value).toUpperCase())).toEqual(value)
    }))
  })

  test.each(["0", "0g", "+1", "0x", " 1", "1 ", "00\n", "é0", "-1", "0.", "１２"])("are not made of %j", (text) => malformed(() => fromHex(text)))
})

/** One step of writing and reading; values are drawn from the whole range. */
type Step = readonly ["u8" | "u16" | "u32" | "u64", number] | readonly ["put" | "bytes16" | "bytes32", Uint8Array] | readonly ["text16", string] | readonly ["zeros", number]
const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(fc.constant("u8" as const), fc.integer({ min: 0, max: 0xff })),
  fc.tuple(fc.constant("u16" as const), fc.integer({ min: 0, max: 0xffff })),
  fc.tuple(fc.constant("u32" as const), fc.integer({ min: 0, max: 0xffffffff })),
  fc.tuple(fc.constant("u64" as const), fc.maxSafeNat()),
  fc.tuple(fc.constantFrom("put" as const, "bytes16" as const, "bytes32" as const), bytes(300)),
  fc.tuple(fc.constant("text16" as const), fc.string({ unit: "grapheme" })),
  fc.tuple(fc.constant("zeros" as const), fc.integer({ min: 0, max: 20 })),
)

function write(writer: Writer, [kind, value]: Step): void {
  writer[kind](value as never)
}

function read(reader: Reader, [kind, value]: Step): unknown {
  if (kind === "put") return reader.take(value.length)
  if (kind === "bytes32") return reader.bytes32(300)
  if (kind === "zeros") return reader.zeros(value) ?? value
  return reader[kind]()
}

describe("the reader and the writer of bytes", () => {
  test("whatever was written in order is read in the same order, and nothing is left", () => {
    fc.assert(fc.property(fc.array(steps), (written) => {
      const writer = new Writer()
      for (const step of written) write(writer, step)
      const reader = new Reader(writer.done())
      for (const step of written) expect(read(reader, step)).toEqual(step[1])
      expect(reader.left).toBe(0)
      reader.end()
    }))
  })

  test("whatever was written is not read from any shorter bytes", () => {
    fc.assert(fc.property(fc.array(steps, { minLength: 1, maxLength: 6 }), (written) => {
      const writer = new Writer()
      for (const step of written) write(writer, step)
      const whole = writer.done()
      for (let length = 0; length < whole.length; length++) {
        const result = decodedOrRefused(whole.slice(0, length), (short) => {
          const reader = new Reader(short)
          for (const step of written) read(reader, step)
        })
        expect(result).toBeInstanceOf(WireError)
      }
    }), { numRuns: 30 })
  })

  test("integers are big-endian", () => {
    const written = new Writer().u8(1).u16(0x0203).u32(0x04050607).u64(0x0008090a0b0c0d0e).done()
    expect(toHex(written)).toBe("01020304050607" + "0008090a0b0c0d0e")
  })

  test.each([
    ["u8", 256], ["u8", -1], ["u8", 0.5], ["u8", NaN],
    ["u16", 65_536], ["u16", -1],
    ["u32", 2 ** 32], ["u32", -1], ["u32", Infinity],
    ["u64", 2 ** 53], ["u64", -1], ["u64", 2 ** 64],
  ] as const)("%s of %d is a mistake of ours", (kind, value) => {
    expect(() => new Writer()[kind](value)).toThrow(RangeError)
  })

  test("an integer of 64 bits that no double holds is malformed", () => {
    expect(new Reader(fromHex("001fffffffffffff")).u64()).toBe(Number.MAX_SAFE_INTEGER)
    for (const text of ["0020000000000000", "8000000000000000", "ffffffffffffffff"]) malformed(() => new Reader(fromHex(text)).u64())
  })

  test("text that is not UTF-8 is malformed, and a byte order mark is a part of it", () => {
    for (const text of ["80", "c3", "c080", "eda080", "f4908080", "ff"]) malformed(() => new Reader(new Writer().bytes16(fromHex(text)).done()).text16())
    expect(new Reader(new Writer().bytes16(fromHex("efbbbf61")).done()).text16()).toBe("\ufeffa")
  })

  test("more bytes than allowed are malformed even if they are there", () => {
    const short = new Writer().bytes16(new Uint8Array(9)).done()
    expect(new Reader(short).bytes16(9)).toHaveLength(9)
    malformed(() => new Reader(short).bytes16(8))
    malformed(() => new Reader(short).text16(8))
    const long = new Writer().bytes32(new Uint8Array(9)).done()
    expect(new Reader(long).bytes32(9)).toHaveLength(9)
    malformed(() => new Reader(long).bytes32(8))
  })

  test("a length of 4 GB behind which nothing stands costs nothing", () => {
    malformed(() => new Reader(fromHex("ffffffff")).bytes32(0xffffffff))
    malformed(() => new Reader(new Uint8Array(4)).take(-1))
  })

  test("zeros are zeros in every place", () => {
    for (let at = 0; at < 5; at++) malformed(() => new Reader(Uint8Array.from({ length: 5 }, (_, i) => (i === at ? 1 : 0))).zeros(5))
    malformed(() => new Reader(new Uint8Array(4)).zeros(5))
  })

  test("what is read is a copy, and the rest is all of it", () => {
    const source = Uint8Array.of(1, 2, 3, 4)
    const reader = new Reader(source)
    reader.take(1)[0] = 9
    const rest = reader.rest()
    rest[0] = 9
    expect([...source]).toEqual([1, 2, 3, 4])
    expect(rest).toHaveLength(3)
    reader.end()
  })

  test("something left over is malformed", () => {
    const reader = new Reader(Uint8Array.of(1, 2))
    reader.u8()
    malformed(() => reader.end())
  })

  test("the error says nothing of the bytes", () => {
    const error = decodedOrRefused(Uint8Array.of(7), (short) => new Reader(short).u64())
    expect(error).toBeInstanceOf(WireError)
    expect(String(error)).toBe("WireError: malformed bytes")
  })
})
