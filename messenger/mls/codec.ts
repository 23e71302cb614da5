import type { Decoder } from "ts-mls/codec/tlsDecoder.js"
import type { Encoder } from "ts-mls/codec/tlsEncoder.js"
import { sameBytes, WireError } from "../../shared/bytes.ts"

/**
 * Decodes what must be exactly one canonical encoding. The library's decoders leave trailing bytes, accept lengths that are longer than
 * necessary (which RFC 9420 section 2.1.2 forbids), throw or return undefined, and keep views of their input; this takes a
 * copy and throws WireError for all of it.
 */
export function decodeExactly<T>(decode: Decoder<T>, encode: Encoder<T>, bytes: Uint8Array, max: number): T {
  if (bytes.length > max) throw new WireError()
  const copy = bytes.slice()
  let decoded: [T, number] | undefined
  let again: Uint8Array
  try {
    decoded = decode(copy, 0)
    if (decoded === undefined) throw new WireError()
    again = encode(decoded[0])
  } catch {
    throw new WireError()
  }
  if (!sameBytes(again, bytes)) throw new WireError()
  return decoded[0]
}
