/**
 * What a program says to the messenger and hears from it: plain values only, so that they cross a worker's
 * border as they are. Times are milliseconds since 1970; ids are opaque strings.
 */

export type Speed = "fast" | "balanced" | "saver"

/** How sure one can be that a contact is who they say: the rungs of the trust ladder. */
export type Trust = "met" | "compared" | "introduced" | "link"

/**
 * The inviter's side goes publishing, waiting, ask, ready; the guest's side reading, answering, answered, ready.
 * - publishing: the bundle is on its way to its dropbox; the code is not yet to be given away
 * - waiting: the code can be used; nobody has answered
 * - ask: somebody answered; they are let in with the command `accept`
 * - reading: the bundle behind an entered code is being fetched
 * - answering: our answer is on its way
 * - answered: our answer is stored; messages can be written, they are read once we are let in
 * - ready: both sides have each other
 * - failed: see `problem`
 */
export type ContactState = "publishing" | "waiting" | "ask" | "reading" | "answering" | "answered" | "ready" | "failed"

/** Why a contact could not be made. */
export type ContactProblem = "used" | "not-found" | "not-genuine" | "expired"

export interface ContactView {
  readonly id: string
  /** The name that only this user sees; at first the one given with the code or chosen by the other side. */
  readonly name: string
  /** The name that the other side chose for itself, once known. */
  readonly theirName: string | null
  readonly state: ContactState
  readonly problem: ContactProblem | null
  readonly trust: Trust
  /** The contact code, while there is one to give away (state waiting). */
  readonly code: string | null
  /** 60 digits in 12 groups of five, once both identity keys are known. */
  readonly safetyNumber: string | null
  readonly blocked: boolean
  /** They and this device were shown different directories of the same epoch: which epoch, and when that was found out. */
  readonly otherDirectory: { readonly epoch: number; readonly at: number } | null
  readonly created: number
  /** When the state is expected to change at the latest in a well network; null where it depends on a person. */
  readonly expected: number | null
}

export interface ConversationView {
  /** For a conversation of two it equals the contact's id. */
  readonly id: string
  readonly kind: "direct"
  readonly title: string
  readonly contact: string
  readonly last: MessageView | null
  readonly unread: number
}

/** design.md section 8. Only own messages have one. */
export type SendState = "queued" | "mix" | "dropbox" | "received" | "failed"

/** `no-room`: a dropbox is full; the other has the message or is asked for it, and this one is asked again. The others are for good. */
export type SendProblem = "expired" | "too-long" | "contact-failed" | "no-room"

/** A node as people are shown it. */
export interface NodeView {
  readonly id: string
  readonly role: "mix" | "dropbox"
  /** 1 to 3 for mixes, 0 for dropboxes. */
  readonly layer: number
  readonly operator: string
  readonly provider: string
  readonly host: string
}

/** The nodes that one request and its reply passed, in order. */
export interface Journey {
  readonly out: readonly NodeView[]
  readonly back: readonly NodeView[]
  readonly sent: number
  readonly answered: number | null
}

export interface MessageView {
  readonly id: string
  readonly conversation: string
  readonly own: boolean
  /** Contact id of the sender, or null for own messages. */
  readonly from: string | null
  readonly text: string
  /** The sender's time. */
  readonly sent: number
  /** When it reached this device; for own messages when the recipient's device confirmed it. */
  readonly received: number | null
  readonly state: SendState | null
  /** When each state began. */
  readonly times: Partial<Record<SendState, number>>
  /** When the next state is expected, where the network decides it. */
  readonly expected: number | null
  readonly problem: SendProblem | null
  /** In how many of its dropboxes an own message lies, once it lies in one. */
  readonly replicas: { readonly stored: number; readonly of: number } | null
  /** The way of the packet that carried it (own: the write; others': the read), while it is remembered. */
  readonly journey: Journey | null
  /** Position in the conversation, rising; pages are asked for by it. */
  readonly position: number
}

/** The longest text of one message, bytes of UTF-8. */
export const TEXT_MAX = 16_384

export type LinkState = "offline" | "connecting" | "online"

export interface NetworkView {
  readonly name: string
  /** Hash of the authorities' keys and threshold, hex. */
  readonly id: string
  readonly link: LinkState
  readonly gateway: NodeView | null
  readonly nodes: readonly NodeView[]
  readonly speed: Speed
  /** Packets since the start: `cover` is the part of `sent` that had nothing to say. */
  readonly sent: number
  readonly cover: number
  readonly replies: number
  readonly lost: number
  /** Boxes that have not been looked at since the connection was made: 0 means that all that has come is here. */
  readonly behind: number
  /** Median of the last quick round trips, ms. */
  readonly roundTrip: number | null
  /** The directory in use. */
  readonly directoryEpoch: number | null
  /** The last few packets, newest first. */
  readonly recent: readonly RecentPacket[]
  readonly warning: NetworkWarning | null
  /** Seconds by which this device's clock is ahead of the gateway's (behind: negative); null where that is no more than two minutes. */
  readonly clockOff: number | null
}

/** What the user must know of this network. `two-directories`: its authorities have signed two different ones for one epoch. */
export type NetworkWarning = "one-operator" | "one-provider" | "two-directories"

export interface RecentPacket {
  readonly carried: "cover" | "read" | "write"
  readonly journey: Journey
}

export interface ProfileView {
  readonly name: string
  readonly speed: Speed
  readonly created: number
}

/**
 * Why something that came from a contact was not let in:
 * - blocked: they are blocked
 * - unsealed: no key of theirs opens the box; malformed: what was in it is not of its format
 * - unreadable: no key opens the message, or its signature is wrong; replayed: its key was used before
 * - foreign: another device's message than that whose stream it lay in
 * - duplicate: a message of this id is there
 * - lying: it confirms what was not sent
 * - flood: more than is taken at a time
 */
export type QuarantineReason = "blocked" | "unsealed" | "malformed" | "unreadable" | "replayed" | "foreign" | "duplicate" | "lying" | "flood"

/** What was kept out for one reason: how often, and when. Nothing of the contents is kept. */
export interface QuarantineView {
  readonly id: string
  readonly contact: string
  readonly reason: QuarantineReason
  readonly count: number
  readonly first: number
  readonly last: number
}

export interface MessengerView {
  readonly profile: ProfileView | null
  readonly contacts: readonly ContactView[]
  readonly conversations: readonly ConversationView[]
  /** Latest first. */
  readonly quarantine: readonly QuarantineView[]
  readonly network: NetworkView
}

/** Why an entered contact code is not one that can be answered. `part` counts its lines of 16 characters from 1. */
export type CodeProblem =
  | { readonly problem: "too-short" }
  | { readonly problem: "too-long" }
  | { readonly problem: "not-a-code" }
  | { readonly problem: "typo"; readonly part: number }
  | { readonly problem: "version" }
  | { readonly problem: "other-network" }
  | { readonly problem: "own" }
  | { readonly problem: "known"; readonly contact: string }

export type Outcome<T> = ({ readonly ok: true } & T) | { readonly ok: false; readonly problem: string }

/** Every command with what it takes and what it answers. */
export interface Commands {
  /** Makes the identity and device keys of this profile. Once. */
  "create-profile": { in: { name: string }; out: Record<string, never> }
  rename: { in: { name: string }; out: Record<string, never> }
  speed: { in: { speed: Speed }; out: Record<string, never> }
  /** A new contact code; `name` is how the user will see whoever answers. The contact appears in state publishing. */
  invite: { in: { name: string }; out: { contact: string } }
  /** Looks at an entered code (text or link) without doing anything. */
  "check-code": { in: { code: string }; out: { ok: true } | ({ ok: false } & CodeProblem) }
  /** Enters a contact code (text or link). */
  add: { in: { code: string; name: string }; out: { ok: true; contact: string } | ({ ok: false } & CodeProblem) }
  /** Lets in whoever answered a code. */
  accept: { in: { contact: string; trust: Trust; name?: string }; out: Record<string, never> }
  /** Forgets a pending or failed contact and its code; a ready one with its conversation. */
  remove: { in: { contact: string }; out: Record<string, never> }
  "rename-contact": { in: { contact: string; name: string }; out: Record<string, never> }
  "trust-contact": { in: { contact: string; trust: Trust }; out: Record<string, never> }
  block: { in: { contact: string; blocked: boolean }; out: Record<string, never> }
  /** What was kept out, of one contact or of all, latest first. */
  quarantine: { in: { contact?: string }; out: { lines: QuarantineView[] } }
  "clear-quarantine": { in: { contact?: string }; out: Record<string, never> }
  send: { in: { conversation: string; text: string }; out: { message: string } }
  retry: { in: { message: string }; out: Record<string, never> }
  /** Messages of a conversation in their order: the `limit` (at most 200) that come before `before`, or the latest. */
  messages: { in: { conversation: string; before?: number; limit: number }; out: { messages: MessageView[]; more: boolean } }
  message: { in: { message: string }; out: { message: MessageView | null } }
  /** Everything up to `position` in the conversation has been seen. */
  "mark-read": { in: { conversation: string; position: number }; out: Record<string, never> }
  /** Messages that are not yet marked as read, oldest first, of all conversations. */
  unread: { in: { limit: number }; out: { messages: MessageView[] } }
  view: { in: Record<string, never>; out: MessengerView }
}

export type CommandName = keyof Commands
export type CommandInput<Name extends CommandName> = Commands[Name]["in"]
export type CommandOutput<Name extends CommandName> = Commands[Name]["out"]

/** Shown means stored: an event leaves after the transaction that made it true. */
export type MessengerEvent =
  | { readonly type: "profile"; readonly profile: ProfileView }
  | { readonly type: "contact"; readonly contact: ContactView }
  | { readonly type: "contact-removed"; readonly contact: string }
  | { readonly type: "conversation"; readonly conversation: ConversationView }
  | { readonly type: "message"; readonly message: MessageView }
  | { readonly type: "quarantine"; readonly line: QuarantineView }
  /** Of one contact, or null: of all. */
  | { readonly type: "quarantine-cleared"; readonly contact: string | null }
  | { readonly type: "network"; readonly network: NetworkView }

/** A command that names something that is not there, or comes out of turn: a mistake of the caller. */
export class CommandError extends Error {
  override readonly name = "CommandError"
}

export interface Messenger {
  /** Loads the store, connects, starts the clock. */
  start(): Promise<void>
  /** Stops the clock and the link and waits for what is under way. */
  stop(): Promise<void>
  run<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<CommandOutput<Name>>
  /** Returns the way to unsubscribe. */
  subscribe(listener: (event: MessengerEvent) => void): () => void
}
