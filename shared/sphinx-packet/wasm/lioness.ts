/**
 * LIONESS over ChaCha20 and BLAKE2b, as in ../src/lioness.ts, in AssemblyScript: `npm run wasm` makes lioness.wasm of it.
 * Key and block are put into memory, and the block is changed in place. Nothing is allocated and nothing grows the memory: the caller
 * sees to it that there are `slack()` bytes behind the block.
 */

const LEFT: usize = 32
/** What the stream writes at a time, however little is left of the block: four blocks of ChaCha20. */
const STRIDE: usize = 256
const HASH_BLOCK: usize = 128
const HASH_KEY: usize = 64

/** Places of secrets, all in one piece so that one fill forgets them. */
const SECRETS = memory.data(416, 16)
/** Stream key 32, hash key 64, stream key 32, hash key 64. */
const KEYS = SECRETS
const KEY_1 = KEYS
const KEY_2 = KEYS + 32
const KEY_3 = KEYS + 96
const KEY_4 = KEYS + 128
/** A hash key of 64 and as many zeros: the first block that BLAKE2b hashes in its keyed mode. */
const KEY_BLOCK = SECRETS + 192
/** The stream key of one pass: the left part of the block and a key together. */
const STREAM_KEY = SECRETS + 320
/** Of BLAKE2b. */
const STATE = SECRETS + 352

/** Behind everything that the compiler places. */
const BLOCK: usize = (__heap_base + 15) & ~15

/** BLAKE2b (RFC 7693, 2.7): in which order each of the 12 rounds takes the 16 words of a block, as offsets in bytes. */
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

/** Where the key of 192 bytes belongs. */
export function keys(): usize {
  return KEYS
}

/** Where the block belongs. */
export function block(): usize {
  return BLOCK
}

/** How many bytes behind the block are written, too. */
export function slack(): usize {
  return STRIDE
}

/** `length` is that of the block, more than 32. */
export function encrypt(length: usize): void {
  stream(KEY_1, length)
  hash(KEY_2, length)
  stream(KEY_3, length)
  hash(KEY_4, length)
  forget()
}

export function decrypt(length: usize): void {
  hash(KEY_4, length)
  stream(KEY_3, length)
  hash(KEY_2, length)
  stream(KEY_1, length)
  forget()
}

function forget(): void {
  memory.fill(SECRETS, 0, 416)
}

// The right part of the block ^= ChaCha20 (RFC 8439) under the left part ^ key, nonce 0 and counter 0. Writes up to STRIDE bytes behind it.
function stream(key: usize, length: usize): void {
  for (let at: usize = 0; at < LEFT; at += 16) {
    v128.store(STREAM_KEY + at, v128.xor(v128.load(BLOCK + at), v128.load(key + at)))
  }
  // Each vector holds one word of the state of four blocks.
  const c0 = i32x4.splat(0x61707865), c1 = i32x4.splat(0x3320646e), c2 = i32x4.splat(0x79622d32), c3 = i32x4.splat(0x6b206574)
  let counter = i32x4(0, 1, 2, 3)
  const end = BLOCK + length
  for (let at = BLOCK + LEFT; at < end; at += STRIDE) {
    let s0 = c0, s1 = c1, s2 = c2, s3 = c3
    let s4 = word(0), s5 = word(1), s6 = word(2), s7 = word(3)
    let s8 = word(4), s9 = word(5), s10 = word(6), s11 = word(7)
    let s12 = counter, s13 = i32x4.splat(0), s14 = i32x4.splat(0), s15 = i32x4.splat(0)
    for (let round = 0; round < 20; round += 2) {
      s0 = add(s0, s4), s12 = turn16(s12, s0), s8 = add(s8, s12), s4 = turn12(s4, s8)
      s1 = add(s1, s5), s13 = turn16(s13, s1), s9 = add(s9, s13), s5 = turn12(s5, s9)
      s2 = add(s2, s6), s14 = turn16(s14, s2), s10 = add(s10, s14), s6 = turn12(s6, s10)
      s3 = add(s3, s7), s15 = turn16(s15, s3), s11 = add(s11, s15), s7 = turn12(s7, s11)
      s0 = add(s0, s4), s12 = turn8(s12, s0), s8 = add(s8, s12), s4 = turn7(s4, s8)
      s1 = add(s1, s5), s13 = turn8(s13, s1), s9 = add(s9, s13), s5 = turn7(s5, s9)
      s2 = add(s2, s6), s14 = turn8(s14, s2), s10 = add(s10, s14), s6 = turn7(s6, s10)
      s3 = add(s3, s7), s15 = turn8(s15, s3), s11 = add(s11, s15), s7 = turn7(s7, s11)
      s0 = add(s0, s5), s15 = turn16(s15, s0), s10 = add(s10, s15), s5 = turn12(s5, s10)
      s1 = add(s1, s6), s12 = turn16(s12, s1), s11 = add(s11, s12), s6 = turn12(s6, s11)
      s2 = add(s2, s7), s13 = turn16(s13, s2), s8 = add(s8, s13), s7 = turn12(s7, s8)
      s3 = add(s3, s4), s14 = turn16(s14, s3), s9 = add(s9, s14), s4 = turn12(s4, s9)
      s0 = add(s0, s5), s15 = turn8(s15, s0), s10 = add(s10, s15), s5 = turn7(s5, s10)
      s1 = add(s1, s6), s12 = turn8(s12, s1), s11 = add(s11, s12), s6 = turn7(s6, s11)
      s2 = add(s2, s7), s13 = turn8(s13, s2), s8 = add(s8, s13), s7 = turn7(s7, s8)
      s3 = add(s3, s4), s14 = turn8(s14, s3), s9 = add(s9, s14), s4 = turn7(s4, s9)
    }
    mask(at, add(s0, c0), add(s1, c1), add(s2, c2), add(s3, c3))
    mask(at + 16, add(s4, word(0)), add(s5, word(1)), add(s6, word(2)), add(s7, word(3)))
    mask(at + 32, add(s8, word(4)), add(s9, word(5)), add(s10, word(6)), add(s11, word(7)))
    mask(at + 48, add(s12, counter), s13, s14, s15)
    counter = add(counter, i32x4.splat(4))
  }
}

// @ts-ignore: decorator
@inline
function word(i: usize): v128 {
  return v128.load32_splat(STREAM_KEY + 4 * i)
}

// @ts-ignore: decorator
@inline
function add(a: v128, b: v128): v128 {
  return i32x4.add(a, b)
}

// @ts-ignore: decorator
@inline
function turn16(a: v128, b: v128): v128 {
  const x = v128.xor(a, b)
  return i8x16.shuffle(x, x, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)
}

// @ts-ignore: decorator
@inline
function turn12(a: v128, b: v128): v128 {
  const x = v128.xor(a, b)
  return v128.or(i32x4.shl(x, 12), i32x4.shr_u(x, 20))
}

// @ts-ignore: decorator
@inline
function turn8(a: v128, b: v128): v128 {
  const x = v128.xor(a, b)
  return i8x16.shuffle(x, x, 3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14)
}

// @ts-ignore: decorator
@inline
function turn7(a: v128, b: v128): v128 {
  const x = v128.xor(a, b)
  return v128.or(i32x4.shl(x, 7), i32x4.shr_u(x, 25))
}

// Four words of four blocks each: 16 bytes of the keystream for each block.
// @ts-ignore: decorator
@inline
function mask(at: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab = i32x4.shuffle(a, b, 0, 4, 1, 5), cd = i32x4.shuffle(c, d, 0, 4, 1, 5)
  const AB = i32x4.shuffle(a, b, 2, 6, 3, 7), CD = i32x4.shuffle(c, d, 2, 6, 3, 7)
  xorInto(at, i64x2.shuffle(ab, cd, 0, 2))
  xorInto(at + 64, i64x2.shuffle(ab, cd, 1, 3))
  xorInto(at + 128, i64x2.shuffle(AB, CD, 0, 2))
  xorInto(at + 192, i64x2.shuffle(AB, CD, 1, 3))
}

// @ts-ignore: decorator
@inline
function xorInto(at: usize, x: v128): void {
  v128.store(at, v128.xor(v128.load(at), x))
}

// The left part of the block ^= BLAKE2b-256 of the right part in its keyed mode (RFC 7693).
function hash(key: usize, length: usize): void {
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
  for (let order = SIGMA; order < SIGMA + 192; order += 16) {
    a0 = plus(plus(a0, b0), pair(from, order, 0, 2)), d0 = right32(d0, a0), c0 = plus(c0, d0), b0 = right24(b0, c0)
    a1 = plus(plus(a1, b1), pair(from, order, 4, 6)), d1 = right32(d1, a1), c1 = plus(c1, d1), b1 = right24(b1, c1)
    a0 = plus(plus(a0, b0), pair(from, order, 1, 3)), d0 = right16(d0, a0), c0 = plus(c0, d0), b0 = right63(b0, c0)
    a1 = plus(plus(a1, b1), pair(from, order, 5, 7)), d1 = right16(d1, a1), c1 = plus(c1, d1), b1 = right63(b1, c1)
    // The diagonals become columns …
    let b = b0, d = d0
    b0 = i64x2.shuffle(b0, b1, 1, 2), b1 = i64x2.shuffle(b1, b, 1, 2)
    d0 = i64x2.shuffle(d1, d0, 1, 2), d1 = i64x2.shuffle(d, d1, 1, 2)
    let c = c0
    c0 = c1, c1 = c
    a0 = plus(plus(a0, b0), pair(from, order, 8, 10)), d0 = right32(d0, a0), c0 = plus(c0, d0), b0 = right24(b0, c0)
    a1 = plus(plus(a1, b1), pair(from, order, 12, 14)), d1 = right32(d1, a1), c1 = plus(c1, d1), b1 = right24(b1, c1)
    a0 = plus(plus(a0, b0), pair(from, order, 9, 11)), d0 = right16(d0, a0), c0 = plus(c0, d0), b0 = right63(b0, c0)
    a1 = plus(plus(a1, b1), pair(from, order, 13, 15)), d1 = right16(d1, a1), c1 = plus(c1, d1), b1 = right63(b1, c1)
    // … and what they were.
    b = b0, d = d0, c = c0
    b0 = i64x2.shuffle(b1, b0, 1, 2), b1 = i64x2.shuffle(b, b1, 1, 2)
    d0 = i64x2.shuffle(d0, d1, 1, 2), d1 = i64x2.shuffle(d1, d, 1, 2)
    c0 = c1, c1 = c
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
