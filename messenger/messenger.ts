import { createSphinx, defaultX25519 } from "sphinx-packet"
import type { CommandInput, CommandName, CommandOutput, Messenger, MessengerEvent } from "./api.ts"
import { CommandError } from "./api.ts"
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
 * Nothing happens before `start`.
 */
export function createMessenger(parts: MessengerParts): Messenger {
  return new RunningMessenger(parts)
}

async function createEngine({ store, random, network, clock, lioness, symmetric }: MessengerParts): Promise<Engine> {
  const x25519 = await defaultX25519()
  const sphinx = createSphinx({ random, x25519, ...(lioness && { lioness }), ...(symmetric && { symmetric }) })
  return new Engine({ store, random, now: () => Math.floor(clock.now()), mls: createMls({ random }), sphinx, x25519, network })
}

interface Running {
  readonly engine: Engine
  readonly connection: GatewayConnection
}

class RunningMessenger implements Messenger {
  readonly #parts: MessengerParts
  readonly #slots: SlotClock
  readonly #listeners = new Set<(event: MessengerEvent) => void>()
  readonly #timers = new Set<() => void>()
  #running: Running | null = null
  #turn: Promise<void> = Promise.resolve()
  /** Packets that are built, or being built, and have not left. */
  #leaving = 0
  /** The store has failed. */
  #halted = false

  constructor(parts: MessengerParts) {
    this.#parts = parts
    // The first bytes drawn: nothing that is drawn later can move the slots.
    this.#slots = new SlotClock(randomStream(parts.random(32)))
  }

  async start(): Promise<void> {
    if (this.#running !== null) return
    const engine = await createEngine(this.#parts)
    const { link, clock } = this.#parts
    const connection = new GatewayConnection({ engine, link, clock, enter: (entry) => this.#enter(entry) })
    this.#running = { engine, connection }
    await this.#enter(() => engine.load())
    this.#schedule(clock.now())
    connection.start()
  }

  async stop(): Promise<void> {
    this.#halt()
    await this.#turn
  }

  #halt(): void {
    this.#running?.connection.stop()
    this.#running = null
    for (const cancel of this.#timers) cancel()
    this.#timers.clear()
    this.#leaving = 0
  }

  async run<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<CommandOutput<Name>> {
    const running = this.#running
    if (running === null || this.#halted) throw new CommandError("the messenger is not running")
    let output: CommandOutput<Name> | undefined
    await this.#enter(async () => {
      output = await runCommand(running.engine, name, input)
    })
    return output as CommandOutput<Name>
  }

  subscribe(listener: (event: MessengerEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** One entry at a time; what it changed is stored before it is shown, and before the next begins. */
  #enter(entry: () => Promise<void> | void): Promise<void> {
    const engine = this.#running?.engine
    const done = this.#turn.then(async () => {
      if (engine === undefined || this.#halted) return
      try {
        await entry()
      } finally {
        await this.#settle(engine)
      }
    })
    this.#turn = done.catch(() => {})
    return done
  }

  async #settle(engine: Engine): Promise<void> {
    const { writes, events } = engine.changes.take()
    try {
      if (writes.length > 0) await this.#parts.store.commit(writes)
    } catch (error) {
      // What is not stored must not be sent, and memory is ahead of the store now: nothing goes on from here.
      this.#halted = true
      this.#halt()
      throw error
    }
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
    const running = this.#running
    if (running === null) return
    const slot = this.#slots.next(from, running.engine.speed)
    this.#at(slot.at - PREPARE_LEAD, () => this.#prepare(slot, running))
  }

  async #prepare(slot: Slot, { engine, connection }: Running): Promise<void> {
    const { clock } = this.#parts
    // Slept through: the gap is memoryless, so the next is drawn from now.
    if (clock.now() > slot.at + TICK_LATE) return this.#schedule(clock.now())
    this.#schedule(slot.at)
    if (!connection.online) return
    let prepared: Prepared | null = null
    // Work beside the building must not hold up another packet: which slots lie so near to each other is known to the clock alone.
    const calm = this.#leaving++ === 0
    const ready = this.#enter(async () => {
      prepared = await engine.prepare(slot.kind, calm)
    })
    this.#at(slot.at, async () => {
      this.#leaving--
      await ready
      if (prepared === null) return
      const leaves: Prepared = prepared
      const left = clock.now() <= slot.at + TICK_LATE && connection.send(leaves.packet)
      const at = clock.now()
      await this.#enter(() => (left ? engine.sent(leaves, at) : engine.unsent(leaves)))
    })
    await ready
  }
}
