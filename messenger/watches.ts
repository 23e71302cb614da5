import type { BoxKeys } from "../shared/box.ts"
import { verifyWrite } from "../shared/box.ts"
import { sameBytes } from "../shared/bytes.ts"
import type { NodeEntry } from "../shared/directory/descriptor.ts"
import type { Content, Signature } from "../shared/names.ts"
import type { Random } from "../shared/random.ts"
import { exponential, pick } from "../shared/random.ts"
import type { Reply } from "../shared/request.ts"
import type { Errand, Fate, Trip } from "./courier.ts"
import type { Replicas } from "./places.ts"
import { POLL_ACTIVE, POLL_LEAST, SPARE_MEAN, UNHELD_AFTER } from "./timing.ts"

/** What was found in a box: content whose signature verifies under the box's id. */
export interface Found {
  readonly content: Content
  readonly signature: Signature
  readonly trip: Trip
  /** Where it lay. */
  readonly dropbox: NodeEntry
}

/** A box that is being watched until something lies in it. */
export interface Watch {
  readonly id: string
  readonly box: BoxKeys
  /** Where it lies. */
  readonly places: Replicas
  /** From when on it may be asked for, ms; at any time where this is left out. */
  readonly ready?: () => number
  /** Called once; the watch is over then, and the handler may open the next. */
  readonly found: (found: Found) => Promise<void>
  /** Only ever asked at once: what is not there yet will not come. */
  readonly quickOnly?: boolean
  /** Called for each answer that the box is empty. */
  readonly empty?: (dropbox: NodeEntry) => void
  /** When its stream last said something; ms. */
  readonly spoke?: () => number
}

/** What the next read of a box should be: quick, held, or quick now and then, in slots that have nothing better to carry. */
export type Want = "quick" | "held" | "spare"

/** A read that is under way. */
interface Read {
  readonly dropbox: NodeEntry
  /** From here on it counts as lost; what it brings all the same is taken. */
  readonly giveUp: () => void
}

interface State {
  readonly watch: Watch
  /** A watch begins with a quick look and then waits, unless it is begun otherwise. */
  want: Want
  /** Of a spare one: not before; ms. */
  notBefore: number
  /** Reads under way. Beside a held one there is a quick one only where held ones get lost. */
  quick: Read | null
  held: Read | null
  /** From when on they are given up, since what lies behind this box was found; ms. */
  overdue: number
  /** The dropbox that was asked last, and had nothing; and when. */
  asked: NodeEntry | null
  askedAt: number
  /** Waiting for its turn since; smaller is earlier. */
  turn: number
  /** Not yet answered since it began or since the session was made. */
  fresh: boolean
}

export interface WatchesParts {
  readonly random: Random
  readonly now: () => number
  /** Whether a dropbox takes and answers requests now, as far as is known. */
  readonly isGood: (dropbox: NodeEntry) => boolean
  /** The user allows no held reads: all that waits is polled. */
  readonly polling: () => boolean
  /** So many requests get lost that a held read is no promise to hear at once. */
  readonly lossy: () => boolean
}

/** All boxes that are read: of streams, decoys, invitations. Which one is read next depends on waiting times and on what came only. */
export class Watches {
  readonly #states = new Map<string, State>()
  readonly #parts: WatchesParts
  #turn = 0

  constructor(parts: WatchesParts) {
    this.#parts = parts
  }

  /** Begins a watch: with a quick look, by waiting at once, or as one that is looked at now and then. */
  begin(watch: Watch, want: Want = "quick"): void {
    const blank = { quick: null, held: null, overdue: Infinity, asked: null, askedAt: this.#parts.now() }
    const notBefore = want === "spare" ? this.#spareTime() : 0
    this.#states.set(watch.id, { watch, want, notBefore, ...blank, turn: this.#turn++, fresh: want === "quick" })
  }

  end(id: string): void {
    this.#states.delete(id)
  }

  endAll(prefix: string): void {
    for (const id of this.#states.keys()) if (id.startsWith(prefix)) this.#states.delete(id)
  }

  /** Of a box that was looked at now and then more is expected. */
  raise(id: string, want: Want): void {
    const state = this.#states.get(id)
    if (state?.want === "spare") state.want = want
  }

  has(id: string): boolean {
    return this.#states.has(id)
  }

  /** The box has been written: a read of it that is not answered within `patience` (ms) is lost, and it is looked for quickly. */
  expect(id: string, patience: number): void {
    const state = this.#states.get(id)
    if (state !== undefined) state.overdue = Math.min(state.overdue, this.#parts.now() + patience)
  }

  /** Watches that have not been answered since they began: 0 means that everything has been looked at. */
  get fresh(): number {
    let count = 0
    for (const state of this.#states.values()) if (state.fresh && isReady(state, this.#parts.now())) count++
    return count
  }

  /** Whether one of these watches has not been answered since it began. */
  isFresh(prefix: string): boolean {
    for (const [id, state] of this.#states) if (state.fresh && id.startsWith(prefix)) return true
    return false
  }

  /** New session: every stream is looked at once, since what came in between may lie there. */
  refresh(): void {
    for (const state of this.#states.values()) {
      if (state.want === "spare") continue
      state.want = "quick"
      state.fresh = true
    }
  }

  /** Nothing is held, or that is no promise: what comes is found by looking for it. */
  get polling(): boolean {
    return this.#parts.polling() || this.#parts.lossy()
  }

  get wantsQuick(): boolean {
    this.#giveUp()
    return this.#first(this.#isQuick) !== null
  }

  /**
   * The read that a slot of this kind should carry; `hold` in seconds is for held ones. With `eager`, a held slot also takes a box
   * that would be looked at quickly: a held read finds what is there at once, and is there already when it comes.
   */
  next(kind: "quick" | "held", hold: number, eager = false): Errand | null {
    this.#giveUp()
    const state = kind === "held" ? this.#toHold(eager) : (this.#first(this.#isQuick) ?? this.#spare() ?? this.#poll())
    if (state === null) return null
    const dropbox = this.#draw(state)
    const { replied, lost, read } = this.#read(state, kind, dropbox)
    state[kind] = read
    state.asked = dropbox
    state.askedAt = this.#parts.now()
    // Its answer may take as long as it is held, and nobody waits for it.
    if (kind === "held") state.fresh = false
    return {
      carried: "read",
      operation: "read",
      hold: kind === "held" ? hold : 0,
      box: state.watch.box.id,
      dropbox,
      write: null,
      fate: { replied, lost },
    }
  }

  /** What can wait for nothing any more is free to be asked again. */
  #giveUp(): void {
    const now = this.#parts.now()
    for (const state of this.#states.values()) {
      if (state.overdue <= now) overtaken(state)
      else if (state.held !== null && this.#isInVain(state.held, state.watch)) state.held.giveUp()
    }
  }

  readonly #isQuick = ({ want, quick, held }: State) => want === "quick" && quick === null && (held === null || this.#parts.lossy())

  /** The one that has waited longest. */
  #first(fits: (state: State) => boolean): State | null {
    return this.#best(fits, ({ turn }) => -turn)
  }

  #toHold(eager: boolean): State | null {
    const { polling, lossy } = this.#parts
    if (polling()) return null
    const isWaiting = ({ want, quick, held }: State) => want === "held" && held === null && (quick === null || lossy())
    const isEager = ({ want, quick, held, watch }: State) => want === "quick" && quick === null && held === null && watch.quickOnly !== true
    return this.#first((state) => isWaiting(state) || (eager && isEager(state)))
  }

  #spare(): State | null {
    const now = this.#parts.now()
    return this.#best(({ want, quick, notBefore }) => want === "spare" && quick === null && notBefore <= now, ({ notBefore }) => -notBefore)
  }

  /**
   * Looks quickly at what waits and is not held: all of it where the user wants that, else what held slots do not come round to, or where
   * held reads get lost. Who has not been asked for long comes first, and of streams that spoke lately time counts more.
   */
  #poll(): State | null {
    const { now, polling, lossy } = this.#parts
    const time = now()
    const all = polling() || lossy()
    const isDue = ({ want, quick, held, askedAt }: State) => want === "held" && quick === null && (all || (held === null && time - askedAt > UNHELD_AFTER))
    return this.#best(isDue, ({ askedAt, watch }) => (time - askedAt) * weight(time - (watch.spoke?.() ?? -Infinity)))
  }

  /** A box without a dropbox, since the directory lists it no more, holds nobody up. */
  #best(fits: (state: State) => boolean, worth: (state: State) => number): State | null {
    const now = this.#parts.now()
    let best: State | null = null
    let most = -Infinity
    for (const state of this.#states.values()) {
      if (!fits(state) || !isReady(state, now)) continue
      const value = worth(state)
      if (value > most && state.watch.places().length > 0) [best, most] = [state, value]
    }
    return best
  }

  /** Any of the replicas, uniformly; after one that had nothing or did not answer another, for it may lie there. */
  #draw({ watch, asked }: State): NodeEntry {
    const nodes = watch.places()
    const good = nodes.filter(this.#parts.isGood)
    const likely = good.length > 0 ? good : nodes
    const others = likely.filter((node) => asked === null || !sameBytes(node.id, asked.id))
    return pick(this.#parts.random, others.length > 0 ? others : likely)
  }

  /** A read waits where nothing is to be had any more, and another replica is there. */
  #isInVain({ dropbox }: Read, watch: Watch): boolean {
    return !this.#parts.isGood(dropbox) && watch.places().some(this.#parts.isGood)
  }

  #read(state: State, kind: "quick" | "held", dropbox: NodeEntry): Fate & { read: Read } {
    const giveUp = () => {
      if (state[kind] !== read) return
      state[kind] = null
      state.turn = this.#turn++
    }
    const read: Read = { dropbox, giveUp }
    return {
      read,
      replied: (reply, trip) => {
        giveUp()
        return this.#replied(state, reply, trip, dropbox)
      },
      lost: giveUp,
    }
  }

  #spareTime(): number {
    return this.#parts.now() + exponential(this.#parts.random, SPARE_MEAN)
  }

  async #replied(state: State, reply: Reply, trip: Trip, dropbox: NodeEntry): Promise<void> {
    const { watch } = state
    // A late reply to a box that has been read already.
    if (this.#states.get(watch.id) !== state) return
    state.fresh = false
    if (reply.status === "content" && (await verifyWrite(watch.box.id, reply.content, reply.signature))) {
      this.#states.delete(watch.id)
      await watch.found({ content: reply.content, signature: reply.signature, trip, dropbox })
      return
    }
    if (state.want === "spare") state.notBefore = this.#spareTime()
    else state.want = watch.quickOnly === true ? "quick" : "held"
    if (reply.status === "empty") watch.empty?.(dropbox)
  }
}

function isReady({ watch }: State, now: number): boolean {
  return watch.ready === undefined || watch.ready() <= now
}

function overtaken(state: State): void {
  state.overdue = Infinity
  state.quick?.giveUp()
  state.held?.giveUp()
  state.want = "quick"
}

/** Of a stream that has been silent for so long: from 1 down to what is left to all. */
function weight(silence: number): number {
  return Math.max(POLL_LEAST, 1 / (1 + silence / POLL_ACTIVE))
}
