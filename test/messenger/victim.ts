import { createSphinx, defaultX25519 } from "sphinx-packet"
import type { MessengerEvent } from "../../messenger/api.ts"
import { runCommand } from "../../messenger/commands.ts"
import { encodeContent } from "../../messenger/content/codec.ts"
import { textMessage } from "../../messenger/content/text.ts"
import { Correspondence } from "../../messenger/correspondence.ts"
import { Engine } from "../../messenger/engine.ts"
import { memoryStore } from "../../messenger/memory-store.ts"
import { createMls } from "../../messenger/mls/create.ts"
import type { DeviceKeys } from "../../messenger/mls/mls.ts"
import type { NetworkDescription, Store } from "../../messenger/ports.ts"
import type { QuarantineReason } from "../../messenger/quarantine.ts"
import type { BlockRecord } from "../../messenger/records.ts"
import { packRecords } from "../../messenger/records.ts"
import type { StoredConversation } from "../../messenger/stored-conversation.ts"
import { epochOf } from "../../messenger/stored-conversation.ts"
import { ownStreamBox, sealBlock } from "../../shared/box.ts"
import { toHex, Writer } from "../../shared/bytes.ts"
import { BLOCK_LENGTH } from "../../shared/geometry.ts"
import type { Block, Content } from "../../shared/names.ts"
import { sized } from "../../shared/names.ts"
import type { Written } from "../messenger-units/errands.ts"
import { answer } from "../messenger-units/errands.ts"
import { createPerson } from "../mls/support.ts"
import { lioness, seeded, SimNetwork } from "../sim/sim-network.ts"

const random = seeded("victim")
const mls = createMls({ random })

/** Somebody with valid keys who writes whatever they like into their stream. */
export class Pen {
  readonly contact: string
  readonly #boxes: Map<string, Written>
  #stored: StoredConversation

  constructor(contact: string, stored: StoredConversation, boxes: Map<string, Written>) {
    this.contact = contact
    this.#stored = stored
    this.#boxes = boxes
  }

  get epoch(): number {
    return epochOf(this.#stored).epoch
  }

  /** Their leaf, and how many boxes they have written. */
  get written(): number {
    return this.#stored.writing.index
  }

  /** The next box holds this, whatever it is; signed as it must be. */
  content(content: Content): void {
    const { scalar, stream, writing } = this.#stored
    const { context } = epochOf(this.#stored)
    const box = ownStreamBox(context, scalar, stream, writing.index)
    this.#boxes.set(toHex(box.id), { content, signature: box.sign(content, random) })
    this.#stored = { ...this.#stored, writing: { ...writing, index: writing.index + 1 } }
  }

  block(block: Block): void {
    const { scalar, stream, writing } = this.#stored
    const { context } = epochOf(this.#stored)
    this.content(sealBlock(ownStreamBox(context, scalar, stream, writing.index), block))
  }

  records(...records: BlockRecord[]): void {
    for (const { block } of packRecords(records)) this.block(block)
  }

  /** A message record as an honest device makes it, but for what is given. */
  async message(plaintext: Uint8Array, authenticatedData = data(0)): Promise<BlockRecord> {
    const { state, message } = await mls.seal(this.#stored.mls, plaintext, authenticatedData)
    this.#stored = { ...this.#stored, mls: state }
    return { type: "message", bytes: message }
  }

  async text(text: string, sent?: number): Promise<BlockRecord> {
    return this.message(plaintext(text), sent === undefined ? undefined : data(sent))
  }
}

export function plaintext(text: string): Uint8Array {
  return encodeContent(textMessage(text, random(16)))
}

/** Mean gap between slots of the speed "balanced", ms. */
const SLOT = 3000

/** What travels beside a message: version 1, the sender's time, no directory. */
export function data(sent: number, version = 1): Uint8Array {
  return new Writer().u8(version).u64(sent).u32(0).zeros(16).done()
}

export function blockWith(bytes: Uint8Array): Block {
  const block = new Uint8Array(BLOCK_LENGTH)
  block.set(bytes.subarray(0, BLOCK_LENGTH))
  return sized("Block", block)
}

/** What Anna has stored when her contacts begin. */
export interface Beginning {
  readonly store: Store
  readonly network: NetworkDescription
  readonly now: number
  /** Her contact's id, and what the contact has stored of the conversation. */
  readonly eve: [string, StoredConversation]
  readonly ben: [string, StoredConversation]
  /** Seeds of their identity keys. */
  readonly secrets: { readonly eve: Uint8Array; readonly ben: Uint8Array }
}

/** Anna and two contacts, made as a bundle and an answer would make them, without the network that carries these. */
export async function begin(seed: string): Promise<Beginning> {
  const { clock, description, link } = await quietNetwork(seed)
  const store = memoryStore()
  const now = clock.now()
  const x25519 = await defaultX25519()
  const engine = new Engine({ store, random, now: () => now, mls, sphinx: createSphinx({ random, x25519, lioness }), x25519, network: description })
  await engine.load()
  await engine.complete({ Correspondence })
  await runCommand(engine, "create-profile", { name: "Anna" })
  await engine.useDirectory((await link.fetch(description.directories[0]!, 1 << 20))!)
  const people = { eve: createPerson(mls, random, now), ben: createPerson(mls, random, now) }
  const become = async (name: string, guest: DeviceKeys): Promise<[string, StoredConversation]> => {
    const { keyPackage, secrets } = await mls.createKeyPackage(engine.profile, now)
    const invited = await mls.invite(guest, keyPackage, { name, recoverySecret: random(32) }, now)
    const joined = (await mls.join(keyPackage, secrets, invited.welcome, now))!
    const contact = engine.contacts.blank("inviter", random(32), name)
    engine.contacts.save({ ...contact, ...engine.contacts.identified(contact, guest.identityPublic, name), state: "ready", trust: "compared" })
    await engine.conversations.create(contact.id, joined, joined.streamScalar, engine.places.list(), true)
    // What the guest has stored of it is what we would have stored in their place.
    const { stored: theirs } = await engine.conversations.create("theirs", invited, invited.streamScalar, engine.places.list(), true)
    await engine.conversations.forget("theirs")
    return [contact.id, theirs]
  }
  const beginning = { store, network: description, now, eve: await become("Eve", people.eve.device), ben: await become("Ben", people.ben.device), secrets: { eve: people.eve.identitySecret, ben: people.ben.identitySecret } }
  await store.commit(engine.changes.take().writes)
  return beginning
}

async function quietNetwork(seed: string) {
  const network = await SimNetwork.start({ seed })
  return { clock: network.clock, description: network.description, link: network.link("Anna") }
}

/**
 * Anna's engine as it runs in her messenger, with two contacts whose pens the test holds; what lies in the boxes that she reads is what the
 * test has put there. No packet is made: a slot is a read and its answer.
 */
export class Victim {
  engine!: Engine
  readonly events: MessengerEvent[] = []
  readonly eve: Pen
  readonly ben: Pen
  now: number
  readonly #boxes = new Map<string, Written>()
  readonly #store: Store
  readonly #network: NetworkDescription

  private constructor({ store, network, now, eve, ben }: Beginning) {
    this.#store = store
    this.#network = network
    this.eve = new Pen(...eve, this.#boxes)
    this.ben = new Pen(...ben, this.#boxes)
    this.now = now
  }

  static async start(beginning: Beginning): Promise<Victim> {
    const store = memoryStore()
    await store.commit(await beginning.store.list(""))
    const victim = new Victim({ ...beginning, store })
    await victim.restart()
    return victim
  }

  /** From what is stored. */
  async restart(): Promise<void> {
    const x25519 = await defaultX25519()
    const sphinx = createSphinx({ random, x25519, lioness })
    this.engine = new Engine({ store: this.#store, random, now: () => this.now, mls, sphinx, x25519, network: this.#network })
    await this.engine.load()
    await this.engine.resume()
    await this.#settle()
  }

  /** What is due without anything being read. */
  async wake(): Promise<void> {
    await this.engine.wake(true)
    await this.#settle()
  }

  /** One slot, if there is something to be read: whether something was found. */
  async slot(kind: "quick" | "held" = "quick"): Promise<boolean> {
    this.now += SLOT
    const errand = this.engine.watches.next(kind, kind === "held" ? 600 : 0, true)
    if (errand === null) return false
    const written = this.#boxes.get(toHex(errand.box))
    await answer(errand, written === undefined ? "empty" : "content", written)
    await this.#settle()
    return written !== undefined
  }

  /** Slots until so many in a row found nothing. */
  async read(idle = 24): Promise<number> {
    let slots = 0
    for (let empty = 0; empty < idle; slots++) empty = (await this.slot(slots % 4 === 3 ? "held" : "quick")) ? 0 : empty + 1
    return slots
  }

  async run<Name extends Parameters<typeof runCommand>[1]>(name: Name, input: Parameters<typeof runCommand<Name>>[2]): Promise<Awaited<ReturnType<typeof runCommand<Name>>>> {
    const output = await runCommand(this.engine, name, input)
    await this.#settle()
    return output as Awaited<ReturnType<typeof runCommand<Name>>>
  }

  async #settle(): Promise<void> {
    const { writes, events } = this.engine.changes.take()
    await this.#store.commit(writes)
    for (const make of events) this.events.push(await make())
  }

  /** Seals all that is to be sent, or confirmed: in which conversations there was something. */
  async seal(): Promise<string[]> {
    const sealed: string[] = []
    for (let talk = this.engine.sealing.waiting(); talk !== null; talk = this.engine.sealing.waiting()) {
      sealed.push(talk.stored.id)
      await this.engine.sealing.seal(talk)
    }
    await this.#settle()
    return sealed
  }

  /** How many boxes of this contact's stream were read. */
  next(contact: string): number {
    return this.engine.conversations.get(contact)!.stored.readers[0]!.at.index
  }

  /** The keys of all that is stored. */
  async stored(): Promise<string[]> {
    return (await this.#store.list("")).map(([key]) => key)
  }

  /** What would take long to come about. */
  async pretend(contact: string, change: Partial<StoredConversation>): Promise<void> {
    const talk = this.engine.conversations.get(contact)!
    this.engine.conversations.save(talk, { ...talk.stored, ...change })
    await this.#settle()
  }

  async texts(contact: string): Promise<string[]> {
    const { messages } = await this.run("messages", { conversation: contact, limit: 200 })
    return messages.filter(({ own }) => !own).map(({ text }) => text)
  }

  async kept(contact: string): Promise<Partial<Record<QuarantineReason, number>>> {
    const { lines } = await this.run("quarantine", { contact })
    return Object.fromEntries(lines.map(({ reason, count }) => [reason, count]))
  }
}
