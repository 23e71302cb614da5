import { sha256 } from "@noble/hashes/sha2.js"
import type { OwnBox } from "../../shared/box.ts"
import { fileBox, openBlock } from "../../shared/box.ts"
import { sameBytes, WireError } from "../../shared/bytes.ts"
import type { NodeEntry } from "../../shared/directory/descriptor.ts"
import { exponential } from "../../shared/random.ts"
import { soleRecord } from "../records.ts"
import type { Found, Watch } from "../watch.ts"
import { Absence } from "./absence.ts"
import { missingPieces } from "./erasure.ts"
import type { Wanted } from "./gathering.ts"
import { range, wantedOf } from "./gathering.ts"
import type { Group, Layout } from "./layout.ts"
import { groupOf, layoutOf, PIECE_LENGTH } from "./layout.ts"
import type { StoredTransfer } from "./stored-attachment.ts"
import { BOX } from "./stored-attachment.ts"
import type { TransferParts } from "./transfer.ts"
import { dropTransfer, placesOf, saveTransfer, tellProgress, withBox } from "./transfer.ts"

/** Boxes of files that are read at once: as many as of a stream that is being caught up with. */
const WINDOW = 7
/** Where a box is not there yet its file rests so long on average, doubled each time. */
const REST_FIRST = 20_000
const REST_MOST = 10 * 60_000

interface Incoming {
  stored: StoredTransfer
  readonly layout: Layout
  readonly watched: Map<number, OwnBox>
  readonly absent: Map<number, Absence>
  /** The last box that was found: what lies before it was written, or will not be. */
  furthest: number
  /** The sender has not come further, as far as is known: looked at again at `until`, and after `mean` then; ms. */
  rest: { readonly until: number; readonly mean: number } | null
  /** How far the hash of the whole has come. */
  check: { readonly hash: ReturnType<typeof sha256.create>; groups: number }
}

/** Files of others on their way here. Their boxes are read as those of a stream with a backlog, and nothing is shown before all of it is what its sender has named. */
export class Receiving {
  readonly #parts: TransferParts
  readonly #files = new Map<string, Incoming>()

  constructor(parts: TransferParts) {
    this.#parts = parts
  }

  begin(stored: StoredTransfer): void {
    const check = { hash: sha256.create(), groups: 0 }
    const furthest = stored.boxes.lastIndexOf(BOX.done)
    this.#files.set(stored.id, { stored, layout: layoutOf(stored.size), watched: new Map(), absent: new Map(), furthest, rest: null, check })
  }

  get(id: string): StoredTransfer | null {
    return this.#files.get(id)?.stored ?? null
  }

  async pause(id: string, paused: boolean): Promise<void> {
    const file = this.#files.get(id)!
    this.#endWatches(file)
    file.rest = null
    await this.#save(file, { paused })
  }

  end(id: string): void {
    const file = this.#files.get(id)
    if (file === undefined) return
    this.#endWatches(file)
    this.#files.delete(id)
    dropTransfer(this.#parts, id)
  }

  /** Asked before every slot. `calm`: there is time for more than a little work. */
  async wake(calm: boolean): Promise<void> {
    const { now, door } = this.#parts.conversations.parts
    let room = WINDOW
    for (const file of this.#files.values()) {
      const { conversation, paused, source } = file.stored
      // Nothing is fetched from anybody who is not let in.
      if (paused === true || door(conversation) !== "show") {
        this.#endWatches(file)
        continue
      }
      const wanted = wantedOf(file.layout, file.stored.boxes)
      if (wanted.repairable.length > 0) {
        if (calm) await this.#repair(file, wanted.repairable[0]!)
      } else if (wanted.boxes.length === 0 && !wanted.isHopeless) {
        if (calm) await this.#check(file)
        continue
      }
      if (wanted.isHopeless || now() > source.expires * 1000) await this.#giveUp(file)
      else room -= this.#watch(file, wanted, room)
    }
  }

  /** How many reads it may have under way. */
  #watch(file: Incoming, { boxes }: Wanted, room: number): number {
    const { now } = this.#parts.conversations.parts
    const isDue = (box: number) => (file.absent.get(box)?.next ?? -Infinity) <= now()
    const due = boxes.filter(isDue)
    const [first] = due
    if (first === undefined) return 0
    const { rest } = file
    if (rest !== null && rest.until > now()) return 0
    // The sender may have passed a box that it could not write: then what it writes last of the group shows it.
    const chosen = rest === null ? due.slice(0, room) : [first, lastOf(file, first)]
    for (const box of file.watched.keys()) if (!chosen.includes(box)) this.#endWatch(file, box)
    for (const box of chosen) if (!file.watched.has(box)) this.#begin(file, box)
    return rest === null ? chosen.length : 0
  }

  #begin(file: Incoming, index: number): void {
    const { watches } = this.#parts.conversations.parts
    const { id, source } = file.stored
    const box = fileBox(source.secret, index)
    const places = placesOf(this.#parts, source, box.id)
    file.watched.set(index, box)
    const absent = (dropbox: NodeEntry, isLost: boolean) => this.#absent(file, index, dropbox, isLost, places())
    const watch: Watch = {
      id: `${prefix(id)}${index}`,
      box,
      places,
      // What is under way may still bring something.
      ready: () => file.rest?.until ?? -Infinity,
      found: (found) => this.#found(file, index, found),
      empty: (dropbox) => absent(dropbox, false),
      lost: (dropbox) => absent(dropbox, true),
    }
    watches.begin(watch, "bulk")
  }

  #absent(file: Incoming, index: number, dropbox: NodeEntry, isLost: boolean, replicas: readonly NodeEntry[]): void {
    const { now, random } = this.#parts.conversations.parts
    if (index < file.furthest) {
      const absence = file.absent.get(index) ?? new Absence()
      file.absent.set(index, absence)
      const isGone = absence.noted(dropbox, isLost, replicas, now())
      if (isGone || absence.next > now()) this.#endWatch(file, index)
      if (isGone) {
        file.stored = { ...file.stored, boxes: withBox(file.stored, index, BOX.lost) }
        saveTransfer(this.#parts, file.stored)
      }
    } else if (!isLost && (file.rest === null || file.rest.until <= now())) {
      const mean = Math.min(REST_MOST, 2 * (file.rest?.mean ?? REST_FIRST / 2))
      file.rest = { until: now() + exponential(random, mean), mean }
    }
  }

  async #found(file: Incoming, index: number, { content }: Found): Promise<void> {
    const box = file.watched.get(index)
    file.watched.delete(index)
    if (box === undefined || this.#files.get(file.stored.id) !== file) return
    const block = openBlock(box, content)
    const piece = block === null ? null : pieceIn(block)
    if (piece !== null) this.#parts.pieces.put(file.stored.id, index, piece)
    file.absent.delete(index)
    file.furthest = Math.max(file.furthest, index)
    file.rest = null
    await this.#save(file, { boxes: withBox(file.stored, index, piece === null ? BOX.lost : BOX.done) })
  }

  /** What is missing of a group follows from what is here. */
  async #repair(file: Incoming, { first, pieces, spares }: Group): Promise<void> {
    const { id } = file.stored
    const all = await this.#parts.pieces.some(id, first, pieces + spares)
    const found = new Map(all.slice(pieces).flatMap((piece, i) => (piece === null ? [] : [[i, piece] as const])))
    const boxes = file.stored.boxes.slice()
    const made = missingPieces(all.slice(0, pieces), found)
    for (const [i, piece] of made ?? []) {
      this.#parts.pieces.put(id, first + i, piece)
      boxes[first + i] = BOX.done
    }
    // The store has lost some of them: they are read anew.
    if (made === null) all.forEach((piece, i) => piece === null && boxes[first + i] === BOX.done && (boxes[first + i] = BOX.open))
    else for (const box of range(first + pieces, spares)) this.#parts.pieces.drop(id, box)
    await this.#save(file, { boxes })
  }

  /** A group at a time: hashing all at once would hold up packets. */
  async #check(file: Incoming): Promise<void> {
    const { stored, layout, check } = file
    const group = layout.groups[check.groups]
    if (group !== undefined) {
      const all = await this.#parts.pieces.some(stored.id, group.first, group.pieces)
      const boxes = stored.boxes.slice()
      all.forEach((piece, i) => piece === null && (boxes[group.first + i] = BOX.open))
      if (all.includes(null)) {
        file.check = { hash: sha256.create(), groups: 0 }
        return this.#save(file, { boxes })
      }
      all.forEach((piece, i) => check.hash.update(piece!.subarray(0, Math.max(0, stored.size - (group.from + i) * PIECE_LENGTH))))
      for (const box of range(group.first + group.pieces, group.spares)) if (stored.boxes[box] === BOX.done) this.#parts.pieces.drop(stored.id, box)
      check.groups++
      return
    }
    const isGenuine = sameBytes(check.hash.digest(), stored.hash)
    this.end(stored.id)
    if (!isGenuine) {
      this.#parts.conversations.parts.quarantine.add(stored.conversation, "malformed")
      this.#parts.pieces.erase(stored.id, layout.boxes)
    }
    const since = this.#parts.conversations.parts.now()
    await tellProgress(this.#parts, stored, isGenuine ? { state: "ready", done: layout.pieces, since } : { state: "damaged", done: 0 })
  }

  /** What is here stays, for its sender may write the rest once more. */
  async #giveUp(file: Incoming): Promise<void> {
    const { stored } = file
    this.end(stored.id)
    saveTransfer(this.#parts, { ...stored, stopped: true })
    await tellProgress(this.#parts, stored, { state: "missing" })
  }

  async #save(file: Incoming, change: Partial<StoredTransfer>): Promise<void> {
    file.stored = { ...file.stored, ...change }
    saveTransfer(this.#parts, file.stored)
    const { done } = wantedOf(file.layout, file.stored.boxes)
    await tellProgress(this.#parts, file.stored, { done, state: file.stored.paused === true ? "paused" : "fetching" })
  }

  #endWatch(file: Incoming, box: number): void {
    file.watched.delete(box)
    this.#parts.conversations.parts.watches.end(`${prefix(file.stored.id)}${box}`)
  }

  #endWatches(file: Incoming): void {
    for (const box of [...file.watched.keys()]) this.#endWatch(file, box)
  }
}

const prefix = (id: string) => `file/${id}/`

/** The last box of the group, if it is not here: it was written last. */
function lastOf({ layout, stored }: Incoming, box: number): number {
  const { first, pieces, spares } = groupOf(layout, box)
  const last = first + pieces + spares - 1
  return stored.boxes[last] === BOX.open ? last : box
}

/** Null where the box holds anything but a piece. */
function pieceIn(block: NonNullable<ReturnType<typeof openBlock>>): Uint8Array | null {
  try {
    const piece = soleRecord(block, "piece")
    return piece.length === PIECE_LENGTH ? piece : null
  } catch (error) {
    if (error instanceof WireError) return null
    throw error
  }
}
