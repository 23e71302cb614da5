import { Reader, sameBytes, WireError, Writer } from "../../shared/bytes.ts"
import { exponential } from "../../shared/random.ts"
import type { Contacts } from "../contacts.ts"
import type { Talk } from "../conversations.ts"
import type { StoredContact } from "../stored.ts"
import { keys, unpackIfAny } from "../stored.ts"
import { isHeard } from "../stored-conversation.ts"
import { ASK_AGAIN, PACKAGES_FIRST_MEAN, PACKAGES_LIFE, PACKAGES_MEAN } from "../timing.ts"
import type { Post } from "./post.ts"
import type { StoredExchange, StoredOwnPackage, StoredPackages } from "./stored-group.ts"

const VERSION = 1
/** So many KeyPackages a contact has of this device: as many groups they can let it into before it is there again. */
const GIVEN = 3
/** So many are taken of them. */
const TAKEN_MOST = 4
const PACKAGE_MAX = 4096
const NONE: StoredPackages = { own: [], theirs: [] }
const NOTHING: StoredExchange = { given: 0, got: 0, own: 0, theirs: 0, made: 0 }

/**
 * KeyPackages that contacts and this device give each other, so that one can let the other into a group while they are not there. design.md section 10.
 * Parcel: version 1 ‖ batch u64 (0: nothing but the wish for some) ‖ count u8 ‖ length 2 and KeyPackage each. The batches of a device rise, so
 * that one that comes twice brings nothing a second time.
 */
export class Packages {
  readonly #contacts: Contacts
  readonly #post: Post
  /** When a contact is given some, ms. */
  readonly #due = new Map<string, number>()

  constructor(contacts: Contacts, post: Post) {
    this.#contacts = contacts
    this.#post = post
  }

  /** Asked before every slot. */
  async wake(): Promise<void> {
    const { now, random } = this.#contacts.parts
    for (const contact of this.#contacts.all()) {
      const { own, made } = contact.exchange ?? NOTHING
      if ((own > 0 && now() - made < PACKAGES_LIFE) || !this.#isThere(contact)) continue
      const due = this.#due.get(contact.id)
      if (due === undefined) this.#due.set(contact.id, now() + exponential(random, made === 0 ? PACKAGES_FIRST_MEAN : PACKAGES_MEAN))
      else if (due <= now()) return this.#give(contact)
    }
  }

  /** Whether a contact can be let into a group now. */
  has(contact: string): boolean {
    return (this.#contacts.get(contact)?.exchange?.theirs ?? 0) > 0
  }

  /** Asks a contact for some, once in a while. */
  async ask(id: string): Promise<void> {
    const contact = this.#contacts.get(id)
    const talk = this.#contacts.parts.conversations.get(id)
    const { now } = this.#contacts.parts
    if (contact === undefined || talk === null || !talk.open) return
    const exchange = contact.exchange ?? NOTHING
    if (exchange.asked !== undefined && now() - exchange.asked < ASK_AGAIN) return
    this.#contacts.save({ ...contact, exchange: { ...exchange, asked: now() } })
    await this.#post.send(talk, "keypackages", encode(0, []))
  }

  /** One of a contact's that is good now; those that are not are forgotten. */
  async next(id: string): Promise<Uint8Array | null> {
    const { mls, now } = this.#contacts.parts
    const contact = this.#contacts.get(id)
    const { own, theirs } = await this.#read(id)
    const good: Uint8Array[] = []
    for (const keyPackage of theirs) {
      const member = await mls.inspectKeyPackage(keyPackage, now())
      if (member !== null && contact?.identity !== null && contact !== undefined && sameBytes(member.identity, contact.identity)) good.push(keyPackage)
    }
    if (good.length < theirs.length) this.#save(id, { own, theirs: good })
    return good[0] ?? null
  }

  /** It has let somebody in, and never does again. */
  async used(id: string, keyPackage: Uint8Array): Promise<void> {
    const { own, theirs } = await this.#read(id)
    this.#save(id, { own, theirs: theirs.filter((one) => !sameBytes(one, keyPackage)) })
  }

  /** Those that this contact may use. */
  async own(id: string): Promise<readonly StoredOwnPackage[]> {
    return (await this.#read(id)).own
  }

  /** One's secrets have done what they were for. More are given in its place. */
  async spent(id: string, { keyPackage }: StoredOwnPackage): Promise<void> {
    const { own, theirs } = await this.#read(id)
    this.#save(id, { own: own.filter((one) => !sameBytes(one.keyPackage, keyPackage)), theirs })
    const contact = this.#contacts.get(id)
    if (contact !== undefined && this.#isThere(contact)) await this.#give(contact)
  }

  /** A parcel of a contact. Throws WireError. */
  async came(id: string, bytes: Uint8Array): Promise<void> {
    const { mls, now } = this.#contacts.parts
    const { batch, packages } = decode(bytes)
    const contact = this.#contacts.get(id)
    if (contact === undefined) return
    const exchange = contact.exchange ?? NOTHING
    if (batch === 0) {
      // Whoever asks all the time is answered once in a while.
      if (this.#isThere(contact) && now() - exchange.made >= ASK_AGAIN) await this.#give(contact)
      return
    }
    if (batch <= exchange.got) return
    for (const keyPackage of packages) {
      const member = await mls.inspectKeyPackage(keyPackage, now())
      if (member === null || contact.identity === null || !sameBytes(member.identity, contact.identity)) throw new WireError()
    }
    const { own, theirs } = await this.#read(id)
    this.#contacts.save({ ...contact, exchange: { ...exchange, got: batch } })
    this.#save(id, { own, theirs: [...theirs, ...packages].slice(-TAKEN_MOST) })
  }

  /** Of a state that was in use since it was saved: those of others may have been used by then. */
  async restored(): Promise<void> {
    for (const { id, exchange } of this.#contacts.all()) if (exchange !== undefined) this.#save(id, { ...(await this.#read(id)), theirs: [] })
  }

  forget(id: string): void {
    this.#contacts.parts.changes.delete(keys.packages(id))
    this.#due.delete(id)
  }

  /** As many as the contact is to have. */
  async #give(contact: StoredContact): Promise<void> {
    const { mls, now } = this.#contacts.parts
    const talk = this.#contacts.parts.conversations.get(contact.id)!
    this.#due.delete(contact.id)
    const device = this.#contacts.device()
    const { own, theirs } = await this.#read(contact.id)
    const kept = own.filter(({ made }) => now() - made < PACKAGES_LIFE)
    const fresh: StoredOwnPackage[] = []
    while (kept.length + fresh.length < GIVEN || fresh.length === 0) {
      const { keyPackage, secrets: opens } = await mls.createKeyPackage(device, now())
      fresh.push({ keyPackage, opens, made: now() })
    }
    const exchange = contact.exchange ?? NOTHING
    // By time, so that one that was made after a backup never has the number of one before.
    const given = Math.max(exchange.given + 1, now())
    this.#contacts.save({ ...contact, exchange: { ...exchange, given, made: now() } })
    // Older ones may be on their way back in an invitation.
    this.#save(contact.id, { own: [...own, ...fresh].slice(-2 * GIVEN), theirs })
    await this.#post.send(talk, "keypackages", encode(given, fresh.map(({ keyPackage }) => keyPackage)))
  }

  #isThere({ id, state }: StoredContact): boolean {
    const { conversations } = this.#contacts.parts
    const talk = conversations.get(id)
    return state === "ready" && talk !== null && isOpen(talk) && conversations.parts.door(id) === "show"
  }

  async #read(id: string): Promise<StoredPackages> {
    const { changes, store } = this.#contacts.parts
    return unpackIfAny<StoredPackages>(await changes.get(store, keys.packages(id))) ?? NONE
  }

  #save(id: string, packages: StoredPackages): void {
    const { changes, now } = this.#contacts.parts
    const contact = this.#contacts.get(id)
    if (contact === undefined) return
    changes.put(keys.packages(id), packages)
    const exchange = contact.exchange ?? NOTHING
    const own = packages.own.filter(({ made }) => now() - made < PACKAGES_LIFE).length
    if (exchange.own !== own || exchange.theirs !== packages.theirs.length) this.#contacts.save({ ...contact, exchange: { ...exchange, own, theirs: packages.theirs.length } })
  }
}

function isOpen({ open, stored }: Talk): boolean {
  return open && stored.isCopy !== true && stored.readers.some(isHeard)
}

function encode(batch: number, packages: readonly Uint8Array[]): Uint8Array {
  const writer = new Writer().u8(VERSION).u64(batch).u8(packages.length)
  for (const one of packages) writer.bytes16(one)
  return writer.done()
}

/** Throws WireError. */
function decode(bytes: Uint8Array): { batch: number; packages: Uint8Array[] } {
  const reader = new Reader(bytes)
  if (reader.u8() !== VERSION) throw new WireError()
  const batch = reader.u64()
  const count = reader.u8()
  if (count > TAKEN_MOST || (batch === 0) !== (count === 0)) throw new WireError()
  const packages = Array.from({ length: count }, () => reader.bytes16(PACKAGE_MAX).slice())
  reader.end()
  return { batch, packages }
}
