import { createSphinx, defaultX25519 } from "sphinx-packet"
import type { MessengerEvent } from "../../messenger/api.ts"
import { runCommand } from "../../messenger/commands.ts"
import { encodeContent } from "../../messenger/content/codec.ts"
import { textMessage } from "../../messenger/content/text.ts"
import { Engine } from "../../messenger/engine.ts"
import { createMls } from "../../messenger/mls/create.ts"
import type { QuarantineReason } from "../../messenger/quarantine.ts"
import type { BlockRecord } from "../../messenger/records.ts"
import { packRecords } from "../../messenger/records.ts"
import type { StoredConversation } from "../../messenger/stored.ts"
import { keys, unpack } from "../../messenger/stored.ts"
import { ownStreamBox, sealBlock } from "../../shared/box.ts"
import { toHex, Writer } from "../../shared/bytes.ts"
import { BLOCK_LENGTH } from "../../shared/geometry.ts"
import type { Block, Content } from "../../shared/names.ts"
import { sized } from "../../shared/names.ts"
import type { Written } from "../messenger-units/errands.ts"
import { answer } from "../messenger-units/errands.ts"
import { introduce, Person } from "../sim/person.ts"
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
    return this.#stored.epoch
  }

  /** Their leaf, and how many boxes they have written. */
  get written(): number {
    return this.#stored.nextWrite
  }

  /** The next box holds this, whatever it is; signed as it must be. */
  content(content: Content): void {
    const { context, scalar, stream, nextWrite } = this.#stored
    const box = ownStreamBox(context, scalar, stream, nextWrite)
    this.#boxes.set(toHex(box.id), { content, signature: box.sign(content, random) })
    this.#stored = { ...this.#stored, nextWrite: nextWrite + 1 }
  }

  block(block: Block): void {
    const { context, scalar, stream, nextWrite } = this.#stored
    this.content(sealBlock(ownStreamBox(context, scalar, stream, nextWrite), block))
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

/** What travels beside a message: version 1, the sender's time, no directory. */
export function data(sent: number, version = 1): Uint8Array {
  return new Writer().u8(version).u64(sent).u32(0).zeros(16).done()
}

export function blockWith(bytes: Uint8Array): Block {
  const block = new Uint8Array(BLOCK_LENGTH)
  block.set(bytes.subarray(0, BLOCK_LENGTH))
  return sized("Block", block)
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
  readonly #person: Person

  private constructor(person: Person, eve: [string, StoredConversation], ben: [string, StoredConversation]) {
    this.#person = person
    this.eve = new Pen(...eve, this.#boxes)
    this.ben = new Pen(...ben, this.#boxes)
    this.now = person.network.clock.now()
  }

  static async start(seed: string): Promise<Victim> {
    const network = await SimNetwork.start({ seed, parameters: { meanDelay: 50 } })
    const [anna, eve, ben] = [await Person.join(network, "Anna"), await Person.join(network, "Eve"), await Person.join(network, "Ben")]
    const [annaEve, eveAnna] = await introduce(anna, eve)
    const [annaBen, benAnna] = await introduce(anna, ben)
    for (const { messenger } of [anna, eve, ben]) await messenger.stop()
    const pen = async (person: Person, id: string) => unpack<StoredConversation>((await person.store.get(keys.conversation(id)))!)
    const victim = new Victim(anna, [annaEve, await pen(eve, eveAnna)], [annaBen, await pen(ben, benAnna)])
    await victim.restart()
    return victim
  }

  /** From what is stored. */
  async restart(): Promise<void> {
    const { network, store } = this.#person
    const x25519 = await defaultX25519()
    const sphinx = createSphinx({ random, x25519, lioness })
    this.engine = new Engine({ store, random, now: () => this.now, mls, sphinx, x25519, network: network.description })
    await this.engine.load()
    await this.#settle()
  }

  /** One quick slot that reads: whose stream it went to, or null where nothing was to be read. */
  async slot(kind: "quick" | "held" = "quick"): Promise<boolean> {
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
    await this.#person.store.commit(writes)
    this.events.push(...events.map((make) => make()))
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
