import type { CommandInput, CommandName, CommandOutput, ContactView, MessageView, Messenger } from "../../messenger/api.ts"
import { memoryStore } from "../../messenger/memory-store.ts"
import { createMessenger } from "../../messenger/messenger.ts"
import type { Clock, Link, Store } from "../../messenger/ports.ts"
import type { SimNetwork } from "../sim/sim-network.ts"
import { lioness, seeded, symmetric } from "../sim/sim-network.ts"
import { keepLedger, Ledger } from "./ledger.ts"

/** Where an engine is stopped: at the `at`-th of its commits or frames, before it happens, or after it and before the engine hears of it. */
export interface Crash {
  readonly kind: "commit" | "send"
  readonly at: number
  readonly moment: "before" | "after"
}

/** The engine was stopped before it answered. */
class Crashed extends Error {}

interface Life {
  readonly died: Promise<void>
  readonly isOver: () => boolean
  readonly end: () => void
}

interface MortalOptions {
  readonly crash?: Crash | null
  readonly skew?: number
  /** How long it takes to start again. */
  readonly downFor?: () => number
}

/** A promise of its own each time: one for all would keep every engine that ever waited for it. */
const never = () => new Promise<never>(() => undefined)
const POLL = 250

/** Somebody whose engine can be stopped at a chosen point with all that it has in memory, and then goes on from what is on disk. */
export class Mortal {
  readonly name: string
  readonly network: SimNetwork
  readonly ledger = new Ledger()
  readonly counts = { commit: 0, send: 0 }
  /** How many ms this device's clock is ahead. */
  readonly skew: number
  /** Every message that was ever shown, each once for what it said and where it stood then. */
  readonly shown = new Map<string, Pick<MessageView, "id" | "position" | "text">>()
  /** Messages that were shown and that the next engine knew nothing of. */
  readonly vanished: string[] = []
  /** By id: what this life has shown, and the next one has to know. */
  #shownLately = new Map<string, string>()
  readonly #disk: Store = memoryStore()
  readonly #downFor: () => number
  #crash: Crash | null
  #life: Life = newLife()
  #lives = 0
  #messenger: Messenger | null = null

  constructor(network: SimNetwork, name: string, { crash = null, skew = 0, downFor = () => 400 }: MortalOptions = {}) {
    this.network = network
    this.name = name
    this.#crash = crash
    this.skew = skew
    this.#downFor = downFor
  }

  /** Stops the engine at a point that is still to come, or with null at none. */
  strike(crash: Crash | null): void {
    this.#crash = crash
  }

  /** Stops the engine now. */
  kill(): void {
    if (!this.#life.isOver()) this.#die(this.#life)
  }

  get hasCrashed(): boolean {
    return this.#crash === null
  }

  async open(): Promise<void> {
    const life = (this.#life = newLife())
    const random = seeded(`${this.name} ${++this.#lives}`)
    keepLedger(random, this.ledger)
    const messenger = createMessenger({
      store: this.#store(life),
      link: this.#link(life),
      clock: this.#clock(life),
      random,
      network: this.network.description,
      x25519: this.network.x25519,
      lioness,
      symmetric,
    })
    messenger.subscribe((event) => {
      if (event.type !== "message" || life.isOver()) return
      const { id, position, text } = event.message
      this.shown.set(`${id} ${position} ${text}`, { id, position, text })
      this.#shownLately.set(id, text)
    })
    this.#messenger = messenger
    await Promise.race([messenger.start(), life.died])
    const lately = this.#shownLately
    this.#shownLately = new Map()
    for (const [id, text] of lately) {
      if (!life.isOver() && (await messenger.run("message", { message: id })).message === null) this.vanished.push(text)
    }
  }

  /** Throws Crashed where the engine was stopped meanwhile; then nobody knows whether the command has happened. */
  async run<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<CommandOutput<Name>> {
    while (this.#life.isOver() || this.#messenger === null) await this.network.clock.run(POLL)
    const { died } = this.#life
    const stopped = died.then(() => {
      throw new Crashed()
    })
    return Promise.race([this.#messenger.run(name, input), stopped])
  }

  /** As a user does: where the engine stopped meanwhile, looks whether it has happened, and does it where it has not. */
  async insist(isDone: () => Promise<boolean>, act: () => Promise<unknown>): Promise<void> {
    for (let first = true; ; first = false) {
      try {
        if (first || !(await isDone())) await act()
        return
      } catch (error) {
        if (!(error instanceof Crashed)) throw error
      }
    }
  }

  /** Within so many ms of virtual time, or throws. */
  async until(what: string, isSo: () => Promise<boolean>, within: number): Promise<void> {
    const { clock } = this.network
    for (const end = clock.now() + within; clock.now() < end; await clock.run(POLL)) {
      try {
        if (await isSo()) return
      } catch (error) {
        if (!(error instanceof Crashed)) throw error
      }
    }
    throw new Error(`${this.name}: no ${what} within ${within / 1000} s`)
  }

  /** Undefined where the engine stopped meanwhile. */
  async attempt<T>(act: () => Promise<T>): Promise<T | undefined> {
    try {
      return await act()
    } catch (error) {
      if (!(error instanceof Crashed)) throw error
      return undefined
    }
  }

  /** The contact of this name, or the first there is. */
  async contact(name?: string): Promise<ContactView | undefined> {
    return (await this.run("view", {})).contacts.find((contact) => name === undefined || contact.name === name)
  }

  /** What is in the conversation with the one contact. */
  async messages(): Promise<readonly MessageView[]> {
    const view = await this.run("view", {})
    const conversation = view.conversations[0]
    return conversation === undefined ? [] : (await this.run("messages", { conversation: conversation.id, limit: 200 })).messages
  }

  #die(life: Life): void {
    this.#crash = null
    this.ledger.forgotten()
    life.end()
    const { clock } = this.network
    clock.at(clock.now(), () => this.network.cut(this.name))
    clock.at(clock.now() + this.#downFor(), () => this.open())
  }

  /** True where the engine is to be stopped here. */
  #strikes(kind: Crash["kind"], moment: Crash["moment"]): boolean {
    const crash = this.#crash
    return crash !== null && crash.kind === kind && crash.moment === moment && crash.at === this.counts[kind]
  }

  #store(life: Life): Store {
    const disk = this.#disk
    return {
      get: async (key) => (life.isOver() ? never() : disk.get(key)),
      list: async (prefix, options) => (life.isOver() ? never() : disk.list(prefix, options)),
      commit: async (writes) => {
        if (life.isOver()) return never()
        this.counts.commit++
        if (this.#strikes("commit", "before")) return this.#die(life), never()
        await disk.commit(writes)
        this.ledger.committed()
        if (this.#strikes("commit", "after")) return this.#die(life), never()
      },
      close: async () => undefined,
    }
  }

  #link(life: Life): Link {
    const link = this.network.link(this.name)
    return {
      fetch: async (url, max) => (life.isOver() ? never() : link.fetch(url, max)),
      connect: (url, onEvent) => {
        const connection = link.connect(url, (event) => (life.isOver() ? undefined : Promise.race([onEvent(event), life.died])))
        return {
          send: (frame) => {
            if (life.isOver()) return
            this.counts.send++
            if (this.#strikes("send", "before")) return this.#die(life)
            connection.send(frame)
            if (this.#strikes("send", "after")) this.#die(life)
          },
          close: () => (life.isOver() ? undefined : connection.close()),
        }
      },
    }
  }

  #clock(life: Life): Clock {
    const { clock } = this.network
    return { now: () => clock.now() + this.skew, at: (time, wake) => clock.at(time - this.skew, () => (life.isOver() ? undefined : Promise.race([wake(), life.died]))) }
  }
}

function newLife(): Life {
  const { promise, resolve } = Promise.withResolvers<void>()
  let over = false
  const end = () => {
    over = true
    resolve()
  }
  return { died: promise, isOver: () => over, end }
}
