import { fromHex, sameBytes, toHex } from "../shared/bytes.ts"
import type { Parameters } from "../shared/directory/parameters.ts"
import type { Random } from "../shared/random.ts"
import { isRevoked } from "./allow.ts"
import type { ContactProblem, ContactView, IdentityChange, Speed, Trust } from "./api.ts"
import type { Changes } from "./changes.ts"
import { encodeCode } from "./contact-code.ts"
import type { Conversations } from "./conversations.ts"
import { Identities } from "./identities.ts"
import type { Known } from "./messages.ts"
import { certificateValidity, isFreshAt } from "./mls/credential.ts"
import type { Mls } from "./mls/mls.ts"
import type { Places } from "./places.ts"
import type { Store } from "./ports.ts"
import type { Reading } from "./reading.ts"
import { safetyNumber } from "./safety-number.ts"
import type { StoredContact, StoredProfile } from "./stored.ts"
import { keys } from "./stored.ts"
import type { StoredConversation, StoredReader } from "./stored-conversation.ts"
import { expectedRoundTrip, expectedSlot, PLACEMENT_MEMORY } from "./timing.ts"
import type { Watches } from "./watches.ts"
import type { Writes } from "./writes.ts"

export interface ContactParts {
  readonly store: Store
  readonly changes: Changes
  readonly random: Random
  readonly mls: Mls
  readonly watches: Watches
  readonly writes: Writes
  readonly places: Places
  readonly conversations: Conversations
  readonly reading: Reading
  readonly now: () => number
  readonly networkId: Uint8Array
  readonly profile: () => StoredProfile
  readonly setProfile: (profile: StoredProfile) => void
  readonly speed: () => Speed
  readonly parameters: () => Parameters | null
}

/** All contacts, pending ones too, and how each is seen. The two ways of becoming one stand in files of their own. */
export class Contacts {
  readonly parts: ContactParts
  readonly identities: Identities
  readonly #contacts = new Map<string, StoredContact>()

  constructor(parts: ContactParts) {
    this.parts = parts
    this.identities = new Identities(this)
  }

  load(contacts: readonly StoredContact[]): void {
    for (const contact of contacts) this.#contacts.set(contact.id, contact)
  }

  /** This device's keys. A certificate that ends soon, or was made by a clock that is right no more, is made anew. */
  device(): StoredProfile {
    const { profile, setProfile, mls, now } = this.parts
    const own = profile()
    if (isFreshAt(certificateValidity(own.certificate), now())) return own
    const renewed = { ...own, certificate: mls.certify(own.identitySecret, own.devicePublic, now()) }
    setProfile(renewed)
    return renewed
  }

  get(id: string): StoredContact | undefined {
    return this.#contacts.get(id)
  }

  all(): StoredContact[] {
    return [...this.#contacts.values()]
  }

  byBundle(hash: Uint8Array): StoredContact | undefined {
    return this.all().find((contact) => sameBytes(contact.bundleHash, hash))
  }

  /** A new contact of which nothing is known yet. */
  blank(role: StoredContact["role"], bundleHash: Uint8Array, name: string): StoredContact {
    const now = this.parts.now()
    return {
      id: toHex(this.parts.random(16)),
      role,
      bundleHash,
      created: now,
      invitation: null,
      answer: null,
      name,
      named: name !== "",
      theirName: null,
      state: role === "inviter" ? "publishing" : "reading",
      problem: null,
      trust: "link",
      identity: null,
      safetyNumber: null,
      blocked: false,
      since: now,
    }
  }

  save(contact: StoredContact): void {
    this.#contacts.set(contact.id, contact)
    this.parts.changes.put(keys.contact(contact.id), contact)
    this.parts.changes.tell(() => ({ type: "contact", contact: this.view(this.#contacts.get(contact.id) ?? contact) }))
    const talk = this.parts.conversations.get(contact.id)
    if (talk !== null) this.parts.changes.tell(() => ({ type: "conversation", conversation: this.parts.conversations.view(talk) }))
  }

  /** A step in the contact's state; the time of it is kept. */
  move(contact: StoredContact, change: Partial<StoredContact>): StoredContact {
    const moved = { ...contact, ...change, since: this.parts.now() }
    this.save(moved)
    return moved
  }

  fail(contact: StoredContact, problem: ContactProblem): void {
    this.move(contact, { state: "failed", problem, invitation: null, answer: null })
  }

  /** What was left for somebody before this is gone; ms. */
  readonly placedSince = (): number => this.parts.now() - PLACEMENT_MEMORY

  /** The contact who has this identity key and whom this user has let in; of several conversations with one person, one that both are in. */
  by(identity: Uint8Array): StoredContact | null {
    const all = this.all().filter((contact) => (contact.state === "ready" || contact.state === "answered") && isSame(contact.identity, identity))
    return all.find(({ state }) => state === "ready") ?? all[0] ?? null
  }

  /** Somebody in a group, by the name of a member in views, as this user knows them. */
  readonly known = (member: string): Known => {
    const identity = fromHex(member)
    return { own: sameBytes(identity, this.parts.profile().identityPublic), name: this.by(identity)?.name ?? null }
  }

  isBlocked(identity: Uint8Array): boolean {
    return this.all().some((other) => other.blocked && isSame(other.identity, identity)) || this.#strangers.some((one) => sameBytes(one, identity))
  }

  /** A person, contact or not, in every conversation. */
  blockMember(identity: Uint8Array, blocked: boolean): void {
    const { profile, setProfile } = this.parts
    for (const one of this.all()) if (isSame(one.identity, identity) && one.blocked !== blocked) this.save({ ...one, blocked })
    const others = this.#strangers.filter((one) => !sameBytes(one, identity))
    const { blocked: _, ...own } = profile()
    const all = blocked && !this.all().some((one) => isSame(one.identity, identity)) ? [...others, identity] : others
    if (all.length !== this.#strangers.length) setProfile(all.length > 0 ? { ...own, blocked: all } : own)
  }

  /** Those whom this user has blocked in groups, and who are no contacts. */
  get #strangers(): readonly Uint8Array[] {
    return this.parts.profile().blocked ?? []
  }

  /** Why nothing that a device says in a conversation is looked at; null where it is. In a group that is for each of its members to be asked. */
  shut(stored: StoredConversation, { identity, device }: StoredReader): "blocked" | "revoked" | null {
    const isMember = stored.group !== undefined
    if (this.parts.conversations.parts.door(stored.id) !== "show" || (isMember && this.isBlocked(identity))) return "blocked"
    const people = isMember ? this.all().filter((contact) => isSame(contact.identity, identity)) : [this.#contacts.get(stored.id)]
    return people.some((contact) => isRevoked(contact, device)) ? "revoked" : null
  }

  /** Who the other side is, now that a checked credential said it. Who is blocked stays so, whatever code they come by. */
  identified(contact: StoredContact, identity: Uint8Array, theirName: string): Partial<StoredContact> {
    return {
      identity,
      blocked: this.isBlocked(identity),
      theirName,
      safetyNumber: safetyNumber(this.parts.profile().identityPublic, identity),
      ...(contact.named ? {} : { name: theirName }),
    }
  }

  rename(contact: StoredContact, name: string): void {
    this.save({ ...contact, name: name === "" ? (contact.theirName ?? contact.name) : name, named: name !== "" })
  }

  trust(contact: StoredContact, trust: Trust): void {
    this.save({ ...contact, trust })
  }

  /** It is a person who is blocked: in every conversation with them. */
  block(contact: StoredContact, blocked: boolean): void {
    if (contact.identity === null) this.save({ ...contact, blocked })
    else this.blockMember(contact.identity, blocked)
  }

  /** A pending contact with its code, or a ready one with its conversation. */
  async remove(contact: StoredContact): Promise<void> {
    const { watches, writes, changes, conversations } = this.parts
    for (const kind of ["bundle", "answer"]) {
      watches.end(`${kind}/${contact.id}`)
      writes.remove(`${kind}/${contact.id}`)
    }
    await conversations.forget(contact.id)
    conversations.parts.quarantine.clear(contact.id)
    changes.delete(keys.contact(contact.id))
    this.#contacts.delete(contact.id)
    changes.tell(() => ({ type: "contact-removed", contact: contact.id }))
  }

  /** The first message or confirmation of the other side: we are let in. */
  heard(id: string): void {
    const contact = this.#contacts.get(id)
    if (contact?.state === "answered") this.move(contact, { state: "ready" })
  }

  /** They were shown another network than we were. It is told once, and stays. */
  noteOtherDirectory(id: string, epoch: number): void {
    const contact = this.#contacts.get(id)
    if (contact !== undefined && contact.otherDirectory === undefined) this.save({ ...contact, otherDirectory: { epoch, at: this.parts.now() } })
  }

  view(contact: StoredContact): ContactView {
    return {
      id: contact.id,
      name: contact.name,
      theirName: contact.theirName,
      state: contact.state,
      problem: contact.problem,
      trust: contact.trust,
      code: contact.state === "waiting" && contact.isForOne !== true ? encodeCode(this.parts.networkId, contact.bundleHash) : null,
      safetyNumber: contact.safetyNumber,
      blocked: contact.blocked,
      identityChange: changeView(contact),
      otherDirectory: contact.otherDirectory ?? null,
      member: contact.identity === null ? null : toHex(contact.identity),
      invitable: (contact.exchange?.theirs ?? 0) > 0,
      created: contact.created,
      expected: this.#expected(contact),
    }
  }

  #expected({ state, since }: StoredContact): number | null {
    const parameters = this.parts.parameters()
    const networkDecides = state === "publishing" || state === "reading" || state === "answering"
    if (parameters === null || !networkDecides) return null
    return since + expectedSlot(this.parts.speed()) + expectedRoundTrip(parameters)
  }
}

function changeView({ identityChange }: StoredContact): IdentityChange | null {
  if (identityChange === undefined) return null
  const { identity: _, ...shown } = identityChange
  return shown
}

function isSame(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a !== null && b !== null && sameBytes(a, b)
}
