import { sha256 } from "@noble/hashes/sha2.js"
import { HASH_LENGTH } from "../../shared/geometry.ts"
import { sameBytes, toHex, WireError } from "../../shared/bytes.ts"
import { CommandError } from "../api.ts"
import type { ParcelPart } from "../content/parcels.ts"
import type { Commits } from "../commits.ts"
import type { Contacts } from "../contacts.ts"
import type { Talk } from "../conversations.ts"
import { isSamePicture, participantIn } from "../mls/room.ts"
import type { Role, Room } from "../mls/room.ts"
import { replaced } from "../retiring.ts"
import type { StoredContact } from "../stored.ts"
import type { StoredReader } from "../stored-conversation.ts"
import { decodeLeaveNote, Entrance } from "./entrance.ts"
import { Commons } from "./commons.ts"
import type { GroupHooks, Maker, Plan } from "./hooks.ts"
import { Lifeline } from "./lifeline.ts"
import { Lines, linesBetween, shownName } from "./lines.ts"
import { Packages } from "./packages.ts"
import { Past } from "./past.ts"
import { Pending } from "./pending.ts"
import { Post } from "./post.ts"
import type { StoredGroup, StoredWelcome, StoredWish } from "./stored-group.ts"
import { Wishes } from "./wishes.ts"

/** Conversations of many: how they are made, changed and left. What their commits may do is said in mls/room-rules.ts. */
export class Groups implements GroupHooks {
  readonly #contacts: Contacts
  readonly #commits: Commits
  readonly #introduction: (contact: StoredContact, bytes: Uint8Array) => Promise<void>
  readonly #packages: Packages
  readonly #wishes: Wishes
  readonly #post: Post
  readonly #lines: Lines
  readonly #entrance: Entrance
  readonly #lifeline: Lifeline
  readonly #commons: Commons
  readonly #pending: Pending
  readonly past: Past

  constructor(contacts: Contacts, commits: Commits, introduction: (contact: StoredContact, bytes: Uint8Array) => Promise<void>) {
    const { conversations } = contacts.parts
    this.#contacts = contacts
    this.#commits = commits
    this.#introduction = introduction
    this.#post = new Post(conversations)
    this.#packages = new Packages(contacts, this.#post)
    this.#wishes = new Wishes(contacts, this.#packages)
    this.#lines = new Lines(conversations)
    this.#commons = new Commons(contacts, this.#post)
    this.#entrance = new Entrance(contacts, this.#packages, this.#post, this.#lines, this.#commons)
    this.#lifeline = new Lifeline(contacts, commits.committing, this.#post)
    this.#pending = new Pending(contacts, this.#entrance)
    this.past = new Past(contacts, this.#post, this.#lines)
  }

  /** Goes on with what is stored. */
  async load(): Promise<void> {
    await this.#commons.load()
    await this.#pending.load()
  }

  /** Asked before every slot. */
  async wake(): Promise<void> {
    await this.#packages.wake()
    this.#commons.wake()
    await this.#pending.wake()
    for (const talk of this.#contacts.parts.conversations.talks.values()) if (talk.stored.group !== undefined) await this.#lifeline.wake(talk)
  }

  /** The state was in use since it was saved. */
  restored(): Promise<void> {
    return this.#packages.restored()
  }

  /** The contact is removed. */
  forgetContact(contact: string): void {
    this.#packages.forget(contact)
  }

  /** A new group of this user and contacts. Those that have given KeyPackages are in it at once, the others as soon as they have. */
  async found(name: string, members: readonly StoredContact[], picture?: Uint8Array): Promise<string> {
    const { mls, now, conversations, places } = this.#contacts.parts
    const device = this.#contacts.device()
    const founded = await mls.found(device, { name, ...(picture !== undefined && { picture }) }, device.name, now())
    const id = toHex(founded.groupId)
    const group: StoredGroup = { room: founded.room!, standing: "in", by: null, since: now() }
    const talk = await conversations.create(id, founded, founded.streamScalar, places.list(), true, { group, commit: new Uint8Array(HASH_LENGTH) })
    await this.#lines.add(talk, id, [{ kind: "founded", name: shownName(name) }])
    await this.invite(talk, members)
    // Nobody else is in it, so no box has to decide.
    const { changes, guests } = await this.#wishes.plan(talk, members.length)
    if (guests.length > 0) {
      const { commit, next, welcome } = await mls.commit(founded.state, changes, now())
      const hash = sha256(commit)
      const epoch = await conversations.epochOf(next, places.list(), { commit: hash, joined: true })
      const readers = conversations.readersOf(next, { epoch: next.epoch, index: 0 })
      const before = talk.stored.group!
      conversations.save(talk, { ...talk.stored, mls: next.state, epochs: [epoch], writing: { epoch: next.epoch, index: 0 }, readers, group: { ...before, room: next.room! } })
      await this.entered(talk, before.room, { by: device.identityPublic, left: [] }, { welcome: welcome!, guests })
      this.#contacts.parts.reading.begin(talk)
      conversations.confirmSoon(talk)
    }
    return id
  }

  async invite(talk: Talk, contacts: readonly StoredContact[]): Promise<void> {
    const wishes: StoredWish[] = []
    for (const { id, identity, state, blocked } of contacts) {
      if (identity === null || state !== "ready" || blocked) throw new CommandError("only contacts who have let this user in can be invited")
      if (participantIn(talk.stored.group!.room, identity) !== undefined) continue
      wishes.push({ kind: "add", contact: id, identity })
    }
    for (const wish of wishes) this.#wish(talk, wish)
    for (const { id } of contacts) if (!this.#packages.has(id)) await this.#packages.ask(id)
  }

  remove(talk: Talk, identity: Uint8Array): void {
    if (sameBytes(identity, this.#own)) throw new CommandError("who wants to go leaves")
    this.#wish(talk, { kind: "remove", identity })
  }

  rename(talk: Talk, name: string): void {
    if (name !== talk.stored.group!.room.name) this.#wish(talk, { kind: "name", name })
  }

  /** Null: none any more. */
  picture(talk: Talk, picture: Uint8Array | null): void {
    if (!isSamePicture(talk.stored.group!.room.picture, picture ?? undefined)) this.#wish(talk, { kind: "picture", picture })
  }

  role(talk: Talk, identity: Uint8Array, role: Role): void {
    if (participantIn(talk.stored.group!.room, identity)?.role !== role) this.#wish(talk, { kind: "role", identity, role })
  }

  /** Whoever is in the group alone is out of it at once; else somebody has to take this device out. */
  async leave(talk: Talk): Promise<void> {
    const { conversations } = this.#contacts.parts
    const { group, readers } = talk.stored
    if (group?.standing !== "in") throw new CommandError("this user is not in the group")
    if (!readers.some(({ gone }) => gone !== true)) return this.removed(talk, { by: this.#own, left: [this.#own] })
    this.#wishes.drop(talk)
    conversations.save(talk, { ...talk.stored, group: { ...talk.stored.group!, standing: "leaving" } })
    await this.#post.send(talk, "leave", await this.#entrance.leaveNote(talk))
  }

  mute(talk: Talk, muted: boolean, mentions: boolean | undefined): void {
    const { muted: _, mentionsMuted: were = false, ...group } = talk.stored.group!
    this.#contacts.parts.conversations.save(talk, { ...talk.stored, group: { ...group, ...(muted && { muted }), ...((mentions ?? were) && { mentionsMuted: true }) } })
  }

  accept(talk: Talk): void {
    this.#entrance.accept(talk)
  }

  async decline(talk: Talk): Promise<void> {
    await this.#entrance.decline(talk)
    await this.#forget(talk)
  }

  /** Takes a group that this user is not in away from this device, with all that was written there. */
  async forget(talk: Talk): Promise<void> {
    const standing = talk.stored.group?.standing
    if (standing !== "left" && standing !== "removed") throw new CommandError("who is in a group leaves it first")
    await this.#forget(talk)
  }

  async #forget({ stored: { id } }: Talk): Promise<void> {
    const { conversations, changes } = this.#contacts.parts
    this.#commits.forget(id)
    await conversations.forget(id)
    conversations.parts.quarantine.clear(id)
    changes.tell(() => ({ type: "conversation-removed", conversation: id }))
  }

  due(talk: Talk): "urgent" | "calm" | null {
    return talk.stored.group === undefined ? null : this.#wishes.due(talk)
  }

  plan(talk: Talk): Promise<Plan> {
    return this.#wishes.plan(talk)
  }

  refused(talk: Talk): void {
    this.#wishes.drop(talk)
  }

  async entered(talk: Talk, before: Room, maker: Maker, welcome: StoredWelcome | null): Promise<void> {
    const { conversations } = this.#contacts.parts
    const { group, epochs } = talk.stored
    if (group === undefined) return
    const { epoch, commit } = epochs.at(-1)!
    await this.#lines.add(talk, `${talk.stored.id}/${epoch}/${toHex(commit.slice(0, 8))}`, linesBetween(before, group.room, maker, this.#own))
    if (welcome !== null) await this.#entrance.send(talk, welcome)
    this.#wishes.settle(talk)
    const open = talk.stored.group?.wishes ?? []
    const granted = (group.wishes ?? []).filter((wish) => !open.includes(wish))
    // Should the group go back before this epoch, it is not so any more.
    if (granted.length > 0) conversations.save(talk, { ...talk.stored, epochs: talk.stored.epochs.map((one) => (one.epoch === epoch ? { ...one, granted } : one)) })
    for (const wish of talk.stored.group?.wishes ?? []) if (wish.kind === "add" && !this.#packages.has(wish.contact)) await this.#packages.ask(wish.contact)
  }

  async back(talk: Talk, epoch: number): Promise<void> {
    if (talk.stored.group === undefined) return
    await this.#lines.undo(talk, epoch)
    for (const one of talk.stored.epochs) if (one.epoch > epoch) for (const wish of one.granted ?? []) this.#wishes.add(talk, wish, true)
  }

  async removed(talk: Talk, maker: Maker | null): Promise<void> {
    const { conversations } = this.#contacts.parts
    const { group, epochs } = talk.stored
    await replaced(conversations, talk)
    // By another leaf of this device: it goes on elsewhere.
    if (group === undefined || maker === null) return
    const isOwn = group.standing === "leaving" || maker.left.some((identity) => sameBytes(identity, this.#own))
    this.#wishes.drop(talk)
    conversations.save(talk, { ...talk.stored, group: { ...talk.stored.group!, standing: isOwn ? "left" : "removed" } })
    const after = { ...group.room, participants: group.room.participants.filter(({ identity }) => !sameBytes(identity, this.#own)) }
    const lines = linesBetween(group.room, after, isOwn ? { ...maker, left: [this.#own] } : maker, this.#own)
    await this.#lines.add(talk, `${talk.stored.id}/out/${epochs.at(-1)!.epoch}`, lines)
  }

  async parcel(talk: Talk, from: StoredReader, part: ParcelPart): Promise<void> {
    const bytes = await this.#post.came(talk, from, part)
    if (bytes === null) return
    if (talk.stored.group !== undefined) {
      // In the group itself nothing is said but that somebody goes.
      if (part.kind !== "leave") throw new WireError()
      return this.#left(talk, from.identity, bytes)
    }
    const contact = this.#contacts.get(talk.stored.id)
    if (contact?.identity === null || contact === undefined || !sameBytes(contact.identity, from.identity)) throw new WireError()
    switch (part.kind) {
      case "keypackages": {
        await this.#packages.came(contact.id, bytes)
        return
      }
      case "invitation": {
        return this.#pending.came(contact, part.id, bytes)
      }
      case "leave": {
        const group = this.#contacts.parts.conversations.get(toHex(decodeLeaveNote(bytes).groupId))
        if (group !== null && group.stored.group !== undefined) await this.#left(group, contact.identity, bytes)
        return
      }
      case "plea":
        return this.#lifeline.plead(contact, from, bytes)
      case "reprieve":
        return this.#lifeline.reprieved(contact, bytes)
      case "history":
        return this.past.came(contact, bytes)
      case "introduction":
        return this.#introduction(contact, bytes)
    }
  }

  /** Somebody has signed that they want to leave: whoever commits next takes them out. Throws WireError. */
  async #left(talk: Talk, identity: Uint8Array, bytes: Uint8Array): Promise<void> {
    const note = decodeLeaveNote(bytes)
    const reader = talk.stored.readers.find(({ stream, gone }) => gone !== true && sameBytes(stream, note.stream))
    if (reader === undefined || talk.stored.group?.standing !== "in") return
    if (!sameBytes(reader.identity, identity) || !sameBytes(note.groupId, talk.stored.groupId) || !(await this.#entrance.isGenuine(talk, reader, note))) throw new WireError()
    const isKnown = talk.stored.group.wishes?.some((wish) => wish.kind === "leave" && sameBytes(wish.stream, note.stream)) === true
    if (!isKnown) this.#wishes.add(talk, { kind: "leave", stream: note.stream, signature: note.signature })
  }

  get #own(): Uint8Array {
    return this.#contacts.parts.profile().identityPublic
  }

  /** Refused at once where it is not allowed as things are now. */
  #wish(talk: Talk, wish: StoredWish): void {
    if (talk.stored.group?.standing !== "in") throw new CommandError("this user is not in the group")
    if (!this.#wishes.isPossible(talk, wish)) throw new CommandError("this user may not do that in the group, or it is so already")
    this.#wishes.add(talk, wish)
    this.#commits.hurry(talk)
  }
}
