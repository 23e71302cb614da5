import { Writer } from "../shared/bytes.ts"
import * as geometry from "../shared/geometry.ts"
import { closeOf, encodeClose } from "./close.ts"
import { encodeConfirmation } from "./confirmation.ts"
import type { Conversations, Talk } from "./conversations.ts"
import { outgoingOf } from "./conversations.ts"
import { HASH_PREFIX } from "./history.ts"
import type { Boxed, OwnBoxes } from "./own-boxes.ts"
import { SPAN } from "./own-boxes.ts"
import type { BlockRecord } from "./records.ts"
import { fitting, packRecords } from "./records.ts"
import type { StoredMessage } from "./stored.ts"
import { keys } from "./stored.ts"
import type { StoredClosing, StoredMark, StoredRenewal } from "./stored-conversation.ts"
import { epochAt, epochOf, isBefore, movedBehind, pruned } from "./stored-conversation.ts"
import { CONFIRM_PATIENCE, EPOCH_LIFE, SNAPSHOTS_MOST, RENEW_AFTER, RENEW_MESSAGES } from "./timing.ts"
import { encodeUnreadable } from "./unreadable.ts"
import { VOID_ROOM } from "./voids.ts"

/** Own boxes that may be under way at once in one conversation. */
const WINDOW = 4
/**
 * What is sealed in one go: so many messages, and none beyond so many bytes. The rest waits for the next slot, since sealing more
 * than can be done before its packet has to leave would move that packet.
 */
const SEALED_AT_ONCE = 16
const SEALED_BYTES = 2 * geometry.BLOCK_LENGTH
const AAD_VERSION = 1

/** A record, and of a message its position. */
interface Entry {
  readonly record: BlockRecord
  readonly position: number | null
}

/** Turns what waits in outboxes into sealed boxes, as late as possible, and keeps them until they are confirmed. */
export class Sealing {
  readonly #conversations: Conversations
  /** Whether streams and commit box have been looked at since this device was away. */
  readonly #isReady: (talk: Talk) => boolean

  readonly #boxes: OwnBoxes

  constructor(conversations: Conversations, boxes: OwnBoxes, isReady: (talk: Talk) => boolean) {
    this.#conversations = conversations
    this.#boxes = boxes
    this.#isReady = isReady
  }

  /**
   * The conversation that has waited longest with something to say, or null. Confirmations alone go when nobody waits for anything else, and after a while before
   * what was written later.
   */
  waiting(): Talk | null {
    const now = this.#conversations.parts.now()
    let first: Talk | null = null
    let since = Infinity
    let confirming: Talk | null = null
    let confirmingSince = Infinity
    for (const talk of this.#conversations.talks.values()) {
      if (!talk.open || !this.#isReady(talk) || !this.#conversations.parts.mayWrite(talk) || this.#isFull(talk)) continue
      const confirm = talk.confirmAt !== null && talk.confirmAt <= now && this.#isLetIn(talk) ? talk.confirmAt : Infinity
      const said = Math.min(talk.waitingSince ?? Infinity, now - confirm >= CONFIRM_PATIENCE ? confirm + CONFIRM_PATIENCE : Infinity)
      const isUrgent = talk.stored.telling !== undefined || this.#conversations.parts.writes.voided(keys.boxes(talk.stored.id)).length > 0
      const order = isUrgent ? 0 : said
      if (order < since) [first, since] = [talk, order]
      if (confirm < confirmingSince) [confirming, confirmingSince] = [talk, confirm]
    }
    return first ?? confirming
  }

  #isFull(talk: Talk): boolean {
    const { writes } = this.#conversations.parts
    const prefix = keys.boxes(talk.stored.id)
    const oldest = talk.boxes.get(writes.oldest(prefix) ?? "")
    const { epoch, index } = talk.stored.writing
    return writes.count(prefix) >= WINDOW || (oldest?.epoch === epoch && index - oldest.index >= SPAN)
  }

  /** Seals what waits in this conversation into its next boxes. All of it is one transaction with the group's new state. */
  async seal(talk: Talk): Promise<void> {
    const { mls, changes, now } = this.#conversations.parts
    this.#boxes.declareVoids(talk)
    this.#tell(talk)
    const entries: Entry[] = this.#confirmations(talk).map((record) => ({ record, position: null }))
    let state = talk.stored.mls
    for (const message of await this.#queued(talk)) {
      const sealed = await mls.seal(state, message.content, this.#authenticatedData(message))
      state = sealed.state
      entries.push({ record: { type: "message", bytes: sealed.message }, position: message.position })
    }
    const told = this.#isLetIn(talk)
    const { boxed, writing, closed } = this.#lay(talk, entries, told && talk.confirmAt !== null)
    // A new epoch is placed on the dropboxes of today.
    const isStale = this.#conversations.parts.places.hasLeft(epochOf(talk.stored).placement)
    // What no user has written renews nothing.
    const renewal = afterMessages(talk.stored.renewal, isStale, entries.filter(({ position }) => position !== null && !talk.parcels.has(position)).length, now())
    for (const one of boxed) this.#boxes.add(talk, one)
    const readers = told ? talk.stored.readers.map(({ unreadable: _, ...reader }) => ({ ...reader, told: reader.at })) : talk.stored.readers
    this.#conversations.save(talk, pruned({ ...talk.stored, mls: state, writing, closed, readers, renewal }, talk.boxes.values(), now(), EPOCH_LIFE))
    if (told) talk.confirmAt = null
    talk.waitingSince = [...talk.outgoing.values()].includes(null) ? now() : null
    for (const [position, box] of talk.outgoing) {
      if (box !== null) changes.put(keys.outgoing(talk.stored.id, position), outgoingOf(talk, position, box))
    }
  }

  /**
   * Into which boxes records go. A stream of an earlier epoch is closed first, and goes on in the present one; with `closing` also where there is nothing else to
   * say, for whoever was taken out last has to learn of it.
   */
  #lay({ stored }: Talk, entries: readonly Entry[], closing: boolean): { boxed: Boxed[]; writing: StoredMark; closed: readonly StoredClosing[] } {
    const present = epochOf(stored)
    let { writing, closed = [] } = stored
    const boxed: Boxed[] = []
    const lay = (some: readonly Entry[]) => {
      for (const { block, ends } of packRecords(some.map(({ record }) => record), VOID_ROOM)) {
        boxed.push({ mark: writing, block, ends: ends.flatMap((i) => some[i]!.position ?? []) })
        writing = { ...writing, index: writing.index + 1 }
      }
    }
    if ((entries.length === 0 && !closing) || writing.epoch === present.epoch) {
      if (entries.length > 0) lay(entries)
      return { boxed, writing, closed }
    }
    const close: Entry = { record: { type: "close", bytes: encodeClose(closeOf(stored.epochs, writing.epoch)) }, position: null }
    const passed = stored.epochs.filter(({ epoch, joined }) => epoch > writing.epoch && joined)
    // Who follows reads on behind the close, which saves a box; but who joined since cannot open this one.
    const riding = passed.length > 0 ? 0 : fitting(entries.map(({ record }) => record), geometry.RECORD_HEADER_LENGTH + close.record.bytes.length + VOID_ROOM)
    const { epoch: left, index } = writing
    lay([close, ...entries.slice(0, riding)])
    closed = [...closed.filter(({ epoch }) => epoch < left), { epoch: left, close: index, next: writing.index }].slice(-SNAPSHOTS_MOST)
    for (const { epoch } of passed.filter(({ epoch }) => epoch < present.epoch)) {
      writing = { epoch, index: 0 }
      lay([close])
    }
    writing = { epoch: present.epoch, index: 0 }
    if (riding < entries.length) lay(entries.slice(riding))
    return { boxed, writing, closed }
  }

  /** Those who have left an epoch by another commit are told of ours in the stream that they still follow. */
  #tell(talk: Talk): void {
    const { telling = [], ...stored } = talk.stored
    if (telling.length === 0) return
    this.#conversations.save(talk, stored)
    for (const { epoch, bytes } of telling) {
      const isClosed = talk.stored.writing.epoch > epoch
      const closing = talk.stored.closed?.findLast((one) => one.epoch <= epoch)
      const from = isClosed ? closing?.epoch : talk.stored.writing.epoch
      // So long ago that nobody is there any more.
      if (from === undefined || epochAt(talk.stored, from) === null) continue
      let index = isClosed ? closing!.next : talk.stored.writing.index
      for (const { block } of packRecords([{ type: "told", bytes }], VOID_ROOM)) this.#boxes.add(talk, { mark: { epoch: from, index: index++ }, block, ends: [] })
      this.#conversations.save(talk, isClosed ? movedBehind(talk.stored, from, index) : { ...talk.stored, writing: { epoch: from, index } })
    }
  }

  async #queued(talk: Talk): Promise<StoredMessage[]> {
    const positions = [...talk.outgoing].filter(([, box]) => box === null).map(([position]) => position)
    const messages: StoredMessage[] = []
    let bytes = 0
    // Parcels go behind what people write.
    const order = (a: number, b: number) => Number(talk.parcels.has(a)) - Number(talk.parcels.has(b)) || a - b
    for (const position of positions.sort(order).slice(0, SEALED_AT_ONCE)) {
      if (bytes >= SEALED_BYTES) break
      const message = await this.#conversations.parts.messages.outgoing(talk.stored.id, position)
      if (message === null) {
        talk.outgoing.delete(position)
        this.#conversations.parts.changes.delete(keys.outgoing(talk.stored.id, position))
        continue
      }
      messages.push(message)
      bytes += message.content.length
    }
    return messages
  }

  /** Who is blocked is told nothing, not even that something came. */
  #isLetIn(talk: Talk): boolean {
    return this.#conversations.parts.door(talk.stored.id) === "show"
  }

  /** What was read, and before that what could not be. */
  #confirmations(talk: Talk): BlockRecord[] {
    if (!this.#isLetIn(talk)) return []
    const unreadable = talk.stored.readers.flatMap(({ leaf, unreadable = [] }) =>
      unreadable.map(({ epoch, index, nth }): BlockRecord => ({ type: "unreadable", bytes: encodeUnreadable({ leaf, epoch, box: index, nth }) })),
    )
    const confirmations = talk.stored.readers
      .filter(({ at, told, gone }) => gone !== true && (isBefore(told, at) || talk.confirmAt !== null))
      .map(({ leaf, at }): BlockRecord => ({ type: "confirmation", bytes: encodeConfirmation({ leaf, epoch: at.epoch, next: at.index }) }))
    return [...unreadable, ...confirmations]
  }

  /** Version 1 ‖ sender's time u64 ms ‖ directory epoch u32 ‖ first 16 bytes of the directory's hash. */
  #authenticatedData(message: StoredMessage): Uint8Array {
    const directory = this.#conversations.parts.directory()
    return new Writer()
      .u8(AAD_VERSION)
      .u64(message.sent)
      .u32(directory?.epoch ?? 0)
      .put((directory?.hash ?? new Uint8Array(HASH_PREFIX)).slice(0, HASH_PREFIX))
      .done()
  }
}

/** `count` own messages have been sealed. */
function afterMessages({ at, messages, due }: StoredRenewal, isStale: boolean, count: number, now: number): StoredRenewal {
  const sent = messages + count
  return { at, messages: sent, due: due || (count > 0 && (isStale || at === null || now - at >= RENEW_AFTER || sent >= RENEW_MESSAGES)) }
}
