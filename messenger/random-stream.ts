import { chacha20 } from "@noble/ciphers/chacha.js"
import type { Random } from "../shared/random.ts"

const NONCE_LENGTH = 12

/**
 * A random stream of its own from a seed of 32 bytes: ChaCha20 keystream, one nonce per draw. What is drawn elsewhere never
 * moves what comes next here, which is why the slots of the clock have one (design.md section 8).
 */
export function randomStream(seed: Uint8Array): Random {
  let draw = 0
  return (length) => {
    const nonce = new Uint8Array(NONCE_LENGTH)
    for (let i = 0, left = draw; left > 0; i++, left = Math.floor(left / 256)) nonce[i] = left % 256
    draw++
    return chacha20(seed, nonce, new Uint8Array(length))
  }
}
