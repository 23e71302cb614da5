import type { Random } from "../../shared/random.ts"
import { exponential, pick, uniform } from "../../shared/random.ts"
import type { VirtualClock } from "../sim/virtual-clock.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
/** Who comes back looks at what has come within so long, on average. */
const LOOKS = 30_000

/**
 * How people write, as studies of messengers and mail have it, in few parts: they have the messenger open for a while in their waking hours (some
 * always), begin to talk now and then, with some more than with others, answer what they see after the time that reading and typing take, in
 * one message or several, sometimes not, and answer what they find when they come back. Gaps are heavy-tailed by that, and come in bursts.
 */
export interface Habits {
  /** Waking hours, by the day's hours. */
  readonly wakes: number
  readonly sleeps: number
  /** Of the time they have it open, and of that between, in waking hours: medians, ms. null: it runs always. */
  readonly session: number | null
  readonly between: number
  /** How long it takes until they begin to answer, and to write one message more: medians, ms. */
  readonly reads: number
  readonly types: number
  /** How likely they answer, and go on. */
  readonly answers: number
  readonly goesOn: number
  /** Mean time in which they begin to talk with somebody, waking and there; ms. */
  readonly begins: number
}

export function habitsOf(random: Random): Habits {
  const wakes = 5 + 3 * uniform(random)
  return {
    wakes,
    sleeps: wakes + 15 + 2 * uniform(random),
    session: uniform(random) < 0.35 ? null : logNormal(random, 25 * MINUTE, 0.5),
    between: logNormal(random, 45 * MINUTE, 0.5),
    reads: logNormal(random, 25_000, 0.4),
    types: logNormal(random, 20_000, 0.4),
    answers: 0.5 + 0.2 * uniform(random),
    goesOn: 0.1 + 0.2 * uniform(random),
    begins: logNormal(random, 20 * MINUTE, 0.4),
  }
}

function logNormal(random: Random, median: number, sigma: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - uniform(random))) * Math.cos(2 * Math.PI * uniform(random))
  return median * Math.exp(sigma * normal)
}

/** Somebody's messenger, as far as they have to do with it. */
export interface Device {
  readonly clock: VirtualClock
  readonly isHere: boolean
  arrive(): Promise<void>
  leave(): Promise<void>
  say(conversation: string, length: number): Promise<void>
}

interface Bond {
  readonly conversation: string
  readonly closeness: number
  isWriting: boolean
}

export class Human {
  readonly device: Device
  readonly habits: Habits
  readonly #random: Random
  readonly #bonds = new Map<string, Bond>()
  /** Conversations with something that was not looked at. */
  readonly #unseen = new Set<string>()

  constructor(device: Device, habits: Habits, random: Random) {
    this.device = device
    this.habits = habits
    this.#random = random
  }

  knows(conversation: string, closeness: number): void {
    this.#bonds.set(conversation, { conversation, closeness, isWriting: false })
  }

  /** A message has come. */
  sees(conversation: string): void {
    if (this.device.isHere && this.#isAwake) this.#consider(conversation)
    else this.#unseen.add(conversation)
  }

  async begin(): Promise<void> {
    this.#talks()
    if (this.habits.session === null) return this.device.arrive()
    await this.device.leave()
    this.#later(exponential(this.#random, this.habits.between), () => this.#come(this.habits.session!))
  }

  get #isAwake(): boolean {
    const hour = (this.device.clock.now() % DAY) / HOUR
    return hour >= this.habits.wakes && hour < this.habits.sleeps
  }

  #later(wait: number, what: () => void | Promise<void>): void {
    this.device.clock.at(this.device.clock.now() + wait, what)
  }

  async #come(session: number): Promise<void> {
    if (!this.#isAwake) return this.#later(exponential(this.#random, 30 * MINUTE), () => this.#come(session))
    await this.device.arrive()
    for (const conversation of this.#unseen) this.#later(exponential(this.#random, LOOKS), () => this.#consider(conversation))
    this.#unseen.clear()
    this.#later(logNormal(this.#random, session, 0.8), async () => {
      await this.device.leave()
      this.#later(logNormal(this.#random, this.habits.between, 0.9), () => this.#come(session))
    })
  }

  /** What came is answered, or not. */
  #consider(conversation: string): void {
    const bond = this.#bonds.get(conversation)
    if (bond === undefined || bond.isWriting || uniform(this.#random) >= this.habits.answers) return
    bond.isWriting = true
    this.#later(logNormal(this.#random, this.habits.reads, 0.9), () => this.#speak(bond))
  }

  async #speak(bond: Bond): Promise<void> {
    if (!this.device.isHere) {
      bond.isWriting = false
      this.#unseen.add(bond.conversation)
      return
    }
    await this.device.say(bond.conversation, Math.ceil(Math.min(9000, logNormal(this.#random, 40, 1))))
    if (uniform(this.#random) < this.habits.goesOn) this.#later(logNormal(this.#random, this.habits.types, 0.8), () => this.#speak(bond))
    else bond.isWriting = false
  }

  #talks(): void {
    this.#later(exponential(this.#random, this.habits.begins), async () => {
      const all = [...this.#bonds.values()].flatMap((bond) => Array.from({ length: bond.closeness }, () => bond))
      const bond = all.length > 0 && this.#isAwake && this.device.isHere ? pick(this.#random, all) : null
      if (bond !== null && !bond.isWriting) {
        bond.isWriting = true
        await this.#speak(bond)
      }
      this.#talks()
    })
  }
}
