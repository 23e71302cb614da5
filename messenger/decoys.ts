import { newStreamKey, ownStreamBox } from "../shared/box.ts"
import * as geometry from "../shared/geometry.ts"
import { sized } from "../shared/names.ts"
import type { Random } from "../shared/random.ts"
import { exponential } from "../shared/random.ts"
import type { Changes } from "./changes.ts"
import type { Followed } from "./following.ts"
import { Following } from "./following.ts"
import type { Places } from "./places.ts"
import type { StoredDecoy } from "./stored.ts"
import { keys } from "./stored.ts"
import { DECOYS_LEAST } from "./timing.ts"
import type { Watches } from "./watches.ts"
import type { Writes } from "./writes.ts"

interface Parts {
  readonly watches: Watches
  readonly writes: Writes
  readonly places: Places
  readonly changes: Changes
  readonly random: Random
  readonly now: () => number
}

/**
 * Streams of a conversation with nobody: read, held, written now and then and followed to the next box as those of real ones, so
 * that a dropbox cannot tell them apart (design.md section 8).
 */
export class Decoys {
  readonly #parts: Parts
  readonly #decoys = new Map<number, StoredDecoy>()
  readonly #due = new Map<number, number>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  load(decoys: readonly StoredDecoy[]): void {
    for (const decoy of decoys) {
      this.#begin(decoy)
      if (decoy.writing) this.#send(decoy, decoy.writing)
    }
  }

  /** At least 3, and one for every two real streams. */
  keepUp(streams: number): void {
    const { random, changes } = this.#parts
    for (let number = this.#decoys.size; number < Math.max(DECOYS_LEAST, Math.ceil(streams / 2)); number++) {
      const decoy = { number, context: random(32), ...newStreamKey(random), nextRead: 0, nextWrite: 0, writing: null }
      changes.put(keys.decoy(number), decoy)
      this.#begin(decoy)
    }
  }

  /** Lets the writes begin that are due; `mean` in seconds. Asked before every slot. */
  wake(now: number, mean: number): void {
    for (const [number, decoy] of this.#decoys) {
      const due = this.#due.get(number)
      if (due !== undefined && due > now) continue
      this.#due.set(number, now + exponential(this.#parts.random, mean * 1000))
      if (due !== undefined && this.#parts.writes.count(`decoy/${number}/`) === 0) this.#write(decoy)
    }
  }

  #begin(decoy: StoredDecoy): void {
    this.#decoys.set(decoy.number, decoy)
    this.#follow(decoy)
  }

  #save(decoy: StoredDecoy): void {
    this.#decoys.set(decoy.number, decoy)
    this.#parts.changes.put(keys.decoy(decoy.number), decoy)
  }

  #follow({ number, context, scalar, stream }: StoredDecoy): void {
    const { watches, places, now } = this.#parts
    const current = () => this.#decoys.get(number)!
    const followed: Followed = {
      id: `decoy/${number}`,
      next: () => current().nextRead,
      box: (index) => ownStreamBox(context, scalar, stream, index),
      place: (box) => places.current(box),
      take: async () => {
        this.#save({ ...current(), nextRead: current().nextRead + 1 })
        return false
      },
      live: () => true,
    }
    new Following(followed, watches, now).begin()
  }

  /** What lies in a decoy's box is random: nobody holds its key, so nothing tells it from a sealed block. */
  #write(decoy: StoredDecoy): void {
    const { random } = this.#parts
    const box = ownStreamBox(decoy.context, decoy.scalar, decoy.stream, decoy.nextWrite)
    const content = sized("Content", random(geometry.CONTENT_LENGTH))
    const writing = { content, signature: box.sign(content, random) }
    const moved = { ...decoy, nextWrite: decoy.nextWrite + 1, writing }
    this.#save(moved)
    this.#send(moved, writing)
  }

  #send({ number, context, scalar, stream, nextWrite }: StoredDecoy, { content, signature }: NonNullable<StoredDecoy["writing"]>): void {
    const { writes, places } = this.#parts
    const { id } = ownStreamBox(context, scalar, stream, nextWrite - 1)
    const done = async () => this.#save({ ...this.#decoys.get(number)!, writing: null })
    writes.add({
      id: `decoy/${number}/${nextWrite - 1}`,
      box: id,
      content: sized("Content", content),
      signature: sized("Signature", signature),
      place: () => places.current(id),
      stored: done,
      taken: done,
    })
  }
}
