import { sameBytes } from "../shared/bytes.ts"
import { decodeConfirmation } from "./confirmation.ts"
import type { Conversations, Talk } from "./conversations.ts"
import { keys } from "./stored.ts"
import type { StoredMark, StoredReader } from "./stored-conversation.ts"
import { isBefore, waitedFor } from "./stored-conversation.ts"
import { decodeUnreadable } from "./unreadable.ts"

/** So often a message is sealed anew since its reader could not open it. */
const RESEALED_MOST = 3

/** What others have read of the own stream: it need not be kept and repeated any more, and messages that end there are received. */
export class Confirming {
  readonly #conversations: Conversations
  /** A stream goes further than was known. */
  readonly #reached: (talk: Talk, reader: StoredReader) => void

  constructor(conversations: Conversations, reached: (talk: Talk, reader: StoredReader) => void) {
    this.#conversations = conversations
    this.#reached = reached
  }

  /**
   * A confirmation in the stream `from`. Streams are read in order, so it holds for earlier epochs, too. False where
   * what it says cannot be. Throws WireError.
   */
  async heard(talk: Talk, from: Uint8Array, bytes: Uint8Array): Promise<boolean> {
    const { leaf, epoch, next } = decodeConfirmation(bytes)
    const mark = { epoch, index: next }
    const { ownLeaf, writing, readers } = talk.stored
    if (isForOthers(talk, leaf)) {
      this.#reach(talk, leaf, mark)
      return true
    }
    if (leaf !== ownLeaf || isBefore(writing, mark)) return false
    const reader = readers.find(({ stream }) => sameBytes(stream, from))
    if (reader === undefined || !isBefore(reader.confirmed, mark)) return true
    const confirmed = readers.map((one) => (one === reader ? { ...one, confirmed: mark } : one))
    this.#conversations.save(talk, { ...talk.stored, readers: confirmed })
    await this.settle(talk)
    return true
  }

  /** What others confirm to each other tells how far their streams go. */
  #reach(talk: Talk, leaf: number, mark: StoredMark): void {
    const reader = talk.stored.readers.find((one) => one.leaf === leaf && one.gone !== true)
    if (reader === undefined || !isBefore(reader.at, mark) || !isBefore(talk.reach.get(leaf) ?? reader.at, mark)) return
    talk.reach.set(leaf, mark)
    this.#reached(talk, reader)
  }

  /**
   * Somebody cannot open a message of ours: its key is gone there, or never was. It is sealed anew, a few times at most. False where
   * there is no such message. Throws WireError.
   */
  async unreadable(talk: Talk, bytes: Uint8Array): Promise<boolean> {
    const { leaf, epoch, box: index, nth } = decodeUnreadable(bytes)
    const { id, ownLeaf } = talk.stored
    if (isForOthers(talk, leaf)) return true
    const position = talk.boxes.get(keys.box(id, { epoch, index }))?.ends[nth]
    // Nothing is left of it that could be sealed anew.
    if (leaf === ownLeaf && position !== undefined && (await this.#conversations.parts.messages.isDeleted(id, position))) return true
    const mark = position === undefined ? null : (talk.outgoing.get(position) ?? null)
    if (leaf !== ownLeaf || position === undefined || mark?.epoch !== epoch || mark.index !== index) return false
    const { messages, changes, now } = this.#conversations.parts
    const { resealed = 0 } = (await messages.outgoing(id, position)) ?? {}
    if (resealed < RESEALED_MOST) {
      await this.#conversations.requeue(talk, position)
      await messages.change(id, position, (one) => ({ ...one, resealed: resealed + 1 }))
      return true
    }
    talk.outgoing.delete(position)
    changes.delete(keys.outgoing(id, position))
    await messages.change(id, position, (one) => ({ ...one, state: "failed", problem: "unreadable", resealed: 0, times: { ...one.times, failed: now() } }))
    await this.#conversations.refreshLast(talk, position)
    return true
  }

  /** Lets go of what everybody who is still there has read. */
  async settle(talk: Talk): Promise<void> {
    const waited = waitedFor(talk.stored)
    const [first, ...others] = waited.map(({ confirmed }) => confirmed)
    if (first === undefined) return
    const read = others.reduce((least, one) => (isBefore(one, least) ? one : least), first)
    this.#boxes(talk, read)
    await this.#messages(talk, read)
  }

  #boxes(talk: Talk, read: StoredMark): void {
    const { changes, writes } = this.#conversations.parts
    for (const [key, box] of [...talk.boxes]) {
      if (!isBefore(box, read)) continue
      talk.boxes.delete(key)
      changes.delete(key)
      writes.remove(key)
    }
  }

  async #messages(talk: Talk, read: StoredMark): Promise<void> {
    const { changes, messages, now } = this.#conversations.parts
    const { id, group } = talk.stored
    const received = now()
    for (const [position, box] of [...talk.outgoing]) {
      if (box === null || !isBefore(box, read)) continue
      talk.outgoing.delete(position)
      talk.parcels.delete(position)
      changes.delete(keys.outgoing(id, position))
      await messages.change(id, position, (message) => ({
        ...message,
        state: "received",
        problem: null,
        received,
        times: { ...message.times, received },
        ...(group !== undefined && { ended: box }),
      }))
      await this.#conversations.refreshLast(talk, position)
    }
  }
}

/** In a group a stream tells each member how far it was read: what is said to others is their affair. */
function isForOthers({ stored }: Talk, leaf: number): boolean {
  return stored.group !== undefined && leaf !== stored.ownLeaf
}
