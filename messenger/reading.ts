import { Reader, WireError } from "../shared/bytes.ts"
import { openBlock, streamBox } from "../shared/box.ts"
import { decodeConfirmation } from "./confirmation.ts"
import { decodeContent } from "./content/codec.ts"
import type { Conversations, Talk } from "./conversations.ts"
import type { Trip } from "./courier.ts"
import { storedJourney } from "./messages.ts"
import type { OpenedMessage } from "./mls/mls.ts"
import type { BlockRecord } from "./records.ts"
import { joinRecords } from "./records.ts"
import type { StoredReader } from "./stored.ts"
import { keys } from "./stored.ts"
import type { Found } from "./watches.ts"

/** What was thrown away, by reason: counted, never shown one by one. */
export type Dropped = "unsealed" | "malformed" | "undecryptable" | "not-allowed" | "duplicate"

/** Boxes behind the next that are read while catching up. */
const AHEAD = 3
/** What was there already is answered in less, ms. */
const LOOKED = 30_000

/** Follows the streams of the other devices, box by box, and lets what they say through the one door. */
export class Reading {
  readonly #conversations: Conversations
  readonly dropped: Record<Dropped, number> = { unsealed: 0, malformed: 0, undecryptable: 0, "not-allowed": 0, duplicate: 0 }

  constructor(conversations: Conversations) {
    this.#conversations = conversations
  }

  /** Watches the next box of every stream of this conversation. */
  begin(talk: Talk): void {
    for (const { leaf } of talk.stored.readers) this.#watch(talk, leaf, new Map(), 0)
  }

  /**
   * Watches the next box of one stream. `ahead` holds what was found in boxes behind it, `run` counts the boxes that were there at
   * once: where several are, a stream is being caught up with, and the boxes behind the next are read too.
   */
  #watch(talk: Talk, leaf: number, ahead: Map<number, Found>, run: number): void {
    const { watches, places } = this.#conversations.parts
    const { id, context, placement } = talk.stored
    const { stream, next } = this.#reader(talk, leaf)
    let quickly = true
    this.#lookAhead(talk, leaf, ahead, run)
    // Being looked into already: no box is asked for twice at once.
    if (watches.has(lookId(id, leaf, next))) return
    const box = streamBox(context, stream, next)
    watches.begin({
      id: `stream/${id}/${leaf}`,
      box,
      place: () => places.among(box.id, placement),
      empty: () => {
        quickly = false
      },
      found: async (found) => {
        await this.#found(talk, leaf, found)
        await this.#goOn(talk, leaf, ahead, quickly && !waited(found.trip) ? run + 1 : 0)
      },
    })
  }

  /** Takes what was found ahead, and watches the box behind it. */
  async #goOn(talk: Talk, leaf: number, ahead: Map<number, Found>, run: number): Promise<void> {
    for (let found = this.#ahead(talk, leaf, ahead); found !== null; found = this.#ahead(talk, leaf, ahead)) await this.#found(talk, leaf, found)
    if (this.#conversations.get(talk.stored.id) === talk) this.#watch(talk, leaf, ahead, run)
  }

  #reader(talk: Talk, leaf: number): StoredReader {
    return talk.stored.readers.find((one) => one.leaf === leaf)!
  }

  /** What was already found in the box that is next now. */
  #ahead(talk: Talk, leaf: number, ahead: Map<number, Found>): Found | null {
    const { next } = this.#reader(talk, leaf)
    const found = ahead.get(next) ?? null
    ahead.delete(next)
    return found
  }

  /** One quick look each at the boxes behind the next, while catching up. */
  #lookAhead(talk: Talk, leaf: number, ahead: Map<number, Found>, run: number): void {
    const { watches, places } = this.#conversations.parts
    const { id, context, placement } = talk.stored
    const { stream, next } = this.#reader(talk, leaf)
    if (run === 0) return
    const isNext = (index: number) => this.#reader(talk, leaf).next === index
    for (let index = next + 1; index <= next + AHEAD; index++) {
      const watch = lookId(id, leaf, index)
      if (ahead.has(index) || watches.has(watch)) continue
      const box = streamBox(context, stream, index)
      watches.begin({
        id: watch,
        box,
        place: () => places.among(box.id, placement),
        quickOnly: true,
        empty: () => {
          watches.end(watch)
          if (isNext(index)) this.#watch(talk, leaf, ahead, 0)
        },
        found: async (found) => {
          ahead.set(index, found)
          if (isNext(index)) await this.#goOn(talk, leaf, ahead, run + 1)
        },
      })
    }
  }

  /** A box was written by its owner, so the stream goes on behind it, whatever it holds. */
  async #found(talk: Talk, leaf: number, found: Found): Promise<void> {
    const reader = this.#reader(talk, leaf)
    const box = streamBox(talk.stored.context, reader.stream, reader.next)
    const block = openBlock(box, found.content)
    let unfinished = null
    let records: BlockRecord[] = []
    if (block === null) this.dropped.unsealed++
    else {
      try {
        ;({ records, unfinished } = joinRecords(block, reader.unfinished))
      } catch (error) {
        this.#malformed(error)
      }
    }
    const moved: StoredReader = { ...reader, next: reader.next + 1, unfinished }
    const readers = talk.stored.readers.map((one) => (one.leaf === leaf ? moved : one))
    this.#conversations.save(talk, { ...talk.stored, readers })
    const verdict = this.#conversations.parts.door(talk.stored.id)
    if (verdict !== "show") {
      this.dropped["not-allowed"]++
      // Unseen, but the keys move on: those of what is dropped are gone, and what comes later can still be opened.
      for (const { type, bytes } of records) if (type === "message") await this.#open(talk, leaf, bytes)
      return
    }
    if (block !== null) this.#conversations.parts.heard(talk.stored.id)
    for (const record of records) await this.#record(talk, leaf, record, found)
    if (records.some(({ type }) => type === "message")) this.#conversations.confirmLater(talk)
  }

  async #record(talk: Talk, leaf: number, { type, bytes }: BlockRecord, found: Found): Promise<void> {
    try {
      if (type === "confirmation") await this.#confirmed(talk, bytes)
      else if (type === "message") await this.#message(talk, leaf, bytes, found)
      else this.dropped.malformed++
    } catch (error) {
      this.#malformed(error)
    }
  }

  /** Hostile bytes end here; a mistake of our own goes on. */
  #malformed(error: unknown): void {
    if (!(error instanceof WireError)) throw error
    this.dropped.malformed++
  }

  async #message(talk: Talk, leaf: number, bytes: Uint8Array, found: Found): Promise<void> {
    const { messages, now } = this.#conversations.parts
    const opened = await this.#open(talk, leaf, bytes)
    if (opened === null) {
      this.dropped.undecryptable++
      return
    }
    const reader = new Reader(opened.authenticatedData)
    if (reader.u8() !== 1) throw new WireError()
    const sent = Math.min(reader.u64(), now())
    decodeContent(opened.plaintext)
    const position = talk.stored.position + 1
    const { identity } = this.#reader(talk, leaf)
    const added = await messages.add({
      id: this.#conversations.messageId(talk, identity, opened.plaintext),
      conversation: talk.stored.id,
      position,
      own: false,
      content: opened.plaintext,
      sent,
      received: now(),
      state: null,
      times: {},
      problem: null,
      journey: storedJourney(found.trip),
    })
    if (!added) this.dropped.duplicate++
    if (!added) return
    this.#conversations.save(talk, { ...talk.stored, position, unread: talk.stored.unread + 1 })
    await this.#conversations.showLast(talk)
  }

  /** The message, or null where it is not one of this leaf's. The key that opened it is gone then, whatever the message holds. */
  async #open(talk: Talk, leaf: number, bytes: Uint8Array): Promise<OpenedMessage | null> {
    const opened = await this.#conversations.parts.mls.open(talk.stored.mls, bytes)
    if (!opened.ok) return null
    this.#conversations.save(talk, { ...talk.stored, mls: opened.state })
    return opened.sender === leaf ? opened : null
  }

  /** What the other device has read is received; its boxes are no longer needed. */
  async #confirmed(talk: Talk, bytes: Uint8Array): Promise<void> {
    const { leaf, epoch, next } = decodeConfirmation(bytes)
    if (leaf !== talk.stored.ownLeaf || epoch !== talk.stored.epoch || next > talk.stored.nextWrite) throw new WireError()
    const { changes, messages, writes, now } = this.#conversations.parts
    const { id } = talk.stored
    const received = now()
    for (const index of [...talk.boxes.keys()].filter((index) => index < next)) {
      talk.boxes.delete(index)
      changes.delete(keys.box(id, index))
      writes.remove(keys.box(id, index))
    }
    for (const [position, box] of [...talk.outgoing]) {
      if (box === null || box >= next) continue
      talk.outgoing.delete(position)
      changes.delete(keys.outgoing(id, position))
      await messages.change(id, position, (message) => ({
        ...message,
        state: "received",
        received,
        times: { ...message.times, received },
      }))
      await this.#conversations.refreshLast(talk, position)
    }
  }
}

/** Whether what a held read brought was written after it was asked for, and so is nothing to catch up with. */
function waited({ hold, sent, answered }: Trip): boolean {
  return hold > 0 && (answered ?? sent) - sent > LOOKED
}

function lookId(conversation: string, leaf: number, index: number): string {
  return `stream/${conversation}/${leaf}+${index}`
}
