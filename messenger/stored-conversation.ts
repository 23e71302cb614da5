import type { Member } from "./mls/mls.ts"
import type { Unfinished } from "./records.ts"

/** A place in a stream: the MLS epoch it is in, and the index of the box in that epoch. */
export interface StoredMark {
  readonly epoch: number
  readonly index: number
}

/** What is kept of an MLS epoch until all streams in it are closed. */
export interface StoredEpoch {
  readonly epoch: number
  /** ctx: the addresses and keys of its boxes follow from it. */
  readonly context: Uint8Array
  /** The dropboxes that its boxes are placed on: node ids. */
  readonly placement: readonly Uint8Array[]
  /** SHA-256 of the commit that made it; zeros for that of the first. */
  readonly commit: Uint8Array
  /** The first 16 bytes of its authenticator: the same for all who are in it. */
  readonly authenticator: Uint8Array
  /** Somebody joined with it, and waits for the others at the beginning of their streams. */
  readonly joined: boolean
  /** When this device entered it. */
  readonly since: number
}

/** Another device's stream as far as it has been read. */
export interface StoredReader {
  readonly leaf: number
  readonly identity: Uint8Array
  readonly device: Uint8Array
  /** P: no other stream of the conversation has it, so it names the reader. */
  readonly stream: Uint8Array
  /** The box that is read next. */
  readonly at: StoredMark
  /** What the other device has been told: all before this was received. */
  readonly told: StoredMark
  /** What the other device has told of our stream: it has read all before this. */
  readonly confirmed: StoredMark
  readonly unfinished: Unfinished | null
  /** Its leaf is no more: what lies there is still read, and nothing is waited for. */
  readonly gone?: boolean
}

export interface StoredConversation {
  readonly id: string
  readonly groupId: Uint8Array
  readonly mls: Uint8Array
  readonly ownLeaf: number
  readonly scalar: Uint8Array
  readonly stream: Uint8Array
  /** Oldest first; the last is the present one. */
  readonly epochs: readonly StoredEpoch[]
  /** The next own box. Its epoch stays behind the present one until there is something to write. */
  readonly writing: StoredMark
  readonly readers: readonly StoredReader[]
  /** Position of the last message, and up to which they were seen. */
  readonly position: number
  readonly seen: number
  readonly unread: number
  /** Of the contents of what is unread. */
  readonly unreadBytes?: number
  /** Directories that the other side used and this device has not seen. */
  readonly said?: readonly StoredSaid[]
  /** How many attempts at the commit of the present epoch were void. */
  readonly attempt: number
  /** Since the own leaf's keys were last renewed. */
  readonly renewal: StoredRenewal
  /** This state was found to be a copy, or cannot follow: it writes nothing any more, and pleads. */
  readonly isCopy?: boolean
  /** This device goes on elsewhere: its leaf was replaced by one of its own. */
  readonly isReplaced?: boolean
}

/** The own leaf's keys are renewed with the first message after joining, and then with the first after a day or 100 messages. */
export interface StoredRenewal {
  /** When the keys were renewed; null since this device joined. */
  readonly at: number | null
  /** Own messages since then. */
  readonly messages: number
  /** It is time for it. */
  readonly due: boolean
}

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
}

/** What somebody said of the directory of an epoch: the beginning of its hash. */
export interface StoredSaid {
  readonly epoch: number
  readonly prefix: Uint8Array
  readonly at: number
}

/** A sealed own box, kept until its readers have confirmed it: the same bytes are written again where needed. */
export interface StoredBox extends StoredMark {
  readonly content: Uint8Array
  readonly signature: Uint8Array
  /** Dropboxes that have stored it: ids in hex. */
  readonly at?: readonly string[]
  /** Positions of the messages that end in this box. */
  readonly ends: readonly number[]
}

/** An own message that is not yet confirmed: the box it ends in once it is sealed. */
export interface StoredOutgoing {
  readonly position: number
  readonly box: StoredMark | null
}

export function isBefore(a: StoredMark, b: StoredMark): boolean {
  return a.epoch === b.epoch ? a.index < b.index : a.epoch < b.epoch
}

/** The present epoch. */
export function epochOf({ epochs }: StoredConversation): StoredEpoch {
  const last = epochs.at(-1)
  if (last === undefined) throw new Error("a conversation without an epoch")
  return last
}

/** null where nothing is kept of it any more, or it has not come yet. */
export function epochAt({ epochs }: StoredConversation, epoch: number): StoredEpoch | null {
  return epochs.find((one) => one.epoch === epoch) ?? null
}

/** Without the epochs in which no stream is read or written any more, and those left longer ago than `life` (ms). */
export function pruned(stored: StoredConversation, now: number, life: number): StoredConversation {
  const { epochs, writing, readers } = stored
  const needed = Math.min(writing.epoch, ...readers.map(({ at }) => at.epoch))
  const left = (i: number) => epochs[i + 1]?.since ?? now
  const kept = epochs.filter(({ epoch }, i) => i === epochs.length - 1 || (epoch >= needed && now - left(i) <= life))
  return kept.length === epochs.length ? stored : { ...stored, epochs: kept }
}

/** A reader of somebody who writes nothing before `begin`. */
export function readerOf({ leaf, identity, device, stream }: Member, begin: StoredMark): StoredReader {
  return { leaf, identity, device, stream, at: begin, told: begin, confirmed: begin, unfinished: null }
}
