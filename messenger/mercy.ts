import { commitSecrets, openBlock, recoveryBox, reprieveBox, sealBlock } from "../shared/box.ts"
import { sameBytes, WireError } from "../shared/bytes.ts"
import { verifyEd25519 } from "../shared/ed25519.ts"
import { sized } from "../shared/names.ts"
import { exponential, uniform } from "../shared/random.ts"
import { isRevoked } from "./allow.ts"
import type { Contacts } from "./contacts.ts"
import type { Talk } from "./conversations.ts"
import type { Plea } from "./plea.ts"
import { decodePlea, encodeReprieve, pleaMessage, REPRIEVE_INFO } from "./plea.ts"
import { ownDirection } from "./pleading.ts"
import { packRecords, soleRecord } from "./records.ts"
import type { StoredContact } from "./stored.ts"
import { keys, unpackAll } from "./stored.ts"
import { epochOf } from "./stored-conversation.ts"
import type { StoredMercy } from "./stored-plea.ts"
import { DAY, PLEA_LIFE, PLEA_LOOK_FIRST, PLEA_LOOK_MEAN } from "./timing.ts"
import type { Found } from "./watches.ts"

/** The pleas of contacts: looked for twice a day, and answered for devices that are known. design.md section 7. */
export class Mercy {
  readonly #contacts: Contacts
  readonly #heard = new Map<string, StoredMercy>()
  /** When recovery boxes are looked into next, by contact. */
  readonly #due = new Map<string, number>()

  constructor(contacts: Contacts) {
    this.#contacts = contacts
  }

  async load(): Promise<void> {
    for (const mercy of unpackAll<StoredMercy>(await this.#contacts.parts.store.list(keys.mercies))) {
      this.#heard.set(mercy.contact, mercy)
      this.#write(mercy)
      const talk = this.#contacts.parts.conversations.get(mercy.contact)
      if (talk !== null && !mercy.done) this.#contacts.parts.conversations.parts.behind(talk)
    }
  }

  /** Asked before every slot. */
  async wake(): Promise<void> {
    const { now, random, conversations } = this.#contacts.parts
    for (const talk of conversations.talks.values()) {
      const { id } = talk.stored
      const contact = this.#contacts.get(id)
      if (contact?.recovery === undefined || contact.identity === null || !this.#mayAnswer(talk)) continue
      const due = this.#due.get(id)
      if (due === undefined) this.#due.set(id, now() + PLEA_LOOK_FIRST * uniform(random))
      else if (due <= now()) {
        this.#due.set(id, now() + exponential(random, PLEA_LOOK_MEAN))
        this.#look(contact)
      }
      await this.#goOn(talk)
    }
  }

  /** The contact is removed. */
  forget(contact: string): void {
    const { watches, writes, changes } = this.#contacts.parts
    watches.endAll(`plea/${contact}/`)
    this.#heard.get(contact)?.boxes.forEach((_, i) => writes.remove(`${keys.mercy(contact)}/${i}`))
    this.#heard.delete(contact)
    changes.delete(keys.mercy(contact))
  }

  #mayAnswer(talk: Talk): boolean {
    return talk.open && talk.stored.isCopy !== true && this.#contacts.parts.conversations.parts.door(talk.stored.id) === "show"
  }

  #look(contact: StoredContact): void {
    const { watches, places, now } = this.#contacts.parts
    const today = Math.floor(now() / DAY)
    const direction = ownDirection(contact) === 0 ? 1 : 0
    for (const day of [today, today - 1]) {
      const id = `plea/${contact.id}/${day}`
      const box = recoveryBox(contact.recovery!, direction, day)
      // In slots that carry nothing else: where its dropboxes are dead it would be asked for in every other.
      watches.begin(
        {
          id,
          box,
          places: places.current(box.id),
          found: (found) => this.#found(contact.id, direction, day, found),
          empty: () => watches.end(id),
        },
        "spare",
      )
    }
  }

  async #found(id: string, direction: 0 | 1, day: number, found: Found): Promise<void> {
    const contact = this.#contacts.get(id)
    const talk = this.#contacts.parts.conversations.get(id)
    if (contact?.recovery === undefined || talk === null || !this.#mayAnswer(talk)) return
    const block = openBlock(recoveryBox(contact.recovery, direction, day), found.content)
    const plea = block === null ? null : await genuine(block, direction, day)
    if (plea === null || !plea.groups.some((group) => sameBytes(group, talk.stored.groupId))) return
    // A device that is not in the conversation could not be let in by a plea: it is not answered.
    const reader = talk.stored.readers.find(({ device, gone }) => gone !== true && sameBytes(device, plea.device))
    if (reader === undefined || isRevoked(contact, reader.device)) return
    const known = this.#heard.get(id)
    if (known !== undefined && sameBytes(known.seed, plea.seed)) {
      // Heard again, and since then it has not come back.
      if ((known.day ?? 0) >= day || !sameBytes(known.stream, reader.stream)) return
      return known.done ? this.#answer(talk, { ...known, day, done: false }) : this.#save({ ...known, day })
    }
    await this.#answer(talk, { contact: id, stream: reader.stream, key: plea.key, seed: plea.seed, epoch: 0, first: 0, boxes: [], day, done: false })
  }

  /** Another commit came in between, so that the device cannot rejoin with what it was told; or it has come back. */
  async #goOn(talk: Talk): Promise<void> {
    const mercy = this.#heard.get(talk.stored.id)
    if (mercy === undefined || mercy.done) return
    const { epoch } = epochOf(talk.stored)
    if (epoch === mercy.epoch) return
    const isStill = talk.stored.readers.some(({ stream, gone }) => gone !== true && sameBytes(stream, mercy.stream))
    // Who goes on without having rejoined pleads no more.
    const isHeard = (mercy.day ?? 0) * DAY + PLEA_LIFE > this.#contacts.parts.now()
    if (isStill && isHeard) return this.#answer(talk, mercy)
    mercy.boxes.forEach((_, i) => this.#contacts.parts.writes.remove(`${keys.mercy(mercy.contact)}/${i}`))
    this.#save({ ...mercy, boxes: [], done: true })
  }

  async #answer(talk: Talk, mercy: StoredMercy): Promise<void> {
    const { mls, random } = this.#contacts.parts
    const { stored } = talk
    const { epoch, context, placement } = epochOf(stored)
    const { seed: commitSeed, key: commitKey } = commitSecrets(context, stored.attempt)
    const groupInfo = await mls.groupInfo(stored.mls)
    const reprieve = encodeReprieve({ groupId: stored.groupId, epoch, attempt: stored.attempt, commitSeed, commitKey, placement, groupInfo })
    const sealed = await mls.sealTo(mercy.key, reprieve, REPRIEVE_INFO)
    const first = mercy.first + mercy.boxes.length
    const boxes = packRecords([{ type: "reprieve", bytes: sealed }]).map(({ block }, i) => {
      const box = reprieveBox(mercy.seed, first + i)
      const content = sealBlock(box, block)
      return { box: box.id, content, signature: box.sign(content, random), at: [] }
    })
    const answered = { ...mercy, epoch, first, boxes }
    this.#save(answered)
    this.#write(answered)
    // Who rejoins has no stream that others follow: it is seen in the commit box.
    this.#contacts.parts.conversations.parts.behind(talk)
  }

  #save(mercy: StoredMercy): void {
    this.#heard.set(mercy.contact, mercy)
    this.#contacts.parts.changes.put(keys.mercy(mercy.contact), mercy)
  }

  #write({ contact, boxes, first }: StoredMercy): void {
    const { writes, places } = this.#contacts.parts
    boxes.forEach(({ box, content, signature, at }, i) => {
      const address = sized("BoxId", box)
      writes.add({
        id: `${keys.mercy(contact)}/${i}`,
        box: address,
        content: sized("Content", content),
        signature: sized("Signature", signature),
        places: places.current(address),
        at,
        stored: async (_, spread) => {
          const mercy = this.#heard.get(contact)
          if (mercy?.first === first) this.#save({ ...mercy, boxes: mercy.boxes.map((one, at) => (at === i ? { ...one, at: spread.at } : one)) })
        },
        // Another of our own devices has answered.
        taken: async () => {},
      })
    })
  }
}

/** null where it is no plea, or not signed by the device that it names. */
async function genuine(block: NonNullable<ReturnType<typeof openBlock>>, direction: 0 | 1, day: number): Promise<Plea | null> {
  try {
    const { plea, signature } = decodePlea(soleRecord(block, "plea"))
    return (await verifyEd25519(plea.device, pleaMessage(plea, direction, day), sized("Signature", signature))) ? plea : null
  } catch (error) {
    if (error instanceof WireError) return null
    throw error
  }
}
