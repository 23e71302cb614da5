import { decode, encode } from "cborg"
import { toHex } from "../shared/bytes.ts"
import type { ContactProblem, ContactState, FileLimits, MentionView, ReadMode, SendProblem, SendState, Speed, Trust } from "./api.ts"
import type { StoredExchange, StoredLine } from "./groups/stored-group.ts"
import { DAMAGED, StoreError } from "./ports.ts"
import type { QuarantineReason } from "./quarantine.ts"
import type { StoredBecome } from "./stored-acts.ts"
import type { StoredMark } from "./stored-conversation.ts"

/** A record of its own beside a draft. */
export interface StoredDraftMentions {
  readonly mentions: readonly MentionView[]
}

/**
 * What is kept, and under which keys. Values are CBOR; every key begins with its kind. Positions and indexes are padded so
 * that the order of keys is their order.
 */
export interface StoredProfile {
  readonly name: string
  readonly speed: Speed
  /** Waiting where it is left out. */
  readonly reads?: ReadMode
  /** FILE_LIMITS where it is left out. */
  readonly files?: FileLimits
  readonly created: number
  readonly identitySecret: Uint8Array
  readonly identityPublic: Uint8Array
  readonly deviceSecret: Uint8Array
  readonly devicePublic: Uint8Array
  readonly certificate: Uint8Array
  /** Identity keys of people who are blocked, and no contacts: members of groups. */
  readonly blocked?: readonly Uint8Array[]
}

export interface StoredContact {
  readonly id: string
  readonly role: "inviter" | "guest"
  readonly bundleHash: Uint8Array
  readonly created: number
  /** Of the inviter until somebody has answered. */
  readonly invitation: { bundle: Uint8Array; keyPackage: Uint8Array; secrets: Uint8Array; scalar: Uint8Array } | null
  /** Of the guest until all replicas have stored it: content of the answer box. */
  readonly answer: { content: Uint8Array; signature: Uint8Array } | null
  /** From which the recovery boxes of both follow, 32 bytes; known when the two have each other. */
  readonly recovery?: Uint8Array
  /** Dropboxes that have stored our bundle or answer: ids in hex. */
  readonly stored?: readonly string[]
  readonly name: string
  /** Whether the user chose the name; else it follows the one the other side gives. */
  readonly named: boolean
  readonly theirName: string | null
  readonly state: ContactState
  readonly problem: ContactProblem | null
  readonly trust: Trust
  readonly identity: Uint8Array | null
  /** Shown once both identity keys are known; dear to compute. */
  readonly safetyNumber: string | null
  readonly blocked: boolean
  /** Their code is for one person, who gets it by themselves: it is shown nowhere. */
  readonly isForOne?: boolean
  /** Another identity key than `identity` was found in its place, and the user has not taken it for theirs yet. */
  readonly identityChange?: StoredIdentityChange
  /** Identity keys that they had before, the latest last. */
  readonly former?: readonly Uint8Array[]
  /** Device keys that they have said are theirs no more. */
  readonly revoked?: readonly Uint8Array[]
  /** KeyPackages that were given and got. */
  readonly exchange?: StoredExchange
  /** They use another directory than we do in this epoch: since when we know. */
  readonly otherDirectory?: { readonly epoch: number; readonly at: number }
  /** When the state began. */
  readonly since: number
}

export interface StoredIdentityChange {
  readonly identity: Uint8Array
  readonly safetyNumber: string
  /** They said it themselves, signed with the key before. */
  readonly signed: boolean
  readonly at: number
}

export interface StoredJourney {
  readonly out: readonly Uint8Array[]
  readonly back: readonly Uint8Array[]
  readonly sent: number
  readonly answered: number | null
}

export interface StoredMessage extends StoredBecome {
  readonly id: string
  readonly conversation: string
  readonly position: number
  readonly own: boolean
  /** MIMI content, as it was first written; empty where its author has deleted it for everyone. */
  readonly content: Uint8Array
  readonly sent: number
  readonly received: number | null
  readonly state: SendState | null
  readonly times: Partial<Record<SendState, number>>
  readonly problem: SendProblem | null
  /** How often it was sealed anew since its reader could not open it. */
  readonly resealed?: number
  /** Of an own one in a group that is received: the box in which it ended. */
  readonly ended?: StoredMark
  /** Of the box in which it ends: how many replicas have it, of how many. */
  readonly replicas?: { readonly stored: number; readonly of: number }
  readonly journey: StoredJourney | null
  /** It is from before this user came into the group, and was given them by the member of this id. */
  readonly past?: string
  /** It is no message but a line: a change in a group. Its content says nothing. */
  readonly line?: StoredLine
}

/** In the place of a message that was deleted on this device. */
export interface StoredDeleted {
  readonly id: string
}

/** What was kept out of one contact for one reason. */
export interface StoredQuarantine {
  readonly contact: string
  readonly reason: QuarantineReason
  readonly first: number
  readonly last: number
  readonly count: number
}

/** A list of dropboxes that was in use, as node ids. */
export interface StoredPlacement {
  readonly list: readonly Uint8Array[]
  /** When it was in use last, ms; written anew once a day at most. */
  readonly until?: number
}

/** The directory of an epoch: SHA-256 of its body. */
export interface StoredDirectoryHash {
  readonly epoch: number
  readonly hash: Uint8Array
  readonly at: number
}

/** A second document of an epoch, signed by as many authorities as the first. */
export interface StoredFork {
  readonly epoch: number
  readonly document: Uint8Array
}

/** How far our clock is ahead of the gateway's, ms. */
export interface StoredClock {
  readonly ahead: number
}

export interface StoredGateway {
  readonly node: Uint8Array
  readonly since: number
}

export const padded = (n: number) => String(n).padStart(12, "0")

export const keys = {
  profile: "profile",
  directory: "directory",
  gateway: "gateway",
  clock: "clock",
  directoryHashes: "directory-hash/",
  directoryHash: (epoch: number) => `directory-hash/${padded(epoch)}`,
  fork: "fork",
  placements: "placement/",
  placement: (hash: string) => `placement/${hash}`,
  contacts: "contact/",
  contact: (id: string) => `contact/${id}`,
  conversations: "conversation/",
  conversation: (id: string) => `conversation/${id}`,
  allBoxes: "box/",
  boxes: (conversation: string) => `box/${conversation}/`,
  box: (conversation: string, { epoch, index }: StoredMark) => `box/${conversation}/${padded(epoch)}/${padded(index)}`,
  pleas: "plea/",
  plea: (contact: string) => `plea/${contact}`,
  mercies: "mercy/",
  mercy: (contact: string) => `mercy/${contact}`,
  allCommits: "commit/",
  commits: (conversation: string) => `commit/${conversation}/`,
  commit: (conversation: string, epoch: number) => `commit/${conversation}/${padded(epoch)}`,
  snapshots: (conversation: string) => `snapshot/${conversation}/`,
  snapshot: (conversation: string, epoch: number) => `snapshot/${conversation}/${padded(epoch)}`,
  losts: (conversation: string) => `lost/${conversation}/`,
  lost: (conversation: string, epoch: number) => `lost/${conversation}/${padded(epoch)}`,
  messages: (conversation: string) => `message/${conversation}/`,
  message: (conversation: string, position: number) => `message/${conversation}/${padded(position)}`,
  messageId: (id: string) => `message-id/${id}`,
  messageIds: "message-id/",
  /** Messages that bring files, and those that hold links (shelf.ts). */
  allFiles: "file/",
  files: (conversation: string) => `file/${conversation}/`,
  file: (conversation: string, position: number) => `file/${conversation}/${padded(position)}`,
  links: (conversation: string) => `link/${conversation}/`,
  link: (conversation: string, position: number) => `link/${conversation}/${padded(position)}`,
  deletions: (conversation: string) => `deleted/${conversation}/`,
  deleted: (conversation: string, position: number) => `deleted/${conversation}/${padded(position)}`,
  acts: (conversation: string) => `act/${conversation}/`,
  act: (conversation: string, position: number) => `act/${conversation}/${padded(position)}`,
  waitingActs: (conversation: string) => `waiting-acts/${conversation}`,
  allEndings: "ending/",
  endings: (conversation: string) => `ending/${conversation}/`,
  ending: (conversation: string, position: number) => `ending/${conversation}/${padded(position)}`,
  /** The latest message of a conversation once more: what the list of conversations shows is read in one go. */
  lasts: "last/",
  last: (conversation: string) => `last/${conversation}`,
  allOutgoings: "outgoing/",
  outgoings: (conversation: string) => `outgoing/${conversation}/`,
  outgoing: (conversation: string, position: number) => `outgoing/${conversation}/${padded(position)}`,
  packages: (contact: string) => `packages/${contact}`,
  parcels: (conversation: string) => `parcel/${conversation}/`,
  parcel: (conversation: string, stream: Uint8Array) => `parcel/${conversation}/${toHex(stream)}`,
  commons: "group-common/",
  common: (stream: Uint8Array) => `group-common/${toHex(stream)}`,
  spread: (stream: Uint8Array) => `group-common-spread/${toHex(stream)}`,
  introductions: "introduction/",
  introduction: (id: Uint8Array) => `introduction/${toHex(id)}`,
  invitations: "group-invitation/",
  invitation: (contact: string, id: string) => `group-invitation/${contact}/${id}`,
  quarantines: "quarantine/",
  quarantine: (contact: string, reason: QuarantineReason) => `quarantine/${contact}/${reason}`,
  /** What was typed and not sent, as UTF-8. */
  drafts: "draft/",
  draft: (conversation: string) => `draft/${conversation}`,
  /** Who is named in it. */
  draftMentions: "draft-mentions/",
  draftMention: (conversation: string) => `draft-mentions/${conversation}`,
  /** The message that was answered or edited meanwhile. */
  draftAbouts: "draft-about/",
  draftAbout: (conversation: string) => `draft-about/${conversation}`,
  decoys: "decoy/",
  decoy: (number: number) => `decoy/${padded(number)}`,
}

/** The values of a listing by the conversation in their keys, which stands behind the kind. What cannot be read is left out. */
export function byConversation<T>(entries: readonly (readonly [string, Uint8Array])[]): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>()
  for (const [key, bytes] of entries) {
    if (bytes === DAMAGED) continue
    const id = key.split("/")[1]!
    const before = found.get(id)
    if (before === undefined) found.set(id, [unpack<T>(bytes)])
    else before.push(unpack<T>(bytes))
  }
  return found
}

/** Of a key that ends with one. */
export const positionIn = (key: string): number => Number(key.slice(key.lastIndexOf("/") + 1))

export function pack(value: object): Uint8Array {
  return encode(value)
}

/** Our own bytes, so no more than their type is asserted. Throws StoreError where they are DAMAGED. */
export function unpack<T>(bytes: Uint8Array): T {
  if (bytes === DAMAGED) throw new StoreError("damaged")
  return decode(bytes) as T
}

/** Null where there is nothing, or nothing that can be read: for what can be had anew. */
export function unpackIfAny<T>(bytes: Uint8Array | null): T | null {
  return bytes === null || bytes === DAMAGED ? null : unpack<T>(bytes)
}

/** The values of a listing, without those that cannot be read any more: what is left goes on. */
export function unpackAll<T>(entries: readonly (readonly [string, Uint8Array])[]): T[] {
  return entries.filter(([, bytes]) => bytes !== DAMAGED).map(([, bytes]) => unpack<T>(bytes))
}
