import { chacha20 } from "@noble/ciphers/chacha.js"
import { blake2b } from "@noble/hashes/blake2.js"
import { split, xor, xorInto } from "./bytes.ts"
import { LIONESS_LEFT_LENGTH } from "./constants.ts"

/**
 * A wide-block cipher: every bit of the result depends on every bit of the block, so whoever flips one destroys all of it.
 * Both work in place on a block of more than 32 bytes under a key of 192.
 */
export interface Lioness {
  encrypt(key: Uint8Array, block: Uint8Array): void
  decrypt(key: Uint8Array, block: Uint8Array): void
}

const NONCE = new Uint8Array(12)
const STREAM_KEY_LENGTH = 32
const HASH_KEY_LENGTH = 64

function stream(left: Uint8Array, key: Uint8Array, right: Uint8Array): void {
  chacha20(xor(left, key), NONCE, right, right)
}

function hash(left: Uint8Array, key: Uint8Array, right: Uint8Array): void {
  xorInto(left, blake2b(right, { key, dkLen: LIONESS_LEFT_LENGTH }))
}

function parts(key: Uint8Array, block: Uint8Array) {
  if (block.length <= LIONESS_LEFT_LENGTH) throw new RangeError("a LIONESS block must be longer than 32 bytes")
  const [k1, k2, k3, k4] = split(key, STREAM_KEY_LENGTH, HASH_KEY_LENGTH, STREAM_KEY_LENGTH, HASH_KEY_LENGTH)
  const [left, right] = split(block, LIONESS_LEFT_LENGTH, block.length - LIONESS_LEFT_LENGTH)
  return { k1, k2, k3, k4, left, right }
}

/** LIONESS (Anderson and Biham, 1996) over ChaCha20 with a nonce of zeros and BLAKE2b-256 in its keyed mode. */
export const nobleLioness: Lioness = {
  encrypt(key, block) {
    const { k1, k2, k3, k4, left, right } = parts(key, block)
    stream(left, k1, right)
    hash(left, k2, right)
    stream(left, k3, right)
    hash(left, k4, right)
  },
  decrypt(key, block) {
    const { k1, k2, k3, k4, left, right } = parts(key, block)
    hash(left, k4, right)
    stream(left, k3, right)
    hash(left, k2, right)
    stream(left, k1, right)
  },
}
