import { sha256 } from "@noble/hashes/sha2.js"
import { concat } from "../../shared/bytes.ts"
import type { Random } from "../../shared/random.ts"
import { utf8 } from "../../shared/text.ts"

/** The same bytes for the same seed, in every runtime. */
export function seededRandom(seed: string): Random {
  let counter = 0
  return (length) => {
    const blocks: Uint8Array[] = []
    for (let left = length; left > 0; left -= 32) blocks.push(sha256(utf8(`${seed} ${counter++}`)))
    return concat(...blocks).slice(0, length)
  }
}
