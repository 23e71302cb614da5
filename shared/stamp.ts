import { sha256 } from "@noble/hashes/sha2.js"
import { concat, Reader, WireError, Writer } from "./bytes.ts"
import * as geometry from "./geometry.ts"
import type { BoxId, Content, NodeId } from "./names.ts"
import { utf8 } from "./text.ts"

const LABEL = utf8("sotto v1 stamp")
/** The one scheme so far: proof of work. The field has room for blind tokens (RFC 9497). */
const WORK = 1
const HOUR = 3_600_000
const STAMP_ZEROS = geometry.STAMP_LENGTH - 1 - 4 - 8
const TERMS_ZEROS = geometry.STAMP_TERMS_LENGTH - 1 - 1 - 4

/** What a dropbox asks for a write, told in each of its replies: scheme 1 ‖ bits 1 ‖ hour 4 ‖ zeros 10. All zeros: nothing. */
export interface StampTerms {
  /** Leading zero bits of the work: 2^bits hashes on average. */
  readonly bits: number
  /** Unix time of the dropbox in whole hours. */
  readonly hour: number
}

/** What a write's proof of work is over: 32 bytes that name dropbox, hour, box and content. design.md section 6. */
export type Challenge = Uint8Array

export function hourAt(now: number): number {
  return Math.floor(now / HOUR)
}

/** SHA-256 over label ‖ node id ‖ hour ‖ box id ‖ SHA-256(content). */
export function challenge(dropbox: NodeId, hour: number, box: BoxId, content: Content): Challenge {
  return sha256(new Writer().put(LABEL).put(dropbox).u32(hour).put(box).put(sha256(content)).done())
}

/** With how many zero bits SHA-256(challenge ‖ nonce u64) begins. */
export function workOf(challenge: Challenge, nonce: number): number {
  return zeroBits(sha256(concat(challenge, new Writer().u64(nonce).done())))
}

/** True where that is this many, or more. */
export function holds(challenge: Challenge, nonce: number, bits: number): boolean {
  return workOf(challenge, nonce) >= bits
}

/** A nonce of [from, from + tries) that holds, or null: work is done in slices, so that a clock beside it stays on time. */
export function solve(challenge: Challenge, bits: number, from: number, tries: number): number | null {
  for (let nonce = from; nonce < from + tries; nonce++) if (holds(challenge, nonce, bits)) return nonce
  return null
}

/** scheme 1 ‖ hour 4 ‖ nonce 8 ‖ zeros 83. */
export function encodeStamp(hour: number, nonce: number): Uint8Array {
  return new Writer().u8(WORK).u32(hour).u64(nonce).zeros(STAMP_ZEROS).done()
}

/** Throws WireError on another scheme, and on none. */
export function decodeStamp(bytes: Uint8Array): { hour: number; nonce: number } {
  const reader = new Reader(bytes)
  if (reader.u8() !== WORK) throw new WireError()
  const stamp = { hour: reader.u32(), nonce: reader.u64() }
  reader.zeros(STAMP_ZEROS)
  reader.end()
  return stamp
}

export function encodeTerms({ bits, hour }: StampTerms): Uint8Array {
  return new Writer().u8(WORK).u8(bits).u32(hour).zeros(TERMS_ZEROS).done()
}

/** null where nothing is asked for. Throws WireError on another scheme. */
export function decodeTerms(bytes: Uint8Array): StampTerms | null {
  const reader = new Reader(bytes)
  const scheme = reader.u8()
  if (scheme !== 0 && scheme !== WORK) throw new WireError()
  const terms = { bits: reader.u8(), hour: reader.u32() }
  reader.zeros(TERMS_ZEROS)
  reader.end()
  if (scheme === 0 && (terms.bits !== 0 || terms.hour !== 0)) throw new WireError()
  return scheme === 0 ? null : terms
}

function zeroBits(hash: Uint8Array): number {
  let bits = 0
  for (const byte of hash) {
    if (byte !== 0) return bits + Math.clz32(byte) - 24
    bits += 8
  }
  return bits
}
