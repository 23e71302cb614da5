import { Writer } from "../shared/bytes.ts"
import { openBlock, ownStreamBox, sealBlock } from "../shared/box.ts"
import * as geometry from "../shared/geometry.ts"
import type { Block } from "../shared/names.ts"
import { sized } from "../shared/names.ts"
import { mayWrite } from "./allow.ts"
import { closeOf, encodeClose } from "./close.ts"
import { encodeConfirmation } from "./confirmation.ts"
import type { Conversations, Talk } from "./conversations.ts"
import { HASH_PREFIX } from "./history.ts"
import { storedJourney } from "./messages.ts"
import type { BlockRecord } from "./records.ts"
import { fitting, packRecords } from "./records.ts"
import type { StoredMessage } from "./stored.ts"
import { keys } from "./stored.ts"
import type { StoredBox, StoredClosing, StoredMark, StoredOutgoing, StoredRenewal } from "./stored-conversation.ts"
import { behindClose, epochAt, epochOf, isBefore, movedBehind, pruned } from "./stored-conversation.ts"
import { CONFIRM_PATIENCE, EPOCH_LIFE, SNAPSHOTS_MOST, RENEW_AFTER, RENEW_MESSAGES } from "./timing.ts"
import { declaring, mayBeVoid, VOID_ROOM } from "./voids.ts"

/** Own boxes that may be under way at once in one conversation. */
const WINDOW = 4
/**
 * What is sealed in one go: so many messages, and none beyond so many bytes. The rest waits for the next slot, since sealing more
 * than can be done before its packet has to leave would move that packet.
 */
const SEALED_AT_ONCE = 16
const SEALED_BYTES = 2 * geometry.BLOCK_LENGTH
/** The writer goes no further beyond its first box that is not stored: readers keep what they find behind a missing one. */
const SPAN = 32
const AAD_VERSION = 1

/** A record, and of a message its position. */
interface Entry {
  readonly record: BlockRecord
  readonly position: number | null
}

/** A block for a box, and the positions of the messages that end in it. */
interface Boxed {
  readonly mark: StoredMark
  readonly block: Block
  readonly ends: readonly number[]
}

/** Turns what waits in outboxes into sealed boxes, as late as possible, and keeps them until they are confirmed. */
export class Sealing {
  readonly #conversations: Conversations
  /** Whether streams and commit box have been looked at since this device was away. */
  readonly #isReady: (talk: Talk) => boolean

  constructor(conversations: Conversations, isReady: (talk: Talk) => boolean) {
    this.#conversations = conversations
    this.#isReady = isReady
  }

  /** Own boxes that were sealed before the restart: what not every replica has goes out again, the same bytes. */
  resume(talk: Talk): void {
    for (const box of talk.boxes.values()) this.#write(talk, box)
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
      if (!talk.open || !this.#isReady(talk) || !mayWrite(this.#conversations.parts.contact(talk.stored.id), talk.stored.readers) || this.#isFull(talk)) continue
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
    this.#declareVoids(talk)
    this.#tell(talk)
    const entries: Entry[] = this.#confirmations(talk).map((record) => ({ record, position: null }))
    let state = talk.stored.mls
    for (const message of await this.#queued(talk)) {
      const sealed = await mls.seal(state, message.content, this.#authenticatedData(message))
      state = sealed.state
      entries.push({ record: { type: "message", bytes: sealed.message }, position: message.position })
    }
    const told = this.#isLetIn(talk)
    const { boxed, writing, closed } = this.#lay(talk, entries)
    const renewal = afterMessages(talk.stored.renewal, entries.filter(({ position }) => position !== null).length, now())
    for (const one of boxed) this.#box(talk, one)
    const readers = talk.stored.readers.map((reader) => (told ? { ...reader, told: reader.at } : reader))
    this.#conversations.save(talk, pruned({ ...talk.stored, mls: state, writing, closed, readers, renewal }, now(), EPOCH_LIFE))
    if (told) talk.confirmAt = null
    talk.waitingSince = [...talk.outgoing.values()].includes(null) ? now() : null
    for (const [position, box] of talk.outgoing) {
      if (box !== null) changes.put(keys.outgoing(talk.stored.id, position), { position, box } satisfies StoredOutgoing)
    }
  }

  /** Into which boxes records go. A stream of an earlier epoch is closed first, and goes on in the present one. */
  #lay({ stored }: Talk, entries: readonly Entry[]): { boxed: Boxed[]; writing: StoredMark; closed: readonly StoredClosing[] } {
    const present = epochOf(stored)
    let { writing, closed = [] } = stored
    const boxed: Boxed[] = []
    const lay = (some: readonly Entry[]) => {
      for (const { block, ends } of packRecords(some.map(({ record }) => record), VOID_ROOM)) {
        boxed.push({ mark: writing, block, ends: ends.flatMap((i) => some[i]!.position ?? []) })
        writing = { ...writing, index: writing.index + 1 }
      }
    }
    if (entries.length === 0 || writing.epoch === present.epoch) {
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
      for (const { block } of packRecords([{ type: "told", bytes }], VOID_ROOM)) this.#box(talk, { mark: { epoch: from, index: index++ }, block, ends: [] })
      this.#conversations.save(talk, isClosed ? movedBehind(talk.stored, from, index) : { ...talk.stored, writing: { epoch: from, index } })
    }
  }

  /** Boxes that no dropbox takes are void: others of the same epoch stand for them, with the same blocks. */
  #declareVoids(talk: Talk): void {
    const { writes, changes } = this.#conversations.parts
    const { id, scalar, stream } = talk.stored
    const voided = new Set(writes.voided(keys.boxes(id)))
    for (const [key, { epoch, index, content, ends }] of [...talk.boxes].sort(([, a], [, b]) => (isBefore(a, b) ? -1 : 1))) {
      const known = epochAt(talk.stored, epoch)
      if (!voided.has(key) || known === null) continue
      const block = openBlock(ownStreamBox(known.context, scalar, stream, index), sized("Content", content))
      if (block === null) throw new Error("own box does not open")
      const { writing } = talk.stored
      // A stream that is closed has no next box, but one behind its last all the same.
      const last = Math.max(...[...talk.boxes.values()].filter((box) => box.epoch === epoch).map((box) => box.index))
      const mark = epoch === writing.epoch ? writing : { epoch, index: Math.max(last + 1, behindClose(talk.stored, epoch)) }
      this.#box(talk, { mark, block: declaring(index, block), ends })
      this.#conversations.save(talk, epoch === writing.epoch ? { ...talk.stored, writing: { epoch, index: writing.index + 1 } } : movedBehind(talk.stored, epoch, mark.index + 1))
      talk.boxes.delete(key)
      changes.delete(key)
      writes.remove(key)
    }
  }

  async #queued(talk: Talk): Promise<StoredMessage[]> {
    const positions = [...talk.outgoing].filter(([, box]) => box === null).map(([position]) => position)
    const messages: StoredMessage[] = []
    let bytes = 0
    for (const position of positions.sort((a, b) => a - b).slice(0, SEALED_AT_ONCE)) {
      if (bytes >= SEALED_BYTES) break
      const message = await this.#conversations.parts.messages.at(talk.stored.id, position)
      if (message === null) continue
      messages.push(message)
      bytes += message.content.length
    }
    return messages
  }

  /** Who is blocked is told nothing, not even that something came. */
  #isLetIn(talk: Talk): boolean {
    return this.#conversations.parts.door(talk.stored.id) === "show"
  }

  #confirmations(talk: Talk): BlockRecord[] {
    if (!this.#isLetIn(talk)) return []
    return talk.stored.readers
      .filter(({ at, told, gone }) => gone !== true && (isBefore(told, at) || talk.confirmAt !== null))
      .map(({ leaf, at }) => ({ type: "confirmation", bytes: encodeConfirmation({ leaf, epoch: at.epoch, next: at.index }) }))
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

  #box(talk: Talk, { mark, block, ends }: Boxed): void {
    const { random, changes } = this.#conversations.parts
    const { scalar, stream, id } = talk.stored
    const keysOfBox = ownStreamBox(epochAt(talk.stored, mark.epoch)!.context, scalar, stream, mark.index)
    const content = sealBlock(keysOfBox, block)
    const box: StoredBox = { ...mark, content, signature: keysOfBox.sign(content, random), at: [], ends }
    for (const position of ends) talk.outgoing.set(position, mark)
    talk.boxes.set(keys.box(id, mark), box)
    changes.put(keys.box(id, mark), box)
    this.#write(talk, box)
  }

  #write(talk: Talk, box: StoredBox): void {
    const { writes, places, changes, messages, now } = this.#conversations.parts
    const { id, scalar, stream } = talk.stored
    const key = keys.box(id, box)
    const epoch = epochAt(talk.stored, box.epoch)
    // What nobody has read for so long that the epoch is forgotten has been sealed anew.
    if (epoch === null) return
    const keysOfBox = ownStreamBox(epoch.context, scalar, stream, box.index)
    const address = keysOfBox.id
    const block = openBlock(keysOfBox, sized("Content", box.content))
    const advance = async (change: (message: StoredMessage) => StoredMessage) => {
      // The packet was built before the conversation was removed.
      if (this.#conversations.get(id) !== talk) return
      for (const position of box.ends) {
        await messages.change(id, position, change)
        await this.#conversations.refreshLast(talk, position)
      }
    }
    writes.add({
      id: key,
      box: address,
      content: sized("Content", box.content),
      signature: sized("Signature", box.signature),
      places: places.among(address, epoch.placement),
      at: box.at ?? [],
      mayBeVoid: block !== null && mayBeVoid(block),
      sent: async () => {
        const at = now()
        await advance((message) => (message.state === "queued" ? { ...message, state: "mix", times: { ...message.times, mix: at } } : message))
      },
      stored: async (trip, { at: places, of }) => {
        const at = now()
        // A confirmation may have come before the dropbox's own answer.
        if (!talk.boxes.has(key)) return
        talk.boxes.set(key, { ...box, at: places })
        changes.put(key, { ...box, at: places })
        const replicas = { stored: places.length, of }
        await advance((message) => {
          // What the reader has confirmed, or what has failed meanwhile, stays so.
          if (message.state === "received" || message.state === "failed") return message
          const problem = places.length < of ? message.problem : null
          if (message.state === "dropbox") return { ...message, replicas, problem }
          return { ...message, replicas, problem, state: "dropbox", times: { ...message.times, dropbox: at }, journey: storedJourney(trip) }
        })
      },
      full: () => advance((message) => (message.state === "received" || message.state === "failed" ? message : { ...message, problem: "no-room" })),
      // Other bytes in an own box mean that this state is a copy: it never writes again.
      taken: () => this.#conversations.parts.copied(talk),
    })
  }
}

/** `count` own messages have been sealed. */
function afterMessages({ at, messages, due }: StoredRenewal, count: number, now: number): StoredRenewal {
  const sent = messages + count
  return { at, messages: sent, due: due || (count > 0 && (at === null || now - at >= RENEW_AFTER || sent >= RENEW_MESSAGES)) }
}
