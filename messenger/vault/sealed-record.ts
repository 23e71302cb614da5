import { xchacha20poly1305 } from "@noble/ciphers/chacha.js"
import { concat, Reader, WireError, Writer } from "../../shared/bytes.ts"
import { TAG_LENGTH } from "../../shared/geometry.ts"
import type { Random } from "../../shared/random.ts"
import { utf8 } from "../../shared/text.ts"
import type { VaultKeys } from "./vault-keys.ts"

/** record = version 1 ‖ nonce 24 ‖ XChaCha20-Poly1305( key 2+ ‖ value 4+ ‖ zeros ). docs/protocol.md section 18.2 */
const VERSION = 1
export const NONCE_LENGTH = 24
const SEALED_AT = 1 + NONCE_LENGTH
const LEAST = 256
const STEP = 4096
/** No record is longer: what the store beneath hands out is not trusted. */
const VALUE_MAX = 64 << 20

export interface OpenRecord {
  readonly key: string
  readonly value: Uint8Array
}

/** Powers of two up to 4 KiB, then whole multiples of that: what a record holds shows in few sizes. */
export function bucket(length: number): number {
  if (length > STEP) return Math.ceil(length / STEP) * STEP
  let size = LEAST
  while (size < length) size *= 2
  return size
}

/** `hidden` is the name under which the record will lie: only there it opens again. */
export function sealRecord({ records }: VaultKeys, hidden: string, { key, value }: OpenRecord, random: Random): Uint8Array {
  const content = new Writer().text16(key).bytes32(value).done()
  const plain = new Uint8Array(bucket(content.length))
  plain.set(content)
  const nonce = random(NONCE_LENGTH)
  const sealed = xchacha20poly1305(records, nonce, associated(hidden)).encrypt(plain)
  plain.fill(0)
  return concat(new Uint8Array([VERSION]), nonce, sealed)
}

/** Null where it was damaged, or belongs to another name. */
export function openRecord({ records }: VaultKeys, hidden: string, bytes: Uint8Array): OpenRecord | null {
  try {
    if (bytes[0] !== VERSION || bytes.length < SEALED_AT + TAG_LENGTH) return null
    // A large profile opens thousands of records before it shows anything: nothing is copied here that need not be.
    const nonce = bytes.subarray(1, SEALED_AT)
    const inside = new Reader(xchacha20poly1305(records, nonce, associated(hidden)).decrypt(bytes.subarray(SEALED_AT)))
    const record = { key: inside.text16(), value: inside.bytes32(VALUE_MAX) }
    inside.zeros(inside.left)
    return record
  } catch (error) {
    // What noble says of a wrong tag is a plain Error; of our own mistakes none can arise here.
    if (error instanceof WireError || error instanceof Error) return null
    throw error
  }
}

const ASSOCIATED = new Writer().put(utf8("sotto v1 vault record")).u8(VERSION).done()
const associated = (hidden: string) => new Writer().put(ASSOCIATED).text16(hidden).done()
