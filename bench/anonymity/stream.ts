import { chacha20 } from "@noble/ciphers/chacha.js"
import { randomStream } from "../../messenger/random-stream.ts"
import type { Random } from "../../shared/random.ts"
import { seeded } from "../../test/nodes/seeded.ts"

/** Bytes that are made at once: a call of the cipher for each draw would be most of a simulation. */
const AT_ONCE = 65_536

/** The same bytes in every run for the same name. */
export function streamOf(name: string): Random {
  const keys = randomStream(seeded(name)(32))
  let [bytes, used] = [new Uint8Array(), 0]
  return (length) => {
    if (used + length > bytes.length) [bytes, used] = [chacha20(keys(32), new Uint8Array(12), new Uint8Array(AT_ONCE)), 0]
    used += length
    return bytes.subarray(used - length, used)
  }
}
