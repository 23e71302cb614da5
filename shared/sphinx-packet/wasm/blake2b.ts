import { BLOCK, KEY_BLOCK, LEFT, STATE, xorInto } from "./memory"

const HASH_BLOCK: usize = 128
const HASH_KEY: usize = 64

/** RFC 7693, 2.7: in which order each of the 12 rounds takes the 16 words of a block, as offsets in bytes. */
const SIGMA = memory.data<u8>([
  0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120,
  112, 80, 32, 64, 72, 120, 104, 48, 8, 96, 0, 16, 88, 56, 40, 24,
  88, 64, 96, 0, 40, 16, 120, 104, 80, 112, 24, 48, 56, 8, 72, 32,
  56, 72, 24, 8, 104, 96, 88, 112, 16, 48, 40, 80, 32, 0, 120, 64,
  72, 0, 40, 56, 16, 32, 80, 120, 112, 8, 88, 96, 48, 64, 24, 104,
  16, 96, 48, 80, 0, 88, 64, 24, 32, 104, 56, 40, 120, 112, 8, 72,
  96, 40, 8, 120, 112, 104, 32, 80, 0, 56, 48, 24, 72, 16, 64, 88,
  104, 88, 56, 112, 96, 8, 24, 72, 40, 0, 120, 32, 64, 48, 16, 80,
  48, 120, 112, 72, 88, 24, 0, 64, 96, 16, 104, 56, 8, 32, 80, 40,
  80, 16, 64, 32, 56, 48, 8, 40, 120, 88, 72, 112, 24, 96, 104, 0,
  0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120,
  112, 80, 32, 64, 72, 120, 104, 48, 8, 96, 0, 16, 88, 56, 40, 24,
])

const IV_0: i64 = 0x6a09e667f3bcc908
const IV_1: i64 = 0xbb67ae8584caa73b
const IV_2: i64 = 0x3c6ef372fe94f82b
const IV_3: i64 = 0xa54ff53a5f1d36f1
const IV_4: i64 = 0x510e527fade682d1
const IV_5: i64 = 0x9b05688c2b3e6c1f
const IV_6: i64 = 0x1f83d9abfb41bd6b
const IV_7: i64 = 0x5be0cd19137e2179

// The left part of the block ^= BLAKE2b-256 of the right part in its keyed mode (RFC 7693).
export function hash(key: usize, length: usize): void {
  const end = BLOCK + length
  // The last block is filled up with zeros, where a stream may have left its own bytes.
  memory.fill(end, 0, HASH_BLOCK)
  memory.copy(KEY_BLOCK, key, HASH_KEY)
  // The first word says: a digest of 32 bytes under a key of 64.
  v128.store(STATE, i64x2(IV_0 ^ 0x01014020, IV_1))
  v128.store(STATE + 16, i64x2(IV_2, IV_3))
  v128.store(STATE + 32, i64x2(IV_4, IV_5))
  v128.store(STATE + 48, i64x2(IV_6, IV_7))
  let hashed = HASH_BLOCK
  compress(KEY_BLOCK, hashed, 0)
  let at = BLOCK + LEFT
  for (; end - at > HASH_BLOCK; at += HASH_BLOCK) {
    hashed += HASH_BLOCK
    compress(at, hashed, 0)
  }
  compress(at, hashed + end - at, -1)
  xorInto(BLOCK, v128.load(STATE))
  xorInto(BLOCK + 16, v128.load(STATE + 16))
}

// `last` has all bits set for the last block. The four rows of the state lie in two vectors each.
function compress(from: usize, hashed: u64, last: i64): void {
  let a0 = v128.load(STATE), a1 = v128.load(STATE + 16), b0 = v128.load(STATE + 32), b1 = v128.load(STATE + 48)
  let c0 = i64x2(IV_0, IV_1), c1 = i64x2(IV_2, IV_3)
  let d0 = v128.xor(i64x2(IV_4, IV_5), i64x2.replace_lane(i64x2.splat(0), 0, hashed))
  let d1 = v128.xor(i64x2(IV_6, IV_7), i64x2.replace_lane(i64x2.splat(0), 0, last))
  // b is what each step waits for: whatever does not need it is added before.
  for (let order = SIGMA; order < SIGMA + 192; order += 16) {
    a0 = plus(plus(a0, pair(from, order, 0, 2)), b0), d0 = right32(d0, a0), c0 = plus(c0, d0), b0 = right24(b0, c0)
    a1 = plus(plus(a1, pair(from, order, 4, 6)), b1), d1 = right32(d1, a1), c1 = plus(c1, d1), b1 = right24(b1, c1)
    a0 = plus(plus(a0, pair(from, order, 1, 3)), b0), d0 = right16(d0, a0), c0 = plus(c0, d0), b0 = right63(b0, c0)
    a1 = plus(plus(a1, pair(from, order, 5, 7)), b1), d1 = right16(d1, a1), c1 = plus(c1, d1), b1 = right63(b1, c1)
    // The diagonals become columns, b's as they are, for b is ready last …
    let a = a0, c = c0, d = d0
    a0 = i64x2.shuffle(a1, a0, 1, 2), a1 = i64x2.shuffle(a, a1, 1, 2)
    c0 = i64x2.shuffle(c0, c1, 1, 2), c1 = i64x2.shuffle(c1, c, 1, 2)
    d0 = d1, d1 = d
    a0 = plus(plus(a0, pair(from, order, 14, 8)), b0), d0 = right32(d0, a0), c0 = plus(c0, d0), b0 = right24(b0, c0)
    a1 = plus(plus(a1, pair(from, order, 10, 12)), b1), d1 = right32(d1, a1), c1 = plus(c1, d1), b1 = right24(b1, c1)
    a0 = plus(plus(a0, pair(from, order, 15, 9)), b0), d0 = right16(d0, a0), c0 = plus(c0, d0), b0 = right63(b0, c0)
    a1 = plus(plus(a1, pair(from, order, 11, 13)), b1), d1 = right16(d1, a1), c1 = plus(c1, d1), b1 = right63(b1, c1)
    // … and what they were.
    a = a0, c = c0, d = d0
    a0 = i64x2.shuffle(a0, a1, 1, 2), a1 = i64x2.shuffle(a1, a, 1, 2)
    c0 = i64x2.shuffle(c1, c0, 1, 2), c1 = i64x2.shuffle(c, c1, 1, 2)
    d0 = d1, d1 = d
  }
  xorInto(STATE, v128.xor(a0, c0))
  xorInto(STATE + 16, v128.xor(a1, c1))
  xorInto(STATE + 32, v128.xor(b0, d0))
  xorInto(STATE + 48, v128.xor(b1, d1))
}

// @ts-ignore: decorator
@inline
function pair(from: usize, order: usize, first: usize, second: usize): v128 {
  return v128.load64_lane(from + load<u8>(order + second), v128.load64_zero(from + load<u8>(order + first)), 1)
}

// @ts-ignore: decorator
@inline
function plus(a: v128, b: v128): v128 {
  return i64x2.add(a, b)
}

// @ts-ignore: decorator
@inline
function right32(a: v128, b: v128): v128 {
  const x = v128.xor(a, b)
  return i32x4.shuffle(x, x, 1, 0, 3, 2)
}

// @ts-ignore: decorator
@inline
function right24(a: v128, b: v128): v128 {
  const x = v128.xor(a, b)
  return i8x16.shuffle(x, x, 3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10)
}

// @ts-ignore: decorator
@inline
function right16(a: v128, b: v128): v128 {
  const x = v128.xor(a, b)
  return i16x8.shuffle(x, x, 1, 2, 3, 0, 5, 6, 7, 4)
}

// @ts-ignore: decorator
@inline
function right63(a: v128, b: v128): v128 {
  const x = v128.xor(a, b)
  return v128.or(i64x2.add(x, x), i64x2.shr_u(x, 63))
}
