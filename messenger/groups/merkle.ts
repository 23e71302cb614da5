import { sha256 } from "@noble/hashes/sha2.js"
import { concat } from "../../shared/bytes.ts"

const LEAF = Uint8Array.of(0)
const NODE = Uint8Array.of(1)

/** The root of a Merkle tree over these, at least one, as in RFC 6962 section 2.1, with SHA-256. So one signature holds for each of them alone, too. */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 1) return sha256(concat(LEAF, leaves[0]!))
  // The largest power of two below their number.
  let left = 1
  while (left * 2 < leaves.length) left *= 2
  return sha256(concat(NODE, merkleRoot(leaves.slice(0, left)), merkleRoot(leaves.slice(left))))
}
