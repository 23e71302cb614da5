import type { BoxKeys } from "../shared/box.ts"
import type { BoxId } from "../shared/names.ts"
import type { Random } from "../shared/random.ts"
import { exponential } from "../shared/random.ts"
import type { Replicas } from "./places.ts"
import { OVERTAKEN_AFTER, STREAM_ACTIVE } from "./timing.ts"
import type { Order } from "./watch.ts"
import type { Found, Want, Watch, Watches } from "./watches.ts"

/** So many boxes behind the next, at most, are looked into while catching up. */
const AHEAD_MOST = 7
/** Of a record that goes on in boxes to come so many are there already, as far as is known. */
const RUN_OF_PIECES = 2
/** Behind the boxes that are watched one is looked into now and then, and one some way behind it: those before them may be void. */
const FAR_FIRST = 2
const FAR_MEAN = 1
/** So often a box that should lie there is looked for quickly: once at each of its two replicas. */
const KNOWN_TRIES = 2
/** No more boxes of one stream are held in memory while the one before them is missing. */
const GAP_MOST = 64

/** A stream as its follower sees it, real or decoy: from the dropbox's side they are the same. */
export interface Followed {
  /** Watches of this stream have ids that begin so, up to the index. */
  readonly id: string
  /** Index of the box that is read next. */
  readonly next: () => number
  readonly box: (index: number) => BoxKeys
  readonly places: (box: BoxId) => Replicas
  /** From when on the next box may be asked for, ms; at any time where this is left out. */
  readonly ready?: () => number
  /** Boxes below this index lie there, as others say who have read them. They may lie: it is a matter of order only. */
  readonly known?: () => number
  /** Boxes before this one that are void by what lies in it, rising: it stands for the first of them. */
  readonly voids: (index: number, found: Found) => readonly number[]
  /**
   * Takes the next box and moves `next` on; true where what it began goes on in the box behind it. `at` is the box in which it was
   * found: a later one where the next is void.
   */
  readonly take: (found: Found, at: number) => Promise<boolean>
  /** Whether the stream is still followed. */
  readonly live: () => boolean
  /** Called when the next box was found empty. */
  readonly empty?: () => void
}

export interface FollowingParts {
  readonly watches: Watches
  readonly now: () => number
  readonly random: Random
}

interface Lying {
  readonly found: Found
  readonly at: number
}

/**
 * Follows one stream from box to box. The next box is watched; of a stream that spoke lately the one behind it too, so that a read is
 * there already when the next is written. Where boxes are found at once, one after the other, the stream is being caught up with, and
 * more are looked into each time: several reads are under way. Where the next is missing, what is found behind it is kept, until it comes or turns out to be void.
 */
export class Following {
  readonly #followed: Followed
  readonly #watches: Watches
  readonly #now: () => number
  readonly #random: Random
  /** What was found behind the next box, or stands for one of those. */
  readonly #ahead = new Map<number, Lying>()
  #spoke = -Infinity
  /** Boxes found at once in a row. */
  #run = 0
  /** How far behind the last of them; drawn anew each time, so that any number of void boxes is passed in the end. */
  #far = FAR_FIRST
  /** The next box was said to be there, and was not, so often since the last was found. */
  #vain = 0

  constructor(followed: Followed, { watches, now, random }: FollowingParts) {
    this.#followed = followed
    this.#watches = watches
    this.#now = now
    this.#random = random
  }

  /** Sees to it that all boxes are watched that should be. */
  begin(): void {
    const next = this.#followed.next()
    const end = this.#end
    for (let index = next; index <= end; index++) this.#watch(index, index === next || this.#run > 0 ? "quick" : "held")
    for (let index = next; index < this.#known; index++) this.#watches.hasten(this.#watchId(index))
    for (const index of [end + 1, end + this.#far]) if (index <= next + GAP_MOST) this.#watch(index, "spare")
  }

  /** The last box that is watched all the time. */
  get #end(): number {
    const next = this.#followed.next()
    const found = Math.max(next - 1, ...this.#ahead.keys())
    return Math.max(next + this.#depth, this.#known - 1, found < next ? 0 : Math.min(found + 1, next + GAP_MOST))
  }

  /** Boxes below this index lie there, as far as it is believed: one, until that has turned out to be true. */
  get #known(): number {
    if (this.#vain >= KNOWN_TRIES) return 0
    return Math.min(this.#followed.known?.() ?? 0, this.#followed.next() + (this.#run > 0 ? AHEAD_MOST : 1))
  }

  #order(index: number): Order {
    if (index < this.#known || index < Math.max(0, ...this.#ahead.keys())) return "known"
    if (index > this.#followed.next()) return "beyond"
    return this.#run > 0 ? "likely" : "next"
  }

  get #depth(): number {
    if (this.#run > 0) return Math.min(AHEAD_MOST, 2 ** this.#run - 1)
    return !this.#watches.polling && this.#now() - this.#spoke < STREAM_ACTIVE ? 1 : 0
  }

  #watchId(index: number): string {
    return `${this.#followed.id}/${index}`
  }

  #watch(index: number, want: Want): void {
    const id = this.#watchId(index)
    if (this.#ahead.has(index)) return
    if (this.#watches.has(id)) return this.#watches.raise(id, want)
    const followed = this.#followed
    // Most boxes that are watched are never read: what costs some work is done when it is asked for.
    let keys: BoxKeys | null = null
    let places: Replicas | null = null
    const box = () => (keys ??= followed.box(index))
    const watch: Watch = {
      id,
      get box() {
        return box()
      },
      places: () => (places ??= followed.places(box().id))(),
      ready: () => this.#ready(index),
      found: (found) => this.#found(index, found),
      empty: () => this.#empty(index),
      spoke: () => this.#spoke,
      order: () => this.#order(index),
    }
    this.#watches.begin(watch, want)
  }

  /** Where the stream is to be read slowly, the boxes behind the next are asked for only if the next does not come, for it may be void. */
  #ready(index: number): number {
    const ready = this.#followed.ready?.() ?? -Infinity
    return index === this.#followed.next() ? ready : ready + OVERTAKEN_AFTER
  }

  #empty(index: number): void {
    if (index === this.#followed.next()) {
      this.#run = 0
      if (index < this.#known) this.#vain++
      this.#followed.empty?.()
    }
    if (index < this.#known) this.#watches.hasten(this.#watchId(index))
    if (index <= this.#end) return
    this.#watches.end(this.#watchId(index))
    if (index === this.#end + this.#far) this.#far = FAR_FIRST + Math.floor(exponential(this.#random, FAR_MEAN))
    this.begin()
  }

  async #found(index: number, found: Found): Promise<void> {
    if (!this.#followed.live()) return
    this.#ahead.set(index, { found, at: index })
    for (const box of this.#followed.voids(index, found)) this.#void(box, { found, at: index })
    let more = false
    for (let here = this.#taken(); here !== null; here = this.#taken()) more = await this.#followed.take(here.found, here.at)
    const next = this.#followed.next()
    if (next > index) this.#vain = 0
    // A stream has no gaps: what lies before this box was written before it, or is void.
    for (let before = next; before < index; before++) if (!this.#ahead.has(before)) this.#watches.expect(this.#watchId(before), OVERTAKEN_AFTER)
    this.#spoke = this.#now()
    // Where much gets lost a held read brings what a quick one would have brought, and does not show that nothing lies behind it.
    this.#run = found.trip.hold === 0 ? this.#run + 1 : this.#watches.polling ? this.#run : 0
    if (more) this.#run = Math.max(this.#run, RUN_OF_PIECES)
    if (this.#followed.live()) this.begin()
  }

  /** What lies in the box itself, if it was found after all, is what stands for it elsewhere. */
  #void(box: number, lying: Lying): void {
    if (box < this.#followed.next() || box >= lying.at || this.#ahead.has(box)) return
    this.#ahead.set(box, lying)
    this.#watches.end(this.#watchId(box))
  }

  #taken(): Lying | null {
    const next = this.#followed.next()
    const lying = this.#ahead.get(next) ?? null
    this.#ahead.delete(next)
    return lying
  }
}
