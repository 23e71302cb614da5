import { fromHex, sameBytes, toHex, WireError } from "../../shared/bytes.ts"
import { RECORD_BYTES_MAX } from "../../shared/geometry.ts"
import { CommandError } from "../api.ts"
import { presentContent } from "../becoming.ts"
import { actOf, timerOf } from "../content/acts.ts"
import { attachmentOf } from "../content/attachment.ts"
import { decodeContent, encodeContent } from "../content/codec.ts"
import { parcelOf } from "../content/parcels.ts"
import type { Contacts } from "../contacts.ts"
import type { Talk } from "../conversations.ts"
import { participantIn, rightsIn } from "../mls/room.ts"
import { DAMAGED } from "../ports.ts"
import { isLine } from "../saying.ts"
import type { StoredContact, StoredMessage } from "../stored.ts"
import { PAST_ROOM } from "../stored-conversation.ts"
import { decodePack, decodePast, encodePack, encodePast, HISTORY_LABEL, HISTORY_MOST, historyMessage } from "./history-pack.ts"
import type { PastMessage } from "./history-pack.ts"
import type { Lines } from "./lines.ts"
import { nameIn, shownName, titleOf } from "./lines.ts"
import type { Placed } from "./past-places.ts"
import { placesFor } from "./past-places.ts"
import type { Post } from "./post.ts"

const PAGE = 50
/** What has room in a parcel. */
const BYTES_MOST = 150_000

/** What a pack is wrapped in, about: head, parts and MLS. */
const BESIDE = 1000

/** The latest of them, and of those that were sent since then; ms. */
export interface PastRange {
  readonly messages: number
  readonly since?: number
}

/** What an admin gives somebody who came later to read: texts from before, signed by the admin, who could have made them up. */
export class Past {
  readonly #contacts: Contacts
  readonly #post: Post
  readonly #lines: Lines
  /** What the last pack has put into each conversation: the store's lists do not have it before the transaction ends, in which another may come. */
  readonly #latest = new Map<string, readonly Placed[]>()

  constructor(contacts: Contacts, post: Post, lines: Lines) {
    this.#contacts = contacts
    this.#post = post
    this.#lines = lines
  }

  /** The latest texts of a group, as they are now, to a member who is a contact. Answers how many. A line in the conversation with them says so, and how far it is. */
  async give(talk: Talk, identity: Uint8Array, range: PastRange): Promise<number> {
    const { mls } = this.#contacts.parts
    const { groupId, id } = talk.stored
    const direct = this.#wayTo(talk, identity)
    const entries = await this.#entries(talk, range)
    if (entries.length === 0) return 0
    const signature = await mls.signAs(talk.stored.mls, HISTORY_LABEL, historyMessage(groupId, entries))
    await this.#post.sendTold(direct, "history", encodePack({ groupId, signature, entries }), { kind: "gave", group: id, name: titleOf(talk.stored.group!), count: entries.length })
    return entries.length
  }

  /** How many texts that would be, and in how many packets they have room. */
  async cost(talk: Talk, identity: Uint8Array, range: PastRange, replicas: number): Promise<{ messages: number; packets: number }> {
    this.#wayTo(talk, identity)
    const entries = await this.#entries(talk, range)
    const bytes = entries.reduce((sum, entry) => sum + entry.length + 2, 0)
    return { messages: entries.length, packets: entries.length === 0 ? 0 : Math.ceil((bytes + BESIDE) / RECORD_BYTES_MAX) * replicas }
  }

  /** The conversation in which a pack goes. Throws CommandError where none may. */
  #wayTo(talk: Talk, identity: Uint8Array): Talk {
    const { conversations, profile } = this.#contacts.parts
    const { group } = talk.stored
    if (group?.standing !== "in" || rightsIn(group.room, profile().identityPublic) === "member") throw new CommandError("only admins and owners of a group give others what was said before")
    const contact = participantIn(group.room, identity) === undefined ? null : this.#contacts.by(identity)
    const direct = contact === null ? null : conversations.get(contact.id)
    if (direct === null) throw new CommandError("only members who are contacts can be given what was said before")
    return direct
  }

  async #entries(talk: Talk, { messages, since = 0 }: PastRange): Promise<Uint8Array[]> {
    const most = Math.max(1, Math.min(HISTORY_MOST, Math.floor(messages)))
    return (await this.#textsOf(talk, this.#contacts.parts.profile().identityPublic, most, since)).map(encodePast)
  }

  /** The latest, oldest first. Files, and what is to disappear, are not among them. */
  async #textsOf(talk: Talk, own: Uint8Array, count: number, since: number): Promise<PastMessage[]> {
    const { messages } = this.#contacts.parts.conversations.parts
    const found: PastMessage[] = []
    let bytes = 0
    for (let before: number | null = null, more = true; more && found.length < count; ) {
      const page = await messages.page(talk.stored.id, before, PAGE)
      for (const message of page.messages.toReversed()) {
        const past = this.#pastOf(talk, message, own)
        if (past === null || past.sent < since || found.length === count) continue
        bytes += past.content.length
        if (bytes > BYTES_MOST) return found.reverse()
        found.push(past)
      }
      before = page.messages[0]?.position ?? null
      more = page.more && before !== null
    }
    return found.reverse()
  }

  #pastOf(talk: Talk, message: StoredMessage, own: Uint8Array): PastMessage | null {
    const { from, fromName, sent, life, ends, deleted, edits = [] } = message
    if (message.content === DAMAGED || deleted !== undefined || isLine(message) || life !== undefined || ends !== undefined) return null
    const first = decodeContent(message.content)
    if (attachmentOf(first) !== null) return null
    const content = edits.length === 0 ? message.content : encodeContent({ ...decodeContent(presentContent(message)), replaces: null, inReplyTo: first.inReplyTo })
    const author = message.own ? own : from === undefined ? null : fromHex(from)
    return author && { from: author, sent, name: fromName ?? nameIn(talk.stored.group!.room, author), content }
  }

  /** A contact gives this user something to read. Throws WireError. */
  async came(contact: StoredContact, bytes: Uint8Array): Promise<void> {
    const { mls, conversations } = this.#contacts.parts
    const { groupId, signature, entries } = decodePack(bytes)
    const talk = conversations.get(toHex(groupId))
    const room = talk?.stored.group?.room
    if (talk === null || room === undefined || talk.stored.group?.standing !== "in") return
    const reader = talk.stored.readers.find(({ identity, gone }) => gone !== true && sameBytes(identity, contact.identity!))
    if (reader === undefined || rightsIn(room, reader.identity) === "member") throw new WireError()
    const by = { who: toHex(reader.identity), whoName: nameIn(room, reader.identity) }
    try {
      if (!(await mls.verifyAs(talk.stored.mls, reader.leaf, HISTORY_LABEL, historyMessage(groupId, entries), signature))) throw new WireError()
      const all = entries.map(decodePast)
      if (!all.every(isText)) throw new WireError()
      await this.#put(talk, by, all)
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      // Said once of each: nobody fills a conversation with such lines.
      await this.#lines.add(talk, `past/${by.who}/broken/${talk.stored.id}`, [{ kind: "past-broken", ...by }])
      conversations.parts.changes.tell(() => ({ type: "conversation", conversation: conversations.view(talk) }))
      throw error
    }
  }

  /** Each in its place by time before all that has come since this user is in the group, and a line that says whose word they are. */
  async #put(talk: Talk, by: { readonly who: string; readonly whoName: string }, all: readonly PastMessage[]): Promise<void> {
    const { conversations, now, profile } = this.#contacts.parts
    const { messages } = conversations.parts
    const fresh: Fresh[] = []
    for (const { from, sent, name, content } of all) {
      if (sameBytes(from, profile().identityPublic) || this.#contacts.isBlocked(from)) continue
      const id = conversations.messageId(talk, from, content)
      if ((await messages.placeOf(id)) === null && !fresh.some((one) => one.id === id)) fresh.push({ id, from: toHex(from), fromName: shownName(name), content, sent: Math.min(sent, now()) })
    }
    if (fresh.length === 0) return
    fresh.sort((a, b) => a.sent - b.sent)
    const places = await this.#places(talk, fresh)
    this.#latest.set(talk.stored.id, fresh.map(({ sent }, i) => ({ sent, position: places[i]! })))
    for (const [i, one] of fresh.entries()) {
      await messages.add({ ...one, conversation: talk.stored.id, position: places[i]!, own: false, received: now(), state: null, times: {}, problem: null, journey: null, past: by.who })
    }
    await this.#lines.add(talk, `past/${by.who}/${fresh[0]!.id}/${fresh.length}`, [{ kind: "past", ...by, count: fresh.length, first: places[0]! }])
    conversations.parts.changes.tell(() => ({ type: "conversation", conversation: conversations.view(talk) }))
  }

  /** Of a profile that came in before there was room there are none but behind what is here. */
  async #places(talk: Talk, fresh: readonly Fresh[]): Promise<number[]> {
    const { messages } = this.#contacts.parts.conversations.parts
    const { id, entered, position } = talk.stored
    const low = entered === undefined ? position : entered - PAST_ROOM
    const known: Placed[] = []
    for (let before = entered, more = entered !== undefined; more && before !== undefined; ) {
      const page = await messages.page(id, before, PAGE)
      const there = page.messages.filter((one) => one.position > low && one.content !== DAMAGED)
      known.unshift(...there)
      before = page.messages[0]?.position
      more = page.more && there.length > 0
    }
    for (const one of this.#latest.get(id) ?? []) if (one.position > low && one.position < (entered ?? 0) && !known.some(({ position: taken }) => taken === one.position)) known.push(one)
    known.sort((a, b) => a.position - b.position)
    const wanted = entered === undefined ? [] : placesFor(known, fresh.map(({ sent }) => sent), low, entered)
    const places: number[] = []
    const isFree = async (place: number) => place > low && !places.includes(place) && (await messages.at(id, place)) === null && !(await messages.isDeleted(id, place))
    for (const [i] of fresh.entries()) {
      let place = wanted[i] ?? Number.NaN
      // One may have been deleted there.
      while (place > low && !(await isFree(place))) place--
      places.push(place > low ? place : this.#behind(talk))
    }
    return places
  }

  #behind(talk: Talk): number {
    const position = talk.stored.position + 1
    this.#contacts.parts.conversations.save(talk, { ...talk.stored, position, quiet: 0 })
    return position
  }
}

/** A message that is to be put in its place. */
type Fresh = Pick<StoredMessage, "id" | "content" | "sent"> & { readonly from: string; readonly fromName: string }

/** Throws WireError. */
function isText({ content }: PastMessage): boolean {
  const decoded = decodeContent(content)
  return actOf(decoded) === null && timerOf(decoded) === null && parcelOf(decoded) === null && attachmentOf(decoded) === null
}
