import { openBlock, recoveryBox, reprieveBox, sealBlock } from "../shared/box.ts"
import { WireError } from "../shared/bytes.ts"
import { signEd25519 } from "../shared/ed25519.ts"
import { sized } from "../shared/names.ts"
import type { Committing } from "./committing.ts"
import type { Contacts } from "./contacts.ts"
import type { Talk } from "./conversations.ts"
import { isAbreast, isEnding } from "./behind.ts"
import { decodeReprieve, encodePlea, pleaMessage, REPRIEVE_INFO } from "./plea.ts"
import { blockOf, joinRecords } from "./records.ts"
import type { StoredContact } from "./stored.ts"
import { keys, unpackAll } from "./stored.ts"
import type { StoredPlea } from "./stored-plea.ts"
import { takeBack } from "./taking-back.ts"
import { DAY } from "./timing.ts"

/** Own pleas: who cannot go on asks the contact to be taken back, and rejoins with what is answered. design.md section 7. */
export class Pleading {
  readonly #contacts: Contacts
  readonly #committing: Committing
  readonly #pleas = new Map<string, StoredPlea>()

  constructor(contacts: Contacts, committing: Committing) {
    this.#contacts = contacts
    this.#committing = committing
  }

  async load(): Promise<void> {
    for (const plea of unpackAll<StoredPlea>(await this.#contacts.parts.store.list(keys.pleas))) this.#resume(plea)
  }

  /** Where a conversation stood that pleads though its state is good; null where it does not. */
  place(conversation: string): string | null {
    return this.#pleas.get(conversation)?.place ?? null
  }

  /** Pleads for this conversation, until it goes on; with `place` from a state that is good. */
  plead(talk: Talk, place?: string): void {
    const contact = this.#contacts.get(talk.stored.id)
    if (contact?.recovery === undefined || talk.stored.isReplaced === true || this.#pleas.has(contact.id)) return
    const { mls, random } = this.#contacts.parts
    const { secretKey, publicKey } = mls.createKeyPair()
    const plea: StoredPlea = { contact: contact.id, secretKey, publicKey, seed: random(32), day: 0, box: null, next: 0, unfinished: null, ...(place !== undefined && { place }) }
    this.#save(plea)
    this.#resume(plea)
  }

  /** The conversation goes on. */
  end(conversation: string): void {
    const plea = this.#pleas.get(conversation)
    if (plea === undefined) return
    const { writes, watches, changes } = this.#contacts.parts
    this.#pleas.delete(conversation)
    changes.delete(keys.plea(conversation))
    writes.remove(keys.plea(conversation))
    watches.endAll(`reprieve/${conversation}/`)
  }

  /** Asked before every slot: each day has a box of its own. */
  wake(): void {
    const day = Math.floor(this.#contacts.parts.now() / DAY)
    for (const plea of this.#pleas.values()) if (plea.day < day) this.#write(plea, day)
  }

  #save(plea: StoredPlea): void {
    this.#pleas.set(plea.contact, plea)
    this.#contacts.parts.changes.put(keys.plea(plea.contact), plea)
  }

  #resume(plea: StoredPlea): void {
    this.#pleas.set(plea.contact, plea)
    if (plea.box !== null) this.#send(plea)
    this.#listen(plea)
  }

  #write(plea: StoredPlea, day: number): void {
    const { random, profile, conversations } = this.#contacts.parts
    const contact = this.#contacts.get(plea.contact)
    const talk = conversations.get(plea.contact)
    if (contact?.recovery === undefined || talk === null) return this.end(plea.contact)
    const direction = ownDirection(contact)
    const { deviceSecret, devicePublic } = profile()
    const said = { device: devicePublic, key: plea.publicKey, seed: plea.seed, groups: [talk.stored.groupId] }
    const bytes = encodePlea(said, signEd25519(deviceSecret, pleaMessage(said, direction, day)))
    const box = recoveryBox(contact.recovery, direction, day)
    const content = sealBlock(box, blockOf({ type: "plea", bytes }))
    const written = { ...plea, day, box: { box: box.id, content, signature: box.sign(content, random), at: [] } }
    this.#save(written)
    this.#send(written)
  }

  #send({ contact, box }: StoredPlea): void {
    const { writes, places } = this.#contacts.parts
    const address = sized("BoxId", box!.box)
    const kept = (change: Partial<StoredPlea>) => {
      const current = this.#pleas.get(contact)
      if (current !== undefined) this.#save({ ...current, ...change })
    }
    writes.add({
      id: keys.plea(contact),
      box: address,
      content: sized("Content", box!.content),
      signature: sized("Signature", box!.signature),
      places: places.current(address),
      at: box!.at,
      stored: async (_, spread) => kept({ box: { ...box!, at: spread.at } }),
      // Another copy of this device has pleaded today: tomorrow there is another box.
      taken: async () => kept({ box: null }),
    })
  }

  #listen({ contact, seed, next }: StoredPlea): void {
    const { watches, places } = this.#contacts.parts
    const box = reprieveBox(seed, next)
    watches.begin({
      id: `reprieve/${contact}/${next}`,
      box,
      places: places.current(box.id),
      found: async (found) => {
        const plea = this.#pleas.get(contact)
        if (plea === undefined || plea.next !== next) return
        const block = openBlock(box, found.content)
        let [unfinished, answers]: [StoredPlea["unfinished"], Uint8Array[]] = [null, []]
        try {
          if (block !== null) {
            const joined = joinRecords(block, plea.unfinished)
            unfinished = joined.unfinished
            answers = joined.records.filter(({ type }) => type === "reprieve").map(({ bytes }) => bytes)
          }
        } catch (error) {
          if (!(error instanceof WireError)) throw error
        }
        const moved = { ...plea, next: next + 1, unfinished }
        this.#save(moved)
        this.#listen(moved)
        for (const answer of answers) await this.#answered(moved, answer)
      },
    })
  }

  /** With what was answered this device takes its leaf back. */
  async #answered(plea: StoredPlea, bytes: Uint8Array): Promise<void> {
    const { now, conversations } = this.#contacts.parts
    const talk = conversations.get(plea.contact)
    const reprieve = await this.#opened(plea, bytes)
    if (talk === null || reprieve === null || toText(reprieve.groupId) !== toText(talk.stored.groupId)) return
    // They are where we are: nothing was missed.
    if (plea.place !== undefined && isAbreast(talk, reprieve.epoch) && !isEnding(talk, now())) return
    await takeBack(this.#contacts, this.#committing, talk, reprieve)
  }

  /** null where it was not sealed for this plea, or holds anything else. */
  async #opened(plea: StoredPlea, bytes: Uint8Array): Promise<ReturnType<typeof decodeReprieve> | null> {
    const reprieve = await this.#contacts.parts.mls.openWith(plea.secretKey, bytes, REPRIEVE_INFO)
    try {
      return reprieve && decodeReprieve(reprieve)
    } catch {
      return null
    }
  }
}

/** Of the two, who showed the code pleads in direction 0. */
export function ownDirection({ role }: StoredContact): 0 | 1 {
  return role === "inviter" ? 0 : 1
}

function toText(bytes: Uint8Array): string {
  return bytes.join()
}
