import { createSphinx, defaultX25519 } from "sphinx-packet"
import type { CommandInput, CommandName, CommandOutput, Messenger, MessengerEvent } from "./api.ts"
import { runCommand } from "./commands.ts"
import { GatewayConnection } from "./connection.ts"
import type { Prepared } from "./courier.ts"
import { Engine } from "./engine.ts"
import { createMls } from "./mls/create.ts"
import type { MessengerParts } from "./ports.ts"
import { randomStream } from "./random-stream.ts"
import type { Slot } from "./slots.ts"
import { SlotClock } from "./slots.ts"
import { PREPARE_LEAD, TICK_LATE } from "./timing.ts"

/**
 * The messenger without a screen: commands go in, events come out; clock, randomness, storage and link are handed in.
 * design.md section 11.
 */
export async function createMessenger(parts: MessengerParts): Promise<Messenger> {
  const x25519 = await defaultX25519()
  const { store, random, network, clock } = parts
  // The first bytes drawn: nothing that is drawn later can move the slots.
  const slots = new SlotClock(randomStream(random(32)))
  const engine = new Engine({
    store,
    random,
    now: () => clock.now(),
    mls: createMls({ random }),
    sphinx: createSphinx({ random, x25519 }),
    x25519,
    network,
  })
  return new RunningMessenger(parts, engine, slots)
}

class RunningMessenger implements Messenger {
  readonly #parts: MessengerParts
  readonly #engine: Engine
  readonly #slots: SlotClock
  readonly #connection: GatewayConnection
  readonly #listeners = new Set<(event: MessengerEvent) => void>()
  readonly #timers = new Set<() => void>()
  #turn: Promise<void> = Promise.resolve()
  #running = false

  constructor(parts: MessengerParts, engine: Engine, slots: SlotClock) {
    this.#parts = parts
    this.#engine = engine
    this.#slots = slots
    this.#connection = new GatewayConnection({ engine, link: parts.link, clock: parts.clock, enter: (entry) => this.#enter(entry) })
  }

  async start(): Promise<void> {
    if (this.#running) return
    this.#running = true
    await this.#enter(() => this.#engine.load())
    this.#schedule(this.#parts.clock.now())
    await this.#connection.start()
  }

  async stop(): Promise<void> {
    this.#running = false
    this.#connection.stop()
    for (const cancel of this.#timers) cancel()
    this.#timers.clear()
    await this.#turn
  }

  async run<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<CommandOutput<Name>> {
    let output: CommandOutput<Name> | undefined
    await this.#enter(async () => {
      output = await runCommand(this.#engine, name, input)
    })
    return output as CommandOutput<Name>
  }

  subscribe(listener: (event: MessengerEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** One entry at a time; what it changed is stored before it is shown, and before the next begins. */
  #enter(entry: () => Promise<void> | void): Promise<void> {
    const done = this.#turn.then(async () => {
      try {
        await entry()
      } finally {
        await this.#settle()
      }
    })
    this.#turn = done.catch(() => {})
    return done
  }

  async #settle(): Promise<void> {
    const { writes, events } = this.#engine.changes.take()
    if (writes.length > 0) await this.#parts.store.commit(writes)
    for (const event of events.map((make) => make())) for (const listener of this.#listeners) listener(event)
  }

  #at(time: number, wake: () => void | Promise<void>): void {
    const cancel = this.#parts.clock.at(time, () => {
      this.#timers.delete(cancel)
      return wake()
    })
    this.#timers.add(cancel)
  }

  /** Draws the slot after `from`. Shortly before it comes its packet is built, and the slot after it is drawn. */
  #schedule(from: number): void {
    if (!this.#running) return
    const slot = this.#slots.next(from, this.#engine.speed)
    this.#at(slot.at - PREPARE_LEAD, () => this.#prepare(slot))
  }

  async #prepare(slot: Slot): Promise<void> {
    const { clock } = this.#parts
    // Slept through: the gap is memoryless, so the next is drawn from now.
    if (clock.now() > slot.at + TICK_LATE) return this.#schedule(clock.now())
    this.#schedule(slot.at)
    if (!this.#connection.online) return
    let prepared: Prepared | null = null
    const ready = this.#enter(async () => {
      prepared = await this.#engine.prepare(slot.kind)
    })
    this.#at(slot.at, async () => {
      await ready
      if (prepared !== null) await this.#leave(prepared, slot)
    })
    await ready
  }

  async #leave(prepared: Prepared, slot: Slot): Promise<void> {
    const { clock } = this.#parts
    const left = this.#running && clock.now() <= slot.at + TICK_LATE && this.#connection.send(prepared.packet)
    const at = clock.now()
    await this.#enter(() => (left ? this.#engine.sent(prepared, at) : this.#engine.unsent(prepared)))
  }
}
