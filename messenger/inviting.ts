import { openBlock, sealBlock, seededBox } from "../shared/box.ts"
import { Reader, sameBytes, WireError } from "../shared/bytes.ts"
import { HASH_LENGTH, RECORD_BYTES_MAX } from "../shared/geometry.ts"
import type { Trust } from "./api.ts"
import { bundleHash, encodeBundle } from "./bundle.ts"
import { deriveInvitation } from "./contact-code.ts"
import type { Contacts } from "./contacts.ts"
import { isName } from "./name.ts"
import { blockOf, soleRecord } from "./records.ts"
import type { StoredContact } from "./stored.ts"
import type { Found } from "./watches.ts"
import type { Spread } from "./writes.ts"

/** An answer: hash of the dropbox list 32 ‖ Welcome behind a length of 2. Throws WireError. */
function decodeAnswer(bytes: Uint8Array): { placement: Uint8Array; welcome: Uint8Array } {
  const reader = new Reader(bytes)
  const answer = { placement: reader.take(HASH_LENGTH), welcome: reader.bytes16(RECORD_BYTES_MAX) }
  reader.end()
  return answer
}

/** The side that shows a contact code: publishing, waiting, ask, ready. design.md section 10. */
export class Inviting {
  readonly #contacts: Contacts

  constructor(contacts: Contacts) {
    this.#contacts = contacts
  }

  /** Makes bundle and code. The code is not to be given away before the bundle is stored. */
  async invite(name: string): Promise<StoredContact> {
    const { mls, random, now } = this.#contacts.parts
    const own = this.#contacts.device()
    const made = await mls.createKeyPackage(own, now())
    const bundle = encodeBundle({
      salt: random(32),
      identityKey: own.identityPublic,
      certificate: own.certificate,
      name: own.name,
      keyPackage: made.keyPackage,
    })
    const contact: StoredContact = {
      ...this.#contacts.blank("inviter", bundleHash(bundle), name),
      invitation: { bundle, keyPackage: made.keyPackage, secrets: made.secrets, scalar: made.streamScalar },
    }
    this.#contacts.save(contact)
    this.resume(contact)
    return contact
  }

  /** Another list of dropboxes came into use: answers that named it can be taken now. */
  resumeAll(): void {
    for (const contact of this.#contacts.all()) {
      if (contact.role === "inviter" && contact.state === "waiting" && !this.#contacts.parts.watches.has(`answer/${contact.id}`)) this.#await(contact)
    }
  }

  /** Goes on from what is stored. */
  resume(contact: StoredContact): void {
    if (contact.invitation !== null) this.#publish(contact)
    if (contact.state === "waiting") this.#await(contact)
  }

  #publish(contact: StoredContact): void {
    const { writes, places, random } = this.#contacts.parts
    const { bundleBoxSeed, bundleKey } = deriveInvitation(contact.bundleHash)
    const box = seededBox(bundleBoxSeed, bundleKey)
    const content = sealBlock(box, blockOf({ type: "bundle", bytes: contact.invitation!.bundle }))
    // With one replica the code can be used; the others follow, also after a restart.
    const published = ({ at }: Spread) => {
      const current = this.#contacts.get(contact.id)
      if (current?.state === "publishing") this.#await(this.#contacts.move(current, { state: "waiting", stored: at }))
      else if (current?.state === "waiting") this.#contacts.save({ ...current, stored: at })
    }
    writes.add({
      id: `bundle/${contact.id}`,
      box: box.id,
      content,
      signature: box.sign(content, random),
      places: places.current(box.id),
      at: contact.stored ?? [],
      stored: async (_, spread) => published(spread),
      // Nobody else knew the hash: other bytes there mean a second copy of this profile.
      taken: async () => {
        const current = this.#contacts.get(contact.id)
        if (current?.state === "publishing") this.#contacts.fail(current, "used")
      },
    })
  }

  #await(contact: StoredContact): void {
    const { watches, places } = this.#contacts.parts
    const { answerBoxSeed, answerKey } = deriveInvitation(contact.bundleHash)
    const box = seededBox(answerBoxSeed, answerKey)
    const lookout = places.lookout(box.id, this.#contacts.placedSince)
    watches.begin({
      id: `answer/${contact.id}`,
      box,
      places: lookout.places,
      empty: lookout.empty,
      found: async (found) => {
        const current = this.#contacts.get(contact.id)
        if (current?.state === "waiting") await this.#answered(current, found)
      },
    })
  }

  async #answered(contact: StoredContact, found: Found): Promise<void> {
    const { mls, now, conversations, places } = this.#contacts.parts
    const { answerBoxSeed, answerKey } = deriveInvitation(contact.bundleHash)
    const { keyPackage, secrets, scalar } = contact.invitation!
    const answer = answerIn(openBlock(seededBox(answerBoxSeed, answerKey), found.content))
    const group = answer === null ? null : await mls.join(keyPackage, secrets, answer.welcome, now())
    const guest = group?.members.find(({ leaf }) => leaf !== group.ownLeaf)
    const own = this.#contacts.parts.profile().identityPublic
    const isPerson = group !== null && guest !== undefined && group.members.length === 2 && !sameBytes(guest.identity, own)
    if (!isPerson || !isName(group.greeting.name)) {
      // The one box for an answer holds something else: the code is spent.
      this.#contacts.fail(contact, "not-genuine")
      return
    }
    // On any other list than the guest's the two would never find each other's boxes.
    const placement = places.byHash(answer!.placement)
    // The guest's directory is newer than ours: the answer is read again when there is a new one.
    if (placement === null) return
    await conversations.create(contact.id, group, scalar, placement, false)
    this.#contacts.move(contact, {
      ...this.#contacts.identified(contact, guest.identity, group.greeting.name),
      state: "ask",
      recovery: group.greeting.recoverySecret,
      invitation: null,
    })
  }

  /** Lets in whoever answered: from here on their stream is read, and they are told so. */
  accept(contact: StoredContact, trust: Trust, name: string | undefined): void {
    const { conversations, reading } = this.#contacts.parts
    const talk = conversations.get(contact.id)
    if (contact.state !== "ask" || talk === null) return
    this.#contacts.move(contact, { state: "ready", trust, ...(name === undefined || name === "" ? {} : { name, named: true }) })
    talk.open = true
    reading.begin(talk)
    conversations.confirmSoon(talk)
  }
}

function answerIn(block: ReturnType<typeof openBlock>): ReturnType<typeof decodeAnswer> | null {
  if (block === null) return null
  try {
    return decodeAnswer(soleRecord(block, "answer"))
  } catch (error) {
    if (error instanceof WireError) return null
    throw error
  }
}
