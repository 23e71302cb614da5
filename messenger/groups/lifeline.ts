import { commitSecrets } from "../../shared/box.ts"
import { Reader, sameBytes, toHex, WireError, Writer } from "../../shared/bytes.ts"
import { pick } from "../../shared/random.ts"
import { Behind, isAbreast, isEnding, placeOf } from "../behind.ts"
import type { Committing } from "../committing.ts"
import type { Contacts } from "../contacts.ts"
import type { Talk } from "../conversations.ts"
import { participantIn } from "../mls/room.ts"
import { decodeReprieve, encodeReprieve } from "../plea.ts"
import type { StoredContact } from "../stored.ts"
import type { StoredReader } from "../stored-conversation.ts"
import { epochOf } from "../stored-conversation.ts"
import { takeBack } from "../taking-back.ts"
import { GROUP_PLEA_LEAST, GROUP_PLEA_PATIENCE, GROUP_PLEA_VAIN } from "../timing.ts"
import type { Post } from "./post.ts"
import type { StoredGroupPlea } from "./stored-group.ts"

const VERSION = 1
const GROUP_ID_LENGTH = 16

/**
 * A device that cannot go on in a group (its state is a copy, its leaf was passed by, it was away for too long) asks a contact who is in it, in the
 * conversation with them, and takes its leaf back with what they answer. Where that conversation is broken, too, it heals first (recovery.ts).
 * Plea: version 1 ‖ group id 16. The answer is a reprieve as in plea.ts.
 */
export class Lifeline {
  readonly #contacts: Contacts
  readonly #committing: Committing
  readonly #post: Post
  readonly #behind: Behind
  /** When whom was answered last, by contact and group. */
  readonly #answered = new Map<string, number>()
  /** When this device was told last that in this group nothing was missed: whoever has gone on from there lies, or comes back. */
  readonly #vain = new Map<string, number>()

  constructor(contacts: Contacts, committing: Committing, post: Post) {
    this.#contacts = contacts
    this.#committing = committing
    this.#post = post
    this.#behind = new Behind(contacts)
  }

  /** Asked before every slot. */
  async wake(talk: Talk): Promise<void> {
    const { group, isCopy, isReplaced } = talk.stored
    if (group?.standing !== "in" && group?.standing !== "leaving") return
    const pleads = isReplaced !== true && (isCopy === true || this.#behind.pleads(talk, group.plea?.place ?? null))
    const { now } = this.#contacts.parts
    const isVain = isCopy !== true && now() - (this.#vain.get(talk.stored.id) ?? -Infinity) < GROUP_PLEA_VAIN
    if (!pleads || isVain) return this.#end(talk)
    if (group.plea === undefined || now() - group.plea.at >= GROUP_PLEA_PATIENCE) await this.#ask(talk, group.plea)
  }

  /** Another contact each time, and all of them again. */
  async #ask(talk: Talk, before: StoredGroupPlea | undefined): Promise<void> {
    const { conversations, now, random } = this.#contacts.parts
    const { room } = talk.stored.group!
    const all = this.#contacts.all().filter(({ id, identity, state }) => state === "ready" && identity !== null && participantIn(room, identity) !== undefined && conversations.get(id)?.open === true && conversations.parts.door(id) === "show")
    const asked = before?.asked ?? []
    const fresh = all.filter(({ id }) => !asked.includes(id))
    const from = fresh.length > 0 ? fresh : all
    const place = talk.stored.isCopy === true ? {} : { place: placeOf(talk.stored) }
    const chosen = from.length === 0 ? null : pick(random, from)
    this.#save(talk, { ...place, at: now(), asked: chosen === null ? [] : [...(fresh.length > 0 ? asked : []), chosen.id] })
    if (chosen !== null) await this.#post.send(conversations.get(chosen.id)!, "plea", new Writer().u8(VERSION).put(talk.stored.groupId).done())
  }

  /** A contact asks. Throws WireError. */
  async plead(contact: StoredContact, from: StoredReader, bytes: Uint8Array): Promise<void> {
    const { conversations, mls, now } = this.#contacts.parts
    const reader = new Reader(bytes)
    if (reader.u8() !== VERSION) throw new WireError()
    const id = toHex(reader.take(GROUP_ID_LENGTH))
    reader.end()
    const [talk, direct] = [conversations.get(id), conversations.get(contact.id)]
    if (talk === null || direct === null || talk.stored.group?.standing !== "in" || !talk.open || talk.stored.isCopy === true) return
    // A device that is not in the group could not be let in by that, and is not answered.
    const isIn = talk.stored.readers.some((one) => one.gone !== true && sameBytes(one.device, from.device) && sameBytes(one.identity, from.identity))
    const key = `${contact.id}/${id}`
    if (!isIn || now() - (this.#answered.get(key) ?? -Infinity) < GROUP_PLEA_LEAST) return
    this.#answered.set(key, now())
    const { epoch, context, placement } = epochOf(talk.stored)
    const { attempt, groupId } = talk.stored
    const { seed: commitSeed, key: commitKey } = commitSecrets(context, attempt)
    const groupInfo = await mls.groupInfo(talk.stored.mls)
    await this.#post.send(direct, "reprieve", encodeReprieve({ groupId, epoch, attempt, commitSeed, commitKey, placement, groupInfo }))
    // Who rejoins has no stream that others follow: it is seen in the commit box.
    conversations.parts.behind(talk)
  }

  /** A contact answers: with that this device takes its leaf back. Throws WireError. */
  async reprieved(contact: StoredContact, bytes: Uint8Array): Promise<void> {
    const { conversations, now } = this.#contacts.parts
    const reprieve = decodeReprieve(bytes)
    const talk = conversations.get(toHex(reprieve.groupId))
    const plea = talk?.stored.group?.plea
    if (talk === null || plea === undefined || !plea.asked.includes(contact.id)) return
    // They are where we are: nothing was missed.
    if (talk.stored.isCopy !== true && isAbreast(talk, reprieve.epoch) && !isEnding(talk, now())) return void this.#vain.set(talk.stored.id, now())
    await takeBack(this.#contacts, this.#committing, talk, reprieve)
  }

  #end(talk: Talk): void {
    const { plea, ...group } = talk.stored.group!
    if (plea !== undefined) this.#contacts.parts.conversations.save(talk, { ...talk.stored, group })
  }

  #save(talk: Talk, plea: StoredGroupPlea): void {
    this.#contacts.parts.conversations.save(talk, { ...talk.stored, group: { ...talk.stored.group!, plea } })
  }
}
