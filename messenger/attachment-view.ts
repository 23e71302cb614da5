import type { Speed } from "./api.ts"

/**
 * How far a file is. Of an own message:
 * - sending: its boxes are being written
 * - paused: until it goes on by the command `pause-attachment`; also of one that is being fetched
 * - sent: each lies in a dropbox
 * - deleted: its user has taken it off this device; its message stays. Also of another's, where it can be fetched again
 *
 * Of another's:
 * - offered: nothing of it is here; the command `fetch-attachment` fetches it
 * - fetching: its boxes are being read
 * - ready: it is here, and is what its sender has named
 * - missing: too much of it is in no dropbox (any more); what is here is kept, and `ask-again` asks its sender for it. An own one could not be sent whole
 *   while its boxes lasted
 * - asked: that was done, and is not answered yet
 * - damaged: it is not what its sender has named, and was thrown away
 */
export type AttachmentState = "sending" | "paused" | "sent" | "deleted" | "offered" | "fetching" | "ready" | "missing" | "asked" | "damaged"

/** A file that a message brings. */
export interface AttachmentView {
  /** Without folders, and nothing in it turns the order of letters; "" where it has none. */
  readonly name: string
  /** Whatever its sender says it is. */
  readonly mediaType: string
  /** Bytes. */
  readonly size: number
  readonly state: AttachmentState
  /** Boxes that are written, or pieces that are here, of how many. */
  readonly done: number
  readonly of: number
  /** A small picture of what it shows; its bytes are its sender's, too. */
  readonly thumbnail: { readonly mediaType: string; readonly bytes: Uint8Array } | null
  /** From when on it may be in no dropbox any more; what is here stays. */
  readonly expires: number
}

/** What is done with files without asking this user; bytes. */
export interface FileLimits {
  /** Files of up to so many are fetched by themselves, of one conversation 20 MB in a day. */
  readonly fetch: number
  /** In one conversation own files of so many in all are sent once more in a day, where somebody asks for them; 0 for none. */
  readonly again: number
}

/** What a file of a size costs whoever sends it, and those who fetch it. */
export interface FileCost {
  /** More bytes than this are not sent in this network. */
  readonly most: number
  /** Boxes that are written, with the spare ones. */
  readonly boxes: number
  /** Packets that carry them, each to every one of its dropboxes; in the place of others that would leave. */
  readonly packets: number
  /** Packets that fetch it. */
  readonly reads: number
  /** Until it is sent, or fetched where all of it lies there, at each speed, where nothing is lost; ms. */
  readonly sending: Readonly<Record<Speed, number>>
  readonly fetching: Readonly<Record<Speed, number>>
}

/** How much of files is kept here for one conversation. */
export interface StorageView {
  readonly conversation: string
  readonly files: number
  readonly bytes: number
}

/** Behind which file a list goes on. To be handed back as it is. */
export interface FileMark {
  readonly conversation: string
  readonly position: number
  readonly rank: number
}
