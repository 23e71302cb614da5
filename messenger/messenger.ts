import { createSphinx, defaultX25519 } from "sphinx-packet"
import type { CommandInput, CommandName, CommandOutput, Messenger, MessengerEvent } from "./api.ts"
import { CommandError } from "./api.ts"
import { GatewayConnection } from "./connection.ts"
import type { Prepared } from "./courier.ts"
import { Engine } from "./engine.ts"
import { isFirst, runFirst } from "./first-commands.ts"
import { loadCorrespondence } from "./late.ts"
import type { MessengerStatus } from "./messenger-status.ts"
import { createLateMls } from "./mls/late.ts"
import type { Clock, Link, MessengerParts, StoreProblem } from "./ports.ts"
import { StoreError } from "./ports.ts"
import { randomStream } from "./random-stream.ts"
import type { Slot } from "./slots.ts"
import { SlotClock } from "./slots.ts"
import { COMPLETED_AFTER, COMPLETED_AGAIN, PREPARE_LEAD, TICK_LATE } from "./timing.ts"

/**
 * The messenger without a screen: commands go in, events come out; clock, randomness, storage and link are handed in.
 * Nothing happens before `start`.
 */
export function createMessenger(parts: MessengerParts): Messenger {
  return new RunningMessenger(parts)
}

async function createEngine({ store, random, network, clock, x25519: given, lioness, symmetric }: MessengerParts): Promise<Engine> {
  const x25519 = given ?? (await defaultX25519())
  const sphinx = createSphinx({ random, x25519, ...(lioness && { lioness }), ...(symmetric && { symmetric }) })
  return new Engine({ store, random, now: () => Math.floor(clock.now()), mls: createLateMls({ random }), sphinx, x25519, network })
}

/** A store that fails is told by the status, and no mistake of whoever woke us. */
async function calmly(work: () => Promise<void> | void): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
  }
}

const problemOf = (status: MessengerStatus): StoreProblem => (status.status === "halted" ? status.problem : "unusable")

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
  /** Of what has come, so much was told. */
  #came = 0
  /** The last engine whose store failed: nothing of it goes on. */
  #failed: Engine | null = null
  #status: MessengerStatus = { status: "stopped" }
  /** The engine gets its second part, or has got it. */
  #completing: Promise<void> | null = null
  /** The engine, which was loaded, goes on with what it was at. */
  #resuming: Promise<void> | null = null

  constructor(parts: MessengerParts) {
    this.#parts = parts
    // The first bytes drawn: nothing that is drawn later can move the slots.
    this.#slots = new SlotClock(randomStream(parts.random(32)))
  }

  get #clock(): Clock {
    const { clock } = this.#parts
    return { now: () => clock.now(), at: (time, wake) => clock.at(time, () => calmly(wake)) }
  }

  get #link(): Link {
    const { link } = this.#parts
    return { connect: (url, onEvent) => link.connect(url, (event) => calmly(() => onEvent(event))), fetch: (url, max) => link.fetch(url, max) }
  }

  get status(): MessengerStatus {
    return this.#status
  }

  async start(): Promise<void> {
    if (this.#running !== null) return
    const engine = await createEngine(this.#parts)
    const { clock } = this.#parts
    const connection = new GatewayConnection({ engine, link: this.#link, clock: this.#clock, enter: (entry) => this.#enter(entry) })
    const running = (this.#running = { engine, connection })
    try {
      await this.#enter(() => engine.load())
      // What is stored can be looked at already, and whoever does so now comes first; all else waits.
      const resuming = engine.isComplete ? Promise.resolve().then(() => this.#enter(() => engine.resume())) : null
      this.#completing = this.#resuming = resuming
      resuming?.catch(() => undefined)
      this.#become({ status: "running" })
      await resuming
    } catch (error) {
      if (this.#running === running) this.#halt({ status: "halted", problem: error instanceof StoreError ? error.problem : "unusable" })
      throw error
    }
    // Stopped meanwhile.
    if (this.#running !== running) return
    this.#completing = this.#resuming = null
    this.#schedule(clock.now())
    connection.start()
    if (!engine.isComplete) this.#completeAt(clock.now() + COMPLETED_AFTER, this.#running)
  }

  /**
   * The engine's code for conversations, and MLS, are there when somebody wants to write: they are loaded in the background, at a time that does not depend on what
   * is done, so that whoever gives out the files learns nothing from it.
   */
  #completeAt(time: number, running: Running): void {
    this.#at(time, async () => {
      try {
        await this.#complete(running)
        await running.engine.parts.mls.ready()
      } catch (error) {
        if (error instanceof StoreError) throw error
        if (running === this.#running) this.#completeAt(this.#clock.now() + COMPLETED_AGAIN, running)
      }
    })
  }

  #complete({ engine }: Running): Promise<void> {
    const completing = (this.#completing ??= loadCorrespondence().then((code) => this.#enter(() => engine.complete(code))))
    completing.catch(() => {
      if (this.#completing === completing) this.#completing = null
    })
    return completing
  }

  async stop(): Promise<void> {
    this.#halt({ status: "stopped" })
    await this.#turn
  }

  lock(): void {
    if (this.#status.status === "running") this.#become({ status: "locked" })
  }

  unlock(): void {
    if (this.#status.status === "locked") this.#become({ status: "running" })
  }

  #become(status: MessengerStatus): void {
    this.#status = status
    for (const listener of this.#listeners) listener({ type: "status", status })
  }

  #halt(status: MessengerStatus): void {
    if (this.#status.status !== status.status) this.#become(status)
    this.#running?.connection.stop()
    this.#running = null
    for (const cancel of this.#timers) cancel()
    this.#timers.clear()
    this.#completing = this.#resuming = null
    this.#leaving = 0
  }

  async run<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<CommandOutput<Name>> {
    const running = this.#open()
    // In the order in which they were given: behind one that waits for its code all wait.
    const looks = this.#resuming !== null && (name === "view" || name === "drafts")
    if (!looks && (this.#completing !== null || !(running.engine.isComplete || isFirst(name)))) {
      await this.#complete(running)
      if (this.#open() !== running) throw new CommandError("the messenger is not running")
    }
    const ran: CommandOutput<Name>[] = []
    await this.#enter(async () => {
      const { engine } = running
      ran.push(await (engine.isComplete ? engine.correspondence.run(name, input) : runFirst(engine, name, input)))
    })
    // The store failed while the command waited for its turn.
    if (ran.length === 0) throw new StoreError(problemOf(this.status))
    return ran[0]!
  }

  /** Throws where no command may be given now. */
  #open(): Running {
    if (this.#status.status === "halted") throw new StoreError(this.#status.problem)
    if (this.#running === null) throw new CommandError("the messenger is not running")
    if (this.#status.status === "locked") throw new CommandError("the messenger is locked")
    return this.#running
  }

  subscribe(listener: (event: MessengerEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** One entry at a time; what it changed is stored before it is shown, and before the next begins. */
  #enter(entry: () => Promise<void> | void): Promise<void> {
    const engine = this.#running?.engine
    const done = this.#turn.then(async () => {
      if (engine === undefined || engine === this.#failed) return
      try {
        await entry()
      } catch (error) {
        // What the entry did before it could not read on is half of something.
        if (error instanceof StoreError && error.problem !== "damaged") this.#fail(engine, error.problem)
        throw error
      } finally {
        await this.#settle(engine)
      }
    })
    this.#turn = done.catch(() => {})
    return done
  }

  async #settle(engine: Engine): Promise<void> {
    const { writes, events } = engine.changes.take()
    const made: MessengerEvent[] = []
    try {
      if (writes.length > 0) await this.#parts.store.commit(writes)
      for (const make of events) made.push(await make())
    } catch (error) {
      // What is not stored must not be sent, and memory is ahead of the store now: nothing goes on from here.
      this.#fail(engine, error instanceof StoreError ? error.problem : "unusable")
      throw error
    }
    const came = engine.isComplete ? engine.conversations.came : 0
    const hasCome = came > 0 && came !== this.#came
    this.#came = came
    const told: readonly MessengerEvent[] = this.#status.status !== "locked" ? made : hasCome ? [{ type: "arrival" }] : []
    for (const event of told) for (const listener of this.#listeners) listener(event)
  }

  #fail(engine: Engine, problem: StoreProblem): void {
    this.#failed = engine
    engine.changes.take()
    if (engine === this.#running?.engine) this.#halt({ status: "halted", problem })
  }

  #at(time: number, wake: () => void | Promise<void>): void {
    const cancel = this.#parts.clock.at(time, () => {
      this.#timers.delete(cancel)
      return calmly(wake)
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
    if (!connection.online) {
      await this.#enter(() => engine.rest())
      return
    }
    let prepared: Prepared | null = null
    // Work beside the building must not hold up another packet: which slots lie so near to each other is known to the clock alone.
    const calm = this.#leaving++ === 0
    const ready = this.#enter(async () => {
      prepared = await engine.prepare(slot, calm)
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
