import { sameBytes } from "../../shared/bytes.ts"
import type { Contacts } from "../contacts.ts"
import type { Talk } from "../conversations.ts"
import { MEMBERS_MAX } from "../mls/limits.ts"
import type { Change, Member } from "../mls/mls.ts"
import type { Participant, Room } from "../mls/room.ts"
import { isSamePicture, mayRemove, participantIn, rightsIn, withPicture } from "../mls/room.ts"
import type { StoredConversation, StoredReader } from "../stored-conversation.ts"
import type { Plan } from "./hooks.ts"
import type { Packages } from "./packages.ts"
import type { StoredGroup, StoredGuest, StoredWish } from "./stored-group.ts"

/** With a path over 32 leaves a commit has room for no more (claim.ts); where it carries a picture as well, for one less. */
const ADDED_AT_ONCE = 5

/**
 * What this user wants of a group, until it is so. A wish outlives commits that lose and restarts; each commit is planned anew from what the group is then, so that what
 * somebody else has done meanwhile is not done twice, and what is not allowed any more is dropped.
 */
export class Wishes {
  readonly #contacts: Contacts
  readonly #packages: Packages

  constructor(contacts: Contacts, packages: Packages) {
    this.#contacts = contacts
    this.#packages = packages
  }

  /** Whether this is allowed as things are, and not so already. */
  isPossible({ stored }: Talk, wish: StoredWish): boolean {
    return this.#isOpen(stored, wish)
  }

  /** In the place of one of before that it contradicts. `again`: it was fulfilled, and is so no more; what was wished since comes before it. */
  add(talk: Talk, wish: StoredWish, again = false): void {
    const { group } = talk.stored
    if (group === undefined) throw new Error("a wish of a conversation of two")
    const wishes = group.wishes ?? []
    if (again && wishes.some((one) => isInstead(wish, one))) return
    this.#keep(talk, [...wishes.filter((one) => !isInstead(wish, one)), wish])
  }

  /** Without those that are fulfilled, or never can be. */
  settle(talk: Talk): void {
    const wishes = talk.stored.group?.wishes
    if (wishes === undefined) return
    const open = wishes.filter((wish) => this.#isOpen(talk.stored, wish))
    if (open.length < wishes.length) this.#keep(talk, open)
  }

  drop(talk: Talk): void {
    this.#keep(talk, [])
  }

  due({ stored }: Talk): "urgent" | "calm" | null {
    const due = (stored.group?.wishes ?? []).filter((wish) => wish.kind !== "add" || this.#packages.has(wish.contact))
    if (due.length === 0) return stored.group !== undefined && this.#calls(stored.group) !== stored.group.room ? "calm" : null
    return due.every(({ kind }) => kind === "leave") ? "calm" : "urgent"
  }

  /** What an own commit does now. `most`: so many are let in. */
  async plan({ stored }: Talk, most = ADDED_AT_ONCE): Promise<Plan> {
    const { group } = stored
    if (group === undefined) return { changes: [], seen: { kind: "commit", removed: [], added: [] }, guests: [] }
    let room = this.#calls(group)
    const changes: Change[] = []
    const removed: Member[] = []
    const added: Member[] = []
    const guests: StoredGuest[] = []
    for (const wish of group.wishes ?? []) {
      if (!this.#isOpen(stored, wish)) continue
      if (wish.kind === "name") room = { ...room, name: wish.name }
      else if (wish.kind === "picture") room = withPicture(room, wish.picture)
      else if (wish.kind === "role") room = { ...room, participants: room.participants.map((one) => (sameBytes(one.identity, wish.identity) ? { ...one, role: wish.role } : one)) }
      else if (wish.kind === "add") {
        const keyPackage = guests.length < most && room.participants.length < MEMBERS_MAX ? await this.#packages.next(wish.contact) : null
        const member = keyPackage && (await this.#contacts.parts.mls.inspectKeyPackage(keyPackage, this.#contacts.parts.now()))
        if (keyPackage === null || member === null || participantIn(room, wish.identity) !== undefined) continue
        guests.push({ contact: wish.contact, keyPackage })
        changes.push({ kind: "add", keyPackage })
        added.push({ ...member, leaf: -1 })
        room = { ...room, participants: [...room.participants, this.#newcomer(wish.contact, wish.identity)] }
      } else {
        const reader = readerFor(stored, wish)
        if (reader === undefined || removed.some(({ leaf }) => leaf === reader.leaf)) continue
        changes.push({ kind: "remove", leaf: reader.leaf, ...(wish.kind === "leave" && { left: wish.signature }) })
        removed.push(reader)
        room = { ...room, participants: room.participants.filter(({ identity }) => !sameBytes(identity, reader.identity)) }
      }
    }
    if (room !== group.room) changes.push({ kind: "room", room })
    return { changes, seen: { kind: "commit", removed, added }, guests }
  }

  /** The room with this user's name as it is now, which each tells for themselves. */
  #calls({ room, standing }: StoredGroup): Room {
    const { identityPublic, name } = this.#contacts.parts.profile()
    if (standing !== "in" || participantIn(room, identityPublic)?.name === name) return room
    return { ...room, participants: room.participants.map((one) => (sameBytes(one.identity, identityPublic) ? { ...one, name } : one)) }
  }

  #newcomer(id: string, identity: Uint8Array): Participant {
    const contact = this.#contacts.get(id)
    return { identity, role: "member", name: contact?.theirName ?? contact?.name ?? "?" }
  }

  /** Whether it is not so yet, and this user may. */
  #isOpen(stored: StoredConversation, wish: StoredWish): boolean {
    const { room } = stored.group!
    const rights = rightsIn(room, this.#contacts.parts.profile().identityPublic)
    const isAdmin = rights === "owner" || rights === "admin"
    switch (wish.kind) {
      case "name":
        return isAdmin && room.name !== wish.name
      case "picture":
        return isAdmin && !isSamePicture(room.picture, wish.picture ?? undefined)
      case "role": {
        const role = participantIn(room, wish.identity)?.role
        return rights === "owner" && role !== undefined && role !== wish.role
      }
      case "add":
        return isAdmin && participantIn(room, wish.identity) === undefined && sameBytes(this.#contacts.get(wish.contact)?.identity ?? new Uint8Array(), wish.identity)
      case "remove": {
        const role = participantIn(room, wish.identity)?.role
        return role !== undefined && readerFor(stored, wish) !== undefined && mayRemove(rights, role)
      }
      case "leave":
        return readerFor(stored, wish) !== undefined
    }
  }

  #keep(talk: Talk, wishes: readonly StoredWish[]): void {
    const { wishes: _, ...group } = talk.stored.group!
    this.#contacts.parts.conversations.save(talk, { ...talk.stored, group: wishes.length > 0 ? { ...group, wishes } : group })
  }
}

/** Both say what the same thing is to be. */
function isInstead(a: StoredWish, b: StoredWish): boolean {
  if (a.kind === "role" && b.kind === "role") return sameBytes(a.identity, b.identity)
  return a.kind === b.kind && (a.kind === "name" || a.kind === "picture")
}

function readerFor({ readers }: StoredConversation, wish: Extract<StoredWish, { kind: "remove" | "leave" }>): StoredReader | undefined {
  return readers.find(({ stream, identity, gone }) => gone !== true && (wish.kind === "leave" ? sameBytes(stream, wish.stream) : sameBytes(identity, wish.identity)))
}
