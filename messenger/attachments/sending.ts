import { fileBox, sealBlock } from "../../shared/box.ts"
import { mayWriteIn } from "../allow.ts"
import { blockOf } from "../records.ts"
import { DAY } from "../timing.ts"
import { sparePiece } from "./erasure.ts"
import type { Layout } from "./layout.ts"
import { groupOf, layoutOf } from "./layout.ts"
import type { StoredTransfer } from "./stored-attachment.ts"
import { BOX } from "./stored-attachment.ts"
import type { TransferParts } from "./transfer.ts"
import { dropTransfer, placesOf, saveTransfer, tellProgress, withBox } from "./transfer.ts"

/** Boxes of a file that may be under way at once and lie nowhere yet, as those of a stream. */
const WINDOW = 4
/** With those that lie somewhere and have not got everywhere: then the oldest of these waits for the second round. */
const OPEN_MOST = 16
/** So long after each box lies somewhere the second copies of some are still tried. */
const SPREAD_PATIENCE = DAY

interface Outgoing {
  stored: StoredTransfer
  readonly layout: Layout
  /** Boxes that are being written, the oldest first. */
  readonly open: Set<number>
  /** From which box on the second round looks. */
  next: number
}

/**
 * Own files on their way into their boxes, one after the other. A box is made when it is about to be written: it follows from the file's secret and the
 * piece, so that the same bytes go out again after a crash, and nothing sealed is kept.
 */
export class Sending {
  readonly #parts: TransferParts
  readonly #files = new Map<string, Outgoing>()

  constructor(parts: TransferParts) {
    this.#parts = parts
  }

  begin(stored: StoredTransfer): void {
    this.#files.set(stored.id, { stored, layout: layoutOf(stored.size), open: new Set(), next: 0 })
  }

  get(id: string): StoredTransfer | null {
    return this.#files.get(id)?.stored ?? null
  }

  async pause(id: string, paused: boolean): Promise<void> {
    const file = this.#files.get(id)!
    this.#close(file)
    await this.#save(file, { paused })
  }

  /** Nothing of it is written any more. */
  end(id: string): void {
    const file = this.#files.get(id)
    if (file === undefined) return
    this.#close(file)
    this.#files.delete(id)
    dropTransfer(this.#parts, id)
  }

  /** Asked before every slot: at most one box is made. `calm`: there is time for more than a little work. */
  async wake(calm: boolean): Promise<void> {
    const { now } = this.#parts.conversations.parts
    for (const file of this.#files.values()) {
      const { id, source, whole } = file.stored
      const isOver = whole === undefined ? now() > source.expires * 1000 : now() - whole > SPREAD_PATIENCE
      if (isOver) {
        this.end(id)
        if (whole === undefined) await tellProgress(this.#parts, file.stored, { state: "missing" })
      } else if (this.#mayGoOn(file.stored) && (await this.#goOn(file, calm))) return
    }
  }

  #mayGoOn({ conversation, paused }: StoredTransfer): boolean {
    const talk = this.#parts.conversations.get(conversation)
    return paused !== true && talk !== null && talk.open && mayWriteIn(talk.stored, this.#parts.conversations.parts.contact(conversation))
  }

  /** False where others may have their turn. */
  async #goOn(file: Outgoing, calm: boolean): Promise<boolean> {
    const { writes } = this.#parts.conversations.parts
    const { id } = file.stored
    for (const job of writes.voided(prefix(id))) await this.#settle(file, Number(job.slice(prefix(id).length)), BOX.lost)
    if (writes.count(prefix(id)) >= WINDOW) return true
    if (file.stored.whole !== undefined) return this.#again(file, calm)
    if (file.open.size >= OPEN_MOST) this.#leave(file, [...file.open].find((box) => file.stored.boxes[box] === BOX.done))
    const box = file.stored.boxes.findIndex((state, i) => state === BOX.open && !file.open.has(i))
    if (box !== -1) await this.#write(file, box, calm)
    return true
  }

  /** The second round, for what has not got everywhere; a few at a time. */
  async #again(file: Outgoing, calm: boolean): Promise<boolean> {
    const { boxes, id } = file.stored
    if (boxes.every((state) => state === BOX.settled)) this.end(id)
    if (file.open.size >= WINDOW) return false
    const isLeft = (state: number, i: number) => state !== BOX.settled && !file.open.has(i)
    const box = boxes.findIndex((state, i) => i >= file.next && isLeft(state, i))
    file.next = box + 1
    if (box === -1) return false
    await this.#write(file, box, calm)
    return true
  }

  async #write(file: Outgoing, index: number, calm: boolean): Promise<void> {
    const { writes, random } = this.#parts.conversations.parts
    const { id, source } = file.stored
    const group = groupOf(file.layout, index)
    // A spare piece takes all of its group, and waits for a slot with time for that.
    if (index - group.first >= group.pieces && !calm) return
    const bytes = await this.#piece(file, index)
    if (bytes === null) return this.#settle(file, index, BOX.settled)
    const box = fileBox(source.secret, index)
    const content = sealBlock(box, blockOf({ type: "piece", bytes }))
    file.open.add(index)
    writes.add({
      id: `${prefix(id)}${index}`,
      box: box.id,
      content,
      signature: box.sign(content, random),
      places: placesOf(this.#parts, source, box.id),
      bulk: true,
      mayBeVoid: true,
      stored: (_, { at, of }) => this.#settle(file, index, at.length >= of ? BOX.settled : BOX.done),
      // Whoever has the message has the secret, too: they have spoilt it for themselves.
      taken: () => this.#settle(file, index, BOX.settled),
    })
  }

  /** Null where the store has lost it. */
  async #piece({ stored, layout }: Outgoing, box: number): Promise<Uint8Array | null> {
    const { first, pieces } = groupOf(layout, box)
    if (box - first < pieces) return (await this.#parts.pieces.some(stored.id, box, 1))[0] ?? null
    const all = await this.#parts.pieces.some(stored.id, first, pieces)
    return all.every((piece) => piece !== null) ? sparePiece(box - first - pieces, all) : null
  }

  async #settle(file: Outgoing, box: number, state: number): Promise<void> {
    if (this.#files.get(file.stored.id) !== file) return
    if (state !== BOX.done) this.#leave(file, box)
    await this.#save(file, { boxes: withBox(file.stored, box, state) })
  }

  async #save(file: Outgoing, change: Partial<StoredTransfer>): Promise<void> {
    const { now } = this.#parts.conversations.parts
    file.stored = { ...file.stored, ...change }
    const { boxes, paused, whole } = file.stored
    const done = boxes.filter((state) => state !== BOX.open).length
    if (done === boxes.length && whole === undefined) file.stored = { ...file.stored, whole: now() }
    saveTransfer(this.#parts, file.stored)
    if (whole !== undefined) return
    if (done === boxes.length) await tellProgress(this.#parts, file.stored, { done, state: "sent", since: now() })
    else await tellProgress(this.#parts, file.stored, { done, state: paused === true ? "paused" : "sending" })
  }

  #leave(file: Outgoing, box: number | undefined): void {
    if (box === undefined || !file.open.delete(box)) return
    this.#parts.conversations.parts.writes.remove(`${prefix(file.stored.id)}${box}`)
  }

  #close(file: Outgoing): void {
    for (const box of [...file.open]) this.#leave(file, box)
  }
}

const prefix = (id: string) => `file/${id}/`
