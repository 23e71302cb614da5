import { toHex } from "../shared/bytes.ts"
import type { BoxId, Surb } from "../shared/names.ts"
import type { Due } from "../shared/node/heap.ts"
import { Heap } from "../shared/node/heap.ts"

/** A read that waits: when it is due, it is answered with what its box holds then, or with nothing. */
export interface HeldRead extends Due {
  readonly box: BoxId
  readonly surb: Surb
}

/** The reads that wait at a dropbox, bounded in number. design.md section 6. */
export class HeldReads {
  readonly #limit: number
  readonly #byTime = new Heap<HeldRead>()
  readonly #byBox = new Map<string, Set<HeldRead>>()
  /** In the order in which they came. */
  readonly #all = new Set<HeldRead>()

  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#all.size
  }

  get nextDue(): number {
    return this.#byTime.first?.at ?? Infinity
  }

  /** Returns the read that had to make room and is to be answered now, which is the oldest. */
  hold(box: BoxId, surb: Surb, until: number): HeldRead | null {
    const oldest = this.#all.size >= this.#limit ? this.#oldest() : null
    const read: HeldRead = { box, surb, at: until, slot: -1 }
    this.#all.add(read)
    this.#byTime.add(read)
    const key = toHex(box)
    const same = this.#byBox.get(key)
    if (same === undefined) this.#byBox.set(key, new Set([read]))
    else same.add(read)
    return oldest
  }

  /** The box was written: each of its readers becomes due after a delay of its own, if it would not be earlier anyway. */
  hasten(box: BoxId, now: number, delay: () => number): void {
    for (const read of this.#byBox.get(toHex(box)) ?? []) this.#byTime.move(read, Math.min(read.at, now + delay()))
  }

  takeDue(now: number): HeldRead[] {
    const due = this.#byTime.takeDue(now)
    for (const read of due) this.#forget(read)
    return due
  }

  #oldest(): HeldRead | null {
    for (const read of this.#all) {
      this.#byTime.remove(read)
      this.#forget(read)
      return read
    }
    return null
  }

  #forget(read: HeldRead): void {
    this.#all.delete(read)
    const key = toHex(read.box)
    const same = this.#byBox.get(key)
    same?.delete(read)
    if (same?.size === 0) this.#byBox.delete(key)
  }
}
