import { toHex } from "../shared/bytes.ts"
import type { Random } from "../shared/random.ts"
import { exponential } from "../shared/random.ts"
import type { ConversationView, MessageView, Stopped } from "./api.ts"
import type { Verdict } from "./allow.ts"
import { mayWrite } from "./allow.ts"
import type { Changes } from "./changes.ts"
import { encodeContent } from "./content/codec.ts"
import { messageId } from "./content/message-id.ts"
import { textMessage } from "./content/text.ts"
import type { Messages } from "./messages.ts"
import type { GroupState, Mls } from "./mls/mls.ts"
import type { Places } from "./places.ts"
import type { Quarantine } from "./quarantine.ts"
import type { Store } from "./ports.ts"
import type { StoredBox, StoredContact, StoredConversation, StoredOutgoing } from "./stored.ts"
import { keys, unpackAll } from "./stored.ts"
import { CLOCKS_APART, CONFIRM_MEAN, MESSAGE_LIFE } from "./timing.ts"
import type { Watches } from "./watches.ts"
import type { Writes } from "./writes.ts"

export interface ConversationParts {
  readonly store: Store
  readonly changes: Changes
  readonly random: Random
  readonly mls: Mls
  readonly messages: Messages
  readonly watches: Watches
  readonly writes: Writes
  readonly places: Places
  /** What is not let in is counted here. */
  readonly quarantine: Quarantine
  readonly now: () => number
  /** The hash of the directory in use, and its epoch: they travel with every message. */
  readonly directory: () => { hash: Uint8Array; epoch: number } | null
  /** The allow-list. */
  readonly door: (conversation: string) => Verdict
  /** A message said which directory its sender uses. */
  readonly said: (talk: Talk, epoch: number, prefix: Uint8Array) => void
  /** The other side has written something that opens: it has let us in. */
  readonly heard: (conversation: string) => void
  /** The other side says that it has another identity key. Throws WireError. */
  readonly stated: (conversation: string, statement: Uint8Array) => void
  readonly contact: (conversation: string) => StoredContact | undefined
  readonly own: () => Uint8Array
}

/** One conversation as the engine holds it: what is stored, and what follows from it. */
export interface Talk {
  stored: StoredConversation
  /** Own messages by position, with the box they end in once sealed. */
  readonly outgoing: Map<number, number | null>
  /** Own boxes that are not yet confirmed, by index. */
  readonly boxes: Map<number, StoredBox>
  /** Since when something waits to be sealed. */
  waitingSince: number | null
  /** When a confirmation goes out that no message carries. */
  confirmAt: number | null
  last: MessageView | null
  /** The answer box has taken our answer, or we have let the other side in. */
  open: boolean
}

/** Conversations, their outboxes and what is known of each; sealing and reading stand in files of their own. */
export class Conversations {
  readonly parts: ConversationParts
  readonly talks = new Map<string, Talk>()

  constructor(parts: ConversationParts) {
    this.parts = parts
  }

  async load(stored: StoredConversation, open: boolean): Promise<Talk> {
    const outgoings = await this.parts.store.list(keys.outgoings(stored.id))
    const outgoing = new Map(unpackAll<StoredOutgoing>(outgoings).map(({ position, box }) => [position, box] as const))
    const boxes = unpackAll<StoredBox>(await this.parts.store.list(keys.boxes(stored.id)))
    const talk: Talk = {
      stored,
      outgoing,
      boxes: new Map(boxes.map((box) => [box.index, box])),
      waitingSince: [...outgoing.values()].includes(null) ? 0 : null,
      confirmAt: null,
      last: null,
      open,
    }
    this.talks.set(stored.id, talk)
    const { messages } = await this.parts.messages.page(stored.id, null, 1)
    talk.last = messages[0] === undefined ? null : this.parts.messages.view(messages[0])
    if (stored.readers.some(({ told, next }) => told < next)) this.confirmLater(talk)
    for (const position of outgoing.keys()) await this.#expire(stored.id, position)
    return talk
  }

  /** What nobody has confirmed for 25 days has failed; the user may send it again. */
  async #expire(id: string, position: number): Promise<void> {
    const { messages, now } = this.parts
    const message = await messages.at(id, position)
    if (message === null || message.state === "failed" || now() - message.sent < MESSAGE_LIFE) return
    await messages.change(id, position, (one) => ({ ...one, state: "failed", problem: "expired", times: { ...one.times, failed: now() } }))
  }

  /** A group of two that was just made or joined. */
  create(id: string, group: GroupState, scalar: Uint8Array, placement: readonly Uint8Array[], open: boolean): Talk {
    const own = group.members.find(({ leaf }) => leaf === group.ownLeaf)
    if (own === undefined) throw new Error("own leaf missing from the group")
    const stored: StoredConversation = {
      id,
      groupId: group.groupId,
      epoch: group.epoch,
      mls: group.state,
      context: group.boxContext,
      ownLeaf: group.ownLeaf,
      scalar,
      stream: own.stream,
      placement,
      nextWrite: 0,
      readers: group.members
        .filter(({ leaf }) => leaf !== group.ownLeaf)
        .map(({ leaf, identity, stream }) => ({ leaf, identity, stream, next: 0, told: 0, unfinished: null })),
      position: 0,
      seen: 0,
      unread: 0,
    }
    const talk: Talk = { stored, outgoing: new Map(), boxes: new Map(), waitingSince: null, confirmAt: null, last: null, open }
    this.talks.set(id, talk)
    this.save(talk, stored)
    return talk
  }

  save(talk: Talk, stored: StoredConversation): void {
    talk.stored = stored
    this.parts.changes.put(keys.conversation(stored.id), stored)
    this.parts.changes.tell(() => ({ type: "conversation", conversation: this.view(talk) }))
  }

  get(id: string): Talk | null {
    return this.talks.get(id) ?? null
  }

  get streams(): number {
    let count = 0
    for (const { stored, open } of this.talks.values()) if (open) count += stored.readers.length
    return count
  }

  /** Puts a text into the outbox. It is sealed when it is about to be sent. */
  async queue(talk: Talk, text: string): Promise<string> {
    const { random, messages, changes, now, own } = this.parts
    const content = encodeContent(textMessage(text, random(16)))
    const position = talk.stored.position + 1
    const sent = now()
    const id = this.messageId(talk, own(), content)
    this.save(talk, { ...talk.stored, position })
    const isCopy = talk.stored.isCopy === true
    if (!isCopy) {
      changes.put(keys.outgoing(talk.stored.id, position), { position, box: null } satisfies StoredOutgoing)
      talk.outgoing.set(position, null)
      talk.waitingSince ??= sent
    }
    await messages.add({
      id,
      conversation: talk.stored.id,
      position,
      own: true,
      content,
      sent,
      received: null,
      state: isCopy ? "failed" : "queued",
      times: isCopy ? { failed: sent } : { queued: sent },
      problem: isCopy ? "contact-failed" : null,
      journey: null,
    })
    await this.showLast(talk)
    return id
  }

  /** Our state is a copy of one that goes on elsewhere: it never writes again, also after a restart, and says so. design.md section 7. */
  async retire(talk: Talk): Promise<void> {
    const { messages, writes, changes, now } = this.parts
    const { id } = talk.stored
    talk.open = false
    this.save(talk, { ...talk.stored, isCopy: true })
    for (const index of talk.boxes.keys()) writes.remove(keys.box(id, index))
    for (const position of talk.outgoing.keys()) {
      changes.delete(keys.outgoing(id, position))
      await messages.change(id, position, (one) => ({ ...one, state: "failed", problem: "contact-failed", times: { ...one.times, failed: now() } }))
      await this.refreshLast(talk, position)
    }
    talk.outgoing.clear()
    talk.waitingSince = null
  }

  /** The id of a message by the draft's rule, over what MLS says of sender and conversation. */
  messageId(talk: Talk, identity: Uint8Array, content: Uint8Array): string {
    const room = `mimi://sotto.invalid/r/${toHex(talk.stored.groupId)}`
    return toHex(messageId(content, `mimi://sotto.invalid/u/${toHex(identity)}`, room))
  }

  /** A sender's time as far as it can be true: not later than now, nor before the conversation, but for clocks that differ. */
  plausible(talk: Talk, time: number): number {
    const { now, contact } = this.parts
    const begun = contact(talk.stored.id)?.created ?? 0
    return Math.min(Math.max(time, begun - CLOCKS_APART), now())
  }

  confirmLater(talk: Talk): void {
    talk.confirmAt ??= this.parts.now() + exponential(this.parts.random, CONFIRM_MEAN)
  }

  confirmSoon(talk: Talk): void {
    talk.confirmAt = this.parts.now()
  }

  async markSeen(talk: Talk, position: number): Promise<void> {
    if (position <= talk.stored.seen) return
    const seen = Math.min(position, talk.stored.position)
    const marked = await this.parts.messages.countOthers(talk.stored.id, talk.stored.seen, seen)
    const unread = seen >= talk.stored.position ? 0 : Math.max(0, talk.stored.unread - marked)
    // About as many bytes of them as of all: what is rested for is bounded, not counted.
    const unreadBytes = unread === 0 ? 0 : Math.ceil(((talk.stored.unreadBytes ?? 0) * unread) / talk.stored.unread)
    this.save(talk, { ...talk.stored, seen, unread, unreadBytes })
  }

  async showLast(talk: Talk): Promise<void> {
    const message = await this.parts.messages.at(talk.stored.id, talk.stored.position)
    if (message !== null) talk.last = this.parts.messages.view(message)
  }

  /** The latest message has changed its state. */
  async refreshLast(talk: Talk, position: number): Promise<void> {
    if (position !== talk.stored.position) return
    await this.showLast(talk)
    this.parts.changes.tell(() => ({ type: "conversation", conversation: this.view(talk) }))
  }

  async forget(id: string): Promise<void> {
    const talk = this.talks.get(id)
    if (talk === undefined) return
    const { changes, store, watches, writes, messages } = this.parts
    watches.endAll(`stream/${id}/`)
    for (const [key] of await store.list(keys.boxes(id))) {
      changes.delete(key)
      writes.remove(key)
    }
    for (const [key] of await store.list(keys.outgoings(id))) changes.delete(key)
    await messages.forget(id)
    changes.delete(keys.conversation(id))
    this.talks.delete(id)
  }

  #stopped({ id, isCopy }: StoredConversation): Stopped | null {
    if (isCopy === true) return "copy"
    return mayWrite(this.parts.contact(id)) ? null : "identity"
  }

  view({ stored, last }: Talk): ConversationView {
    return { id: stored.id, kind: "direct", title: this.parts.contact(stored.id)?.name ?? "", contact: stored.id, last, unread: stored.unread, stopped: this.#stopped(stored) }
  }
}
