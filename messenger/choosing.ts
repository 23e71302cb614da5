import { coverBoxId } from "../shared/box.ts"
import type { Parameters } from "../shared/directory/parameters.ts"
import type { Random } from "../shared/random.ts"
import { exponential } from "../shared/random.ts"
import type { Errand } from "./courier.ts"
import type { Places } from "./places.ts"
import type { Sealing } from "./sealing.ts"
import type { SlotKind } from "./slots.ts"
import type { Watches } from "./watches.ts"
import type { Writes } from "./writes.ts"

interface Parts {
  readonly watches: Watches
  readonly writes: Writes
  readonly sealing: Sealing
  readonly places: Places
  readonly random: Random
}

/** Which of the things that wait a slot carries. The slot's kind was drawn before anything was known of them. design.md section 8. */
export class Choosing {
  readonly #parts: Parts
  /** Writes and reads take turns where both wait. */
  #readNext = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** `settled`: the session is old enough that nobody waits to hear what has come. null where no dropbox is known. */
  async choose(kind: SlotKind, parameters: Parameters, settled: boolean): Promise<Errand | null> {
    const { watches, writes, sealing } = this.#parts
    const hold = this.#drawHold(parameters)
    if (kind === "held") return watches.next("held", hold, settled) ?? this.cover(hold)
    const waiting = writes.waiting ? null : sealing.waiting()
    const wantsWrite = writes.waiting || waiting !== null
    if (wantsWrite && !(watches.wantsQuick && this.#readNext)) {
      this.#readNext = true
      if (waiting !== null) await sealing.seal(waiting)
      return writes.next() ?? this.cover(0)
    }
    this.#readNext = false
    return watches.next("quick", 0) ?? this.cover(0)
  }

  /** A read of a box in which nothing lies and nothing will. */
  cover(hold: number): Errand | null {
    const box = coverBoxId(this.#parts.random)
    const dropbox = this.#parts.places.current(box)
    if (dropbox === null) return null
    return { carried: "cover", operation: "read", hold, box, dropbox, signature: null, content: null, fate: null }
  }

  /** Seconds, exponential, redrawn above the longest. */
  #drawHold({ meanHold, maxHold }: Parameters): number {
    for (;;) {
      const hold = Math.ceil(exponential(this.#parts.random, meanHold))
      if (hold <= maxHold) return hold
    }
  }
}
