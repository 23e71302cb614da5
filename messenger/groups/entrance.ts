import { newStreamKey } from "../../shared/box.ts"
import { Reader, toHex, WireError, Writer } from "../../shared/bytes.ts"
import { KEY_LENGTH, SIGNATURE_LENGTH } from "../../shared/geometry.ts"
import { CommandError } from "../api.ts"
import { AUTHENTICATOR_PREFIX } from "../close.ts"
import type { Contacts } from "../contacts.ts"
import type { Talk } from "../conversations.ts"
import type { Entered } from "../mls/mls.ts"
import { LEAVE_LABEL, leaveMessage, participantIn } from "../mls/room.ts"
import { placementHash } from "../places.ts"
import type { StoredContact } from "../stored.ts"
import type { StoredConversation, StoredReader } from "../stored-conversation.ts"
import { epochOf, PAST_ROOM, readerOf } from "../stored-conversation.ts"
import type { Commons } from "./commons.ts"
import type { Invitation } from "./invitation.ts"
import { commonOf, encodeInvitation } from "./invitation.ts"
import type { Lines } from "./lines.ts"
import { shownName } from "./lines.ts"
import type { Packages } from "./packages.ts"
import type { Post } from "./post.ts"
import type { StoredGroup, StoredWelcome } from "./stored-group.ts"

const VERSION = 1
const GROUP_ID_LENGTH = 16

/** version 1 ‖ group id 16 ‖ P of the leaf 32 ‖ its signature 64 */
export interface LeaveNote {
  readonly groupId: Uint8Array
  readonly stream: Uint8Array
  readonly signature: Uint8Array
}

/** How people come into groups, by invitations in the conversations of contacts, and how they say that they go. */
export class Entrance {
  readonly #contacts: Contacts
  readonly #packages: Packages
  readonly #post: Post
  readonly #lines: Lines
  readonly #commons: Commons

  constructor(contacts: Contacts, packages: Packages, post: Post, lines: Lines, commons: Commons) {
    this.#contacts = contacts
    this.#packages = packages
    this.#post = post
    this.#lines = lines
    this.#commons = commons
  }

  /** A commit that lets people in has won: each is told so in the conversation with them, when what is for all of them is stored. */
  async send(talk: Talk, { welcome, guests }: StoredWelcome): Promise<void> {
    const { mls, random, now } = this.#contacts.parts
    const { placement, commit } = epochOf(talk.stored)
    const { common: bytes, own } = await mls.splitWelcome(welcome, guests.map(({ keyPackage }) => keyPackage))
    const stream = { context: random(KEY_LENGTH), ...newStreamKey(random) }
    const beside = { placement: placementHash(placement), commit, ...commonOf(stream, bytes) }
    for (const { contact, keyPackage } of guests) await this.#packages.used(contact, keyPackage)
    this.#commons.add({
      ...stream,
      conversation: talk.stored.id,
      placement,
      bytes,
      made: now(),
      guests: guests.flatMap(({ contact }) => this.#contacts.get(contact)?.identity ?? []),
      invitations: guests.map(({ contact }, i) => ({ contact, bytes: encodeInvitation({ ...beside, own: own[i]! }) })),
    })
  }

  /** A contact invites this user, and all of the invitation is here. Throws WireError where it is none into a group that they are in. */
  async came(contact: StoredContact, { commit, own: part }: Invitation, common: Uint8Array, placement: readonly Uint8Array[]): Promise<void> {
    const { mls, conversations, now } = this.#contacts.parts
    const welcome = await mls.joinWelcome(common, part)
    if (welcome === null) throw new WireError()
    for (const own of await this.#packages.own(contact.id)) {
      const entered = await mls.enter(own.keyPackage, own.opens, welcome, now())
      if (entered === null) continue
      await this.#packages.spent(contact.id, own)
      const { room } = entered
      if (room === null || contact.identity === null || participantIn(room, contact.identity) === undefined) throw new WireError()
      const id = toHex(entered.groupId)
      const known = conversations.get(id)
      const group: StoredGroup = { room, standing: "invited", by: contact.id, since: now() }
      if (known === null) await conversations.create(id, entered, entered.streamScalar, placement, false, { group, commit })
      else if (!mayReplace(known, contact.id)) throw new WireError()
      else await this.#again(known, entered, group, placement, commit)
      const direct = conversations.get(contact.id)
      if (direct !== null) await this.#lines.add(direct, `invited/${id}/${toHex(commit.slice(0, AUTHENTICATOR_PREFIX))}/${now()}`, [{ kind: "invited", group: id, name: shownName(room.name) }])
      return
    }
    // Its key is gone: it came twice, or was for a state that this device had before.
    throw new WireError()
  }

  /** Somebody who was in the group before comes back to what they have of it. */
  async #again(talk: Talk, entered: Entered, group: StoredGroup, placement: readonly Uint8Array[], commit: Uint8Array): Promise<void> {
    const { conversations, reading } = this.#contacts.parts
    const { isCopy: _, isReplaced: __, closed: ___, branches: ____, telling: _____, certified: ______, stalled: _______, ...kept } = talk.stored
    const begin = { epoch: entered.epoch, index: 0 }
    const position = kept.position + PAST_ROOM
    const others = entered.members.filter(({ leaf }) => leaf !== entered.ownLeaf)
    reading.end(talk)
    conversations.dropBoxes(talk)
    conversations.sealAnew(talk)
    talk.open = false
    const stored: StoredConversation = {
      ...kept,
      position,
      entered: position,
      quiet: (kept.quiet ?? 0) + PAST_ROOM,
      seen: position,
      unread: 0,
      unreadLines: 0,
      unreadBytes: 0,
      mls: entered.state,
      ownLeaf: entered.ownLeaf,
      scalar: entered.streamScalar,
      stream: entered.members.find(({ leaf }) => leaf === entered.ownLeaf)!.stream,
      epochs: [await conversations.epochOf(entered, placement, { commit, joined: true })],
      writing: begin,
      readers: others.map((one) => readerOf(one, begin)),
      attempt: 0,
      renewal: { at: null, messages: 0, due: false },
      group: { ...group, ...choicesOf(talk.stored.group) },
    }
    conversations.save(talk, stored)
  }

  /** The user wants to be in it. */
  accept(talk: Talk): void {
    const { conversations, reading } = this.#contacts.parts
    const { group } = talk.stored
    if (group?.standing !== "invited") throw new CommandError("there is no invitation into this group")
    conversations.save(talk, { ...talk.stored, group: { ...group, standing: "in" } })
    talk.open = true
    reading.begin(talk)
    conversations.confirmSoon(talk)
  }

  /** The user does not: whoever invited is told, by a signature with which they can take this device out again. */
  async decline(talk: Talk): Promise<void> {
    const { conversations } = this.#contacts.parts
    const { group } = talk.stored
    if (group?.standing !== "invited") throw new CommandError("there is no invitation into this group")
    const direct = group.by === null ? null : conversations.get(group.by)
    if (direct !== null) await this.#post.send(direct, "leave", await this.leaveNote(talk))
  }

  /** What this device says when it wants to be taken out. */
  async leaveNote({ stored }: Talk): Promise<Uint8Array> {
    const { groupId, stream, mls } = stored
    const signature = await this.#contacts.parts.mls.signAs(mls, LEAVE_LABEL, leaveMessage(groupId, stream))
    return new Writer().u8(VERSION).put(groupId).put(stream).put(signature).done()
  }

  /** Whether whoever reads this stream has signed that it wants to leave. */
  async isGenuine({ stored }: Talk, { leaf, stream }: StoredReader, { signature }: LeaveNote): Promise<boolean> {
    return this.#contacts.parts.mls.verifyAs(stored.mls, leaf, LEAVE_LABEL, leaveMessage(stored.groupId, stream), signature)
  }
}

/** A state that goes on is not given up for another that somebody says is the same group: only whoever let this user in could ever say so. */
function mayReplace({ stored }: Talk, contact: string): boolean {
  const standing = stored.group?.standing
  return standing === "left" || standing === "removed" || (standing !== undefined && stored.group?.by === contact)
}

/** Throws WireError. */
export function decodeLeaveNote(bytes: Uint8Array): LeaveNote {
  const reader = new Reader(bytes)
  if (reader.u8() !== VERSION) throw new WireError()
  const note = { groupId: reader.take(GROUP_ID_LENGTH).slice(), stream: reader.take(KEY_LENGTH).slice(), signature: reader.take(SIGNATURE_LENGTH).slice() }
  reader.end()
  return note
}

/** What this user has chosen for a group stays when they come back. */
function choicesOf(group: StoredGroup | undefined): Pick<StoredGroup, "muted" | "mentionsMuted"> {
  return { ...(group?.muted === true && { muted: true }), ...(group?.mentionsMuted === true && { mentionsMuted: true }) }
}
