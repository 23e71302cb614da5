import { coverBoxId } from "../shared/box.ts"
import type { Parameters } from "../shared/directory/parameters.ts"
import type { Random } from "../shared/random.ts"
import { exponential, pick } from "../shared/random.ts"
import type { Errand } from "./courier.ts"
import type { Places } from "./places.ts"
import type { Sealing } from "./sealing.ts"
import type { SlotKind } from "./slots.ts"
import { WORK_AT_ONCE } from "./timing.ts"
import type { Watches } from "./watches.ts"
import type { Writes } from "./writes.ts"

interface Parts {
  readonly watches: Watches
  readonly writes: Writes
  /** Null as long as there is nothing to seal. */
  readonly sealing: () => Sealing | null
  readonly places: Places
  readonly random: Random
}

/** Who is behind with reading reads so often for each write. */
const READS_BEHIND = 2

/** Which of the things that wait a slot carries. The slot's kind was drawn before anything was known of them. design.md section 8. */
export class Choosing {
  readonly #parts: Parts
  /** Writes and reads take turns where both wait: so many reads come before the next write. */
  #reads = 0

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /**
   * `slot`: the random stream of this slot alone. `settled`: the session is old enough that nobody waits to hear what has come. `calm`: no packet leaves within the time that work
   * for stamps may take. null where no dropbox is known.
   */
  async choose(kind: SlotKind, slot: Random, parameters: Parameters, settled: boolean, calm: boolean): Promise<Errand | null> {
    const { watches, writes, sealing } = this.#parts
    const hold = drawHold(slot, parameters)
    // Whatever this slot carries: a stamp can be worked on only when its block is sealed.
    const waiting = writes.busy ? null : sealing()?.waiting()
    if (waiting) await sealing()!.seal(waiting)
    if (calm) writes.work(WORK_AT_ONCE)
    if (kind === "held") return watches.next("held", hold, settled) ?? this.cover(hold)
    const read = this.#reads > 0 || !writes.waiting ? watches.next("quick", 0) : null
    this.#reads = read === null ? 0 : Math.max(0, this.#reads - 1)
    if (read !== null) return read
    const errand = writes.waiting ? writes.next() : null
    // The copies of one block leave one behind the other: who waits for it may wait at any of its replicas.
    if (errand !== null && !writes.following) this.#reads = watches.isBehind ? READS_BEHIND : 1
    return errand ?? this.cover(0)
  }

  /** A read of a box in which nothing lies and nothing will. */
  cover(hold: number): Errand | null {
    const box = coverBoxId(this.#parts.random)
    const dropboxes = this.#parts.places.current(box)()
    if (dropboxes.length === 0) return null
    const dropbox = pick(this.#parts.random, dropboxes)
    return { carried: "cover", operation: "read", hold, box, dropbox, write: null, fate: null }
  }
}

/** Seconds, exponential, redrawn above the longest. */
export function drawHold(random: Random, { meanHold, maxHold }: Parameters): number {
  for (;;) {
    const hold = Math.ceil(exponential(random, meanHold))
    if (hold <= maxHold) return hold
  }
}
