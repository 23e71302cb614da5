import { openBlock, ownStreamBox, sealBlock } from "../shared/box.ts"
import type { Block } from "../shared/names.ts"
import { sized } from "../shared/names.ts"
import type { Conversations, Talk } from "./conversations.ts"
import { storedJourney } from "./messages.ts"
import type { StoredMessage } from "./stored.ts"
import { keys } from "./stored.ts"
import type { StoredBox, StoredMark } from "./stored-conversation.ts"
import { behindClose, epochAt, isBefore, movedBehind, pruned } from "./stored-conversation.ts"
import { EPOCH_LIFE, MESSAGE_LIFE } from "./timing.ts"
import { declaring, mayBeVoid } from "./voids.ts"

/** The writer goes no further beyond its first box that is not stored: readers keep what they find behind a missing one. */
export const SPAN = 32

/** What is written again in one go: each costs some work, and no packet waits for more. */
const RENEWED_AT_ONCE = 4

/** A block for a box, and the positions of the messages that end in it. */
export interface Boxed {
  readonly mark: StoredMark
  readonly block: Block
  readonly ends: readonly number[]
}

/** Own boxes from when they are sealed until they are confirmed: the same bytes are written as often as needed. */
export class OwnBoxes {
  readonly #conversations: Conversations

  constructor(conversations: Conversations) {
    this.#conversations = conversations
  }

  /** Own boxes that were sealed before the restart: what not every replica has goes out again, the same bytes. */
  resume(talk: Talk): void {
    for (const box of talk.boxes.values()) this.#write(talk, box)
  }

  /**
   * Writes again what nobody has confirmed and what lies nowhere any more: its dropboxes have kept it for `life` (ms), or the directory
   * lists none of them. A few at a time; true where there are more.
   */
  async renew(talk: Talk, life: number): Promise<boolean> {
    const { writes, changes, now } = this.#conversations.parts
    let count = 0
    for (const [key, box] of [...talk.boxes]) {
      const isForgotten = epochAt(talk.stored, box.epoch) === null
      const isLying = (box.at ?? []).length > 0 || now() - (box.sealed ?? 0) < EPOCH_LIFE
      if (!this.#isLost(box, now() - life) && (!isForgotten || isLying)) continue
      if (count++ === RENEWED_AT_ONCE) return true
      if (isForgotten) await this.#forget(talk, key, box)
      else {
        const again: StoredBox = { ...box, at: [] }
        talk.boxes.set(key, again)
        changes.put(key, again)
        writes.remove(key)
        this.#write(talk, again)
      }
    }
    return false
  }

  /** It was stored, and lies in no dropbox any more. What is as old as a message may be is given up. */
  #isLost({ at = [], stored = 0, sealed = Infinity }: StoredBox, since: number): boolean {
    const { places, now } = this.#conversations.parts
    if (at.length === 0 || now() - sealed >= MESSAGE_LIFE) return false
    return stored <= since || !at.some((id) => places.isListed(id))
  }

  /** Nobody is left in its epoch who could go on from there: what ended in it is said anew. */
  async #forget(talk: Talk, key: string, box: StoredBox): Promise<void> {
    const { writes, changes } = this.#conversations.parts
    talk.boxes.delete(key)
    changes.delete(key)
    writes.remove(key)
    for (const position of box.ends) {
      const mark = talk.outgoing.get(position)
      if (mark?.epoch === box.epoch && mark.index === box.index) await this.#conversations.requeue(talk, position)
    }
  }

  /** Whether readers who wait for this box look as far ahead as the next box that could stand for it. */
  #isNear({ stored: { writing }, boxes }: Talk, { epoch, index }: StoredMark): boolean {
    const last = epoch === writing.epoch ? writing.index : Math.max(...[...boxes.values()].filter((box) => box.epoch === epoch).map((box) => box.index))
    return last - index <= SPAN
  }

  /** Boxes that no dropbox takes are void: others of the same epoch stand for them, with the same blocks. */
  declareVoids(talk: Talk): void {
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
      this.add(talk, { mark, block: declaring(index, block), ends })
      this.#conversations.save(talk, epoch === writing.epoch ? { ...talk.stored, writing: { epoch, index: writing.index + 1 } } : movedBehind(talk.stored, epoch, mark.index + 1))
      talk.boxes.delete(key)
      changes.delete(key)
      writes.remove(key)
    }
  }

  /** Seals a block into its box and writes it. */
  add(talk: Talk, { mark, block, ends }: Boxed): void {
    const { random, changes, now } = this.#conversations.parts
    const { scalar, stream, id } = talk.stored
    const keysOfBox = ownStreamBox(epochAt(talk.stored, mark.epoch)!.context, scalar, stream, mark.index)
    const content = sealBlock(keysOfBox, block)
    const box: StoredBox = { ...mark, content, signature: keysOfBox.sign(content, random), at: [], ends, sealed: now() }
    // A message that was deleted since stays where it is sealed, and is waited for no more.
    for (const position of ends) if (talk.outgoing.has(position)) talk.outgoing.set(position, mark)
    talk.boxes.set(keys.box(id, mark), box)
    changes.put(keys.box(id, mark), box)
    this.#write(talk, box)
  }

  #write(talk: Talk, box: StoredBox): void {
    const { writes, places, changes, messages, now } = this.#conversations.parts
    const { id, scalar, stream } = talk.stored
    const key = keys.box(id, box)
    const epoch = epochAt(talk.stored, box.epoch)
    // What nobody has read for so long that the epoch is forgotten is sealed anew.
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
      mayBeVoid: block !== null && mayBeVoid(block) && this.#isNear(talk, box),
      sent: async () => {
        const at = now()
        await advance((message) => (message.state === "queued" ? { ...message, state: "mix", times: { ...message.times, mix: at } } : message))
      },
      stored: async (trip, { at: places, of }) => {
        const at = now()
        // A confirmation may have come before the dropbox's own answer.
        if (!talk.boxes.has(key)) return
        const lying: StoredBox = { ...box, at: places, stored: at }
        talk.boxes.set(key, lying)
        changes.put(key, lying)
        const kept = pruned(talk.stored, talk.boxes.values(), at, EPOCH_LIFE)
        if (kept !== talk.stored) this.#conversations.save(talk, kept)
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
