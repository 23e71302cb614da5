import { Writer } from "../shared/bytes.ts"
import { openBlock, ownStreamBox, sealBlock } from "../shared/box.ts"
import * as geometry from "../shared/geometry.ts"
import type { Block } from "../shared/names.ts"
import { sized } from "../shared/names.ts"
import { mayWrite } from "./allow.ts"
import { encodeConfirmation } from "./confirmation.ts"
import type { Conversations, Talk } from "./conversations.ts"
import { HASH_PREFIX } from "./history.ts"
import { storedJourney } from "./messages.ts"
import type { BlockRecord } from "./records.ts"
import { packRecords } from "./records.ts"
import type { StoredBox, StoredMessage, StoredOutgoing } from "./stored.ts"
import { keys } from "./stored.ts"
import { declaring, mayBeVoid, VOID_ROOM } from "./voids.ts"

/** Own boxes that may be under way at once in one conversation. */
const WINDOW = 4
/** And so many from the first that no dropbox has yet: readers keep no more in mind while that one is missing. */
const SPAN = 32
/**
 * What is sealed in one go: so many messages, and none beyond so many bytes. The rest waits for the next slot, since sealing more
 * than can be done before its packet has to leave would move that packet.
 */
const SEALED_AT_ONCE = 16
const SEALED_BYTES = 2 * geometry.BLOCK_LENGTH
const AAD_VERSION = 1

/** Turns what waits in outboxes into sealed boxes, as late as possible, and keeps them until they are confirmed. */
export class Sealing {
  readonly #conversations: Conversations

  constructor(conversations: Conversations) {
    this.#conversations = conversations
  }

  /** Own boxes that were sealed before the restart: what not every replica has goes out again, the same bytes. */
  resume(talk: Talk): void {
    for (const box of talk.boxes.values()) this.#write(talk, box)
  }

  /** The conversation that has waited longest with something to say, or null. */
  waiting(): Talk | null {
    const now = this.#conversations.parts.now()
    let first: Talk | null = null
    let since = Infinity
    for (const talk of this.#conversations.talks.values()) {
      if (!talk.open || !mayWrite(this.#conversations.parts.contact(talk.stored.id)) || this.#isFull(talk)) continue
      const confirm = talk.confirmAt !== null && talk.confirmAt <= now && this.#isLetIn(talk) ? talk.confirmAt : Infinity
      const order = this.#conversations.parts.writes.voided(keys.boxes(talk.stored.id)).length > 0 ? 0 : Math.min(talk.waitingSince ?? Infinity, confirm)
      if (order < since) [first, since] = [talk, order]
    }
    return first
  }

  #isFull({ stored: { id, nextWrite } }: Talk): boolean {
    const { writes } = this.#conversations.parts
    const prefix = keys.boxes(id)
    const oldest = writes.oldest(prefix)
    return oldest !== null && (writes.count(prefix) >= WINDOW || nextWrite - Number(oldest.slice(prefix.length)) >= SPAN)
  }

  /** Seals what waits in this conversation into its next boxes. All of it is one transaction with the group's new state. */
  async seal(talk: Talk): Promise<void> {
    const { mls, changes } = this.#conversations.parts
    const begin = this.#declareVoids(talk)
    const records: BlockRecord[] = this.#confirmations(talk)
    const positions: (number | null)[] = records.map(() => null)
    let state = talk.stored.mls
    for (const message of await this.#queued(talk)) {
      const sealed = await mls.seal(state, message.content, this.#authenticatedData(message))
      state = sealed.state
      records.push({ type: "message", bytes: sealed.message })
      positions.push(message.position)
    }
    const told = this.#isLetIn(talk)
    const packed = records.length === 0 ? [] : packRecords(records, VOID_ROOM)
    packed.forEach(({ block, ends }, i) => this.#box(talk, begin + i, block, ends.map((i) => positions[i] ?? null).filter(isPosition)))
    this.#conversations.save(talk, {
      ...talk.stored,
      mls: state,
      nextWrite: begin + packed.length,
      readers: talk.stored.readers.map((reader) => (told ? { ...reader, told: reader.next } : reader)),
    })
    if (told) talk.confirmAt = null
    talk.waitingSince = [...talk.outgoing.values()].includes(null) ? this.#conversations.parts.now() : null
    for (const [position, box] of talk.outgoing) {
      if (box !== null) changes.put(keys.outgoing(talk.stored.id, position), { position, box } satisfies StoredOutgoing)
    }
  }

  /** Boxes that no dropbox takes are void: others stand for them, with the same blocks. Returns the index of the box after those. */
  #declareVoids(talk: Talk): number {
    const { writes, changes } = this.#conversations.parts
    const { id, context, scalar, stream } = talk.stored
    let next = talk.stored.nextWrite
    const prefix = keys.boxes(id)
    const voided = new Set(writes.voided(prefix))
    for (const { index, content, ends } of [...talk.boxes.values()].sort((a, b) => a.index - b.index)) {
      const key = keys.box(id, index)
      if (!voided.has(key)) continue
      const block = openBlock(ownStreamBox(context, scalar, stream, index), sized("Content", content))
      if (block === null) throw new Error("own box does not open")
      this.#box(talk, next++, declaring(index, block), ends)
      talk.boxes.delete(index)
      changes.delete(key)
      writes.remove(key)
    }
    return next
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
      .filter(({ next, told }) => told < next || talk.confirmAt !== null)
      .map(({ leaf, next }) => ({ type: "confirmation", bytes: encodeConfirmation({ leaf, epoch: talk.stored.epoch, next }) }))
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

  /** `ends`: positions of the messages that end in it. */
  #box(talk: Talk, index: number, block: Block, ends: readonly number[]): void {
    const { random, changes } = this.#conversations.parts
    const { context, scalar, stream, id } = talk.stored
    const keysOfBox = ownStreamBox(context, scalar, stream, index)
    const content = sealBlock(keysOfBox, block)
    const box: StoredBox = { index, content, signature: keysOfBox.sign(content, random), at: [], ends }
    for (const position of ends) talk.outgoing.set(position, index)
    talk.boxes.set(index, box)
    changes.put(keys.box(id, index), box)
    this.#write(talk, box)
  }

  #write(talk: Talk, box: StoredBox): void {
    const { writes, places, changes, messages, now } = this.#conversations.parts
    const { id, context, scalar, stream, placement } = talk.stored
    const key = keys.box(id, box.index)
    const keysOfBox = ownStreamBox(context, scalar, stream, box.index)
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
      places: places.among(address, placement),
      at: box.at ?? [],
      mayBeVoid: block !== null && mayBeVoid(block),
      sent: async () => {
        const at = now()
        await advance((message) => (message.state === "queued" ? { ...message, state: "mix", times: { ...message.times, mix: at } } : message))
      },
      stored: async (trip, { at: places, of }) => {
        const at = now()
        // A confirmation may have come before the dropbox's own answer.
        if (!talk.boxes.has(box.index)) return
        talk.boxes.set(box.index, { ...box, at: places })
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
      taken: () => this.#conversations.retire(talk),
    })
  }
}

function isPosition(position: number | null): position is number {
  return position !== null
}
