import { fromHex, sameBytes, toHex, WireError } from "../../shared/bytes.ts"
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
import { decodePack, decodePast, encodePack, encodePast, HISTORY_LABEL, HISTORY_MOST, historyMessage } from "./history-pack.ts"
import type { PastMessage } from "./history-pack.ts"
import { nameIn, shownName } from "./lines.ts"
import type { Post } from "./post.ts"

const PAGE = 50
/** What has room in a parcel. */
const BYTES_MOST = 150_000

/** What an admin gives somebody who came later to read: texts from before, signed by the admin, who could have made them up. */
export class Past {
  readonly #contacts: Contacts
  readonly #post: Post

  constructor(contacts: Contacts, post: Post) {
    this.#contacts = contacts
    this.#post = post
  }

  /** The latest texts of a group, as they are now, to a member who is a contact. Answers how many. */
  async give(talk: Talk, identity: Uint8Array, count: number): Promise<number> {
    const { mls, conversations, profile } = this.#contacts.parts
    const { group, groupId } = talk.stored
    const own = profile().identityPublic
    if (group?.standing !== "in" || rightsIn(group.room, own) === "member") throw new CommandError("only admins and owners of a group give others what was said before")
    const contact = participantIn(group.room, identity) === undefined ? null : this.#contacts.by(identity)
    const direct = contact === null ? null : conversations.get(contact.id)
    if (direct === null) throw new CommandError("only members who are contacts can be given what was said before")
    const entries = (await this.#latest(talk, own, Math.max(1, Math.min(HISTORY_MOST, Math.floor(count))))).map(encodePast)
    if (entries.length === 0) return 0
    const signature = await mls.signAs(talk.stored.mls, HISTORY_LABEL, historyMessage(groupId, entries))
    await this.#post.send(direct, "history", encodePack({ groupId, signature, entries }))
    return entries.length
  }

  /** Oldest first. Files, and what is to disappear, are not among them. */
  async #latest(talk: Talk, own: Uint8Array, count: number): Promise<PastMessage[]> {
    const { messages } = this.#contacts.parts.conversations.parts
    const found: PastMessage[] = []
    let bytes = 0
    for (let before: number | null = null, more = true; more && found.length < count; ) {
      const page = await messages.page(talk.stored.id, before, PAGE)
      for (const message of page.messages.toReversed()) {
        const past = this.#pastOf(talk, message, own)
        if (past === null || found.length === count) continue
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
    if (!(await mls.verifyAs(talk.stored.mls, reader.leaf, HISTORY_LABEL, historyMessage(groupId, entries), signature))) throw new WireError()
    const all = entries.map(decodePast)
    if (!all.every(isText)) throw new WireError()
    for (const past of all) await this.#add(talk, toHex(reader.identity), past)
    await conversations.showLast(talk)
  }

  async #add(talk: Talk, by: string, { from, sent, name, content }: PastMessage): Promise<void> {
    const { conversations, now, profile } = this.#contacts.parts
    if (sameBytes(from, profile().identityPublic) || this.#contacts.isBlocked(from)) return
    const position = talk.stored.position + 1
    const time = Math.min(sent, now())
    const id = conversations.messageId(talk, from, content)
    const isNew = await conversations.parts.messages.add({ id, conversation: talk.stored.id, position, own: false, from: toHex(from), fromName: shownName(name), content, sent: time, received: now(), state: null, times: {}, problem: null, journey: null, past: by })
    const { unread, unreadBytes = 0 } = talk.stored
    if (isNew) conversations.save(talk, { ...talk.stored, position, quiet: 0, unread: unread + 1, unreadBytes: unreadBytes + content.length })
  }
}

/** Throws WireError. */
function isText({ content }: PastMessage): boolean {
  const decoded = decodeContent(content)
  return actOf(decoded) === null && timerOf(decoded) === null && parcelOf(decoded) === null && attachmentOf(decoded) === null
}
