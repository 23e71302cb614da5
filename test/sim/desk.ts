import { createSphinx, defaultX25519 } from "sphinx-packet"
import type { CommandInput, CommandName, CommandOutput, MessengerEvent } from "../../messenger/api.ts"
import { Choosing } from "../../messenger/choosing.ts"
import { runCommand } from "../../messenger/commands.ts"
import type { Errand, Trip } from "../../messenger/courier.ts"
import { Correspondence } from "../../messenger/correspondence.ts"
import { Engine } from "../../messenger/engine.ts"
import { memoryStore } from "../../messenger/memory-store.ts"
import { createMls } from "../../messenger/mls/create.ts"
import type { NetworkDescription, Store } from "../../messenger/ports.ts"
import { keys, unpack } from "../../messenger/stored.ts"
import type { StoredConversation } from "../../messenger/stored-conversation.ts"
import { sameBytes, toHex } from "../../shared/bytes.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import type { Content, Signature } from "../../shared/names.ts"
import { sized } from "../../shared/names.ts"
import type { Random } from "../../shared/random.ts"
import type { Reply, Status } from "../../shared/request.ts"
import { noContent, noSignature, noStampTerms } from "../../shared/request.ts"
import type { SimOptions } from "./sim-network.ts"
import { lioness, seeded, SimNetwork } from "./sim-network.ts"

const SLOT = 4000
const BOX_LIFE = 30 * 86_400_000

interface Lying {
  readonly content: Content
  readonly signature: Signature
  readonly at: number
}

interface Held {
  readonly owner: Engine
  readonly errand: Errand
  readonly trip: Trip
  readonly until: number
}

/**
 * People who sit at one desk with the dropboxes: the engines as they run in messengers, but no packet is made, and a request is answered
 * before the next slot. Weeks pass in seconds.
 */
export class Desk {
  now: number
  readonly random: Random
  readonly description: NetworkDescription
  readonly document: Uint8Array
  /** By hex id of the dropbox, then of the box. */
  readonly dropboxes = new Map<string, Map<string, Lying>>()
  /** Hex ids of dropboxes that answer nothing. */
  readonly dead = new Set<string>()
  readonly people: Sitter[] = []
  /** Own claims that found another in their commit box: person and box. */
  readonly beaten = new Set<string>()
  /** What a dropbox that lies answers to somebody; undefined where it is honest, null where it is silent. */
  lie: (person: Sitter, errand: Errand) => Reply | null | undefined = () => undefined
  #held: Held[] = []

  private constructor(seed: string, now: number, description: NetworkDescription, document: Uint8Array) {
    this.random = seeded(seed)
    this.now = now
    this.description = description
    this.document = document
  }

  static async start(seed: string, options: Pick<SimOptions, "dropboxes"> = {}): Promise<Desk> {
    const network = await SimNetwork.start({ seed, ...options })
    const document = await network.link("desk").fetch(network.description.directories[0]!, 1 << 20)
    return new Desk(`desk ${seed}`, network.clock.now(), network.description, document!)
  }

  /** Another desk with what lies in the dropboxes of this one now, and nobody at it. */
  again(now: number): Desk {
    const desk = new Desk("desk again", now, this.description, this.document)
    for (const [name, boxes] of this.dropboxes) desk.dropboxes.set(name, new Map(boxes))
    return desk
  }

  /** Every person has a slot in each second. */
  async run(duration: number, done: () => boolean = () => false): Promise<boolean> {
    for (const end = this.now + duration; this.now < end; ) {
      if (done()) return true
      this.now += SLOT
      for (const person of this.people) if (person.present) await person.slot()
      await this.#release()
    }
    return done()
  }

  /** Time goes by in which nobody is there. */
  pass(duration: number): void {
    this.now += duration
    for (const boxes of this.dropboxes.values()) for (const [id, { at }] of boxes) if (this.now - at > BOX_LIFE) boxes.delete(id)
  }

  async ask(owner: Engine, errand: Errand): Promise<void> {
    const trip: Trip = { carried: errand.carried, asked: errand.operation, out: [], back: [], hold: errand.hold, sent: this.now, answered: this.now, lost: false }
    await errand.fate?.sent?.(trip)
    const name = toHex(errand.dropbox.id)
    const lie = this.lie(this.people.find(({ engine }) => engine === owner)!, errand)
    if (this.dead.has(name) || lie === null) return errand.fate?.lost()
    if (lie !== undefined) return errand.fate?.replied(lie, trip)
    const boxes = this.dropboxes.get(name) ?? new Map<string, Lying>()
    this.dropboxes.set(name, boxes)
    const id = toHex(errand.box)
    const lying = boxes.get(id)
    if (errand.write !== null) {
      const { content, signature } = errand.write
      if (lying === undefined) boxes.set(id, { content, signature, at: this.now })
      const isStored = lying === undefined || sameBytes(lying.content, content)
      if (!isStored) this.beaten.add(`${toHex(errand.box)} ${this.people.findIndex(({ engine }) => engine === owner)}`)
      await errand.fate?.replied(isStored ? reply("stored") : reply("taken", lying), trip)
    } else if (lying !== undefined) await errand.fate?.replied(reply("content", lying), trip)
    else if (errand.hold === 0) await errand.fate?.replied(reply("empty"), trip)
    else this.#held.push({ owner, errand, trip, until: this.now + errand.hold * 1000 })
  }

  /** Held reads are answered when their box is written, or when they end. */
  async #release(): Promise<void> {
    const held = this.#held
    this.#held = []
    for (const one of held) {
      const lying = this.dropboxes.get(toHex(one.errand.dropbox.id))?.get(toHex(one.errand.box))
      const person = this.people.find(({ engine }) => engine === one.owner)
      if (person === undefined) continue
      // What comes for somebody who is away is lost, and they notice when it was due.
      if (!person.present && this.now >= one.until) one.errand.fate?.lost()
      else if (!person.present || (lying === undefined && this.now < one.until)) this.#held.push(one)
      else {
        await one.errand.fate?.replied(lying === undefined ? reply("empty") : reply("content", lying), one.trip)
        await person.settle()
      }
    }
  }
}

export function reply(status: Status, lying?: Pick<Lying, "content" | "signature">): Reply {
  return { status, stampTerms: noStampTerms(), signature: lying?.signature ?? noSignature(), content: lying?.content ?? noContent() }
}

/** Somebody at the desk. */
export class Sitter {
  readonly desk: Desk
  readonly name: string
  readonly store: Store
  readonly events: MessengerEvent[] = []
  engine!: Engine
  present = true
  /** Thrown instead of a commit of the store, counted down: a crash. */
  crashIn = Infinity
  #choosing!: Choosing
  #slots = 0

  constructor(desk: Desk, name: string, store: Store = memoryStore()) {
    this.desk = desk
    this.name = name
    this.store = store
    desk.people.push(this)
  }

  static async join(desk: Desk, name: string): Promise<Sitter> {
    const sitter = new Sitter(desk, name)
    await sitter.open()
    await sitter.run("create-profile", { name })
    return sitter
  }

  /** Starts from what is stored. */
  async open(): Promise<void> {
    const { desk, store, name } = this
    const random = seeded(`${name} ${desk.now}`)
    const x25519 = await defaultX25519()
    const sphinx = createSphinx({ random, x25519, lioness })
    this.engine = new Engine({ store, random, now: () => desk.now, mls: createMls({ random }), sphinx, x25519, network: desk.description })
    await this.engine.load()
    await this.engine.resume()
    await this.engine.complete({ Correspondence })
    await this.engine.useDirectory(desk.document)
    const { watches, writes, sealing, places, directory } = this.engine
    this.#choosing = new Choosing({ watches, writes, sealing: () => sealing, places, random })
    this.engine.linked("online", directory!.layers[0][0]!, sized("SessionId", random(32)), false)
    this.present = true
    await this.settle()
  }

  /** Three quick slots, then a held one. */
  async slot(): Promise<void> {
    const { engine } = this
    await engine.wake(true)
    engine.commits.heard()
    engine.writes.heard()
    const errand = await this.#choosing.choose(++this.#slots % 4 === 0 ? "held" : "quick", seeded(`slot ${this.name} ${this.#slots}`), defaultParameters, true, true)
    if (!(await this.settle()) || errand === null || errand.fate === null) return
    await this.desk.ask(engine, errand)
    await this.settle()
  }

  /** Stores and tells; false where it crashed instead. */
  async settle(): Promise<boolean> {
    const { writes, events } = this.engine.changes.take()
    if (writes.length > 0 && --this.crashIn < 0) {
      this.crashIn = Infinity
      await this.open()
      return false
    }
    await this.store.commit(writes)
    for (const make of events) this.events.push(await make())
    return true
  }

  async run<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<CommandOutput<Name>> {
    const output = await runCommand(this.engine, name, input)
    await this.settle()
    return output
  }

  async send(conversation: string, text: string): Promise<string> {
    return (await this.run("send", { conversation, text })).message
  }

  /** Texts of others, in their order. */
  async heard(conversation: string): Promise<string[]> {
    const { messages } = await this.run("messages", { conversation, limit: 200 })
    return messages.filter(({ own }) => !own).map(({ text }) => text)
  }

  stored(conversation: string): StoredConversation {
    return this.engine.conversations.get(conversation)!.stored
  }

  /** The stored form, so that no bytes are shared. */
  async onDisk(conversation: string): Promise<StoredConversation> {
    return unpack<StoredConversation>((await this.store.get(keys.conversation(conversation)))!)
  }

  epoch(conversation: string): number {
    return this.stored(conversation).epochs.at(-1)!.epoch
  }
}

/** `a` shows a code, `b` enters it, `a` lets them in. */
export async function acquaint(a: Sitter, b: Sitter): Promise<[string, string]> {
  const { desk } = a
  const { contact } = await a.run("invite", { name: b.name })
  const state = (sitter: Sitter, id: string) => sitter.engine.contacts.get(id)?.state
  await desk.run(60_000, () => state(a, contact) === "waiting")
  const code = a.engine.contacts.view(a.engine.contacts.get(contact)!).code!
  const added = await b.run("add", { code, name: a.name })
  if (!added.ok) throw new Error(`code refused: ${added.problem}`)
  if (!(await desk.run(3_600_000, () => state(a, contact) === "ask"))) throw new Error("no answer came")
  await a.run("accept", { contact, trust: "met" })
  if (!(await desk.run(3_600_000, () => state(b, added.contact) === "ready"))) throw new Error("not let in")
  return [contact, added.contact]
}
