import { createSphinx, defaultX25519 } from "sphinx-packet"
import type { CommandInput, CommandName, CommandOutput } from "../../messenger/api.ts"
import { Choosing } from "../../messenger/choosing.ts"
import { runCommand } from "../../messenger/commands.ts"
import type { Errand, Trip } from "../../messenger/courier.ts"
import { Correspondence } from "../../messenger/correspondence.ts"
import { Engine } from "../../messenger/engine.ts"
import { memoryStore } from "../../messenger/memory-store.ts"
import { createMls } from "../../messenger/mls/create.ts"
import type { NetworkDescription } from "../../messenger/ports.ts"
import type { StoredMessage } from "../../messenger/stored.ts"
import { keys } from "../../messenger/stored.ts"
import { SETTLED_AFTER } from "../../messenger/timing.ts"
import { sameBytes, toHex } from "../../shared/bytes.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import type { BoxId, Content, Signature } from "../../shared/names.ts"
import { sized } from "../../shared/names.ts"
import type { Random } from "../../shared/random.ts"
import { exponential, uniform } from "../../shared/random.ts"
import type { Reply, Status } from "../../shared/request.ts"
import { noContent, noSignature, noStampTerms } from "../../shared/request.ts"
import { lioness, seeded, SimNetwork } from "../sim/sim-network.ts"
import { VirtualClock } from "../sim/virtual-clock.ts"
import type { Device } from "./human.ts"

/** Mean gap between slots of everybody, ms. */
const SLOT_GAP = 8000
/** Mixes on the way to a dropbox, and on the way back. */
const WAY_OUT = 3
const WAY_BACK = 4

/** A request as a dropbox sees it: who sent it is not in it. */
export interface Request {
  readonly at: number
  readonly dropbox: string
  readonly box: string
  readonly operation: "write" | "read"
  /** Seconds. */
  readonly hold: number
}

/** What a box is, and where it belongs. */
export interface Truth {
  readonly isDecoy: boolean
  readonly kind: "stream" | "commit" | "plea" | "other"
  /** The conversation, or what pretends to be one, and the stream in it. */
  readonly talk: string
  readonly stream: string
}

interface Lying {
  readonly content: Content
  readonly signature: Signature
}

interface Waiting {
  readonly answer: (reply: Reply) => void
  readonly until: number
}

/**
 * People with the engines of messengers, and dropboxes that write down what they are asked. Packets are not made: a request comes to its
 * dropbox, and a reply to its client, after the delays of as many mixes.
 */
export class Town {
  readonly clock: VirtualClock
  readonly random: Random
  readonly description: NetworkDescription
  readonly document: Uint8Array
  readonly record: Request[] = []
  /** What only its clients know, by box. */
  readonly truth = new Map<string, Truth>()
  /** By name of somebody and the id of a conversation of theirs: what both call it, and the other's name. */
  readonly talks = new Map<string, { readonly talk: string; readonly other: string }>()
  readonly people: Townsman[] = []
  readonly #lying = new Map<string, Lying>()
  readonly #held = new Map<string, Waiting[]>()

  private constructor(seed: string, start: number, description: NetworkDescription, document: Uint8Array) {
    this.random = seeded(seed)
    this.clock = new VirtualClock(start)
    this.description = description
    this.document = document
  }

  static async start(seed: string): Promise<Town> {
    const network = await SimNetwork.start({ seed })
    const document = await network.link("town").fetch(network.description.directories[0]!, 1 << 20)
    return new Town(`town ${seed}`, network.clock.now(), network.description, document!)
  }

  /** From here on it counts. */
  begin(): void {
    this.record.length = 0
  }

  mixed(hops: number): number {
    let delay = 50
    for (let i = 0; i < hops; i++) delay += exponential(this.random, defaultParameters.meanDelay)
    return delay
  }

  /** What a dropbox does with a request. */
  take(errand: Errand, answer: (reply: Reply) => void): void {
    const { box, dropbox, operation, hold, write } = errand
    const now = this.clock.now()
    const place = `${toHex(dropbox.id)}/${toHex(box)}`
    this.record.push({ at: now, dropbox: toHex(dropbox.id), box: toHex(box), operation, hold })
    const lying = this.#lying.get(place)
    if (write !== null) {
      if (lying === undefined) {
        this.#lying.set(place, write)
        for (const one of this.#held.get(place) ?? []) if (one.until > now) this.clock.at(now + exponential(this.random, defaultParameters.meanDelay), () => one.answer(reply("content", write)))
        this.#held.delete(place)
      }
      answer(lying === undefined || sameBytes(lying.content, write.content) ? reply("stored") : reply("taken", lying))
    } else if (lying !== undefined) answer(reply("content", lying))
    else if (hold === 0) answer(reply("empty"))
    else {
      const until = now + hold * 1000
      const waiting = { answer, until }
      this.#held.set(place, [...(this.#held.get(place) ?? []).filter((one) => one.until > now), waiting])
      this.clock.at(until, () => {
        const left = this.#held.get(place)
        if (left?.includes(waiting) === true) answer(reply("empty"))
      })
    }
  }
}

function reply(status: Status, lying?: Lying): Reply {
  return { status, stampTerms: noStampTerms(), signature: lying?.signature ?? noSignature(), content: lying?.content ?? noContent() }
}

/** Somebody whose messenger runs while they have it open. */
export class Townsman implements Device {
  readonly town: Town
  readonly name: string
  /** Told of messages of others. */
  sees: (conversation: string) => void = () => {}
  isHere = false
  readonly #seen = new Set<string>()
  #engine!: Engine
  #choosing!: Choosing
  readonly #slots: Random
  /** Requests of this session. */
  #underWay = new Set<Errand>()
  #since = 0

  private constructor(town: Town, name: string) {
    this.town = town
    this.name = name
    this.#slots = seeded(`slots ${name}`)
    town.people.push(this)
  }

  static async join(town: Town, name: string): Promise<Townsman> {
    const one = new Townsman(town, name)
    const { clock, description, document } = town
    const random = seeded(`engine ${name} ${toHex(town.random(8))}`)
    const x25519 = await defaultX25519()
    const sphinx = createSphinx({ random, x25519, lioness })
    const engine = (one.#engine = new Engine({ store: memoryStore(), random, now: () => clock.now(), mls: createMls({ random }), sphinx, x25519, network: description }))
    await engine.load()
    await engine.complete({ Correspondence })
    await engine.useDirectory(document)
    one.#spy()
    const { watches, writes, sealing, places } = engine
    one.#choosing = new Choosing({ watches, writes, sealing: () => sealing, places, random })
    // Covers are no boxes of anybody, and cost work.
    one.#choosing.cover = () => null
    await one.arrive()
    await one.run("create-profile", { name })
    one.#tick()
    return one
  }

  /** Whatever is written or watched: which box is which. */
  #spy(): void {
    const { truth } = this.town
    const { watches, writes } = this.#engine
    const begin = watches.begin.bind(watches)
    const add = writes.add.bind(writes)
    const note = (box: BoxId, id: string) => truth.set(toHex(box), this.#truthOf(id))
    watches.begin = (watch, want) => {
      const known = () => {
        note(watch.box.id, watch.id)
        return watch.box
      }
      begin(Object.create(watch, { box: { get: known } }) as typeof watch, want)
    }
    writes.add = (job) => {
      note(job.box, job.id)
      add(job)
    }
  }

  /** By the id under which it is watched or written. */
  #truthOf(id: string): Truth {
    const [kind, name, ...rest] = id.split("/") as [string, string, ...string[]]
    if (kind === "decoy") {
      const talk = `${this.name} decoy ${Math.floor(Number(name) / 2)}`
      const what = rest[0] === "commit" || rest[0] === "plea" ? rest[0] : "stream"
      return { isDecoy: true, kind: what, talk, stream: `${talk} ${what === "stream" ? name : what}` }
    }
    const known = this.town.talks.get(`${this.name}/${name}`)
    const talk = known?.talk ?? `${this.name}/${name}`
    if (kind === "stream") return { isDecoy: false, kind, talk, stream: `${talk} ${known?.other}` }
    if (kind === "box") return { isDecoy: false, kind: "stream", talk, stream: `${talk} ${this.name}` }
    const what = kind === "commit" || kind === "commit-box" ? "commit" : kind === "plea" ? "plea" : "other"
    return { isDecoy: false, kind: what, talk, stream: `${talk} ${what}` }
  }

  async arrive(): Promise<void> {
    if (this.isHere) return
    this.isHere = true
    this.#since = this.town.clock.now()
    this.#engine.linked("online", this.#engine.directory!.layers[0][0]!, sized("SessionId", this.town.random(32)), false)
    await this.#settle()
  }

  async leave(): Promise<void> {
    this.isHere = false
    const lost = this.#underWay
    this.#underWay = new Set()
    for (const { fate } of lost) fate?.lost()
    await this.#settle()
  }

  #tick(): void {
    const { clock } = this.town
    clock.at(clock.now() + exponential(this.#slots, SLOT_GAP), async () => {
      if (this.isHere) await this.#slot()
      this.#tick()
    })
  }

  async #slot(): Promise<void> {
    const { clock } = this.town
    const kind = uniform(this.#slots) < 3 / 4 ? "quick" : "held"
    await this.#engine.wake(true)
    const errand = await this.#choosing.choose(kind, this.#slots, defaultParameters, clock.now() - this.#since > SETTLED_AFTER, true)
    await this.#settle()
    if (errand === null || errand.fate === null) return
    this.#underWay.add(errand)
    const trip: Trip = { carried: errand.carried, asked: errand.operation, out: [], back: [], hold: errand.hold, sent: clock.now(), answered: clock.now(), lost: false }
    await errand.fate.sent?.(trip)
    await this.#settle()
    clock.at(clock.now() + this.town.mixed(WAY_OUT), () => this.town.take(errand, (reply) => clock.at(clock.now() + this.town.mixed(WAY_BACK), () => this.#receive(errand, trip, reply))))
  }

  async #receive(errand: Errand, trip: Trip, reply: Reply): Promise<void> {
    if (!this.#underWay.delete(errand)) return
    this.#engine.writes.heard()
    this.#engine.commits.heard()
    await errand.fate!.replied(reply, trip)
    await this.#settle()
  }

  async #settle(): Promise<void> {
    const { writes, events } = this.#engine.changes.take()
    if (writes.length > 0) await this.#engine.parts.store.commit(writes)
    for (const make of events) {
      const event = await make()
      if (event.type !== "message" || event.message.own || this.#seen.has(event.message.id)) continue
      this.#seen.add(event.message.id)
      this.sees(event.message.conversation)
    }
  }

  async run<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<CommandOutput<Name>> {
    const output = await runCommand(this.#engine, name, input)
    await this.#settle()
    return output
  }

  async say(conversation: string, length: number): Promise<void> {
    await this.run("send", { conversation, text: "x".repeat(length) })
  }

  /** These were said before. */
  async remember(conversation: string, messages: readonly StoredMessage[]): Promise<void> {
    const { changes, conversations } = this.#engine
    const talk = conversations.get(conversation)!
    for (const message of messages) changes.put(keys.message(conversation, message.position), message)
    conversations.save(talk, { ...talk.stored, position: messages.length, seen: messages.length })
    await this.#settle()
  }

  get clock(): VirtualClock {
    return this.town.clock
  }

  state(contact: string): string | undefined {
    return this.#engine.contacts.get(contact)?.state
  }

  code(contact: string): string {
    return this.#engine.contacts.view(this.#engine.contacts.get(contact)!).code!
  }
}

/** `a` and `b` become contacts; ids of their conversation, of each. */
export async function acquaint(a: Townsman, b: Townsman): Promise<[string, string]> {
  const { clock } = a.town
  const { contact } = await a.run("invite", { name: b.name })
  const until = async (done: () => boolean) => {
    if (!(await clock.runUntil(done, 3_600_000))) throw new Error("they did not become contacts")
  }
  await until(() => a.state(contact) === "waiting")
  const added = await b.run("add", { code: a.code(contact), name: a.name })
  if (!added.ok) throw new Error(`code refused: ${added.problem}`)
  await until(() => a.state(contact) === "ask")
  await a.run("accept", { contact, trust: "met" })
  await until(() => b.state(added.contact) === "ready")
  const talk = `${a.name} and ${b.name}`
  a.town.talks.set(`${a.name}/${contact}`, { talk, other: b.name })
  b.town.talks.set(`${b.name}/${added.contact}`, { talk, other: a.name })
  return [contact, added.contact]
}
