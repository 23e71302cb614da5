import { fromUtf8, utf8 } from "./text.ts"

/** The one error that hostile or damaged bytes cause. It never says anything of their content. */
export class WireError extends Error {
  override readonly name = "WireError"
  constructor() {
    super("malformed bytes")
  }
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const all = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** For public values only: it stops at the first difference. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** For secrets: its time depends on the length alone. */
export function sameSecret(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!
  return difference === 0
}

/** Order of byte strings, shorter first where one begins the other. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) {
    const difference = a[i]! - b[i]!
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"))

export function toHex(bytes: Uint8Array): string {
  let text = ""
  for (const byte of bytes) text += HEX[byte]!
  return text
}

export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) throw new WireError()
  const bytes = new Uint8Array(text.length / 2)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16)
  return bytes
}

/** Reads big-endian integers and byte strings in order. Every decoder ends with end(). */
export class Reader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  /** A copy of the next `length` bytes. */
  take(length: number): Uint8Array {
    if (length < 0 || this.left < length) throw new WireError()
    const part = this.#bytes.slice(this.#at, this.#at + length)
    this.#at += length
    return part
  }

  u8(): number {
    if (this.left < 1) throw new WireError()
    return this.#bytes[this.#at++]!
  }

  u16(): number {
    return this.u8() * 0x100 + this.u8()
  }

  u32(): number {
    return this.u16() * 0x10000 + this.u16()
  }

  /** An unsigned 64-bit integer that fits a double exactly; more is malformed. */
  u64(): number {
    const high = this.u32()
    if (high >= 0x200000) throw new WireError()
    return high * 0x100000000 + this.u32()
  }

  /** Bytes behind a length of two bytes. */
  bytes16(max = 0xffff): Uint8Array {
    const length = this.u16()
    if (length > max) throw new WireError()
    return this.take(length)
  }

  /** Bytes behind a length of four bytes. */
  bytes32(max: number): Uint8Array {
    const length = this.u32()
    if (length > max) throw new WireError()
    return this.take(length)
  }

  /** UTF-8 behind a length of two bytes. */
  text16(max = 0xffff): string {
    const bytes = this.bytes16(max)
    try {
      return fromUtf8(bytes)
    } catch {
      throw new WireError()
    }
  }

  /** Only zeros may follow here. */
  zeros(length: number): void {
    if (length < 0 || this.left < length) throw new WireError()
    const end = this.#at + length
    let any = 0
    while (this.#at < end) any |= this.#bytes[this.#at++]!
    if (any !== 0) throw new WireError()
  }

  rest(): Uint8Array {
    return this.take(this.left)
  }

  end(): void {
    if (this.left !== 0) throw new WireError()
  }
}

/** Writes what Reader reads. A value that does not fit is our own bug and throws a RangeError. */
export class Writer {
  readonly #parts: Uint8Array[] = []

  put(bytes: Uint8Array): this {
    this.#parts.push(bytes)
    return this
  }

  u8(value: number): this {
    return this.#integer(value, 1)
  }

  u16(value: number): this {
    return this.#integer(value, 2)
  }

  u32(value: number): this {
    return this.#integer(value, 4)
  }

  u64(value: number): this {
    return this.#integer(value, 8)
  }

  bytes16(bytes: Uint8Array): this {
    return this.u16(bytes.length).put(bytes)
  }

  bytes32(bytes: Uint8Array): this {
    return this.u32(bytes.length).put(bytes)
  }

  text16(text: string): this {
    return this.bytes16(utf8(text))
  }

  zeros(length: number): this {
    return this.put(new Uint8Array(length))
  }

  done(): Uint8Array {
    return concat(...this.#parts)
  }

  #integer(value: number, length: number): this {
    if (!Number.isSafeInteger(value) || value < 0 || value >= 2 ** (8 * length)) throw new RangeError("integer out of range")
    const bytes = new Uint8Array(length)
    let left = value
    for (let i = length - 1; i >= 0; i--) {
      bytes[i] = left % 256
      left = Math.floor(left / 256)
    }
    this.#parts.push(bytes)
    return this
  }
}
