import { WireError } from "../shared/bytes.ts"
import type { NodeEntry } from "../shared/directory/descriptor.ts"
import type { BoxId, Content } from "../shared/names.ts"
import type { Challenge, StampTerms } from "../shared/stamp.ts"
import { challenge, decodeTerms, encodeStamp } from "../shared/stamp.ts"
import { searchNonce } from "./stamp-search.ts"

/** What asks for more than this is not worked for: it would cost a phone minutes. Whoever asks for it has no room for us. */
export const BITS_MOST = 24

/** The terms in a reply; null where they cannot be read, or nothing is asked for. */
export function termsIn(bytes: Uint8Array): StampTerms | null {
  try {
    return decodeTerms(bytes)
  } catch (error) {
    if (error instanceof WireError) return null
    throw error
  }
}

/** The stamp of one write for one dropbox while it is being worked out, a few hashes at a time. */
export class StampWork {
  readonly #dropbox: NodeEntry
  readonly #box: BoxId
  readonly #content: Content
  #challenge: Challenge | null = null
  /** Of the challenge, and what was worked for. */
  #terms: StampTerms = { bits: 0, hour: 0 }
  #nonce = 0
  #found = false

  constructor(dropbox: NodeEntry, box: BoxId, content: Content) {
    this.#dropbox = dropbox
    this.#box = box
    this.#content = content
  }

  /** What the stamp at hand pays. */
  get paid(): StampTerms {
    return this.#terms
  }

  /** Up to `tries` hashes, where the stamp is not good for `terms` yet; returns how many it took. */
  advance(terms: StampTerms, tries: number): number {
    if (this.isReady(terms)) return 0
    // The search has no memory, so with a new hour it begins anew, unless a nonce is there that only pays too little.
    if (this.#challenge === null || !fits(this.#terms.hour, terms.hour) || (!this.#found && this.#terms.hour !== terms.hour)) {
      this.#challenge = challenge(this.#dropbox.id, terms.hour, this.#box, this.#content)
      this.#terms = { bits: terms.bits, hour: terms.hour }
      this.#nonce = 0
    } else if (this.#found) this.#nonce++
    this.#found = false
    this.#terms = { bits: terms.bits, hour: this.#terms.hour }
    const nonce = searchNonce(this.#challenge, terms.bits, this.#nonce, tries)
    this.#found = nonce !== null
    const used = nonce === null ? tries : nonce + 1 - this.#nonce
    this.#nonce = nonce ?? this.#nonce + tries
    return used
  }

  isReady(terms: StampTerms): boolean {
    return this.#found && this.#terms.bits >= terms.bits && fits(this.#terms.hour, terms.hour)
  }

  stamp(): Uint8Array {
    return encodeStamp(this.#terms.hour, this.#nonce)
  }
}

/** Dropboxes take stamps of the last hour, this, and the next. */
export function fits(hour: number, asked: number): boolean {
  return Math.abs(hour - asked) <= 1
}
