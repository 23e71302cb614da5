import type { Packet } from "../shared/names.ts"
import type { Due } from "../shared/node/heap.ts"
import { Heap } from "../shared/node/heap.ts"

/** A packet that waits for its time. */
export interface Held {
  /** Node id or session id. */
  readonly next: Uint8Array
  readonly packet: Packet
  readonly at: number
}

/** A packet stands in two heaps: by its time, and, for when there is no room, the latest first. */
interface Place extends Due {
  readonly held: Held
  twin: Place | null
}

/** The packets that a mix holds. Where there is no room for one more, the one that would wait longest gives way. */
export class Pool {
  readonly #soonest = new Heap<Place>()
  readonly #latest = new Heap<Place>()

  get size(): number {
    return this.#soonest.size
  }

  /** Infinity where nothing waits. */
  get nextDue(): number {
    return this.#soonest.first?.at ?? Infinity
  }

  /**
   * False where one packet was lost, this or another: of at most `room`, the one whose time is last. Whoever asks for the longest delays
   * would fill a mix for good with a few packets a second; so they only keep each other out.
   */
  add(held: Held, room: number): boolean {
    const hasRoom = this.size < room
    if (!hasRoom) {
      const last = this.#latest.first
      if (last === null || last.held.at <= held.at) return false
      this.#latest.remove(last)
      this.#soonest.remove(last.twin!)
    }
    const soon: Place = { held, at: held.at, slot: -1, twin: null }
    const late: Place = { held, at: -held.at, slot: -1, twin: soon }
    soon.twin = late
    this.#soonest.add(soon)
    this.#latest.add(late)
    return hasRoom
  }

  /** Takes out all that is due, earliest first. */
  takeDue(now: number): Held[] {
    const due = this.#soonest.takeDue(now)
    for (const { twin } of due) this.#latest.remove(twin!)
    return due.map(({ held }) => held)
  }
}
