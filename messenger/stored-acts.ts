import type { StoredAttachment } from "./attachments/stored-attachment.ts"
import type { SendState } from "./message-view.ts"
import type { StoredMessage } from "./stored.ts"

/** Who said something: null is this user, else the contact's id. */
export type Sender = string | null

/** What a message has become by what was said of it later. */
export interface StoredBecome {
  /** Of another's message: who wrote it; the conversation's contact where it is left out. */
  readonly from?: string
  /** In a group: what they were called when it came. */
  readonly fromName?: string
  /** In their order, the latest last. */
  readonly edits?: readonly StoredEdit[]
  /** Of each sender one, who may have taken it back. */
  readonly reactions?: readonly StoredReaction[]
  /** Its author has deleted it for everyone: when they say they did, ms. */
  readonly deleted?: number
  /** What this user last did to it, while that has not been confirmed: the position in the outbox, and how far it is. */
  readonly doing?: { readonly position: number; readonly state: SendState }
  /** The file that it names. */
  readonly attachment?: StoredAttachment
  /** It goes so long after it was read, or an own one after it was stored; ms. */
  readonly life?: number
  /** When it was read here: from then on its life counts. */
  readonly read?: number
  /** When it goes, once that is certain; ms. */
  readonly ends?: number
}

/** Senders order what they do to one message by `said`, the time on their clock as it was told, and then by id. */
export interface Ordered {
  readonly id: string
  readonly said: number
}

export interface StoredEdit extends Ordered {
  /** MIMI content. */
  readonly content: Uint8Array
  /** When it was said, as far as that can be true. */
  readonly sent: number
}

export interface StoredReaction extends Ordered {
  readonly from: Sender
  /** None where they were taken back. */
  readonly reactions: readonly string[]
}

/** An act that came, or was made here. */
export interface StoredAct extends Ordered {
  readonly from: Sender
  /** MIMI content. */
  readonly content: Uint8Array
  readonly sent: number
}

/** An own act in the outbox, in a record like that of a message. */
export interface StoredOwnAct extends StoredMessage {
  /** Position of the message that it is about, or of the line that tells of it; null of a parcel of which none does. */
  readonly about: number | null
}

/** Acts that came before what they are about, in the order in which they came. */
export interface StoredWaitingActs {
  readonly acts: readonly (StoredAct & { readonly came: number })[]
}

export interface StoredTimer {
  readonly seconds: number
  readonly turn: number
  readonly id: string
}

/** When a message goes, beside it: these are read in one go. */
export interface StoredEnding {
  readonly conversation: string
  readonly position: number
  readonly at: number
}

export function isLater(a: Ordered, b: Ordered): boolean {
  return a.said === b.said ? a.id > b.id : a.said > b.said
}
