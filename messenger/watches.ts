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
import { SPARE_MEAN } from "./timing.ts"

/** What was found in a box: content whose signature verifies under the box's id. */
export interface Found {
  readonly content: Content
  readonly signature: Signature
  readonly trip: Trip
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
}

/** What the next read of a box should be: quick, held, or quick now and then, in slots that have nothing better to carry. */
export type Want = "quick" | "held" | "spare"

interface State {
  readonly watch: Watch
  /** A watch begins with a quick look and then waits, unless it is begun otherwise. */
  want: Want
  /** Of a spare one: not before; ms. */
  notBefore: number
  /** A read is under way: one SURB per box is alive at a time. */
  alive: boolean
  /** Gives up the read that is under way. */
  giveUp: (() => void) | null
  /** From when on it is given up, since what lies behind this box was found; ms. */
  overdue: number
  /** The dropbox that was asked last, and had nothing. */
  asked: NodeEntry | null
  /** Waiting for its turn since; smaller is earlier. */
  turn: number
  /** Not yet answered since it began or since the session was made. */
  fresh: boolean
}

/** All boxes that are read: of streams, decoys, invitations. Which one is read next depends on waiting times only. */
export class Watches {
  readonly #states = new Map<string, State>()
  readonly #random: Random
  readonly #now: () => number
  readonly #isGood: (dropbox: NodeEntry) => boolean
  #turn = 0

  /** `isGood`: whether a dropbox takes and answers requests now, as far as is known. */
  constructor(random: Random, now: () => number, isGood: (dropbox: NodeEntry) => boolean) {
    this.#random = random
    this.#now = now
    this.#isGood = isGood
  }

  /** Begins a watch: with a quick look, by waiting at once, or as one that is looked at now and then. */
  begin(watch: Watch, want: Want = "quick"): void {
    this.#states.set(watch.id, { watch, want, notBefore: want === "spare" ? this.#spareTime() : 0, alive: false, giveUp: null, overdue: Infinity, asked: null, turn: this.#turn++, fresh: want === "quick" })
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
    if (state !== undefined) state.overdue = Math.min(state.overdue, this.#now() + patience)
  }

  /** Watches that have not been answered since they began: 0 means that everything has been looked at. */
  get fresh(): number {
    let count = 0
    for (const state of this.#states.values()) if (state.fresh && isReady(state, this.#now())) count++
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

  get wantsQuick(): boolean {
    return this.#first("quick", false) !== null
  }

  /**
   * The read that a slot of this kind should carry; `hold` in seconds is for held ones. With `eager`, a held slot also takes a box
   * that would be looked at quickly: a held read finds what is there at once, and is there already when it comes.
   */
  next(kind: "quick" | "held", hold: number, eager = false): Errand | null {
    const state = this.#first(kind, eager) ?? (kind === "quick" ? this.#first("spare", false) : null)
    if (state === null) return null
    const dropbox = this.#draw(state)
    state.alive = true
    state.asked = dropbox
    // Its answer may take as long as it is held, and nobody waits for it.
    if (kind === "held") state.fresh = false
    return {
      carried: "read",
      operation: "read",
      hold: kind === "held" ? hold : 0,
      box: state.watch.box.id,
      dropbox,
      write: null,
      fate: this.#fate(state),
    }
  }

  /** The one that has waited longest. A box without a dropbox, since the directory lists it no more, holds nobody up. */
  #first(kind: Want, eager: boolean): State | null {
    const now = this.#now()
    let first: State | null = null
    for (const state of this.#states.values()) {
      if (state.overdue <= now) overtaken(state)
      else if (this.#isInVain(state)) state.giveUp?.()
      const fits = state.want === kind || (eager && state.want !== "spare" && state.watch.quickOnly !== true)
      if (!fits || state.alive || !isReady(state, now) || (state.want === "spare" && state.notBefore > now) || (first !== null && first.turn < state.turn)) continue
      if (state.watch.places().length > 0) first = state
    }
    return first
  }

  /** Any of the replicas, uniformly; after one that had nothing or did not answer another, for it may lie there. */
  #draw({ watch, asked }: State): NodeEntry {
    const nodes = watch.places()
    const good = nodes.filter(this.#isGood)
    const likely = good.length > 0 ? good : nodes
    const others = likely.filter((node) => asked === null || !sameBytes(node.id, asked.id))
    return pick(this.#random, others.length > 0 ? others : likely)
  }

  /** A read waits where nothing is to be had any more, and another replica is there. */
  #isInVain({ alive, asked, watch }: State): boolean {
    return alive && asked !== null && !this.#isGood(asked) && watch.places().some(this.#isGood)
  }

  #fate(state: State): Fate {
    // Given up, and perhaps asked again since: what comes now says nothing of the read that is under way.
    let late = false
    const over = () => {
      if (late) return
      state.alive = false
      state.giveUp = null
      state.turn = this.#turn++
    }
    state.giveUp = () => {
      over()
      late = true
    }
    return {
      replied: (reply, trip) => {
        over()
        return this.#replied(state, reply, trip)
      },
      lost: () => {
        over()
        late = true
      },
    }
  }

  #spareTime(): number {
    return this.#now() + exponential(this.#random, SPARE_MEAN)
  }

  async #replied(state: State, reply: Reply, trip: Trip): Promise<void> {
    const { watch } = state
    // A late reply to a box that has been read already.
    if (this.#states.get(watch.id) !== state) return
    state.fresh = false
    if (reply.status === "content" && (await verifyWrite(watch.box.id, reply.content, reply.signature))) {
      this.#states.delete(watch.id)
      await watch.found({ content: reply.content, signature: reply.signature, trip })
      return
    }
    if (state.want === "spare") state.notBefore = this.#spareTime()
    else state.want = watch.quickOnly === true ? "quick" : "held"
    if (reply.status === "empty" && state.asked !== null) watch.empty?.(state.asked)
  }
}

function isReady({ watch }: State, now: number): boolean {
  return watch.ready === undefined || watch.ready() <= now
}

function overtaken(state: State): void {
  state.overdue = Infinity
  state.giveUp?.()
  state.want = "quick"
}
