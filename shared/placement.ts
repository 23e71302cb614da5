import { sha256 } from "@noble/hashes/sha2.js"
import { compareBytes, concat } from "./bytes.ts"
import type { BoxId, NodeId } from "./names.ts"
import { utf8 } from "./text.ts"

const PLACE = utf8("sotto v1 place")

/** The best `count` of these dropboxes for a box, best first: rendezvous hashing (Thaler and Ravishankar), design.md section 6. */
export function replicas(box: BoxId, dropboxes: readonly NodeId[], count: number): NodeId[] {
  return dropboxes
    .map((node) => ({ node, weight: sha256(concat(PLACE, box, node)) }))
    .sort((a, b) => compareBytes(b.weight, a.weight))
    .slice(0, count)
    .map(({ node }) => node)
}
