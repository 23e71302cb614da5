import { sameBytes } from "../shared/bytes.ts"
import type { StoredGroup, StoredWelcome, StoredWish } from "./groups/stored-group.ts"
import type { StoredAllowance } from "./attachments/stored-attachment.ts"
import type { Member } from "./mls/mls.ts"
import type { Room } from "./mls/room.ts"
import type { Unfinished } from "./records.ts"
import type { StoredTimer } from "./stored-acts.ts"

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
  /** It was made by a commit of this device. */
  readonly own?: boolean
  /** How it was left: there is a snapshot of the group before that. */
  readonly left?: StoredLeaving
  /** Own commits that lost it are kept, the last of them made in this attempt. */
  readonly lost?: number
  /** Of a group: positions of the lines that came with it, and what this user had wished for and was so from then on. */
  readonly lines?: readonly number[]
  readonly granted?: readonly StoredWish[]
}

/** The commit by which an epoch was left, to be compared with others by which somebody else may have left it. */
export interface StoredLeaving {
  /** Its place in the fixed order. */
  readonly rank: Uint8Array
  readonly at: number
  /** Those who have left by another commit were told of ours. */
  readonly told?: boolean
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
  /** Messages of this stream that could not be opened, until that is reported: in which box, and which of those that end there. */
  readonly unreadable?: readonly (StoredMark & { readonly nth: number })[]
  /** Its leaf is no more: what lies there is still read, and nothing is waited for. */
  readonly gone?: boolean
  /** The places behind the closes through which it came, the latest last. */
  readonly passed?: readonly StoredMark[]
  /** In which epoch its device came; not known of those that earlier versions have stored. */
  readonly joined?: number
}

/** Where the own stream of an epoch was closed, and its next box behind that: it is gone back to when the conversation does. */
export interface StoredClosing {
  readonly epoch: number
  readonly close: number
  readonly next: number
}

/** The claim of a commit, as somebody told it. */
export interface StoredTold {
  readonly attempt: number
  readonly claim: Uint8Array
}

/** Somebody has ended an epoch by another commit than we have. */
export interface StoredBranch {
  readonly epoch: number
  /** SHA-256 of that commit. */
  readonly commit: Uint8Array
  /** P of who is there. */
  readonly stream: Uint8Array
  /** Where their stream leads there, and what had begun before that place: to be read again if we follow. */
  readonly close: StoredMark | null
  readonly unfinished: Unfinished | null
  readonly told: StoredTold | null
  readonly since: number
}

/** A record of its own: the conversation as it was when it left an epoch. */
export interface StoredSnapshot {
  readonly conversation: string
  readonly epoch: number
  readonly mls: Uint8Array
  readonly renewal: StoredRenewal
  readonly readers: readonly StoredReader[]
  /** Of a group. */
  readonly room?: Room
}

/** An own commit that lost its epoch, as far as we know. */
export interface StoredLost {
  readonly hash: Uint8Array
  readonly rank: Uint8Array
  /** The group's state behind it. */
  readonly pending: Uint8Array
  readonly placement: readonly Uint8Array[]
  readonly welcome?: StoredWelcome
  readonly left?: readonly Uint8Array[]
}

export interface StoredLosts {
  readonly commits: readonly StoredLost[]
}

export interface StoredConversation {
  readonly id: string
  readonly groupId: Uint8Array
  /** Left out of a conversation of two. */
  readonly group?: StoredGroup
  readonly mls: Uint8Array
  readonly ownLeaf: number
  readonly scalar: Uint8Array
  readonly stream: Uint8Array
  /** Oldest first; the last is the present one. */
  readonly epochs: readonly StoredEpoch[]
  /** The next own box. Its epoch stays behind the present one until there is something to write. */
  readonly writing: StoredMark
  readonly readers: readonly StoredReader[]
  /** Position of the last message or own act, and up to which they were seen. */
  readonly position: number
  /** Position at which this user came into a group, the last time that they did: before it there is room for what was said earlier (`PAST_ROOM`). */
  readonly entered?: number
  /** So many own acts have taken positions behind the last message. */
  readonly quiet?: number
  readonly seen: number
  readonly unread: number
  /** Of what is unread: lines, which are not counted before the user. */
  readonly unreadLines?: number
  /** Position of the latest message that names this user. */
  readonly named?: number
  /** Of the contents of what is unread. */
  readonly unreadBytes?: number
  /** How long its messages last, and the message that says so; left out where nobody has said anything of it. */
  readonly timer?: StoredTimer
  /** So many acts wait for the message that they are about. */
  readonly waitingActs?: number
  /** Files of others that were fetched unasked today, and own ones that others asked for again. */
  readonly fetched?: StoredAllowance
  readonly again?: StoredAllowance
  /** Directories that the other side used and this device has not seen. */
  readonly said?: readonly StoredSaid[]
  /** How many attempts at the commit of the present epoch were void. */
  readonly attempt: number
  /** Since when a commit that others speak of, or one that cannot be followed, has been waited for in the present epoch; written down after a while only. */
  readonly stalled?: number
  /** Since the own leaf's keys were last renewed. */
  readonly renewal: StoredRenewal
  /** When the certificate of the own leaf ends; ms. */
  readonly certified?: number
  /** This state was found to be a copy, or cannot follow: it writes nothing any more, and pleads. */
  readonly isCopy?: boolean
  /** This device goes on elsewhere: its leaf was replaced by one of its own. */
  readonly isReplaced?: boolean
  /** Own streams that were closed, oldest first. */
  readonly closed?: readonly StoredClosing[]
  /** Who is in another branch of the group, as far as that is not settled. */
  readonly branches?: readonly StoredBranch[]
  /** What is still to be told of own commits, in the streams of the epochs that they ended. */
  readonly telling?: readonly { readonly epoch: number; readonly bytes: Uint8Array }[]
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
  /** When the last of them stored it. */
  readonly stored?: number
  readonly sealed?: number
  /** Positions of the messages that end in this box. */
  readonly ends: readonly number[]
}

/** An own message that is not yet confirmed: the box it ends in once it is sealed. */
export interface StoredOutgoing {
  readonly position: number
  readonly box: StoredMark | null
  /** It is a parcel, which goes behind all that people write. */
  readonly parcel?: true
}

/** So many positions are left before the first that is taken when somebody comes into a group. */
export const PAST_ROOM = 10 ** 10

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

/** Whether anything of this stream was read: who was let into a group may not be there for a long time. */
export function isHeard({ at, passed = [] }: StoredReader): boolean {
  return at.index > 0 || passed.length > 0
}

/** The streams for which something is kept until they have come so far. */
export function waitedFor({ readers, group }: StoredConversation): readonly StoredReader[] {
  return readers.filter((reader) => reader.gone !== true && (group === undefined || isHeard(reader)))
}

/** Of a group so many epochs are kept at most: who is further behind than that pleads. */
const GROUP_EPOCHS_MOST = 64

/** Without the epochs in which no stream is read or written any more, and those left longer ago than `life` (ms). */
export function pruned(stored: StoredConversation, boxes: Iterable<StoredBox>, now: number, life: number): StoredConversation {
  const { epochs, writing, readers, closed = [] } = stored
  const read = Math.min(writing.epoch, ...readers.map(({ at }) => at.epoch))
  // While somebody may show that we have left an epoch in another way, the streams in which we would have to go back are kept.
  const behind = (marks: readonly { readonly epoch: number }[]) => marks.findLast(({ epoch }) => epoch <= read)?.epoch ?? read
  const shown = read === epochOf(stored).epoch ? read : Math.min(behind(closed), ...readers.map(({ passed = [] }) => behind(passed)))
  // An own box that lies nowhere yet, be it the one with the close, has to be written after a restart, too.
  const unwritten = [...boxes].filter(({ at = [] }) => at.length === 0).map(({ epoch }) => epoch)
  const needed = Math.min(shown, ...unwritten)
  const left = (i: number) => epochs[i + 1]?.since ?? now
  const kept = epochs.filter(({ epoch }, i) => i === epochs.length - 1 || (epoch >= needed && now - left(i) <= life && (stored.group === undefined || i >= epochs.length - GROUP_EPOCHS_MOST)))
  if (kept.length === epochs.length) return stored
  return { ...stored, epochs: kept, ...(closed.length > 0 && { closed: closed.filter(({ epoch }) => epoch >= kept[0]!.epoch) }) }
}

/** The next box behind the close of an own stream. */
export function behindClose({ closed = [] }: StoredConversation, epoch: number): number {
  return closed.find((one) => one.epoch === epoch)?.next ?? 0
}

/** The stream of `epoch` was written up to `next`, behind its close. */
export function movedBehind(stored: StoredConversation, epoch: number, next: number): StoredConversation {
  return { ...stored, closed: stored.closed?.map((one) => (one.epoch === epoch ? { ...one, next } : one)) ?? [] }
}

/** A reader of somebody who writes nothing before `begin`; `before`: those of the conversation as it was. */
export function readerOf({ leaf, identity, device, stream }: Member, begin: StoredMark, before: readonly StoredReader[] = []): StoredReader {
  const joined = before.find((one) => sameBytes(one.device, device))?.joined ?? begin.epoch
  return { leaf, identity, device, stream, at: begin, told: begin, confirmed: begin, unfinished: null, joined }
}
