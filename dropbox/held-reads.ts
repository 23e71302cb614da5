import type { BoxId, Surb } from "../shared/names.ts"
import type { Due } from "../shared/node/heap.ts"
import { Heap } from "../shared/node/heap.ts"

/** A read that waits: when it is due, it is answered with what its box holds then, or with nothing. */
export interface HeldRead extends Due {
  readonly box: BoxId
  readonly surb: Surb
  /** The read that waits for the same box and came before. */
  before: HeldRead | null
}

/** The reads that wait at a shard, bounded in number. design.md section 6. */
export class HeldReads {
  readonly #byTime = new Heap<HeldRead>()
  /** The last that came for each box. */
  readonly #byBox = new Map<string, HeldRead>()
  /** In the order in which they came. */
  readonly #all = new Set<HeldRead>()

  get size(): number {
    return this.#all.size
  }

  get nextDue(): number {
    return this.#byTime.first?.at ?? Infinity
  }

  /** At most `limit` wait. Returns the read that had to make room and is to be answered now, which is the oldest. */
  hold(box: BoxId, surb: Surb, until: number, limit: number): HeldRead | null {
    const oldest = this.#all.size >= limit ? this.#takeOldest() : null
    const key = keyOf(box)
    const read: HeldRead = { box, surb, at: until, slot: -1, before: this.#byBox.get(key) ?? null }
    this.#all.add(read)
    this.#byTime.add(read)
    this.#byBox.set(key, read)
    return oldest
  }

  /** The box was written: each of its readers becomes due after a delay of its own, if it would not be earlier anyway. */
  hasten(box: BoxId, now: number, delay: () => number): void {
    let read = this.#byBox.get(keyOf(box)) ?? null
    for (; read !== null; read = read.before) this.#byTime.move(read, Math.min(read.at, now + delay()))
  }

  takeDue(now: number): HeldRead[] {
    const due = this.#byTime.takeDue(now)
    for (const read of due) this.#forget(read)
    return due
  }

  #takeOldest(): HeldRead | null {
    for (const read of this.#all) {
      this.#byTime.remove(read)
      this.#forget(read)
      return read
    }
    return null
  }

  #forget(read: HeldRead): void {
    this.#all.delete(read)
    const key = keyOf(read.box)
    let last = this.#byBox.get(key)!
    if (last === read) {
      if (read.before === null) this.#byBox.delete(key)
      else this.#byBox.set(key, read.before)
      return
    }
    while (last.before !== read) last = last.before!
    last.before = read.before
  }
}

/** One character for each byte: half of what hexadecimal digits would take. */
function keyOf(box: BoxId): string {
  return String.fromCharCode(...box)
}
