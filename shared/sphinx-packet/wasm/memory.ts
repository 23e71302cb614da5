/** Behind everything that the compiler places. */
export const BLOCK: usize = (__heap_base + 15) & ~15
/** Of a block of LIONESS. */
export const LEFT: usize = 32

/** Places of secrets, all in one piece so that one fill forgets them. */
const SECRETS = memory.data(416, 16)
/** Stream key 32, hash key 64, stream key 32, hash key 64. */
export const KEYS = SECRETS
/** What BLAKE2b hashes first in its keyed mode: a hash key of 64 bytes, and as many zeros. */
export const KEY_BLOCK = SECRETS + 192
/** The key of one stream: the left part of the block and a key together. */
export const STREAM_KEY = SECRETS + 320
/** Of BLAKE2b. */
export const STATE = SECRETS + 352

export function forget(): void {
  memory.fill(SECRETS, 0, 416)
}

// @ts-ignore: decorator
@inline
export function xorInto(at: usize, x: v128): void {
  v128.store(at, v128.xor(v128.load(at), x))
}
