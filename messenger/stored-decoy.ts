import type { StoredMark, StoredRenewal } from "./stored-conversation.ts"

/** One stream of a decoy conversation: two that follow each other by number, the even one first, are its sides. */
export interface StoredDecoy {
  readonly number: number
  /** Of the pretended epoch that is read, and its dropboxes: those of today where they are left out. */
  readonly context: Uint8Array
  readonly placement?: readonly Uint8Array[]
  /** 0 where it is left out. */
  readonly epoch?: number
  readonly scalar: Uint8Array
  readonly stream: Uint8Array
  readonly nextRead: number
  /** In the epoch that is written. */
  readonly nextWrite: number
  /** What is on its way into its boxes. The same bytes go out again after a restart, for a stream has no gaps. */
  readonly boxes?: readonly StoredDecoyBox[]
  /** Boxes that no dropbox took, with the one in which that would be said: it is not read yet. */
  readonly voids?: readonly { readonly epoch?: number; readonly box: number; readonly at: number }[]
  /** The stream was closed in its box `closed`, and is written in the next epoch. */
  readonly onward?: { readonly context: Uint8Array; readonly placement: readonly Uint8Array[]; readonly closed: number }
  /** Boxes that are not read yet and pretend to hold a message, or the beginning of one. */
  readonly said?: readonly StoredDecoySaid[]
  /** What both sides have in common; of the first of the two. */
  readonly talk?: StoredDecoyTalk
}

export interface StoredDecoyBox {
  readonly epoch?: number
  readonly index: number
  readonly content: Uint8Array
  readonly signature: Uint8Array
  /** Dropboxes that have stored it: ids in hex. */
  readonly at: readonly string[]
}

export interface StoredDecoySaid extends StoredMark {
  /** The message goes on in the next box. */
  readonly more: boolean
}

export interface StoredDecoyTalk {
  /** From which its recovery boxes follow. */
  readonly recovery: Uint8Array
  /** Since when the present epoch is there, ms, and the attempt at its commit; it is under way. */
  readonly since: number
  readonly attempt: number
  readonly committing?: boolean
  /** The epoch into which not both streams have gone yet; which sides know of it, and the seed of its commit's body. */
  readonly next?: { readonly epoch: number; readonly context: Uint8Array; readonly placement: readonly Uint8Array[]; readonly seed: Uint8Array; readonly known: readonly [boolean, boolean] }
  readonly renewals: readonly [StoredRenewal, StoredRenewal]
  readonly turn: StoredTurn | null
  /** When each side is not there to read, ms. */
  readonly away: readonly [readonly StoredSpan[], readonly StoredSpan[]]
}

/** One side says something: when, ms; so long after what was said before it; so many bytes. */
export interface StoredTurn {
  readonly at: number
  readonly gap: number
  readonly side: 0 | 1
  readonly bytes: number
}

export interface StoredSpan {
  readonly from: number
  readonly until: number
}
