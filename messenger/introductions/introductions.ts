import { sameBytes, toHex, WireError } from "../../shared/bytes.ts"
import { HASH_LENGTH } from "../../shared/geometry.ts"
import type { Answering } from "../answering.ts"
import { CommandError } from "../api.ts"
import type { Contacts } from "../contacts.ts"
import type { Talk } from "../conversations.ts"
import { Lines, shownName } from "../groups/lines.ts"
import { Post } from "../groups/post.ts"
import type { Inviting } from "../inviting.ts"
import { participantIn } from "../mls/room.ts"
import type { StoredContact } from "../stored.ts"
import { keys, unpackAll } from "../stored.ts"
import type { IntroductionView } from "./introduction-view.ts"
import type { IntroductionParcel } from "./parcel.ts"
import { decodeIntroduction, encodeIntroduction, INTRODUCTION_ID_LENGTH, markOf } from "./parcel.ts"
import type { StoredIntroduced, StoredIntroducing, StoredIntroduction } from "./stored-introduction.ts"

/** Who has not answered by then does not want it; ms. */
const ANSWERED_WITHIN = 30 * 86_400_000
/** So many of one contact wait for an answer of the user: what comes beyond is dropped. */
const WAITING_MOST = 4
const NO_BUNDLE = new Uint8Array(HASH_LENGTH)

/**
 * Two people become contacts by somebody whom both have as one: each is asked, and only when both have agreed the contact code of one goes to the other. Who
 * introduces carries the code, and so is believed: trust is *introduced*. A member of a group may ask another to introduce them to a third.
 */
export class Introductions {
  readonly #contacts: Contacts
  readonly #inviting: Inviting
  readonly #answering: Answering
  readonly #post: Post
  readonly #lines: Lines
  readonly #all = new Map<string, StoredIntroduction>()

  constructor(contacts: Contacts, inviting: Inviting, answering: Answering) {
    this.#contacts = contacts
    this.#inviting = inviting
    this.#answering = answering
    this.#post = new Post(contacts.parts.conversations)
    this.#lines = new Lines(contacts.parts.conversations)
  }

  async load(): Promise<void> {
    for (const one of unpackAll<StoredIntroduction>(await this.#contacts.parts.store.list(keys.introductions))) this.#all.set(toHex(one.id), one)
  }

  list(): IntroductionView[] {
    return [...this.#all.values()].map((one) => this.#view(one)).sort((a, b) => b.at - a.at)
  }

  /** This user would like two contacts to know each other. */
  async introduce(first: StoredContact, second: StoredContact): Promise<string> {
    const { random, now } = this.#contacts.parts
    if (!this.#isThere(first) || !this.#isThere(second) || sameBytes(first.identity!, second.identity!)) throw new CommandError("two contacts are introduced with whom this user has each other")
    const one: StoredIntroducing = { kind: "introducing", id: random(INTRODUCTION_ID_LENGTH), state: "open", at: now(), people: [first.id, second.id], isAsked: false, agreed: [null, null] }
    this.#save(one)
    await this.#offer(one)
    await this.#line(first.id, one, "introduced", shownName(second.name))
    await this.#line(second.id, one, "introduced", shownName(first.name))
    return toHex(one.id)
  }

  /** This user would like to know a member of a group: a contact in it is asked to introduce them, `asked` or another. */
  async ask({ stored: { group, groupId } }: Talk, identity: Uint8Array, asked: StoredContact | null): Promise<string> {
    const { random, now, profile } = this.#contacts.parts
    const member = group === undefined ? undefined : participantIn(group.room, identity)
    if (group?.standing !== "in" || member === undefined || sameBytes(identity, profile().identityPublic)) throw new CommandError("there is no member of this id in a group that this user is in")
    if (this.#contacts.by(identity) !== null) throw new CommandError("this member is a contact already")
    if ([...this.#all.values()].some((one) => one.kind === "introduced" && one.state === "open" && one.wanted !== undefined && sameBytes(one.wanted, identity))) throw new CommandError("they are asked already")
    const present = this.#contacts.all().filter((contact) => this.#isThere(contact) && participantIn(group.room, contact.identity!) !== undefined)
    // Whoever let this user in is the likeliest to know others.
    const by = asked === null ? (present.find(({ id }) => id === group.by) ?? present[0]) : present.find(({ id }) => id === asked.id)
    if (by === undefined) throw new CommandError("no such contact of this user is in the group")
    const one: StoredIntroduced = { kind: "introduced", id: random(INTRODUCTION_ID_LENGTH), state: "open", at: now(), by: by.id, name: shownName(member.name), offer: null, contact: null, wanted: identity, isTold: false }
    this.#save(one)
    await this.#say(by.id, { step: "ask", id: one.id, group: groupId, identity })
    await this.#line(by.id, one, "asked", one.name)
    return toHex(one.id)
  }

  /** What the user says to what was offered, or asked of them; and what they have begun or agreed to they may take back, until it is made. */
  async answer(id: string, agree: boolean): Promise<void> {
    const one = this.#all.get(id)
    const waits = one?.state === "offered" || one?.state === "wanted" || (one?.state === "open" && !agree)
    if (one === undefined || !waits) throw new CommandError("there is no introduction of this id that waits for an answer")
    if (one.kind === "introducing") {
      if (agree) await this.#offer(this.#save({ ...one, state: "open" }))
      else await this.#end(one)
    } else if (agree) await this.#agree(one)
    else {
      await this.#drop(one)
      await this.#say(one.by, { step: "end", id: one.id })
    }
  }

  /** A contact says something. Throws WireError. */
  async came(contact: StoredContact, bytes: Uint8Array): Promise<void> {
    const parcel = decodeIntroduction(bytes)
    const known = this.#all.get(toHex(parcel.id))
    if (parcel.step === "ask") return known === undefined ? this.#asked(contact, parcel) : undefined
    // What was not taken has its end, too.
    if (parcel.step === "end" && known === undefined) return
    if (parcel.step === "offer" && known === undefined) {
      if (this.#waiting(contact.id) >= WAITING_MOST) return
      const one = this.#save<StoredIntroduced>({ kind: "introduced", id: parcel.id, state: "offered", at: this.#contacts.parts.now(), by: contact.id, name: parcel.name, offer: parcel, contact: null, isTold: false })
      await this.#line(contact.id, one, "offered", one.name)
    } else if (known?.kind === "introducing") await this.#replied(known, contact, parcel)
    else if (known?.kind === "introduced" && known.by === contact.id) await this.#told(known, parcel)
    else throw new WireError()
  }

  /** Asked before every slot. */
  async wake(): Promise<void> {
    const begun = this.#contacts.parts.now() - ANSWERED_WITHIN
    for (const one of this.#all.values()) if (one.at < begun && one.state !== "made" && one.state !== "ended") await (one.kind === "introducing" ? this.#end(one) : this.#drop(one))
    for (const one of this.#all.values()) if (one.kind === "introduced" && one.contact !== null && one.state !== "ended") await this.#follow(one, this.#contacts.get(one.contact))
  }

  async #asked(contact: StoredContact, { id, group, identity }: Extract<IntroductionParcel, { step: "ask" }>): Promise<void> {
    const { conversations, now } = this.#contacts.parts
    const stored = conversations.get(toHex(group))?.stored.group
    const target = this.#contacts.by(identity)
    const areIn = stored?.standing === "in" && participantIn(stored.room, identity) !== undefined && participantIn(stored.room, contact.identity!) !== undefined
    if (!areIn || target === null || !this.#isThere(target) || target.id === contact.id || this.#waiting(contact.id) >= WAITING_MOST) return this.#say(contact.id, { step: "end", id })
    const one = this.#save<StoredIntroducing>({ kind: "introducing", id, state: "wanted", at: now(), people: [contact.id, target.id], isAsked: true, agreed: [null, null] })
    await this.#line(contact.id, one, "wanted", shownName(target.name))
  }

  /** To the one who introduces: somebody has agreed, or does not want it. */
  async #replied(one: StoredIntroducing, { id }: StoredContact, parcel: IntroductionParcel): Promise<void> {
    const place = one.people.indexOf(id)
    if (place === -1 || (parcel.step !== "agree" && parcel.step !== "end")) throw new WireError()
    if (parcel.step === "end") return one.state === "open" || one.state === "wanted" ? this.#end(one) : undefined
    if (one.state !== "open") return
    const [first, second] = place === 0 ? [parcel.bundle, one.agreed[1]] : [one.agreed[0], parcel.bundle]
    const isMade = first !== null && second !== null
    this.#save({ ...one, agreed: [first, second], ...(isMade && { state: "made" }) })
    if (isMade) await this.#say(one.people[1], { step: "way", id: one.id, bundle: first })
  }

  /** To one of the two. */
  async #told(one: StoredIntroduced, parcel: IntroductionParcel): Promise<void> {
    if (one.state === "offered" && parcel.step === "end") return this.#drop(one)
    if (one.state !== "open") return
    if (parcel.step === "offer") {
      // It was this user who asked.
      if (one.offer === null) await this.#agree({ ...one, offer: parcel })
    } else if (parcel.step === "end") await this.#drop(one)
    else if (parcel.step === "way" && one.offer?.isHost === false && one.contact === null) {
      if (this.#contacts.byBundle(parcel.bundle) !== undefined) throw new WireError()
      const contact = this.#answering.add(parcel.bundle, "")
      this.#contacts.save({ ...contact, name: one.name, trust: "introduced" })
      this.#save({ ...one, contact: contact.id })
    } else throw new WireError()
  }

  /** The one of the two who is to make a contact code does; it goes when it can be used. */
  async #agree(one: StoredIntroduced): Promise<void> {
    const { offer } = one
    if (offer?.isHost === true) {
      const { id } = await this.#inviting.invite("")
      this.#contacts.save({ ...this.#contacts.get(id)!, name: one.name, trust: "introduced", isForOne: true })
      this.#save({ ...one, state: "open", contact: id })
    } else {
      this.#save({ ...one, state: "open", isTold: true })
      await this.#say(one.by, { step: "agree", id: one.id, bundle: NO_BUNDLE })
    }
  }

  /** How the contact that is to come of it gets on. */
  async #follow(one: StoredIntroduced, contact: StoredContact | undefined): Promise<void> {
    if (contact === undefined || contact.state === "failed") return this.#drop(one)
    if (contact.identity !== null && one.state === "open") {
      if (!sameBytes(markOf(one.id, contact.identity), one.offer!.mark)) return this.#drop(one)
      this.#save({ ...one, state: "made" })
      if (contact.state === "ask") this.#inviting.accept(contact, "introduced", undefined)
    } else if (contact.state === "waiting" && !one.isTold) {
      this.#save({ ...one, isTold: true })
      await this.#say(one.by, { step: "agree", id: one.id, bundle: contact.bundleHash })
    }
  }

  /** Each of the two is asked. */
  async #offer({ id, people }: StoredIntroducing): Promise<void> {
    const [first, second] = people.map((one) => this.#contacts.get(one))
    if (first === undefined || second === undefined) throw new CommandError("one of the two is a contact no more")
    for (const [to, other, isHost] of [[first, second, true], [second, first, false]] as const) {
      await this.#say(to.id, { step: "offer", id, isHost, mark: markOf(id, other.identity!), name: other.theirName ?? shownName(other.name) })
    }
  }

  async #end(one: StoredIntroducing): Promise<void> {
    // Before this user has agreed, only who asked knows of it.
    const told = one.state === "wanted" ? one.people.slice(0, 1) : one.people
    this.#save({ ...one, state: "ended" })
    for (const person of told) await this.#say(person, { step: "end", id: one.id })
  }

  /** Nothing comes of it: the contact that was to be is none. */
  async #drop(one: StoredIntroduced): Promise<void> {
    this.#save({ ...one, state: "ended", contact: null })
    const contact = one.contact === null ? undefined : this.#contacts.get(one.contact)
    if (contact !== undefined) await this.#contacts.remove(contact)
  }

  /** Who is offered may be a contact already. */
  #known({ id, offer }: StoredIntroduced): string | null {
    return this.#contacts.all().find(({ state, identity }) => state === "ready" && identity !== null && offer !== null && sameBytes(markOf(id, identity), offer.mark))?.id ?? null
  }

  #waiting(contact: string): number {
    return [...this.#all.values()].filter((one) => (one.state === "offered" || one.state === "wanted") && (one.kind === "introduced" ? one.by === contact : one.people[0] === contact)).length
  }

  #isThere({ id, state, identity, blocked }: StoredContact): boolean {
    return state === "ready" && identity !== null && !blocked && this.#contacts.parts.conversations.get(id) !== null
  }

  async #say(contact: string, parcel: IntroductionParcel): Promise<void> {
    const talk = this.#contacts.parts.conversations.get(contact)
    if (talk !== null) await this.#post.send(talk, "introduction", encodeIntroduction(parcel))
  }

  /** In the conversation with a contact it stands that there is one. */
  async #line(contact: string, { id }: StoredIntroduction, step: "offered" | "wanted" | "asked" | "introduced", name: string): Promise<void> {
    const { conversations, changes } = this.#contacts.parts
    const talk = conversations.get(contact)
    if (talk === null) return
    const introduction = toHex(id)
    await this.#lines.add(talk, `introduction/${introduction}/${contact}`, [{ kind: "introduction", introduction, step, name }])
    changes.tell(() => ({ type: "conversation", conversation: conversations.view(talk) }))
  }

  #save<Kind extends StoredIntroduction>(one: Kind): Kind {
    const { changes } = this.#contacts.parts
    this.#all.set(toHex(one.id), one)
    changes.put(keys.introduction(one.id), one)
    changes.tell(() => ({ type: "introduction", introduction: this.#view(one) }))
    return one
  }

  #view(one: StoredIntroduction): IntroductionView {
    const { state, at } = one
    const id = toHex(one.id)
    if (one.kind === "introduced") {
      const contact = state === "made" ? one.contact : state === "offered" ? this.#known(one) : null
      return { id, state, by: one.by, people: [], name: one.name, contact, member: one.wanted === undefined ? null : toHex(one.wanted), at }
    }
    const names = one.people.map((person) => this.#contacts.get(person)?.name ?? "?")
    return { id, state, by: one.isAsked ? one.people[0] : null, people: one.people, name: names.join(", "), contact: null, member: null, at }
  }
}
