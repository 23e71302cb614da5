import type { GroupView } from "./groups/group-view.ts"
import type { MessageView } from "./message-view.ts"

/** One of two is there as soon as something can be written in it: from the contact's state answering on; a group from when it was made, or this user invited. */
export interface ConversationView {
  /** For a conversation of two it equals the contact's id. */
  readonly id: string
  readonly kind: "direct" | "group"
  readonly title: string
  /** Null of a group. */
  readonly contact: string | null
  /** Of a group. */
  readonly group?: GroupView
  readonly last: MessageView | null
  /** Messages of others behind the position that was marked as read; lines (`timer`) are not counted. */
  readonly unread: number
  /** Position of the latest unread message that names this user in a group; left out where none does. */
  readonly named?: number
  /** Why nothing is sent here any more, or until something is done; see `Stopped`. */
  readonly stopped: Stopped | null
  /** Seconds that messages written here last; left out where they last for good. The command `timer` changes it for both sides. */
  readonly timer?: number
}

/**
 * - copy: this device's state of the conversation was found to be a copy of one that goes on elsewhere, and writes nothing
 * - identity: the contact has another identity key, which is to be accepted first
 */
export type Stopped = "copy" | "identity"
