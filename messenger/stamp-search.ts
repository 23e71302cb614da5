import { Reader } from "../shared/bytes.ts"
import type { Challenge } from "../shared/stamp.ts"

/** FIPS 180-4, section 4.2.2. */
const K = Uint32Array.of(
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
)
/** Section 5.3.3. */
const H = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
] as const
/** Challenge 32 and nonce 8: one block with its padding, of which words 8 and 9 are the nonce. */
const MESSAGE_BITS = 8 * 40
const WORD = 2 ** 32

/**
 * A nonce of [from, from + tries) with which the stamp of this challenge has that many zero bits (at most 32), or null. The same as `solve`
 * of shared/stamp.ts, several times as fast: a phone does this work for every write, between two packets.
 */
export function searchNonce(challenge: Challenge, bits: number, from: number, tries: number): number | null {
  const w = new Uint32Array(64)
  const reader = new Reader(challenge)
  for (let i = 0; i < 8; i++) w[i] = reader.u32()
  w[10] = 0x80000000
  w[15] = MESSAGE_BITS
  const allowed = 2 ** (32 - bits)
  for (let nonce = from; nonce < from + tries; nonce++) {
    w[8] = Math.floor(nonce / WORD)
    w[9] = nonce % WORD
    if (firstWord(w) < allowed) return nonce
  }
  return null
}

/** The first 32 bits of SHA-256 of the one block in the first 16 of `w`. */
function firstWord(w: Uint32Array): number {
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15]!
    const y = w[i - 2]!
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)
    w[i] = (w[i - 16]! + s0 + w[i - 7]! + s1) | 0
  }
  let a: number = H[0] | 0
  let b: number = H[1] | 0
  let c: number = H[2] | 0
  let d: number = H[3] | 0
  let e: number = H[4] | 0
  let f: number = H[5] | 0
  let g: number = H[6] | 0
  let h: number = H[7] | 0
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i]! + w[i]!) | 0
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  return (a + H[0]) >>> 0
}
