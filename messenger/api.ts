import type { MessengerEvent } from "./messenger-event.ts"
import type { MessengerStatus } from "./messenger-status.ts"

/**
 * What a program says to the messenger and hears from it: plain values only, so that they cross a worker's
 * border as they are. Times are milliseconds since 1970; ids are opaque strings.
 */
import type { FileCost, FileLimits, FileMark, StorageView } from "./attachment-view.ts"
import type { ContactView, Trust } from "./contact-view.ts"
import type { ConversationView } from "./conversation-view.ts"
import type { MemberView, ReceiptView, Role } from "./groups/group-view.ts"
import type { IntroductionView } from "./introductions/introduction-view.ts"
import type { DraftAbout, MentionView, MessageKind, MessageView, SearchMark, VersionView } from "./message-view.ts"
import type { NetworkView, RecentPacket } from "./network-view.ts"
import type { ProfileView, ReadMode, Speed } from "./profile-view.ts"
import type { QuarantineView } from "./quarantine.ts"

export type { ContactProblem, ContactState, ContactView, IdentityChange, Trust } from "./contact-view.ts"
export type { GroupView, LineView, MemberView, ReceiptView, Role, Standing } from "./groups/group-view.ts"
export type { MessengerEvent } from "./messenger-event.ts"
export type { IntroductionState, IntroductionView } from "./introductions/introduction-view.ts"
export type { ConversationView, Stopped } from "./conversation-view.ts"
export type { AttachmentState, AttachmentView, FileCost, FileLimits, FileMark, StorageView } from "./attachment-view.ts"
export type { DraftAbout, MentionView, MessageKind, MessageView, QuoteView, ReactionView, SearchMark, SendProblem, SendState, VersionView } from "./message-view.ts"
export { TEXT_MAX } from "./message-view.ts"
export type { ProfileView, ReadMode, Speed } from "./profile-view.ts"

/** Everything but the messages. */
export interface MessengerView {
  readonly profile: ProfileView | null
  readonly contacts: readonly ContactView[]
  readonly conversations: readonly ConversationView[]
  /** Latest first. */
  readonly quarantine: readonly QuarantineView[]
  /** Latest first. */
  readonly introductions: readonly IntroductionView[]
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

/**
 * Every command with what it takes and what it answers, once what it changed is stored. Commands are carried out one after the other,
 * in the order in which they were given. None waits for the network, and none makes a packet leave earlier or later.
 */
export interface Commands {
  /** Makes the identity and device keys of this profile. Once, before any other command but `view`. Contacts will see the name. */
  "create-profile": { in: { name: string }; out: Record<string, never> }
  /** Changes the name that new contacts will see, and the members of this user's groups after a while. */
  rename: { in: { name: string }; out: Record<string, never> }
  /** Changes how often packets leave, from the next but one on. */
  speed: { in: { speed: Speed }; out: Record<string, never> }
  /** Changes how boxes are read, while running as well. */
  reads: { in: { mode: ReadMode }; out: Record<string, never> }
  /**
   * A new contact code, for one person; `name` is how the user will see whoever answers ("" for the name they tell). The contact
   * appears in state publishing, and has its `code` from state waiting on. An event tells of both.
   */
  invite: { in: { name: string }; out: { contact: string } }
  /** Looks at an entered code (text or link) without doing anything. */
  "check-code": { in: { code: string }; out: { ok: true } | ({ ok: false } & CodeProblem) }
  /** Enters a contact code (text or link). The contact appears in state reading; an event tells how it goes on. */
  add: { in: { code: string; name: string }; out: { ok: true; contact: string } | ({ ok: false } & CodeProblem) }
  /**
   * Lets in whoever answered a code (state ask), known as `trust` says. What they wrote meanwhile is shown from then on.
   */
  accept: { in: { contact: string; trust: Trust; name?: string }; out: Record<string, never> }
  /** Forgets a pending or failed contact and its code; a ready one with its conversation. */
  remove: { in: { contact: string }; out: Record<string, never> }
  /** Changes how this user sees a contact; nobody else learns of it. */
  "rename-contact": { in: { contact: string; name: string }; out: Record<string, never> }
  /**
   * What the QR code of a contact's safety number holds: the same text on both sides, and the same only where both have each other's keys.
   * Where another identity key waits to be accepted, it is that with the new key. Null until both keys are known.
   */
  "safety-qr": { in: { contact: string }; out: { text: string | null } }
  /**
   * Notes how sure this user is of a contact, say after safety numbers were compared; nobody else learns of it. `safetyNumber` is the one that the
   * user had in sight: where it is another by now, the command is refused.
   */
  "trust-contact": { in: { contact: string; trust: Trust; safetyNumber?: string }; out: Record<string, never> }
  /**
   * Takes a contact's new identity key for theirs; `compared`: its safety number was compared with them. `safetyNumber` is the one that the user had in
   * sight: where another key waits by now, the command is refused.
   */
  "accept-identity": { in: { contact: string; compared: boolean; safetyNumber?: string }; out: Record<string, never> }
  /** Blocks a contact, or unblocks one, in every conversation with this person: what came meanwhile stays unseen. They are not told. */
  block: { in: { contact: string; blocked: boolean }; out: Record<string, never> }
  /** What was kept out, of one contact or of all, latest first. */
  quarantine: { in: { contact?: string }; out: { lines: QuarantineView[] } }
  /** Forgets these lines. */
  "clear-quarantine": { in: { contact?: string }; out: Record<string, never> }
  /**
   * Queues a text of at most TEXT_MAX bytes and answers its id at once: it is kept until it is confirmed, across restarts. Events tell
   * of its states. `replyTo`: the message of this conversation that it answers. `mentions`: where members of the group are named in it, in order; in their
   * places stands what they call themselves.
   */
  send: { in: { conversation: string; text: string; replyTo?: string; mentions?: readonly MentionView[] }; out: { message: string } }
  /** What it would cost to send a file of `size` bytes. */
  "attachment-cost": { in: { size: number }; out: FileCost }
  /**
   * Begins to take over a file that is to be sent, of `size` bytes; `attach-bytes` hands them over. `name` is without folders, `thumbnail` a picture of at most
   * 2,048 bytes (WebP, AVIF, JPEG or PNG), `text` stands beside it ("" for none). Nothing is sent, and nothing kept across a restart, before all of it is there.
   */
  attach: {
    in: { conversation: string; name: string; mediaType: string; size: number; thumbnail?: { mediaType: string; bytes: Uint8Array }; text?: string; replyTo?: string }
    out: { file: string }
  }
  /** The next bytes of it, at most 131,072. With the last of them it is queued as a message; null before. */
  "attach-bytes": { in: { file: string; bytes: Uint8Array }; out: { message: string | null } }
  /** Forgets a file that was not handed over whole. */
  "drop-attachment": { in: { file: string }; out: Record<string, never> }
  /** Fetches a file that is offered or missing, or that was paused. */
  "fetch-attachment": { in: { message: string }; out: Record<string, never> }
  /** Stops a file on its way, out or in, until it is to go on. */
  "pause-attachment": { in: { message: string; paused: boolean }; out: Record<string, never> }
  /** Fetches a file no more, and forgets what is here of it; an own one is sent no more, and its message is deleted for everyone. */
  "cancel-attachment": { in: { message: string }; out: Record<string, never> }
  /** Asks the author of a message for its file once more. Their device answers if it has it, within the limits that they set. */
  "ask-again": { in: { message: string }; out: Record<string, never> }
  /** At most `length` (at most 262,144) bytes of a file, from `offset` on: of an own one, or one that is ready. */
  "attachment-bytes": { in: { message: string; offset: number; length: number }; out: { bytes: Uint8Array } }
  /** Sets what is done with files without asking. */
  "file-limits": { in: FileLimits; out: Record<string, never> }
  /**
   * Takes what is here of a file off this device, of one that is sent, or of another's that is not on its way; its message stays. Another's is fetched again, or asked for, as one that is
   * missing; an own one can then be given to nobody any more.
   */
  "delete-attachment": { in: { message: string }; out: Record<string, never> }
  /** How much files take on this device, by conversation, the most first. */
  storage: { in: Record<string, never>; out: { conversations: StorageView[] } }
  /**
   * Messages whose files are here, wholly or in part, of one conversation or of all, the latest or the largest first, at most `limit` (at most 200). `next`: where to go on, null at the
   * end.
   */
  "stored-files": { in: { conversation?: string; by: "latest" | "largest"; from?: FileMark; limit: number }; out: { files: MessageView[]; next: FileMark | null } }
  /** Writes an own message anew, for everyone. What it was is kept: see `history`. It is shown at once, and `doing` says how far that is. */
  edit: { in: { message: string; text: string; mentions?: readonly MentionView[] }; out: Record<string, never> }
  /** Sets all that this user thinks of a message: at most 8 signs of at most 64 bytes, without spaces; none takes back what was set. */
  react: { in: { message: string; reactions: string[] }; out: Record<string, never> }
  /**
   * Deletes an own message for everyone. A line stays in its place; of its text, its history and its reactions nothing is left. One that was never
   * sealed, so that nobody has it, goes as with `delete-message`. Whoever has read it may have kept it by other means.
   */
  "delete-for-everyone": { in: { message: string }; out: Record<string, never> }
  /**
   * Messages that are written in the conversation from now on disappear so many seconds (at most 366 days) after they were read, or, where they were
   * written, after they were stored in a dropbox; null: they last. A line tells both sides of it.
   */
  timer: { in: { conversation: string; seconds: number | null }; out: Record<string, never> }
  /** All versions of a message that are kept, the first one first; none of one that was deleted for everyone. */
  history: { in: { message: string }; out: { versions: VersionView[] } }
  /**
   * Makes a group of this user, as its owner, and contacts. Contacts who have given what it takes are in it at once, whether they are there or not; the others as soon
   * as they have (`waiting`).
   */
  "group-new": { in: { name: string; members: string[]; picture?: Uint8Array }; out: { conversation: string } }
  /** Lets contacts into a group. Like all that changes a group it takes some minutes, of which events tell, and is refused where this user may not. */
  "group-invite": { in: { conversation: string; contacts: string[] }; out: Record<string, never> }
  /** Takes a member out of a group. All keys and addresses are others from then on. */
  "group-remove": { in: { conversation: string; member: string }; out: Record<string, never> }
  /** Changes what a group is called, for all. */
  "group-rename": { in: { conversation: string; name: string }; out: Record<string, never> }
  /** Changes the group's picture for all, or takes it away (null): WebP, JPEG, PNG or AVIF of at most 2,048 bytes, which travel with every change of the group. Who may rename it may. */
  "group-picture": { in: { conversation: string; picture: Uint8Array | null }; out: Record<string, never> }
  /** Makes a member an owner, an admin or a member. */
  "group-role": { in: { conversation: string; member: string; role: Role }; out: Record<string, never> }
  /** Leaves a group. Nothing can be written from then on; the next device of another member that can takes this one out. */
  "group-leave": { in: { conversation: string }; out: Record<string, never> }
  /** A group that a contact has invited this user into: they want to be in it. What was written since they were let in is shown. */
  "group-accept": { in: { conversation: string }; out: Record<string, never> }
  /** They do not: the group is forgotten, and whoever has invited them takes this device out of it. */
  "group-decline": { in: { conversation: string }; out: Record<string, never> }
  /**
   * Whether programs are to tell of what comes in a group; nobody else learns of it. Of messages that name this user they tell all the same, unless `mentions` says that those
   * are muted, too (left out: as it was).
   */
  "group-mute": { in: { conversation: string; muted: boolean; mentions?: boolean }; out: Record<string, never> }
  /**
   * Blocks a member of a group, contact or not, or unblocks one: what they send, in any conversation, is dropped on this device, and nobody is told. One who is
   * a contact is blocked as with `block`.
   */
  "group-block": { in: { conversation: string; member: string; blocked: boolean }; out: Record<string, never> }
  /** Takes a group that this user has left, or was taken out of, away from this device. */
  "group-forget": { in: { conversation: string }; out: Record<string, never> }
  /**
   * Gives a member who is a contact the latest texts of a group, `messages` at most (100), of those sent since `since`: for admins and owners. Signed by this user; no files,
   * and nothing that is to disappear. Answers how many. A line in the conversation with them says so, and how far it is.
   */
  "group-history": { in: { conversation: string; member: string; messages: number; since?: number }; out: { given: number } }
  /** How many texts that would be, about how many packets they take, and about how long those; ms. */
  "group-history-cost": { in: { conversation: string; member: string; messages: number; since?: number }; out: { messages: number; packets: number; sending: number } }
  /** Who is in a group: this user first, then by name. */
  "group-members": { in: { conversation: string }; out: { members: MemberView[] } }
  /** Which members of a group have received an own message. */
  receipts: { in: { message: string }; out: { receipts: ReceiptView[] } }
  /**
   * Introduces two contacts to each other: each is asked, and only when both have agreed they become contacts, by themselves, with trust `introduced`. Neither learns
   * anything of the other before but what they are called.
   */
  introduce: { in: { contact: string; to: string }; out: { introduction: string } }
  /**
   * Asks to be introduced to a member of a group who is no contact, to write to them alone: the contact `by`, or one who is in the group, is asked, and then that member.
   */
  "introduction-ask": { in: { conversation: string; member: string; by?: string }; out: { introduction: string } }
  /** Says whether this user wants what was offered to them (state offered), or does what they were asked for (wanted). In state open they can only take it back (false). */
  "introduction-answer": { in: { introduction: string; agree: boolean }; out: Record<string, never> }
  /** All introductions, the latest first. */
  introductions: { in: Record<string, never>; out: { introductions: IntroductionView[] } }
  /** Queues a failed message again, under its old id; or what failed of what was done to it (`doing`). */
  retry: { in: { message: string }; out: Record<string, never> }
  /**
   * Messages of a conversation in their order: the `limit` (at most 200) that come before the position `before`, or behind `after`, or the
   * latest. `more`: there are others in that direction.
   */
  messages: { in: { conversation: string; before?: number; after?: number; limit: number }; out: { messages: MessageView[]; more: boolean } }
  /**
   * Looks for texts that have all words of `text`, in any order, whatever their case and accents: in one conversation or in all, the latest
   * first, `limit` (at most 200) at most. It reads a bounded part of what is kept and answers what it found there, which may be nothing; `next`
   * is where to go on, null at the end. Whoever stops asking has cancelled it. `kind`: only messages that bring such; then the text may be empty.
   */
  search: { in: { text: string; kind?: MessageKind; conversation?: string; from?: SearchMark; limit: number }; out: { hits: MessageView[]; next: SearchMark | null } }
  /**
   * Deletes a message on this device, and on no other. An own one that is not sealed yet is never sent; one that is sealed, or under way, may arrive. It
   * counts as unread no more.
   */
  "delete-message": { in: { message: string }; out: Record<string, never> }
  /** One message by its id; null where there is none. */
  message: { in: { message: string }; out: { message: MessageView | null } }
  /** Everything up to `position` in the conversation has been seen. Whatever reads messages says so: beyond 64 MiB unread no more is fetched. */
  "mark-read": { in: { conversation: string; position: number }; out: Record<string, never> }
  /** Messages that are not yet marked as read, oldest first, of all conversations; lines (`timer`) among them. */
  unread: { in: { limit: number }; out: { messages: MessageView[] } }
  /** Keeps what was typed and not sent, and which message it answers or edits, if one; the empty text forgets it, and `about` that is left out that. */
  "keep-draft": { in: { conversation: string; text: string; mentions?: readonly MentionView[]; about?: DraftAbout }; out: Record<string, never> }
  /** All that was typed and not sent, by conversation. A message that it was about may have gone meanwhile. */
  drafts: { in: Record<string, never>; out: { drafts: Record<string, string>; mentions: Record<string, readonly MentionView[]>; abouts: Record<string, DraftAbout> } }
  /**
   * The packets that left in the last five minutes (500 at most), newest first, and what is known of their ways. They are kept in memory only, and
   * forgotten then.
   */
  packets: { in: Record<string, never>; out: { packets: RecentPacket[] } }
  /** Everything but the messages, as it stands now. */
  view: { in: Record<string, never>; out: MessengerView }
}

/** The name of a command. */
export type CommandName = keyof Commands
/** What a command takes. */
export type CommandInput<Name extends CommandName> = Commands[Name]["in"]
/** What a command answers. */
export type CommandOutput<Name extends CommandName> = Commands[Name]["out"]

/**
 * A command that names something that is not there, comes out of turn or takes what it was not given: a mistake of the caller. Nothing
 * was changed. Its message is for the programmer and holds nothing of a user.
 */
export class CommandError extends Error {
  override readonly name = "CommandError"
}

/** A messenger, as createMessenger makes it. */
export interface Messenger {
  /** What it does now; the event `status` tells when that changes. */
  readonly status: MessengerStatus
  /**
   * Loads the store, connects, starts the clock; once more where it has halted. As soon as what is stored can be shown the status is *running*, and `view` and
   * `drafts` are answered; what else is commanded waits for the rest. Rejects with StoreError where the store cannot be read: then it
   * has halted.
   */
  start(): Promise<void>
  /** Stops the clock and the link and waits for what is under way. The store may be closed then, by whoever opened it. */
  stop(): Promise<void>
  /** Goes on behind a closed door: packets leave as before, nothing is answered, and nothing told but that something came (`arrival`). */
  lock(): void
  /** Opens the door again. Whether somebody may is for the caller to find out (Vault.isOpenedBy); what was not told meanwhile is in `view`. */
  unlock(): void
  /**
   * Carries out a command. Rejects with CommandError where the caller is mistaken (and when the messenger does not run), with
   * StoreError where the change could not be stored; after that the messenger has halted.
   */
  run<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<CommandOutput<Name>>
  /** Calls `listener` with every event; it must not throw. Returns the way to unsubscribe. Commands may be given from within. */
  subscribe(listener: (event: MessengerEvent) => void): () => void
}
