import type { AttachmentState } from "../attachment-view.ts"
import type { Source } from "../content/attachment.ts"
import { padded } from "../stored.ts"

/** How far the file of a message is, beside what the message says of it. */
export interface StoredAttachment {
  /** Its pieces are kept under this, 32 hex digits. */
  readonly id: string
  /** So many boxes it takes, with the spare ones. */
  readonly boxes: number
  readonly state: AttachmentState
  readonly done: number
  readonly of: number
  /** Since when it is sent, or ready; ms. */
  readonly since?: number
  /** Where its author says that it lies now; as the message says where this is left out. */
  readonly source?: Source
}

/** A file on its way, out of here or in. */
export interface StoredTransfer {
  readonly id: string
  readonly conversation: string
  readonly position: number
  readonly way: "out" | "in"
  readonly size: number
  readonly hash: Uint8Array
  readonly source: Source
  /** One byte for each box: see BOX. */
  readonly boxes: Uint8Array
  readonly paused?: boolean
  /** Of one that comes in: not to be had now. What is here is kept. */
  readonly stopped?: boolean
  /** Of one that goes out: since when each box lies somewhere, or was tried for long; ms. */
  readonly whole?: number
}

/** What is known of a box. */
export const BOX = {
  /** It is still to be written, or read. */
  open: 0,
  /** Written at one dropbox at least; or read, and its piece is here. */
  done: 1,
  /** Written at all of its dropboxes; or read, and needed no more. */
  settled: 2,
  /** No dropbox takes it; or none has it. */
  lost: 3,
} as const

/** Pieces that are to be erased, a few at a time: those of boxes before `boxes`. */
export interface StoredErasing {
  readonly id: string
  readonly boxes: number
}

/** How much was done for somebody in a conversation on a day (since 1970), bytes. */
export interface StoredAllowance {
  readonly day: number
  readonly bytes: number
}

/** Under which keys it is kept, as in stored.ts. */
export const fileKeys = {
  pieces: (id: string) => `piece/${id}/`,
  piece: (id: string, box: number) => `piece/${id}/${padded(box)}`,
  transfers: "transfer/",
  transfer: (id: string) => `transfer/${id}`,
  allErasing: "erasing/",
  erasing: (id: string) => `erasing/${id}`,
}
