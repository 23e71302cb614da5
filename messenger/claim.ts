import { sha256 } from "@noble/hashes/sha2.js"
import { concat, Reader, sameBytes, WireError, Writer } from "../shared/bytes.ts"
import { HASH_LENGTH, KEY_LENGTH, RECORD_BYTES_MAX, SIGNATURE_LENGTH } from "../shared/geometry.ts"
import type { StoredTold } from "./stored-conversation.ts"

/**
 * What lies in a commit box: whose commit it is, and where the rest of it lies. A member signs with its leaf; a device that rejoins has none yet
 * and signs with its device key, and `leaf` is the one that it replaces. design.md section 7.
 */
export interface Claim {
  readonly kind: "member" | "rejoin"
  readonly leaf: number
  /** The hash of the list of dropboxes on which boxes of the next epoch are placed. */
  readonly placement: Uint8Array
  /** The boxes of the commit's body follow from it. */
  readonly seed: Uint8Array
  /** Of the whole commit. */
  readonly length: number
  readonly hash: Uint8Array
  readonly signature: Uint8Array
  /** As much of the commit as has room here. */
  readonly beginning: Uint8Array
}

/** What leaves sign claims under, and devices that rejoin. */
export const CLAIM_LABEL = "v1 claim"
export const REJOIN_LABEL = "sotto v1 claim of a device"
const VERSION = 1
const KINDS = ["member", "rejoin"] as const
const FIXED_LENGTH = 1 + 1 + 4 + HASH_LENGTH + KEY_LENGTH + 4 + HASH_LENGTH + SIGNATURE_LENGTH
const BEGINNING_MAX = RECORD_BYTES_MAX - FIXED_LENGTH
/** Above what a commit among 32 devices takes. */
export const COMMIT_MAX = 64 * 1024

/** What a claim's signature covers: group id ‖ epoch u64 ‖ attempt u32 ‖ kind ‖ leaf u32 ‖ placement ‖ seed ‖ length u32 ‖ hash */
export function claimMessage(groupId: Uint8Array, epoch: number, attempt: number, { kind, leaf, placement, seed, length, hash }: Omit<Claim, "signature" | "beginning">): Uint8Array {
  return new Writer().put(groupId).u64(epoch).u32(attempt).u8(KINDS.indexOf(kind)).u32(leaf).put(placement).put(seed).u32(length).put(hash).done()
}

/** What is claimed of a commit, before it is signed. */
export function claimOf(kind: Claim["kind"], leaf: number, placement: Uint8Array, seed: Uint8Array, commit: Uint8Array): Omit<Claim, "signature"> {
  return { kind, leaf, placement, seed, length: commit.length, hash: sha256(commit), beginning: commit.slice(0, BEGINNING_MAX) }
}

export function encodeClaim({ kind, leaf, placement, seed, length, hash, signature, beginning }: Claim): Uint8Array {
  return new Writer().u8(VERSION).u8(KINDS.indexOf(kind)).u32(leaf).put(placement).put(seed).u32(length).put(hash).put(signature).put(beginning).done()
}

/** Throws WireError. */
export function decodeClaim(bytes: Uint8Array): Claim {
  const reader = new Reader(bytes)
  if (reader.u8() !== VERSION) throw new WireError()
  const kind = KINDS[reader.u8()]
  if (kind === undefined) throw new WireError()
  const claim = { kind, leaf: reader.u32(), placement: reader.take(HASH_LENGTH), seed: reader.take(KEY_LENGTH), length: reader.u32(), hash: reader.take(HASH_LENGTH), signature: reader.take(SIGNATURE_LENGTH) }
  if (claim.length === 0 || claim.length > COMMIT_MAX) throw new WireError()
  const beginning = reader.take(Math.min(claim.length, BEGINNING_MAX))
  reader.end()
  return { ...claim, beginning }
}

/** What does not fit into the claim, a piece for each body box. */
export function bodyOf(commit: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = BEGINNING_MAX; at < commit.length; at += RECORD_BYTES_MAX) pieces.push(commit.slice(at, at + RECORD_BYTES_MAX))
  return pieces
}

/** How many body boxes there are. */
export function bodyCount({ length, beginning }: Claim): number {
  return Math.ceil((length - beginning.length) / RECORD_BYTES_MAX)
}

/** The commit, or null where the pieces are not those that were claimed. */
export function commitOf({ beginning, length, hash }: Claim, body: readonly Uint8Array[]): Uint8Array | null {
  const commit = concat(beginning, ...body)
  return commit.length === length && sameBytes(sha256(commit), hash) ? commit : null
}

/** What is told of a commit in streams: epoch u64 ‖ attempt u32 ‖ claim */
export function encodeTold(epoch: number, { attempt, claim }: StoredTold): Uint8Array {
  return new Writer().u64(epoch).u32(attempt).put(claim).done()
}

/** Throws WireError. */
export function decodeTold(bytes: Uint8Array): { epoch: number; told: StoredTold } {
  const reader = new Reader(bytes)
  const [epoch, attempt] = [reader.u64(), reader.u32()]
  if (epoch >= Number.MAX_SAFE_INTEGER) throw new WireError()
  return { epoch, told: { attempt, claim: reader.take(reader.left) } }
}
