import { openBlock, sealBlock, seededBox } from "../shared/box.ts"
import { sameBytes, WireError, Writer } from "../shared/bytes.ts"
import { sized } from "../shared/names.ts"
import type { InvitationBundle } from "./bundle.ts"
import { bundleHash, decodeBundle } from "./bundle.ts"
import { deriveInvitation } from "./contact-code.ts"
import type { Contacts } from "./contacts.ts"
import { untimely } from "./mls/validity.ts"
import { placementHash } from "./places.ts"
import { blockOf, soleRecord } from "./records.ts"
import type { StoredContact } from "./stored.ts"
import { BUNDLE_TRIES } from "./timing.ts"
import type { Found } from "./watches.ts"
import type { Spread } from "./writes.ts"

/** The side that enters a contact code: reading, answering, answered, ready. design.md section 10. */
export class Answering {
  readonly #contacts: Contacts

  constructor(contacts: Contacts) {
    this.#contacts = contacts
  }

  add(hash: Uint8Array, name: string): StoredContact {
    const contact = this.#contacts.blank("guest", hash, name)
    this.#contacts.save(contact)
    this.resume(contact)
    return contact
  }

  resume(contact: StoredContact): void {
    if (contact.state === "reading") this.#read(contact)
    if (contact.answer !== null) this.#send(contact)
  }

  #read(contact: StoredContact): void {
    const { watches, places } = this.#contacts.parts
    const { bundleBoxSeed, bundleKey } = deriveInvitation(contact.bundleHash)
    const box = seededBox(bundleBoxSeed, bundleKey)
    const lookout = places.lookout(box.id, this.#contacts.placedSince)
    const current = () => {
      const now = this.#contacts.get(contact.id)
      return now?.state === "reading" ? now : null
    }
    watches.begin({
      id: `bundle/${contact.id}`,
      box,
      places: lookout.places,
      quickOnly: true,
      found: async (found) => {
        const reading = current()
        if (reading !== null) await this.#answer(reading, found)
      },
      empty: (dropbox) => {
        lookout.empty(dropbox)
        const reading = current()
        if (reading === null || lookout.rounds() < BUNDLE_TRIES) return
        watches.end(`bundle/${contact.id}`)
        this.#contacts.fail(reading, "not-found")
      },
    })
  }

  /** The bundle came: make the group and put our answer where the first one counts. */
  async #answer(contact: StoredContact, found: Found): Promise<void> {
    const { mls, profile, random, now, conversations, places } = this.#contacts.parts
    const bundle = this.#genuine(contact, found)
    if (bundle === null) return this.#contacts.fail(contact, "not-genuine")
    const member = await mls.inspectKeyPackage(bundle.keyPackage, now())
    if (member === null) return this.#contacts.fail(contact, await untimely(mls, bundle.keyPackage, now()))
    if (!sameBytes(member.identity, bundle.identityKey) || sameBytes(member.identity, profile().identityPublic)) {
      return this.#contacts.fail(contact, "not-genuine")
    }
    const own = this.#contacts.device()
    const recovery = random(32)
    const group = await mls.invite(own, bundle.keyPackage, { name: own.name, recoverySecret: recovery }, now())
    const placement = places.list()
    const { answerBoxSeed, answerKey } = deriveInvitation(contact.bundleHash)
    const box = seededBox(answerBoxSeed, answerKey)
    const answer = new Writer().put(placementHash(placement)).bytes16(group.welcome).done()
    const content = sealBlock(box, blockOf({ type: "answer", bytes: answer }))
    await conversations.create(contact.id, group, group.streamScalar, placement, false)
    const answering = this.#contacts.move(contact, {
      ...this.#contacts.identified(contact, bundle.identityKey, bundle.name),
      state: "answering",
      recovery,
      answer: { content, signature: box.sign(content, random) },
    })
    this.#send(answering)
  }

  #genuine(contact: StoredContact, found: Found): InvitationBundle | null {
    const { bundleBoxSeed, bundleKey } = deriveInvitation(contact.bundleHash)
    const block = openBlock(seededBox(bundleBoxSeed, bundleKey), found.content)
    if (block === null) return null
    try {
      const bytes = soleRecord(block, "bundle")
      return sameBytes(bundleHash(bytes), contact.bundleHash) ? decodeBundle(bytes) : null
    } catch (error) {
      if (error instanceof WireError) return null
      throw error
    }
  }

  #send(contact: StoredContact): void {
    const { writes, places } = this.#contacts.parts
    const { answerBoxSeed, answerKey } = deriveInvitation(contact.bundleHash)
    const box = seededBox(answerBoxSeed, answerKey)
    const { content, signature } = contact.answer!
    writes.add({
      id: `answer/${contact.id}`,
      box: box.id,
      content: sized("Content", content),
      signature: sized("Signature", signature),
      places: places.current(box.id),
      firstDecides: true,
      at: contact.stored ?? [],
      stored: async (_, spread) => this.#stored(contact.id, spread),
      taken: async () => this.#taken(contact.id),
    })
  }

  /** The first replica has decided for us; the others get a copy, also after a restart. */
  #stored(id: string, { at, of }: Spread): void {
    const { conversations, reading } = this.#contacts.parts
    const contact = this.#contacts.get(id)
    const talk = conversations.get(id)
    if (contact === undefined || contact.answer === null || talk === null) return
    const kept = at.length < of ? { stored: at } : { answer: null }
    if (contact.state !== "answering") return this.#contacts.save({ ...contact, ...kept })
    this.#contacts.move(contact, { state: "answered", ...kept })
    talk.open = true
    reading.begin(talk)
  }

  /** Somebody answered before us: the code is used up. */
  async #taken(id: string): Promise<void> {
    const contact = this.#contacts.get(id)
    if (contact?.state !== "answering") return
    await this.#contacts.parts.conversations.forget(id)
    this.#contacts.fail(contact, "used")
  }
}
