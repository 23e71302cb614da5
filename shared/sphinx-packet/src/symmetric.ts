import { ctr } from "@noble/ciphers/aes.js"
import { hkdf } from "@noble/hashes/hkdf.js"
import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"

/**
 * The three ordinary primitives of the header. They are synchronous where that is quickest, because each takes a few microseconds, as are
 * those of node:crypto.
 */
export interface Symmetric {
  /** RFC 5869. */
  hkdfSha256(secret: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array
  /** RFC 2104, all 32 bytes. */
  hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array
  /** The first `length` bytes of AES-128-CTR's keystream, counting from a block of zeros. */
  aes128Ctr(key: Uint8Array, length: number): Uint8Array | Promise<Uint8Array>
}

const FIRST_COUNTER = new Uint8Array(16)

export const nobleSymmetric = {
  hkdfSha256: (secret, salt, info, length) => hkdf(sha256, secret, salt, info, length),
  hmacSha256: (key, data) => hmac(sha256, key, data),
  aes128Ctr: (key: Uint8Array, length: number): Uint8Array => ctr(key, FIRST_COUNTER).encrypt(new Uint8Array(length)),
} satisfies Symmetric
