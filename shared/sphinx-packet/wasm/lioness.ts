/**
 * LIONESS over ChaCha20 and BLAKE2b, as in ../src/lioness.ts, in AssemblyScript: `npm run wasm` makes lioness.wasm of it.
 * Key and block are put into memory, and the block is changed in place. Nothing is allocated and nothing grows the memory: the caller
 * sees to it that there are `slack()` bytes behind the block.
 */
import { hash } from "./blake2b"
import { stream, STRIDE } from "./chacha20"
import { BLOCK, forget, KEYS } from "./memory"

const KEY_1 = KEYS
const KEY_2 = KEYS + 32
const KEY_3 = KEYS + 96
const KEY_4 = KEYS + 128

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
