import { BLOCK, LEFT, STREAM_KEY, xorInto } from "./memory"

/** What a stream writes at a time, however little is left of the block: four blocks of ChaCha20. */
export const STRIDE: usize = 256

// The right part of the block ^= ChaCha20 (RFC 8439) under the left part ^ key, nonce 0 and counter 0. Writes up to STRIDE bytes behind it.
export function stream(key: usize, length: usize): void {
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
