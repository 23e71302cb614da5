import type { Extension } from "ts-mls/extension.js"
import { compareBytes, concat, Reader, sameBytes, WireError, Writer } from "../../shared/bytes.ts"
import { KEY_LENGTH } from "../../shared/geometry.ts"
import { utf8 } from "../../shared/text.ts"
import { MEMBERS_MAX } from "./limits.ts"

/**
 * The extension of a GroupContext by which a conversation is a group of many (private use range of RFC 9420 section 17.3). It stands in the context, so that all
 * members of an epoch agree on it by the confirmation tag, and who comes in by a Welcome or a GroupInfo has it, too.
 *
 *   version 1 ‖ length 2 and name ‖ participants 1 ‖ of each: identity 32 ‖ role 1 ‖ length 2 and name
 *   version 2, of a group with a picture: behind its name length 2 and picture
 *
 * Participants stand in the rising order of their identities: there is one encoding of each room.
 */
export const ROOM = 0xf0a3

export const ROOM_NAME_MAX = 64
/** Small enough for each commit and each Welcome to carry it: a box holds 3,504 bytes. */
export const ROOM_PICTURE_MAX = 2048
const [PLAIN, PICTURED] = [1, 2]
/** Numbers on the wire are places in this list, from 1. */
const ROLES = ["member", "admin", "owner"] as const

/** What somebody is in a group: what they may change follows from it. */
export type Role = (typeof ROLES)[number]

export interface Participant {
  readonly identity: Uint8Array
  readonly role: Role
  /** As they chose it, or at first as whoever let them in knows them. Not checked for what it looks like. */
  readonly name: string
}

export interface Room {
  readonly name: string
  /** 1 to ROOM_PICTURE_MAX bytes. What kind of picture it is, and whether it is any, is for each reader to see. */
  readonly picture?: Uint8Array
  readonly participants: readonly Participant[]
}

/**
 * A name, by what is the same on every device. What is fit to be shown differs by the version of Unicode that a platform has, so that must not decide
 * whether a commit is good.
 */
function isFitting(name: string): boolean {
  return name !== "" && utf8(name).length <= ROOM_NAME_MAX
}

export function encodeRoom({ name, picture, participants }: Room): Uint8Array {
  const writer = picture === undefined ? new Writer().u8(PLAIN).text16(name) : new Writer().u8(PICTURED).text16(name).bytes16(picture)
  writer.u8(participants.length)
  for (const one of participants.toSorted((a, b) => compareBytes(a.identity, b.identity))) writer.put(one.identity).u8(ROLES.indexOf(one.role) + 1).text16(one.name)
  return writer.done()
}

/** Throws WireError. */
export function decodeRoom(bytes: Uint8Array): Room {
  const reader = new Reader(bytes)
  const version = reader.u8()
  if (version !== PLAIN && version !== PICTURED) throw new WireError()
  const name = reader.text16(ROOM_NAME_MAX)
  const picture = version === PLAIN ? undefined : reader.bytes16(ROOM_PICTURE_MAX).slice()
  if (picture?.length === 0) throw new WireError()
  const count = reader.u8()
  if (count === 0 || count > MEMBERS_MAX || !isFitting(name)) throw new WireError()
  const participants: Participant[] = []
  for (let i = 0; i < count; i++) {
    const identity = reader.take(KEY_LENGTH).slice()
    const role = ROLES[reader.u8() - 1]
    const called = reader.text16(ROOM_NAME_MAX)
    const before = participants.at(-1)
    if (role === undefined || !isFitting(called) || (before !== undefined && compareBytes(before.identity, identity) >= 0)) throw new WireError()
    participants.push({ identity, role, name: called })
  }
  reader.end()
  return { name, ...(picture !== undefined && { picture }), participants }
}

export function isSamePicture(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameBytes(a, b)
}

/** Null: without one. */
export function withPicture({ picture: _, ...room }: Room, picture: Uint8Array | null): Room {
  return picture === null ? room : { ...room, picture }
}

/** The room of a group by its context; null of a conversation of two. Throws WireError where the context holds anything else. */
export function roomIn(extensions: readonly Extension[]): Room | null {
  const [extension, ...more] = extensions
  if (extension === undefined) return null
  if (more.length > 0 || extension.extensionType !== ROOM) throw new WireError()
  return decodeRoom(extension.extensionData)
}

export function roomExtension(room: Room): Extension {
  return { extensionType: ROOM, extensionData: encodeRoom(room) }
}

export function participantIn({ participants }: Room, identity: Uint8Array): Participant | undefined {
  return participants.find((one) => sameBytes(one.identity, identity))
}

/**
 * What somebody may do: where no owner is left admins have the rights of owners, and where no admin is left either, all members do, so that no group is ever
 * without somebody who may.
 */
export function rightsIn(room: Room, identity: Uint8Array): Role | null {
  const role = participantIn(room, identity)?.role
  if (role === undefined) return null
  const highest = ROLES.findLast((one) => room.participants.some((other) => other.role === one))
  return role === highest ? "owner" : role
}

/** Whether who has these rights may remove somebody who is this. */
export function mayRemove(rights: Role | null, role: Role): boolean {
  return rights === "owner" || (rights === "admin" && role === "member")
}

/** Under which a leaf signs that it wants to leave; `leaveMessage` is what it signs. */
export const LEAVE_LABEL = "v1 leave"

/** Group id ‖ P of the leaf. It names no epoch: whoever may commit next takes the leaf out, and a leaf that comes anew has another P. */
export function leaveMessage(groupId: Uint8Array, stream: Uint8Array): Uint8Array {
  return concat(groupId, stream)
}
