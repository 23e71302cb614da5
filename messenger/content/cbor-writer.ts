import { Writer } from "../../shared/bytes.ts"
import { utf8 } from "../../shared/text.ts"
import { ARRAY, BYTES, FALSE, MAP, NEGATIVE, NULL, SIMPLE, TEXT, TRUE, UINT } from "./cbor-types.ts"

/** Writes what CborReader reads. A number that does not fit is our own bug and throws a RangeError. */
export class CborWriter {
  readonly #writer = new Writer()

  uint(value: number): this {
    return this.#head(UINT, value)
  }

  bytes(value: Uint8Array): this {
    this.#head(BYTES, value.length)
    this.#writer.put(value)
    return this
  }

  text(value: string): this {
    const bytes = utf8(value)
    this.#head(TEXT, bytes.length)
    this.#writer.put(bytes)
    return this
  }

  bool(value: boolean): this {
    return this.#head(SIMPLE, value ? TRUE : FALSE)
  }

  orNull<T>(value: T | null, write: (value: T) => void): this {
    if (value === null) this.#head(SIMPLE, NULL)
    else write(value)
    return this
  }

  array(count: number): this {
    return this.#head(ARRAY, count)
  }

  /** The caller writes `count` pairs, sorted by the encoded bytes of their keys. */
  map(count: number): this {
    return this.#head(MAP, count)
  }

  key(value: number | string): this {
    if (typeof value === "string") return this.text(value)
    return value < 0 ? this.#head(NEGATIVE, -1 - value) : this.#head(UINT, value)
  }

  /** An item that is encoded already. */
  item(encoded: Uint8Array): this {
    this.#writer.put(encoded)
    return this
  }

  done(): Uint8Array {
    return this.#writer.done()
  }

  #head(major: number, argument: number): this {
    const first = major << 5
    if (argument < 24) this.#writer.u8(first + argument)
    else if (argument < 2 ** 8) this.#writer.u8(first + 24).u8(argument)
    else if (argument < 2 ** 16) this.#writer.u8(first + 25).u16(argument)
    else if (argument < 2 ** 32) this.#writer.u8(first + 26).u32(argument)
    else this.#writer.u8(first + 27).u64(argument)
    return this
  }
}
