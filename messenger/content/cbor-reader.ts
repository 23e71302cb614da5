import { compareBytes, Reader, WireError } from "../../shared/bytes.ts"
import { fromUtf8 } from "../../shared/text.ts"
import { mustBeShortestDouble, mustBeShortestSingle } from "./cbor-float.ts"
import { ARRAY, BYTES, FALSE, MAP, NEGATIVE, NULL_BYTE, SIMPLE, TEXT, TRUE, UINT } from "./cbor-types.ts"

/**
 * CBOR (RFC 8949) in its one deterministic encoding (section 4.2.1), as far as message content needs it. A decoder
 * of a general library does not serve: it takes wrong UTF-8 and unsorted keys, and turns 1.0 into 1, so that what it
 * does not know would not come out as it came in. cborg checks this file in the tests.
 */

/** The first bytes of an item. `argument` is exact up to 2^53, and above it only known to be above. */
interface Head {
  readonly major: number
  readonly info: number
  readonly argument: number
}

/** Reads items in order and throws WireError for everything that is not deterministic CBOR of the wanted type. */
export class CborReader {
  readonly #bytes: Uint8Array
  readonly #reader: Reader

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#reader = new Reader(bytes)
  }

  uint(max = Number.MAX_SAFE_INTEGER): number {
    const value = this.#expect(UINT)
    if (value > max) throw new WireError()
    return value
  }

  bool(): boolean {
    const { major, info } = this.#head()
    if (major !== SIMPLE || (info !== FALSE && info !== TRUE)) throw new WireError()
    return info === TRUE
  }

  bytes(max: number, min = 0): Uint8Array {
    const length = this.#expect(BYTES)
    if (length > max || length < min) throw new WireError()
    return this.#reader.take(length)
  }

  /** UTF-8; `max` and `min` count its bytes. */
  text(max: number, min = 0): string {
    const length = this.#expect(TEXT)
    if (length > max || length < min) throw new WireError()
    return this.#utf8(length)
  }

  /** The number of items that follow. It never exceeds the bytes that are left, so a count alone costs nothing. */
  array(): number {
    return this.#count(this.#expect(ARRAY), 1)
  }

  /** The number of pairs that follow; the caller reads each with key() and a value, and checks the order with KeyOrder. */
  map(): number {
    return this.#count(this.#expect(MAP), 2)
  }

  /** Null, or what `read` finds there. */
  orNull<T>(read: () => T): T | null {
    if (this.#bytes[this.#at] !== NULL_BYTE) return read()
    this.#head()
    return null
  }

  /** A map key: a text of 1 to 255 bytes, or an integer that a double holds exactly. */
  key(): number | string {
    const { major, argument } = this.#head()
    if (major === TEXT) {
      if (argument < 1 || argument > 255) throw new WireError()
      return this.#utf8(argument)
    }
    return integer(major, argument)
  }

  /** The bytes of any one item, with at most `levels` arrays, maps and tags inside each other. */
  item(levels: number): Uint8Array {
    const from = this.#at
    this.#skip(levels)
    return this.#bytes.slice(from, this.#at)
  }

  end(): void {
    this.#reader.end()
  }

  get #at(): number {
    return this.#bytes.length - this.#reader.left
  }

  #expect(wanted: number): number {
    const { major, argument } = this.#head()
    if (major !== wanted) throw new WireError()
    return argument
  }

  #count(count: number, itemsEach: number): number {
    if (count * itemsEach > this.#reader.left) throw new WireError()
    return count
  }

  #utf8(length: number): string {
    const bytes = this.#reader.take(length)
    try {
      return fromUtf8(bytes)
    } catch {
      throw new WireError()
    }
  }

  #head(): Head {
    const first = this.#reader.u8()
    const major = first >> 5
    const info = first & 31
    if (info < 24) return { major, info, argument: info }
    if (info > 27) throw new WireError() // reserved, or of indefinite length
    if (major === SIMPLE) return { major, info, argument: 0 }
    const [argument, least] =
      info === 24 ? [this.#reader.u8(), 24]
      : info === 25 ? [this.#reader.u16(), 2 ** 8]
      : info === 26 ? [this.#reader.u32(), 2 ** 16]
      : [this.#reader.u32() * 2 ** 32 + this.#reader.u32(), 2 ** 32]
    if (argument < least) throw new WireError()
    return { major, info, argument }
  }

  #skip(levels: number): void {
    const { major, info, argument } = this.#head()
    if (major === BYTES) this.#reader.take(argument)
    else if (major === TEXT) this.#utf8(argument)
    else if (major === SIMPLE) this.#skipSimple(info)
    else if (major >= ARRAY) {
      if (levels === 0) throw new WireError()
      if (major === ARRAY) for (let i = this.#count(argument, 1); i > 0; i--) this.#skip(levels - 1)
      else if (major === MAP) this.#skipPairs(this.#count(argument, 2), levels - 1)
      else if (argument === 2 || argument === 3) this.#skipBignum()
      else this.#skip(levels - 1)
    }
  }

  /** Keys inside an extension may be byte strings, too (draft-ietf-mimi-content-08 section 6.2). */
  #skipPairs(count: number, levels: number): void {
    const order = new KeyOrder()
    for (let i = 0; i < count; i++) {
      const from = this.#at
      const { major, argument } = this.#head()
      if (major === BYTES) this.#reader.take(argument)
      else if (major === TEXT) this.#utf8(argument)
      else integer(major, argument)
      order.next(this.#bytes.subarray(from, this.#at))
      this.#skip(levels)
    }
  }

  /** What fits an integer must be one (RFC 8949 section 3.4.3). */
  #skipBignum(): void {
    const length = this.#expect(BYTES)
    if (length < 9 || this.#reader.take(length)[0] === 0) throw new WireError()
  }

  #skipSimple(info: number): void {
    if (info === 24) {
      if (this.#reader.u8() < 32) throw new WireError()
    } else if (info === 25) {
      const bits = this.#reader.u16()
      if ((bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0 && bits !== 0x7e00) throw new WireError()
    } else if (info === 26) {
      mustBeShortestSingle(this.#reader.u32())
    } else if (info === 27) {
      mustBeShortestDouble(this.#reader.u32(), this.#reader.u32())
    }
  }
}

/** Keys of a map must rise by their encoded bytes; equal ones are thereby refused. */
export class KeyOrder {
  #last: Uint8Array | null = null

  next(encoded: Uint8Array): void {
    if (this.#last !== null && compareBytes(this.#last, encoded) >= 0) throw new WireError()
    this.#last = encoded
  }
}

function integer(major: number, argument: number): number {
  const value = major === UINT ? argument : major === NEGATIVE ? -1 - argument : Number.NaN
  if (!Number.isSafeInteger(value)) throw new WireError()
  return value
}
