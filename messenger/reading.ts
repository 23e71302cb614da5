import { openBlock, streamBox } from "../shared/box.ts"
import { Reader, toHex, WireError } from "../shared/bytes.ts"
import { decodeConfirmation } from "./confirmation.ts"
import { decodeContent } from "./content/codec.ts"
import type { Conversations, Talk } from "./conversations.ts"
import { declarationOf } from "./voids.ts"
import type { Followed } from "./following.ts"
import { Following } from "./following.ts"
import { HASH_PREFIX } from "./history.ts"
import { Intake, RECORDS_MOST } from "./intake.ts"
import { storedJourney } from "./messages.ts"
import type { OpenedMessage } from "./mls/mls.ts"
import type { QuarantineReason } from "./quarantine.ts"
import type { BlockRecord } from "./records.ts"
import { joinRecords } from "./records.ts"
import type { StoredReader } from "./stored.ts"
import { keys } from "./stored.ts"
import type { Found } from "./watches.ts"

/** Follows the streams of the other devices, box by box, and lets what they say through the one door. */
export class Reading {
  readonly #conversations: Conversations
  readonly #intake: Intake

  constructor(conversations: Conversations) {
    this.#conversations = conversations
    this.#intake = new Intake(conversations.parts.now)
  }

  /** Follows every stream of this conversation. */
  begin(talk: Talk): void {
    const { places, door } = this.#conversations.parts
    const { id, context, placement } = talk.stored
    for (const { leaf, stream } of talk.stored.readers) {
      const followed: Followed = {
        id: `stream/${id}/${leaf}`,
        next: () => this.#reader(talk, leaf).next,
        box: (index) => streamBox(context, stream, index),
        places: (box) => places.among(box, placement),
        voids: (index, found) => this.#declared(talk, leaf, index, found),
        // Who has another identity key than before is not read until the user has said so.
        ready: () => (door(id) === "ask" ? Infinity : this.#intake.ready(talk, toHex(stream))),
        take: (found, at) => this.#measured(talk, stream, () => this.#take(talk, leaf, found, at)),
        live: () => this.#conversations.get(id) === talk,
      }
      new Following(followed, this.#conversations.parts).begin()
    }
  }

  #reader(talk: Talk, leaf: number): StoredReader {
    return talk.stored.readers.find((one) => one.leaf === leaf)!
  }

  /** Boxes before this one that are void by what lies in it. */
  #declared(talk: Talk, leaf: number, index: number, found: Found): readonly number[] {
    const block = openBlock(streamBox(talk.stored.context, this.#reader(talk, leaf).stream, index), found.content)
    try {
      return block === null ? [] : (declarationOf(block)?.boxes ?? [])
    } catch (error) {
      // Counted when it is taken.
      if (error instanceof WireError) return []
      throw error
    }
  }

  /** Whose boxes bring nothing, or more than is taken at a time, is read slowly. */
  async #measured(talk: Talk, stream: Uint8Array, take: () => Promise<boolean>): Promise<boolean> {
    const state = () => [talk.stored.position, talk.stored.epoch, talk.boxes.size, talk.outgoing.size].join()
    const before = state()
    const goesOn = await take()
    const brought = state() !== before ? "something" : goesOn ? "pieces" : "nothing"
    if (this.#intake.read(talk, toHex(stream), brought)) this.#drop(talk, "flood")
    return goesOn
  }

  /** A box was written by its owner, or is void, so the stream goes on behind it, whatever it holds. */
  async #take(talk: Talk, leaf: number, found: Found, at: number): Promise<boolean> {
    const reader = this.#reader(talk, leaf)
    const block = openBlock(streamBox(talk.stored.context, reader.stream, at), found.content)
    let unfinished = null
    let records: BlockRecord[] = []
    if (block === null) this.#drop(talk, "unsealed")
    else {
      try {
        const declared = declarationOf(block)
        if (declared === null) ({ records, unfinished } = joinRecords(block, reader.unfinished))
        else if (declared.boxes[0] === reader.next) ({ records, unfinished } = joinRecords(declared.block, reader.unfinished))
        // The box that stands for a void one, and the others for which it stands, hold nothing of their own.
        else unfinished = reader.unfinished
      } catch (error) {
        this.#malformed(talk, error)
      }
    }
    if (records.length > RECORDS_MOST) {
      records.length = RECORDS_MOST
      this.#drop(talk, "flood")
    }
    const moved: StoredReader = { ...reader, next: reader.next + 1, unfinished }
    const readers = talk.stored.readers.map((one) => (one.leaf === leaf ? moved : one))
    this.#conversations.save(talk, { ...talk.stored, readers })
    const verdict = this.#conversations.parts.door(talk.stored.id)
    if (verdict !== "show") {
      // Unseen, but the keys move on: those of what is dropped are gone, and what comes later can still be opened.
      for (const { type, bytes } of records) if (type === "message" && (await this.#open(talk, leaf, bytes)) !== null) this.#drop(talk, "blocked")
      return unfinished !== null
    }
    if (block !== null) this.#conversations.parts.heard(talk.stored.id)
    for (const record of records) await this.#record(talk, leaf, record, found)
    if (records.some(({ type }) => type === "message")) this.#conversations.confirmLater(talk)
    return unfinished !== null
  }

  async #record(talk: Talk, leaf: number, { type, bytes }: BlockRecord, found: Found): Promise<void> {
    try {
      if (type === "confirmation") await this.#confirmed(talk, bytes)
      else if (type === "message") await this.#message(talk, leaf, bytes, found)
      else if (type === "statement") this.#conversations.parts.stated(talk.stored.id, bytes)
      else this.#drop(talk, "malformed")
    } catch (error) {
      this.#malformed(talk, error)
    }
  }

  /** Hostile bytes end here; a mistake of our own goes on. */
  #malformed(talk: Talk, error: unknown): void {
    if (!(error instanceof WireError)) throw error
    this.#drop(talk, "malformed")
  }

  #drop(talk: Talk, reason: QuarantineReason): void {
    this.#conversations.parts.quarantine.add(talk.stored.id, reason)
  }

  async #message(talk: Talk, leaf: number, bytes: Uint8Array, found: Found): Promise<void> {
    const { messages, now } = this.#conversations.parts
    const opened = await this.#open(talk, leaf, bytes)
    if (opened === null) return
    const reader = new Reader(opened.authenticatedData)
    if (reader.u8() !== 1) throw new WireError()
    const sent = this.#conversations.plausible(talk, reader.u64())
    const epoch = reader.u32()
    const prefix = reader.take(HASH_PREFIX)
    reader.end()
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
    this.#conversations.parts.said(talk, epoch, prefix)
    if (!added) return this.#drop(talk, "duplicate")
    this.#conversations.save(talk, { ...talk.stored, position, unread: talk.stored.unread + 1, unreadBytes: (talk.stored.unreadBytes ?? 0) + opened.plaintext.length })
    await this.#conversations.showLast(talk)
  }

  /** The message, or null where it is not one of this leaf's. The key that opened it is gone then, whatever the message holds. */
  async #open(talk: Talk, leaf: number, bytes: Uint8Array): Promise<OpenedMessage | null> {
    const opened = await this.#conversations.parts.mls.open(talk.stored.mls, bytes)
    if (!opened.ok) {
      this.#drop(talk, opened.problem === "replayed" ? "replayed" : "unreadable")
      return null
    }
    this.#conversations.save(talk, { ...talk.stored, mls: opened.state })
    if (opened.sender === leaf) return opened
    this.#drop(talk, "foreign")
    return null
  }

  /** What the other device has read is received; its boxes are no longer needed. */
  async #confirmed(talk: Talk, bytes: Uint8Array): Promise<void> {
    const { leaf, epoch, next } = decodeConfirmation(bytes)
    if (leaf !== talk.stored.ownLeaf || epoch !== talk.stored.epoch || next > talk.stored.nextWrite) return this.#drop(talk, "lying")
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
        problem: null,
        received,
        times: { ...message.times, received },
      }))
      await this.#conversations.refreshLast(talk, position)
    }
  }
}
