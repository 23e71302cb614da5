import type { LineView } from "./groups/group-view.ts"
import type { AttachmentView } from "./attachment-view.ts"
import type { Journey } from "./network-view.ts"

/**
 * The way of an own message; each state has its time.
 * - queued: kept on this device; it leaves when its turn comes
 * - mix: a packet with it is on its way
 * - dropbox: stored in at least one of its dropboxes (`replicas`)
 * - received: the recipient's device has confirmed it
 * - failed: see `problem`; the command `retry` queues it again under the same id
 */
export type SendState = "queued" | "mix" | "dropbox" | "received" | "failed"

/** `expired`: not confirmed for 180 days. `no-room`: a dropbox is full, and is asked again; the others are for good. */
export type SendProblem = "expired" | "unreadable" | "too-long" | "contact-failed" | "no-room"

/** A message as it stands on this device. Its id is the same on both sides. */
export interface MessageView {
  readonly id: string
  readonly conversation: string
  readonly own: boolean
  /** Contact id of the sender, in a group the id of the member; null for own messages. */
  readonly from: string | null
  /** In a group: as this user calls that member if they are a contact, else as they called themselves when it came. */
  readonly fromName?: string
  /** Of others: whatever they chose to write. It is text, never markup, and nothing in it is to be fetched. */
  readonly text: string
  /** Who is named in it, in the order of their places. Who is no member of the group is nobody to whoever reads it. */
  readonly mentions?: readonly MentionView[]
  /** The sender's time, by the sender's clock. */
  readonly sent: number
  /** When it reached this device; for own messages when the recipient's device confirmed it. */
  readonly received: number | null
  readonly state: SendState | null
  /** When each state began. */
  readonly times: Partial<Record<SendState, number>>
  /** When the next state is expected: in state dropbox the confirmation, where the other device is online. */
  readonly expected: number | null
  readonly problem: SendProblem | null
  /** In how many of its dropboxes an own message lies, once it lies in one. */
  readonly replicas: { readonly stored: number; readonly of: number } | null
  /** The way of the packet that carried it (own: the write; others': the read), while it is remembered. */
  readonly journey: Journey | null
  /** Position in the conversation, rising; pages are asked for by it. */
  readonly position: number
  /** Its record cannot be read any more: all else but the position says nothing, and its id is one of this device alone. It can be deleted (`delete-message`). */
  readonly damaged?: boolean
  /** What it answers. Not in the `last` of a conversation. */
  readonly quote?: QuoteView
  /** Its author has written it anew, `text` is the latest: when, by their clock. The command `history` tells what it was. */
  readonly edited?: number
  /** What others and this user think of it, by sign. */
  readonly reactions?: readonly ReactionView[]
  /** Its author has deleted it for everyone: when, by their clock. Nothing is left of its text, and a line says so in its place. */
  readonly deleted?: number
  /** How far the latest is that this user did to it (edit, reaction, deletion), until it is received. Where it has failed, `retry` does it again. */
  readonly doing?: SendState
  /** It disappears so many ms after it was read, or an own one after it was stored in a dropbox. */
  readonly lasts?: number
  /** When it disappears, once that is certain. */
  readonly ends?: number
  /** It is from before this user came into the group: the member of this id has given it to them, and could have made it up. */
  readonly past?: string
  /** It is a line, without a text: something has changed in a group. */
  readonly line?: LineView
  /** The file that it brings. */
  readonly attachment?: AttachmentView
  /** It is a line, without a text: from here on messages of the conversation last for so many seconds, or (null) for good. */
  readonly timer?: number | null
}

/**
 * A message that is answered, as it is at this moment. When it changes, that is told by an event of its own, and not by one of its answers.
 * `shown`: it stands at `position`; `deleted`: there stands the line that says so; `missing`: it has not come, or is not here any more.
 */
export interface QuoteView {
  readonly message: string
  readonly there: "shown" | "deleted" | "missing"
  readonly position: number | null
  readonly own: boolean | null
  readonly from: string | null
  /** In a group, as in the message itself. */
  readonly fromName?: string
  /** The beginning of its text; empty where there is none. */
  readonly text: string
  /** The file that it brings. */
  readonly attachment?: Pick<AttachmentView, "name" | "mediaType">
}

/** Somebody in a group is named in a text, from one place to another (in UTF-16): a member by their id, or this user (null). What stands there is what its sender says. */
export interface MentionView {
  readonly member: string | null
  readonly from: number
  readonly to: number
}

/** What is being written, where that is not simply a new message. */
export interface DraftAbout {
  readonly kind: "reply" | "edit"
  /** What is answered, or written anew. */
  readonly message: string
  /** An edit, as far as it was written; beside it the draft of a new message waits. */
  readonly text?: string
  /** Who is named in that text. */
  readonly mentions?: readonly MentionView[]
}

/** What a message once was. */
export interface VersionView {
  readonly text: string
  /** When it became that, by its author's clock. */
  readonly sent: number
}

/** One sign that people have set under a message: it is their text, as short as a word. */
export interface ReactionView {
  readonly text: string
  readonly count: number
  /** This user is one of them. */
  readonly own: boolean
  /** Contact ids of the others. */
  readonly from: readonly string[]
}

/** So many characters of a message are quoted. */
const QUOTED_MOST = 160

/** The beginning of a text, as it stands in a quote. */
export function excerpt(text: string): string {
  const characters = [...text]
  return characters.length > QUOTED_MOST ? `${characters.slice(0, QUOTED_MOST).join("")}…` : text
}

/** The longest text of one message, bytes of UTF-8. */
export const TEXT_MAX = 16_384

/** What a message can be looked for by, beside its words: pictures and videos, other files (voice notes, too), addresses of the web. */
export type MessageKind = "media" | "files" | "links"

/** How far a search has come: what has not been looked at lies before these positions. To be handed back as it is. */
export type SearchMark = readonly { readonly conversation: string; readonly before: number; readonly time: number; readonly done?: true }[]
