import type { OwnBox } from "../shared/box.ts"
import { ownStreamBox } from "../shared/box.ts"
import * as geometry from "../shared/geometry.ts"
import type { BoxId } from "../shared/names.ts"
import { sized } from "../shared/names.ts"
import type { Random } from "../shared/random.ts"
import type { Changes } from "./changes.ts"
import type { Followed } from "./following.ts"
import { Following } from "./following.ts"
import type { Places, Replicas } from "./places.ts"
import type { StoredDecoy, StoredDecoyBox, StoredDecoySaid } from "./stored-decoy.ts"
import { keys } from "./stored.ts"
import type { StoredMark } from "./stored-conversation.ts"
import { isBefore } from "./stored-conversation.ts"
import type { Watches } from "./watches.ts"
import type { Writes } from "./writes.ts"

export interface DecoyParts {
  readonly watches: Watches
  readonly writes: Writes
  readonly places: Places
  readonly changes: Changes
  readonly random: Random
  readonly now: () => number
}

/** What a box pretends to hold: a message that ends in it, a piece of one that goes on, or nothing that would be confirmed. */
export type Pretence = "message" | "piece" | "nothing"

/** What the side that reads learns of the next box. */
export interface Heard {
  readonly pretence: Pretence
  /** What its writer had read of the other stream by then. */
  readonly told: StoredMark | null
  /** The stream goes on in another epoch. */
  readonly closed: boolean
}

/** One stream of a decoy conversation, which this client writes and reads: with the code that writes and reads those of conversations. */
export class DecoyStream {
  readonly #parts: DecoyParts
  readonly #heard: (heard: Heard) => void
  #stored: StoredDecoy
  /** By write id: what the box says of the other stream. */
  readonly #told = new Map<string, StoredMark>()

  constructor(stored: StoredDecoy, parts: DecoyParts, heard: (heard: Heard) => void) {
    this.#stored = stored
    this.#parts = parts
    this.#heard = heard
  }

  get stored(): StoredDecoy {
    return this.#stored
  }

  save(change: Partial<StoredDecoy>): void {
    this.#stored = { ...this.#stored, ...change }
    this.#parts.changes.put(keys.decoy(this.#stored.number), this.#stored)
  }

  /** The box that is read next, and the one that is written next. */
  get reading(): StoredMark {
    return { epoch: this.#stored.epoch ?? 0, index: this.#stored.nextRead }
  }

  get writing(): StoredMark {
    return { epoch: (this.#stored.epoch ?? 0) + (this.#stored.onward === undefined ? 0 : 1), index: this.#stored.nextWrite }
  }

  /** All was read of the epoch that was closed, and where it goes on is not known yet. */
  get isEnded(): boolean {
    const { onward, nextRead } = this.#stored
    return onward !== undefined && nextRead > onward.closed
  }

  /** Boxes that no dropbox has stored yet. */
  get underWay(): number {
    return this.#parts.writes.count(`decoy/${this.#stored.number}/box/`)
  }

  /** Whether all that is watched has been looked at since the session began. */
  get isFresh(): boolean {
    return this.#parts.watches.isFresh(`decoy/${this.#stored.number}/stream/`)
  }

  /** Boxes that were under way before the restart go out again. */
  resume(): void {
    for (const box of this.#boxes) if ((box.epoch ?? 0) >= this.reading.epoch) this.#send(box)
  }

  /** Reads on, as somebody who has just come. */
  follow(): void {
    const { number, epoch = 0, scalar, stream, context, placement } = this.#stored
    if (this.isEnded) return
    const isCurrent = () => (this.#stored.epoch ?? 0) === epoch
    const followed: Followed = {
      id: `decoy/${number}/stream/${epoch}`,
      next: () => this.#stored.nextRead,
      box: (index) => ownStreamBox(context, scalar, stream, index),
      places: (box) => this.#placed(box, placement),
      voids: (index) => this.#voids.flatMap((one) => (one.at === index && (one.epoch ?? 0) === epoch ? [one.box] : [])),
      take: async () => this.#take(),
      live: () => isCurrent() && !this.isEnded,
    }
    new Following(followed, this.#parts).begin()
  }

  /** Reads no more for a while. */
  rest(): void {
    this.#parts.watches.endAll(`decoy/${this.#stored.number}/stream/`)
  }

  /** Goes on reading in the epoch that the stream was closed for. */
  pass(): void {
    const { onward, epoch = 0, ...rest } = this.#stored
    if (onward === undefined) throw new Error("a stream that is not closed")
    this.rest()
    this.#stored = rest
    this.save({ context: onward.context, placement: onward.placement, epoch: epoch + 1, nextRead: 0 })
  }

  /** Begins anew in that epoch; what was under way is dropped. */
  begin(epoch: number, context: Uint8Array, placement: readonly Uint8Array[]): void {
    for (const { epoch = 0, index } of this.#boxes) this.#parts.writes.remove(this.#writeId({ epoch, index }))
    this.rest()
    const { number, scalar, stream } = this.#stored
    this.#stored = { number, scalar, stream, epoch, context, placement, nextRead: 0, nextWrite: 0 }
    this.save({})
  }

  write(pretence: Pretence, told: StoredMark): void {
    const { context, scalar, stream, onward } = this.#stored
    const { random } = this.#parts
    const mark = this.writing
    const box = ownStreamBox(onward?.context ?? context, scalar, stream, mark.index)
    // Random: nobody holds the box's key, so nothing tells it from a sealed block.
    const content = sized("Content", random(geometry.CONTENT_LENGTH))
    const writing: StoredDecoyBox = { ...mark, content, signature: box.sign(content, random), at: [] }
    const said: StoredDecoySaid[] = pretence === "nothing" ? [] : [{ ...mark, more: pretence === "piece" }]
    this.#told.set(this.#writeId(mark), told)
    this.save({ nextWrite: mark.index + 1, boxes: [...this.#boxes, writing], said: [...(this.#stored.said ?? []), ...said] })
    this.#send(writing, box)
  }

  /** What is written next is in that epoch: the last box said so. */
  close(context: Uint8Array, placement: readonly Uint8Array[]): void {
    this.save({ onward: { context, placement, closed: this.#stored.nextWrite - 1 }, nextWrite: 0 })
  }

  /** The other side has said that it has read all before this: nothing of that is written any more. */
  confirmed(told: StoredMark): void {
    const read = this.#boxes.filter(({ epoch = 0, index }) => isBefore({ epoch, index }, told))
    if (read.length === 0) return
    for (const { epoch = 0, index } of read) this.#parts.writes.remove(this.#writeId({ epoch, index }))
    this.save({ boxes: this.#boxes.filter((box) => !read.includes(box)) })
  }

  /** A box that no dropbox takes is given up for the next one, as in a conversation. False where there is no next in its epoch. */
  giveUp(): boolean {
    for (const box of this.#boxes) {
      const { epoch = 0, index } = box
      if (this.#parts.writes.voided(this.#writeId({ epoch, index })).length === 0) continue
      if (epoch !== this.writing.epoch) return false
      const at = this.#stored.nextWrite
      const voids = [...this.#voids.map((one) => (one.at === index && (one.epoch ?? 0) === epoch ? { ...one, at } : one)), { epoch, box: index, at }]
      this.#parts.writes.remove(this.#writeId({ epoch, index }))
      this.save({ voids, boxes: this.#boxes.filter((one) => one !== box) })
      this.write("nothing", { epoch: 0, index: 0 })
    }
    return true
  }

  get #boxes(): readonly StoredDecoyBox[] {
    return this.#stored.boxes ?? []
  }

  get #voids(): NonNullable<StoredDecoy["voids"]> {
    return this.#stored.voids ?? []
  }

  #take(): boolean {
    const { nextRead, said = [], onward } = this.#stored
    const { epoch } = this.reading
    const here = said.find((one) => one.epoch === epoch && one.index === nextRead)
    const left = (one: StoredMark) => isBefore({ epoch, index: nextRead }, one)
    this.save({ nextRead: nextRead + 1, said: said.filter(left), voids: this.#voids.filter(({ epoch = 0, at }) => left({ epoch, index: at })) })
    const pretence = here === undefined ? "nothing" : here.more ? "piece" : "message"
    this.#heard({ pretence, told: this.#told.get(this.#writeId({ epoch, index: nextRead })) ?? null, closed: onward?.closed === nextRead })
    this.#told.delete(this.#writeId({ epoch, index: nextRead }))
    return pretence === "piece"
  }

  #placed(box: BoxId, placement: readonly Uint8Array[] | undefined): Replicas {
    const { places } = this.#parts
    // A profile begins before it knows a directory.
    return placement === undefined || placement.length === 0 ? places.current(box) : places.among(box, placement)
  }

  #writeId({ epoch, index }: StoredMark): string {
    return `decoy/${this.#stored.number}/box/${epoch}/${index}/`
  }

  #send({ epoch = 0, index, content, signature, at }: StoredDecoyBox, known?: OwnBox): void {
    const { context, placement, scalar, stream, onward } = this.#stored
    const isOnward = epoch > this.reading.epoch
    const { id } = known ?? ownStreamBox(isOnward ? onward!.context : context, scalar, stream, index)
    const others = () => this.#boxes.filter((one) => one.index !== index || (one.epoch ?? 0) !== epoch)
    this.#parts.writes.add({
      id: this.#writeId({ epoch, index }),
      box: id,
      content: sized("Content", content),
      signature: sized("Signature", signature),
      places: this.#placed(id, isOnward ? onward!.placement : placement),
      at,
      mayBeVoid: true,
      decoy: true,
      stored: async (_, spread) => this.save({ boxes: spread.at.length < spread.of ? [...others(), { epoch, index, content, signature, at: spread.at }] : others() }),
      taken: async () => this.save({ boxes: others() }),
    })
  }
}
