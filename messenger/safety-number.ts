import { sha512 } from "@noble/hashes/sha2.js"
import { compareBytes, concat, Reader, Writer } from "../shared/bytes.ts"
import { KEY_LENGTH } from "../shared/geometry.ts"
import { utf8 } from "../shared/text.ts"
import { toBase32 } from "./base32.ts"

/**
 * Safety numbers (design.md section 10): two people who see the same 60 digits, or whose QR codes are equal, have each
 * other's identity keys. 30 digits come from each key, the lower half first, so both see the same whoever looks.
 *
 *   h = SHA-512( label ‖ key ), then 5,200 times SHA-512( h ‖ key ); six times five bytes of h, each modulo 100,000
 *
 * 30 digits are 99 bits, out of reach without any work factor. But people compare a few groups and let the rest be, and
 * somebody who wants keys whose number agrees in four groups of twelve (66 bits) can search for them ahead of time. The
 * rounds, as many as Signal's, make every try 2^12 times dearer, and cost us some tens of milliseconds once per contact.
 */
const LABEL = utf8("sotto v1 safety number")
const ROUNDS = 5200
const GROUPS_EACH = 6
const GROUP_BYTES = 5
const GROUP_DIGITS = 5
const QR_VERSION = 1
const QR_FINGERPRINT_LENGTH = 32

/** 60 digits in 12 groups of five, the same for both sides. Keys are 32 bytes each. Takes tens of milliseconds. */
export function safetyNumber(oneKey: Uint8Array, otherKey: Uint8Array): string {
  return sorted(oneKey, otherKey).flatMap(groups).join(" ")
}

/**
 * What the QR code of a safety number holds, the same for both sides, so that comparing is asking whether the scanned
 * text equals one's own: version 1 ‖ 32 bytes of each h, in base32 for the alphanumeric mode.
 */
export function safetyQr(oneKey: Uint8Array, otherKey: Uint8Array): string {
  const halves = sorted(oneKey, otherKey).map((hash) => new Reader(hash).take(QR_FINGERPRINT_LENGTH))
  return toBase32(new Writer().u8(QR_VERSION).put(concat(...halves)).done())
}

function sorted(oneKey: Uint8Array, otherKey: Uint8Array): Uint8Array[] {
  return [fingerprint(oneKey), fingerprint(otherKey)].sort(compareBytes)
}

function fingerprint(key: Uint8Array): Uint8Array {
  if (key.length !== KEY_LENGTH) throw new RangeError("not an identity key")
  let hash = sha512(concat(LABEL, key))
  for (let round = 0; round < ROUNDS; round++) hash = sha512(concat(hash, key))
  return hash
}

function groups(hash: Uint8Array): string[] {
  const reader = new Reader(hash)
  return Array.from({ length: GROUPS_EACH }, () => {
    let value = 0
    for (const byte of reader.take(GROUP_BYTES)) value = value * 256 + byte
    return String(value % 10 ** GROUP_DIGITS).padStart(GROUP_DIGITS, "0")
  })
}
