import { sha256 } from "@noble/hashes/sha2.js"
import { streamBox } from "../../shared/box.ts"
import type { BoxKeys } from "../../shared/box.ts"
import { Reader, sameBytes, WireError, Writer, concat } from "../../shared/bytes.ts"
import { isPrimeOrderPoint } from "../../shared/ed25519.ts"
import { HASH_LENGTH, KEY_LENGTH, RECORD_BYTES_MAX } from "../../shared/geometry.ts"

const VERSION = 3
/** Above what a Welcome into a group of 32 leaves takes (about 90,000). */
const COMMON_MAX = 1 << 17
/** A KeyPackage's hash, an encapsulated key, and a few secrets. */
const OWN_MAX = 2048

/**
 * What a contact is told who is let into a group. What the Welcome says to all who are let in together (tree and GroupInfo, sealed) lies once in a stream of its own,
 * which they can read and nobody but its maker can write: no guest can spoil it for another. What leads to it, and the part that is for this contact alone, stand here.
 *
 * version 3 ‖ hash of the epoch's list of dropboxes 32 ‖ SHA-256 of the commit that made the epoch 32 ‖ context of the stream 32 ‖ its P 32 ‖ length of the common part 4 ‖ its
 * SHA-256 32 ‖ own part behind a length of 2
 */
export interface Invitation extends Common {
  readonly placement: Uint8Array
  readonly commit: Uint8Array
  readonly own: Uint8Array
}

/** Where the common part lies, and what it is. */
export interface Common {
  /** Stands for the context of an epoch: addresses and keys of the stream follow from it. */
  readonly context: Uint8Array
  readonly stream: Uint8Array
  readonly length: number
  readonly hash: Uint8Array
}

export function encodeInvitation({ placement, commit, context, stream, length, hash, own }: Invitation): Uint8Array {
  return new Writer().u8(VERSION).put(placement).put(commit).put(context).put(stream).u32(length).put(hash).bytes16(own).done()
}

/** Throws WireError. */
export function decodeInvitation(bytes: Uint8Array): Invitation {
  const reader = new Reader(bytes)
  if (reader.u8() !== VERSION) throw new WireError()
  const hash = () => reader.take(HASH_LENGTH).slice()
  const key = () => reader.take(KEY_LENGTH).slice()
  const invitation = { placement: hash(), commit: hash(), context: key(), stream: key(), length: reader.u32(), hash: hash(), own: reader.bytes16(OWN_MAX).slice() }
  reader.end()
  if (!isPrimeOrderPoint(invitation.stream) || invitation.length === 0 || invitation.length > COMMON_MAX) throw new WireError()
  return invitation
}

export function commonOf({ context, stream }: Pick<Common, "context" | "stream">, bytes: Uint8Array): Common {
  return { context, stream, length: bytes.length, hash: sha256(bytes) }
}

/** How many boxes the common part takes. */
export function commonCount(length: number): number {
  return Math.ceil(length / RECORD_BYTES_MAX)
}

/** The boxes in which it lies. */
export function commonBox({ context, stream }: Common, index: number): BoxKeys {
  return streamBox(context, stream, index)
}

/** What lies in each of them. */
export function commonPieces(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: commonCount(bytes.length) }, (_, i) => bytes.slice(i * RECORD_BYTES_MAX, (i + 1) * RECORD_BYTES_MAX))
}

/** The common part; null where the pieces are not those that were meant. */
export function commonFrom({ length, hash }: Common, pieces: readonly Uint8Array[]): Uint8Array | null {
  const bytes = concat(...pieces)
  return bytes.length === length && sameBytes(sha256(bytes), hash) ? bytes : null
}
