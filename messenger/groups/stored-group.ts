import type { ParcelKind } from "../content/parcels.ts"
import type { Role, Room } from "../mls/room.ts"
import type { LineView, Standing } from "./group-view.ts"

/** What makes a conversation a group of many: in the conversation's record. */
export interface StoredGroup {
  /** As it is in the present epoch. */
  readonly room: Room
  readonly standing: Standing
  /** The contact who let this user in; null of who founded it. */
  readonly by: string | null
  /** When it was made, or this user was invited; ms. */
  readonly since: number
  readonly muted?: boolean
  readonly mentionsMuted?: boolean
  /** What this user wants of the group, until it is so. */
  readonly wishes?: readonly StoredWish[]
  /** This device cannot go on by itself, and asks contacts in the group in turn. */
  readonly plea?: StoredGroupPlea
}

export type StoredWish =
  | { readonly kind: "add"; readonly contact: string; readonly identity: Uint8Array }
  | { readonly kind: "remove"; readonly identity: Uint8Array }
  /** Whoever has this stream wants to leave, and has signed that. */
  | { readonly kind: "leave"; readonly stream: Uint8Array; readonly signature: Uint8Array }
  | { readonly kind: "name"; readonly name: string }
  /** Null: none. */
  | { readonly kind: "picture"; readonly picture: Uint8Array | null }
  | { readonly kind: "role"; readonly identity: Uint8Array; readonly role: Role }

export interface StoredGroupPlea {
  /** How far the streams had been read then; left out where the state is no good. */
  readonly place?: string
  /** When somebody was asked last, and who was asked already in this round: contacts. */
  readonly at: number
  readonly asked: readonly string[]
}

/** Somebody who is let in by an own commit, and the KeyPackage by which they are. */
export interface StoredGuest {
  readonly contact: string
  readonly keyPackage: Uint8Array
}

/** A Welcome that is sent once its commit has won. */
export interface StoredWelcome {
  readonly welcome: Uint8Array
  readonly guests: readonly StoredGuest[]
}

/** KeyPackages that a contact and this device have given each other. A record of its own. */
export interface StoredPackages {
  /** Those that the contact may use. */
  readonly own: readonly StoredOwnPackage[]
  readonly theirs: readonly Uint8Array[]
}

export interface StoredOwnPackage {
  readonly keyPackage: Uint8Array
  /** Secret: what entering by it needs. */
  readonly opens: Uint8Array
  readonly made: number
}

/**
 * What a Welcome says to all whom it lets in, until they have come: written once for all of them, in a stream of its own. A record of its own; how far that is stands in
 * another (`StoredSpread`), for it changes with every box.
 */
export interface StoredCommon {
  readonly context: Uint8Array
  /** s and P: the guests are told P alone. */
  readonly scalar: Uint8Array
  readonly stream: Uint8Array
  readonly conversation: string
  readonly placement: readonly Uint8Array[]
  readonly bytes: Uint8Array
  readonly made: number
  /** Whom it lets in: identities. */
  readonly guests: readonly Uint8Array[]
  /** What each contact is to be sent once all of it lies somewhere. */
  readonly invitations: readonly { readonly contact: string; readonly bytes: Uint8Array }[]
}

export interface StoredSpread {
  /** Of each box: the dropboxes that have it, ids in hex. */
  readonly at: readonly (readonly string[])[]
  /** When the first of them was stored; ms. */
  readonly since: number | null
}

/** How many there are, in the contact's record: to be known without reading the other one. */
export interface StoredExchange {
  /** Number of the last batch that was given, and of the last that was got. */
  readonly given: number
  readonly got: number
  /** How many of either side are left, and when the last batch was made; ms. */
  readonly own: number
  readonly theirs: number
  readonly made: number
  /** They have been asked for theirs. */
  readonly asked?: number
}

/** A parcel of which parts are missing yet, or that cannot be opened yet: of each sender in a conversation the latest. */
export interface StoredParcel {
  readonly conversation: string
  readonly kind: ParcelKind
  readonly id: Uint8Array
  readonly parts: readonly (Uint8Array | null)[]
}

/** A change in a group, as a line in its conversation. */
export type StoredLine = LineView

/** An invitation of which what it shares with others is not here yet. */
export interface StoredInvitation {
  readonly contact: string
  readonly id: string
  readonly bytes: Uint8Array
  readonly came: number
}
