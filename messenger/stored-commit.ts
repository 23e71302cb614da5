import type { StoredWelcome } from "./groups/stored-group.ts"

/** An own commit on its way, and after it has won for as long as somebody may still have to read it. */
export interface StoredCommit {
  readonly conversation: string
  /** The epoch that it ends, and which attempt at that it is. */
  readonly epoch: number
  readonly attempt: number
  readonly kind: "member" | "rejoin"
  readonly hash: Uint8Array
  /** The group's state behind it; null once it has won. */
  readonly pending: Uint8Array | null
  /** Of a rejoin: the scalar of the new leaf. */
  readonly scalar: Uint8Array | null
  /** Its place in the fixed order; null of a rejoin, which comes from no state. */
  readonly rank: Uint8Array | null
  /** For those whom it lets into a group, until it has won. */
  readonly welcome?: StoredWelcome
  /** Identities of those who leave with it by themselves. */
  readonly left?: readonly Uint8Array[]
  /** Where the boxes of the commit lie, and those of the next epoch: node ids. */
  readonly placement: readonly Uint8Array[]
  readonly nextPlacement: readonly Uint8Array[]
  /** The boxes of its body, and last that of its claim. */
  readonly boxes: readonly StoredCommitBox[]
}

export interface StoredCommitBox {
  readonly box: Uint8Array
  readonly content: Uint8Array
  readonly signature: Uint8Array
  /** Dropboxes that have stored it: ids in hex. */
  readonly at: readonly string[]
  /** When the last of them did. */
  readonly stored?: number
}
