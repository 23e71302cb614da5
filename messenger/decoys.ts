import { newStreamKey, ownStreamBox } from "../shared/box.ts"
import * as geometry from "../shared/geometry.ts"
import { sized } from "../shared/names.ts"
import type { Random } from "../shared/random.ts"
import { exponential } from "../shared/random.ts"
import type { Changes } from "./changes.ts"
import type { Followed } from "./following.ts"
import { Following } from "./following.ts"
import type { Places } from "./places.ts"
import type { StoredDecoy, StoredDecoyBox } from "./stored.ts"
import { keys } from "./stored.ts"
import { CONFIRM_MEAN, DECOYS_LEAST } from "./timing.ts"
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
  /** When the copies of what was read are no longer sent, as if the other side had confirmed it. */
  readonly #confirm = new Map<number, number>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  load(decoys: readonly StoredDecoy[]): void {
    for (const decoy of decoys) {
      this.#begin(decoy)
      for (const box of underWay(decoy)) this.#send(decoy, box)
    }
  }

  /** At least 3, and one for every two real streams. */
  keepUp(streams: number): void {
    const { random, changes } = this.#parts
    for (let number = this.#decoys.size; number < Math.max(DECOYS_LEAST, Math.ceil(streams / 2)); number++) {
      const decoy = { number, context: random(32), ...newStreamKey(random), nextRead: 0, nextWrite: 0 }
      changes.put(keys.decoy(number), decoy)
      this.#begin(decoy)
    }
  }

  /** Lets the writes begin that are due; `mean` in seconds. Asked before every slot. */
  wake(now: number, mean: number): void {
    for (const [number, decoy] of [...this.#decoys]) {
      if ((this.#confirm.get(number) ?? Infinity) <= now) this.#confirmed(decoy)
      for (const { index } of underWay(decoy)) if (this.#parts.writes.voided(writeId(number, index)).length > 0) this.#void(number, index)
      const due = this.#due.get(number)
      if (due !== undefined && due > now) continue
      this.#due.set(number, now + exponential(this.#parts.random, mean * 1000))
      if (due !== undefined && this.#parts.writes.count(`decoy/${number}/`) === 0) this.#write(this.#decoys.get(number)!)
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
    const { places, now } = this.#parts
    const current = () => this.#decoys.get(number)!
    const followed: Followed = {
      id: `decoy/${number}`,
      next: () => current().nextRead,
      box: (index) => ownStreamBox(context, scalar, stream, index),
      places: (box) => places.current(box),
      voids: (index) => voidsOf(current()).flatMap(({ box, at }) => (at === index ? [box] : [])),
      take: async () => {
        const nextRead = current().nextRead + 1
        this.#save({ ...current(), nextRead, voids: voidsOf(current()).filter(({ at }) => at >= nextRead) })
        if (!this.#confirm.has(number)) this.#confirm.set(number, now() + exponential(this.#parts.random, CONFIRM_MEAN))
        return false
      },
      live: () => true,
    }
    new Following(followed, this.#parts).begin()
  }

  /** A box that no dropbox takes is given up for the next one, as in a conversation. */
  #void(number: number, index: number): void {
    const decoy = this.#decoys.get(number)!
    const at = decoy.nextWrite
    const voids = [...voidsOf(decoy).map((one) => (one.at === index ? { ...one, at } : one)), { box: index, at }]
    this.#parts.writes.remove(writeId(number, index))
    this.#write({ ...decoy, voids, boxes: underWay(decoy).filter((box) => box.index !== index) })
  }

  /** What lies in a decoy's box is random: nobody holds its key, so nothing tells it from a sealed block. */
  #write(decoy: StoredDecoy): void {
    const { random } = this.#parts
    const box = ownStreamBox(decoy.context, decoy.scalar, decoy.stream, decoy.nextWrite)
    const content = sized("Content", random(geometry.CONTENT_LENGTH))
    const writing: StoredDecoyBox = { index: decoy.nextWrite, content, signature: box.sign(content, random), at: [] }
    const moved = { ...decoy, nextWrite: decoy.nextWrite + 1, boxes: [...underWay(decoy), writing] }
    this.#save(moved)
    this.#send(moved, writing)
  }

  #send({ number, context, scalar, stream }: StoredDecoy, { index, content, signature, at }: StoredDecoyBox): void {
    const { writes, places } = this.#parts
    const { id } = ownStreamBox(context, scalar, stream, index)
    const others = (decoy: StoredDecoy) => underWay(decoy).filter((one) => one.index !== index)
    writes.add({
      id: writeId(number, index),
      box: id,
      content: sized("Content", content),
      signature: sized("Signature", signature),
      places: places.current(id),
      at,
      mayBeVoid: true,
      stored: async (_, spread) => {
        const decoy = this.#decoys.get(number)!
        const left = spread.at.length < spread.of ? [...others(decoy), { index, content, signature, at: spread.at }] : others(decoy)
        this.#save({ ...decoy, boxes: left })
      },
      taken: async () => {
        const decoy = this.#decoys.get(number)!
        this.#save({ ...decoy, boxes: others(decoy) })
      },
    })
  }

  #confirmed(decoy: StoredDecoy): void {
    this.#confirm.delete(decoy.number)
    const read = underWay(decoy).filter(({ index }) => index < decoy.nextRead)
    if (read.length === 0) return
    for (const { index } of read) this.#parts.writes.remove(writeId(decoy.number, index))
    this.#save({ ...decoy, boxes: underWay(decoy).filter((box) => !read.includes(box)) })
  }
}

function underWay({ boxes }: StoredDecoy): readonly StoredDecoyBox[] {
  return boxes ?? []
}

function voidsOf({ voids }: StoredDecoy): NonNullable<StoredDecoy["voids"]> {
  return voids ?? []
}

function writeId(number: number, index: number): string {
  return `decoy/${number}/${index}/`
}
