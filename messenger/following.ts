import type { BoxKeys } from "../shared/box.ts"
import type { BoxId } from "../shared/names.ts"
import type { Replicas } from "./places.ts"
import { OVERTAKEN_AFTER, STREAM_ACTIVE } from "./timing.ts"
import type { Found, Watches } from "./watches.ts"

/** Boxes behind the next that are looked into while catching up. */
const AHEAD = 3

/** A stream as its follower sees it, real or decoy: from the dropbox's side they are the same. */
export interface Followed {
  /** Watches of this stream have ids that begin so, up to the index. */
  readonly id: string
  /** Index of the box that is read next. */
  readonly next: () => number
  readonly box: (index: number) => BoxKeys
  readonly places: (box: BoxId) => Replicas
  /** Takes what lies in the next box and moves `next` on; true where what it began goes on in the box behind it. */
  readonly take: (found: Found) => Promise<boolean>
  /** Whether the stream is still followed. */
  readonly live: () => boolean
}

/**
 * Follows one stream from box to box. The next box is watched; of a stream that spoke lately the one behind it too, so that a read is
 * there already when the next is written. Where boxes are found at once, the stream is being caught up with, and a few more are
 * looked into.
 */
export class Following {
  readonly #followed: Followed
  readonly #watches: Watches
  readonly #now: () => number
  /** What was found behind the next box. */
  readonly #ahead = new Map<number, Found>()
  #spoke = -Infinity
  #catchingUp = false

  constructor(followed: Followed, watches: Watches, now: () => number) {
    this.#followed = followed
    this.#watches = watches
    this.#now = now
  }

  /** Sees to it that all boxes are watched that should be. */
  begin(): void {
    const next = this.#followed.next()
    for (let index = next; index <= next + this.#depth; index++) {
      if (!this.#ahead.has(index) && !this.#watches.has(this.#watchId(index))) this.#watch(index, index === next || this.#catchingUp)
    }
  }

  get #depth(): number {
    if (this.#catchingUp) return AHEAD
    return this.#now() - this.#spoke < STREAM_ACTIVE ? 1 : 0
  }

  #watchId(index: number): string {
    return `${this.#followed.id}/${index}`
  }

  #watch(index: number, quick: boolean): void {
    const { box, places } = this.#followed
    const keys = box(index)
    const id = this.#watchId(index)
    this.#watches.begin(
      {
        id,
        box: keys,
        places: places(keys.id),
        found: (found) => this.#found(index, found),
        empty: () => {
          this.#catchingUp &&= index !== this.#followed.next()
          if (index > this.#followed.next() + this.#depth) this.#watches.end(id)
        },
      },
      quick ? "quick" : "held",
    )
  }

  async #found(index: number, found: Found): Promise<void> {
    if (!this.#followed.live()) return
    this.#ahead.set(index, found)
    let more = false
    for (let here = this.#taken(); here !== null; here = this.#taken()) more = await this.#followed.take(here)
    const next = this.#followed.next()
    // A stream has no gaps: what lies before this box was written before it.
    for (let before = next; before < index; before++) if (!this.#ahead.has(before)) this.#watches.expect(this.#watchId(before), OVERTAKEN_AFTER)
    this.#spoke = this.#now()
    this.#catchingUp = more || found.trip.hold === 0
    if (this.#followed.live()) this.begin()
  }

  #taken(): Found | null {
    const next = this.#followed.next()
    const found = this.#ahead.get(next) ?? null
    this.#ahead.delete(next)
    return found
  }
}
