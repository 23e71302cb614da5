import { WireError } from "../shared/bytes.ts"

/** Base32 of RFC 4648 section 6: upper case, so that a QR code holds it in alphanumeric mode, and without padding. */
export const BASE32_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
const BITS = 5

/** The text of bytes whose number is a multiple of 5, so that no bits are left over. Throws a RangeError for others. */
export function toBase32(bytes: Uint8Array): string {
  if (bytes.length % BITS !== 0) throw new RangeError("bytes that do not fill base32")
  let text = ""
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    bits = (bits << 8) | byte
    for (held += 8; held >= BITS; held -= BITS) text += BASE32_ALPHABET[(bits >> (held - BITS)) & 31]!
    bits &= (1 << held) - 1
  }
  return text
}

/** Throws WireError for other characters, and for lengths that are not a multiple of 8. */
export function fromBase32(text: string): Uint8Array {
  if (text.length % 8 !== 0) throw new WireError()
  const bytes = new Uint8Array((text.length * BITS) / 8)
  let bits = 0
  let held = 0
  let at = 0
  for (const character of text) {
    const value = BASE32_ALPHABET.indexOf(character)
    if (value < 0) throw new WireError()
    bits = (bits << BITS) | value
    held += BITS
    if (held >= 8) {
      held -= 8
      bytes[at++] = bits >> held
      bits &= (1 << held) - 1
    }
  }
  return bytes
}
