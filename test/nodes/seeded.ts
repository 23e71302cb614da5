import { sha256 } from "@noble/hashes/sha2.js"
import { concat, Writer } from "../../shared/bytes.ts"
import type { Random } from "../../shared/random.ts"
import { utf8 } from "../../shared/text.ts"

/** SHA-256 in counter mode over a name: the same bytes in every run. */
export function seeded(name: string): Random {
  let counter = 0
  return (length) => {
    const parts: Uint8Array[] = []
    for (let made = 0; made < length; made += 32) parts.push(sha256(concat(utf8(name), new Writer().u64(counter++).done())))
    return concat(...parts).slice(0, length)
  }
}
