import type { Unfinished } from "./records.ts"
import type { StoredCommitBox } from "./stored-commit.ts"

/** An own plea to a contact, until its conversation goes on. */
export interface StoredPlea {
  readonly contact: string
  /** HPKE keys under which answers come, and the seed of their boxes. */
  readonly secretKey: Uint8Array
  readonly publicKey: Uint8Array
  readonly seed: Uint8Array
  /** The day (since 1970) of the recovery box that was written last, and what was put there; null where it was taken. */
  readonly day: number
  readonly box: StoredCommitBox | null
  /** The next box of the answers, and what began in the one before it. */
  readonly next: number
  readonly unfinished: Unfinished | null
  /** Of a conversation whose state is good: where it stood. The plea ends when it goes on. */
  readonly place?: string
}

/** A contact's plea that was heard. */
export interface StoredMercy {
  readonly contact: string
  /** The stream of the leaf that is to be taken back. */
  readonly stream: Uint8Array
  readonly key: Uint8Array
  readonly seed: Uint8Array
  /** The epoch that was answered from last. */
  readonly epoch: number
  /** Index of the first box of what was answered last, and those boxes. */
  readonly first: number
  readonly boxes: readonly StoredCommitBox[]
  /** The day on which it was heard last. */
  readonly day?: number
  /** The device has come back since: this plea is not answered any more. */
  readonly done: boolean
}
