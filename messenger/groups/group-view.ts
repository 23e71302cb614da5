import type { Trust } from "../contact-view.ts"
import type { Role } from "../mls/room.ts"

export type { Role } from "../mls/room.ts"

/**
 * - invited: the user has not said yet whether they want to be in it: nothing is read or written
 * - in
 * - leaving: they have said that they want to leave, and somebody has to take them out yet
 * - left, removed: by themselves, or by somebody else
 */
export type Standing = "invited" | "in" | "leaving" | "left" | "removed"

/** What a conversation of kind `group` has beside what all have. */
export interface GroupView {
  readonly standing: Standing
  /** This user's. */
  readonly role: Role
  /** What this user may do: as who has this role. Where there is no owner any more admins may what owners may, and without admins all. */
  readonly rights: Role
  /** How many people are in it, this user too. */
  readonly members: number
  /** Its picture, as whoever may name the group has set it: at most 2,048 bytes, to be looked at before they are given to any decoder. None before this user is in it. */
  readonly picture?: Uint8Array
  /** The contact who invited this user; null of who founded it. */
  readonly by: string | null
  /** When this user made it, or was invited; ms. */
  readonly since: number
  /** Only on this device: a program tells nothing of it. */
  readonly muted: boolean
  /** While it is muted: not even of what names this user. */
  readonly mentionsMuted: boolean
  /** Contacts who are to be let in as soon as they have sent what it takes. */
  readonly waiting: readonly string[]
}

/** Somebody in a group. */
export interface MemberView {
  /** The same on every device: it names the sender of messages in groups. */
  readonly id: string
  /** As this user sees them if they are a contact, else as they call themselves. */
  readonly name: string
  readonly role: Role
  /** This user. */
  readonly own: boolean
  /** The contact of this user that they are; null where they are none. */
  readonly contact: string | null
  /** Of a contact. */
  readonly trust: Trust | null
  readonly blocked: boolean
  /** Whether this device has read anything of them since they came: who was invited may not be there yet. */
  readonly heard: boolean
}

/**
 * A change in a group: made by each device from what all members checked, and no text of anybody. `who` and `by` are members (null: this user), names are as
 * they were then, but of contacts: those are called as this user calls them.
 */
export type LineView =
  | { readonly kind: "founded"; readonly name: string }
  /** In the conversation with a contact: they have invited this user into the group of this conversation id. */
  | { readonly kind: "invited"; readonly group: string; readonly name: string }
  | { readonly kind: "joined" | "removed"; readonly who: string | null; readonly whoName: string; readonly by: string | null; readonly byName: string }
  | { readonly kind: "left"; readonly who: string | null; readonly whoName: string }
  | { readonly kind: "renamed"; readonly name: string; readonly by: string | null; readonly byName: string }
  /** Another picture of the group, or none any more. */
  | { readonly kind: "pictured"; readonly removed: boolean; readonly by: string | null; readonly byName: string }
  | { readonly kind: "role"; readonly who: string | null; readonly whoName: string; readonly role: Role; readonly by: string | null; readonly byName: string }
  | { readonly kind: "called"; readonly who: string | null; readonly whoName: string; readonly name: string }
  /** A member has given this user so many messages from before they came to read; the first of them stands at the position `first`. */
  | { readonly kind: "past"; readonly who: string | null; readonly whoName: string; readonly count: number; readonly first: number }
  /** What a member gave them to read was not what they had signed, or cannot be read: nothing of it is shown. */
  | { readonly kind: "past-broken"; readonly who: string | null; readonly whoName: string }
  /** In the conversation with a contact: this user has given them so many messages of a group to read. `doing` of the message says how far that is. */
  | { readonly kind: "gave"; readonly group: string; readonly name: string; readonly count: number }
  /**
   * In the conversation with a contact: they would like to introduce this user to `name` (offered), they want to be introduced to `name` (wanted), this user has
   * asked them to be (asked), or has introduced the two (introduced). How far that is the introduction says.
   */
  | { readonly kind: "introduction"; readonly introduction: string; readonly step: "offered" | "wanted" | "asked" | "introduced"; readonly name: string }

/** Whether a member's device has confirmed a message. */
export interface ReceiptView {
  readonly member: string
  readonly name: string
  readonly received: boolean
}
