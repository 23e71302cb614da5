import { verifyWrite } from "../shared/box.ts"
import { sameBytes } from "../shared/bytes.ts"
import type { NodeEntry } from "../shared/directory/descriptor.ts"
import type { Random } from "../shared/random.ts"
import { exponential, pick } from "../shared/random.ts"
import type { Reply } from "../shared/request.ts"
import type { Errand, Fate, Trip } from "./courier.ts"
import { SPARE_MEAN, UNHELD_AFTER } from "./timing.ts"
import type { Read, State, Want, Watch } from "./watch.ts"
import { inOrder, isKnown, isReady, isUnanswered, overtaken, weight } from "./watch.ts"

export type { Found, Want, Watch } from "./watch.ts"

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
  /** What is not answered and what else could be looked at take turns. */
  #elseNext = true
  /** So do files and what is looked at now and then. */
  #bulkNext = false
  /** And in held slots what is known to lie there and all that waits. */
  #knownNext = false

  constructor(parts: WatchesParts) {
    this.#parts = parts
  }

  /** Begins a watch: with a quick look, by waiting at once, or as one that is looked at now and then. */
  begin(watch: Watch, want: Want = "quick"): void {
    const blank = { quick: [], held: [], overdue: Infinity, asked: null, askedAt: this.#parts.now() }
    const notBefore = want === "spare" ? this.#spareTime() : 0
    this.#states.set(watch.id, { watch, want, notBefore, ...blank, turn: this.#turn++, fresh: want === "quick", lost: 0 })
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

  /** A box that is waited for lies there, as somebody says: it is looked at quickly. */
  hasten(id: string): void {
    const state = this.#states.get(id)
    if (state?.want === "held") state.want = "quick"
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
      state.lost = 0
      if (state.want === "spare" || state.want === "bulk") continue
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

  /** Something is known to lie there that was not read yet. */
  get isBehind(): boolean {
    return this.#first((state) => this.#isQuick(state) && isKnown(state)) !== null
  }

  /**
   * The read that a slot of this kind should carry; `hold` in seconds is for held ones. With `eager`, a held slot also takes a box
   * that would be looked at quickly: a held read finds what is there at once, and is there already when it comes.
   */
  next(kind: "quick" | "held", hold: number, eager = false): Errand | null {
    this.#giveUp()
    const state = kind === "held" ? this.#toHold(eager) : this.#toLookAt()
    if (state === null) return null
    const dropbox = this.#draw(state, kind)
    const { replied, lost, read } = this.#read(state, kind, dropbox)
    state[kind] = [...state[kind], read]
    state.turn = this.#turn++
    state.asked = dropbox
    state.askedAt = this.#parts.now()
    // Its answer may take as long as it is held, and nobody waits for it.
    if (kind === "held" && !this.#parts.lossy()) state.fresh = false
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
      else for (const read of state.held) if (this.#isInVain(read, state.watch)) read.giveUp()
    }
  }

  readonly #isQuick = (state: State) => state.want === "quick" && this.#isFree(state, "quick")

  /**
   * One read of a box is under way at a time. Where so much gets lost that most bring nothing, there is one of each kind at each of its replicas: a dropbox
   * has one live reply block of a reader for a box, as before, and one more while a quick read looks for what a held one was to wait for.
   */
  #isFree({ quick, held, watch }: State, kind: "quick" | "held"): boolean {
    if (!this.#parts.lossy()) return quick.length + held.length === 0
    const under = kind === "quick" ? quick : held
    return under.length === 0 || under.length < this.#likely(watch).length
  }

  #first(fits: (state: State) => boolean): State | null {
    return this.#best(fits, (state) => -inOrder(state))
  }

  #toHold(eager: boolean): State | null {
    const { polling, lossy } = this.#parts
    if (polling()) return null
    const isEager = ({ want, watch }: State) => want === "quick" && watch.quickOnly !== true && (eager || lossy())
    const fits = (state: State) => (state.want === "held" || isEager(state)) && this.#isFree(state, "held")
    const leading = this.#first((state) => fits(state) && state.watch.order?.() === "leading")
    if (leading !== null) return leading
    this.#knownNext = !this.#knownNext
    const known = this.#knownNext ? this.#first((state) => fits(state) && isKnown(state)) : null
    // The one that has waited longest: a held read finds what is there, and waits where nothing is.
    return known ?? this.#best(fits, ({ turn }) => -turn)
  }

  /** A box that is not answered, since its dropboxes are dead, holds up nothing else: what stands for it may lie behind it. */
  #toLookAt(): State | null {
    const answered = this.#first((state) => this.#isQuick(state) && !isUnanswered(state))
    if (answered !== null) return answered
    this.#bulkNext = !this.#bulkNext
    const bulk = this.#first(({ want, quick }) => want === "bulk" && quick.length === 0)
    if (bulk !== null && this.#bulkNext) return bulk
    const unanswered = this.#first(this.#isQuick)
    const other = unanswered === null || this.#elseNext ? (this.#spare() ?? this.#poll()) : null
    this.#elseNext = other === null
    return other ?? unanswered ?? bulk
  }

  #spare(): State | null {
    const now = this.#parts.now()
    return this.#best(({ want, quick, notBefore }) => want === "spare" && quick.length === 0 && notBefore <= now, ({ notBefore }) => -notBefore)
  }

  /**
   * Looks quickly at what waits and is not held: all of it where the user wants that, else what held slots do not come round to, or where
   * held reads get lost. Who has not been asked for long comes first, and of streams that spoke lately time counts more.
   */
  #poll(): State | null {
    const { now, polling, lossy } = this.#parts
    const time = now()
    const all = polling() || lossy()
    const isUnheld = ({ held, askedAt }: State) => held.length === 0 && time - askedAt > UNHELD_AFTER
    const isDue = (state: State) => state.want === "held" && this.#isPolled(state) && (all || isUnheld(state))
    return this.#best(isDue, ({ askedAt, watch }) => (time - askedAt) * weight(time - (watch.spoke?.() ?? -Infinity)))
  }

  /** Whatever is held, a poll may be under way beside it. */
  #isPolled(state: State): boolean {
    return this.#parts.lossy() ? this.#isFree(state, "quick") : state.quick.length === 0
  }

  /** A box without a dropbox, since the directory lists it no more, holds nobody up. */
  #best(fits: (state: State) => boolean, worth: (state: State) => number): State | null {
    const now = this.#parts.now()
    for (const passed = new Set<State>(); ; ) {
      let best: State | null = null
      let most = -Infinity
      for (const state of this.#states.values()) {
        if (!fits(state) || passed.has(state) || !isReady(state, now)) continue
        const value = worth(state)
        if (value > most) [best, most] = [state, value]
      }
      // Only of the one that is chosen it is worked out where its box lies.
      if (best === null || best.watch.places().length > 0) return best
      passed.add(best)
    }
  }

  /** Its replicas that are good, or all of them where none is. */
  #likely(watch: Watch): readonly NodeEntry[] {
    const nodes = watch.places()
    const good = nodes.filter(this.#parts.isGood)
    return good.length > 0 ? good : nodes
  }

  /** Any of the replicas at which no such read is under way, uniformly; after one that had nothing or did not answer another, for it may lie there. */
  #draw(state: State, kind: "quick" | "held"): NodeEntry {
    const likely = this.#likely(state.watch)
    const isOther = (node: NodeEntry, than: NodeEntry) => !sameBytes(node.id, than.id)
    const free = likely.filter((node) => state[kind].every(({ dropbox }) => isOther(node, dropbox)))
    const others = free.filter((node) => state.asked === null || isOther(node, state.asked))
    return pick(this.#parts.random, [others, free, likely].find((nodes) => nodes.length > 0)!)
  }

  /** A read waits where nothing is to be had any more, and another replica is there. */
  #isInVain({ dropbox }: Read, watch: Watch): boolean {
    return !this.#parts.isGood(dropbox) && watch.places().some(this.#parts.isGood)
  }

  #read(state: State, kind: "quick" | "held", dropbox: NodeEntry): Fate & { read: Read } {
    const giveUp = () => {
      if (!state[kind].includes(read)) return
      state[kind] = state[kind].filter((one) => one !== read)
      state.turn = this.#turn++
    }
    const read: Read = { dropbox, giveUp }
    return {
      read,
      replied: (reply, trip) => {
        giveUp()
        return this.#replied(state, reply, trip, dropbox)
      },
      lost: () => {
        giveUp()
        state.lost++
        // The others that are looked at now and then have their turn before it.
        if (state.want === "spare") state.notBefore = this.#parts.now()
        if (this.#states.get(state.watch.id) === state) state.watch.lost?.(dropbox)
      },
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
    state.lost = 0
    if (reply.status === "content" && (await verifyWrite(watch.box.id, reply.content, reply.signature))) {
      this.#states.delete(watch.id)
      await watch.found({ content: reply.content, signature: reply.signature, trip, dropbox })
      return
    }
    if (state.want === "spare") state.notBefore = this.#spareTime()
    else if (state.want !== "bulk") state.want = watch.quickOnly === true ? "quick" : "held"
    if (reply.status === "empty") watch.empty?.(dropbox)
  }
}
