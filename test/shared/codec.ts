import { expect } from "vitest"
import { concat, sameBytes, WireError } from "../../shared/bytes.ts"

/** What a decoder says of bytes: the value, or that they are malformed. Any other error is a failure of the test. */
export function decodedOrRefused<T>(bytes: Uint8Array, decode: (bytes: Uint8Array) => T): T | WireError {
  try {
    return decode(bytes)
  } catch (error) {
    if (error instanceof WireError) return error
    throw error
  }
}

/** Every shorter length and one byte more must be refused. `step` skips lengths of long formats, never the first and last 64. */
export function refusesOtherLengths(bytes: Uint8Array, decode: (bytes: Uint8Array) => unknown, step = 1): void {
  for (let length = 0; length < bytes.length; length++) {
    if (length > 64 && length < bytes.length - 64 && length % step !== 0) continue
    const short = bytes.slice(0, length)
    expect(decodedOrRefused(short, decode), `cut to ${length}`).toBeInstanceOf(WireError)
  }
  for (const more of [0, 1, 255]) expect(decodedOrRefused(concat(bytes, Uint8Array.of(more)), decode)).toBeInstanceOf(WireError)
}

/**
 * Each bit flipped is refused or another value: what decodes is encoded to the very bytes that it came from, so that no two byte
 * strings mean the same. Returns at which bits something was still read.
 */
export function refusesOrDiffers<T>(bytes: Uint8Array, decode: (bytes: Uint8Array) => T, encode: (value: T) => Uint8Array): number[] {
  const read: number[] = []
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const changed = flipped(bytes, bit)
    const value = decodedOrRefused(changed, decode)
    if (value instanceof WireError) continue
    read.push(bit)
    if (!sameBytes(encode(value), changed)) expect.fail(`bit ${bit} makes no difference`)
  }
  return read
}

export function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const changed = Uint8Array.from(bytes)
  changed[bit >> 3]! ^= 1 << (bit & 7)
  return changed
}

/** A copy in which the bytes at an offset are others. */
export function replaced(bytes: Uint8Array, offset: number, ...others: readonly number[]): Uint8Array {
  const changed = Uint8Array.from(bytes)
  changed.set(others, offset)
  return changed
}
