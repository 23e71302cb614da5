import { toHex } from "../shared/bytes.ts"
import type { Directory } from "../shared/directory/document.ts"
import type { MentionView, MessageView, Speed } from "./api.ts"
import type { StoredAttachment } from "./attachments/stored-attachment.ts"
import { authorOf } from "./becoming.ts"
import type { Changes } from "./changes.ts"
import { memberBy } from "./content/message-id.ts"
import { asKnown } from "./groups/line-names.ts"
import type { Trip } from "./courier.ts"
import { Lifetimes } from "./lifetimes.ts"
import type { Journey } from "./network-view.ts"
import { nodeView } from "./node-view.ts"
import type { Store } from "./ports.ts"
import { DAMAGED } from "./ports.ts"
import { becomeView, isQuiet, quoteOf, saidIn } from "./saying.ts"
import { Shelf } from "./shelf.ts"
import type { StoredDeleted, StoredJourney, StoredMessage } from "./stored.ts"
import { keys, positionIn, unpack, unpackIfAny } from "./stored.ts"
import type { StoredOwnAct } from "./stored-acts.ts"
import { CONFIRM_MEAN, expectedRoundTrip, expectedSlot } from "./timing.ts"

const COUNTED_AT_ONCE = 100

interface Parts {
  readonly store: Store
  readonly changes: Changes
  readonly directory: () => Directory | null
  readonly speed: () => Speed
  /** Who a member of a group is to this user. */
  readonly known: (member: string) => Known
  /** A message with this file is gone. */
  readonly erase: (attachment: StoredAttachment) => void
}

/** `name`: what this user calls them, if they are a contact. */
export interface Known {
  readonly own: boolean
  readonly name: string | null
}

/** The messages of all conversations, one record each; nothing of them is kept in memory. */
export class Messages {
  readonly #parts: Parts
  readonly lifetimes: Lifetimes
  readonly shelf: Shelf

  constructor(parts: Parts) {
    this.#parts = parts
    this.lifetimes = new Lifetimes(parts.changes)
    this.shelf = new Shelf(parts.store, parts.changes)
  }

  /** False where a message of this id is there already. */
  async add(message: StoredMessage): Promise<boolean> {
    if ((await this.placeOf(message.id)) !== null) return false
    this.name(message.id, message)
    this.#save(message, null)
    return true
  }

  async change(conversation: string, position: number, change: (message: StoredMessage) => StoredMessage): Promise<void> {
    const bytes = await this.#parts.changes.get(this.#parts.store, keys.message(conversation, position))
    if (bytes === null) return this.#changeAct(conversation, position, change)
    // What is damaged stays so: a message made up of what changed would hide it.
    if (bytes === DAMAGED) return
    const before = unpack<StoredMessage>(bytes)
    this.#save(change(before), before)
  }

  async byId(id: string): Promise<StoredMessage | null> {
    const damaged = damagedPlace(id)
    const place = damaged ?? (await this.placeOf(id))
    const found = place === null ? null : await this.at(place.conversation, place.position)
    // By its place alone no message is named that can be read.
    return damaged !== null && found?.content !== DAMAGED ? null : found
  }

  async at(conversation: string, position: number): Promise<StoredMessage | null> {
    const bytes = await this.#parts.changes.get(this.#parts.store, keys.message(conversation, position))
    return bytes === null ? null : message(conversation, position, bytes)
  }

  /** What waits in the outbox under a position: a message, or an act. */
  async outgoing(conversation: string, position: number): Promise<StoredMessage | null> {
    return (await this.at(conversation, position)) ?? (await this.act(conversation, position))
  }

  async act(conversation: string, position: number): Promise<StoredOwnAct | null> {
    return unpackIfAny(await this.#parts.changes.get(this.#parts.store, keys.act(conversation, position)))
  }

  /** An own act goes as a message does, and is let go of once it is confirmed. What it is about says how far it is. */
  async #changeAct(conversation: string, position: number, change: (act: StoredMessage) => StoredMessage): Promise<void> {
    const act = await this.act(conversation, position)
    if (act === null) return
    const { about } = act
    const changed: StoredOwnAct = { ...change(act), about }
    const { state } = changed
    // Of what only devices say to each other nothing is shown, and nothing tried again.
    const isOver = state === "received" || (about === null && state === "failed")
    if (isOver) this.#parts.changes.delete(keys.act(conversation, position))
    else this.#parts.changes.put(keys.act(conversation, position), changed)
    if (about === null || state === act.state || state === null || (await this.at(conversation, about))?.doing?.position !== position) return
    await this.change(conversation, about, ({ doing: _, ...message }) => (state === "received" ? message : { ...message, doing: { position, state } }))
  }

  /** From now on this id, too, leads to that message. */
  name(id: string, { conversation, position }: Pick<StoredMessage, "conversation" | "position">): void {
    this.#parts.changes.put(keys.messageId(id), { conversation, position })
  }

  unname(id: string): void {
    this.#parts.changes.delete(keys.messageId(id))
  }

  /** The `limit` messages before `before`, in their order. */
  async page(conversation: string, before: number | null, limit: number): Promise<{ messages: StoredMessage[]; more: boolean }> {
    const prefix = keys.messages(conversation)
    const from = before === null ? {} : { from: keys.message(conversation, before) }
    const entries = await this.#parts.store.list(prefix, { ...from, limit: limit + 1, reverse: true })
    const messages = entries.slice(0, limit).map(([key, bytes]) => message(conversation, positionIn(key), bytes))
    return { messages: messages.reverse(), more: entries.length > limit }
  }

  /** Messages behind `position`, in their order. */
  async after(conversation: string, position: number, limit: number): Promise<StoredMessage[]> {
    const entries = await this.#parts.store.list(keys.messages(conversation), { from: keys.message(conversation, position), limit })
    return entries.map(([key, bytes]) => message(conversation, positionIn(key), bytes))
  }

  /** Messages of others behind `from`, up to `to`, are read; how many there are, and how many of them are lines. */
  async markOthers(conversation: string, from: number, to: number, read: number): Promise<{ count: number; lines: number }> {
    let [count, lines] = [0, 0]
    for (let at = from; at < to; ) {
      const page = await this.after(conversation, at, COUNTED_AT_ONCE)
      const others = page.filter(({ own, position }) => !own && position <= to)
      count += others.length
      lines += others.filter(isQuiet).length
      for (const { position, life } of others) if (life !== undefined) await this.change(conversation, position, (one) => ({ ...one, read: one.read ?? read }))
      at = page.at(-1)?.position ?? to
    }
    return { count, lines }
  }

  /** The record goes; that there was one of this id stays, so that it is not taken for a new one when it comes again. */
  delete({ id, conversation, position, edits = [], attachment }: StoredMessage): void {
    const { changes } = this.#parts
    if (attachment !== undefined) this.#parts.erase(attachment)
    changes.delete(keys.message(conversation, position))
    this.lifetimes.forget(conversation, position)
    this.shelf.remove(conversation, position)
    for (const edit of edits) this.unname(edit.id)
    changes.put(keys.deleted(conversation, position), { id } satisfies StoredDeleted)
    changes.tell(() => ({ type: "message-deleted", conversation, message: id, position }))
  }

  async isDeleted(conversation: string, position: number): Promise<boolean> {
    return (await this.#parts.changes.get(this.#parts.store, keys.deleted(conversation, position))) !== null
  }

  async forget(conversation: string): Promise<void> {
    const { store, changes } = this.#parts
    for (const prefix of [keys.messages(conversation), keys.deletions(conversation)])
      for (const [key, bytes] of await store.list(prefix)) {
        if (bytes !== DAMAGED) {
          const { id, edits = [], attachment } = unpack<StoredMessage | (StoredDeleted & { edits?: undefined; attachment?: undefined })>(bytes)
          if (attachment !== undefined) this.#parts.erase(attachment)
          for (const name of [id, ...edits.map((edit) => edit.id)]) this.unname(name)
        }
        changes.delete(key)
      }
    for (const [key] of await store.list(keys.acts(conversation))) changes.delete(key)
    this.lifetimes.forgetAll(conversation)
    await this.shelf.forget(conversation)
  }

  /** With what it answers, as that is now. */
  async view(message: StoredMessage): Promise<MessageView> {
    const view = this.bare(message)
    const answered = message.content === DAMAGED ? null : saidIn(message).inReplyTo
    if (answered === null) return view
    const quoted = await this.byId(answered)
    const quote = quoteOf(answered, quoted?.conversation === message.conversation ? quoted : null)
    return { ...view, quote: quote.fromName === undefined ? quote : { ...quote, fromName: this.#name(quote.from, quote.fromName) } }
  }

  /** Without what it answers. */
  bare(message: StoredMessage): MessageView {
    const { text, named } = message.content === DAMAGED ? { text: "", named: [] } : saidIn(message)
    const mentions = named.flatMap(({ uri, from, to }) => this.#mentioned(uri, from, to))
    return {
      id: message.id,
      conversation: message.conversation,
      own: message.own,
      from: authorOf(message),
      ...(message.fromName !== undefined && { fromName: this.#name(authorOf(message), message.fromName) }),
      text,
      ...(mentions.length > 0 && { mentions }),
      sent: message.sent,
      received: message.received,
      state: message.state,
      times: message.times,
      expected: this.#expected(message),
      problem: message.problem,
      replicas: message.replicas ?? null,
      journey: message.journey === null ? null : this.#journey(message.journey),
      position: message.position,
      ...(message.content === DAMAGED ? { damaged: true } : becomeView(message)),
      ...(message.line !== undefined && { line: asKnown(message.line, (member, name) => this.#name(member, name)) }),
    }
  }

  #mentioned(uri: string, from: number, to: number): MentionView[] {
    const member = memberBy(uri)
    return member === null ? [] : [{ member: this.#parts.known(member).own ? null : member, from, to }]
  }

  /** A contact is called in groups what this user calls them, and whoever is none what they call themselves. */
  #name(member: string | null, name: string): string {
    return (member === null ? null : this.#parts.known(member).name) ?? name
  }

  #save(changed: StoredMessage, before: StoredMessage | null): void {
    const message = this.lifetimes.kept(changed)
    this.shelf.put(before, message)
    this.#parts.changes.put(keys.message(message.conversation, message.position), message)
    this.#parts.changes.tell(async () => ({ type: "message", message: await this.view(message) }))
  }

  /** Of the message that has this id, or of which an edit has it. */
  async placeOf(id: string): Promise<{ conversation: string; position: number } | null> {
    const bytes = await this.#parts.changes.get(this.#parts.store, keys.messageId(id))
    return unpackIfAny(bytes)
  }

  #expected({ state, times, sent }: StoredMessage): number | null {
    const parameters = this.#parts.directory()?.parameters
    if (parameters === undefined) return null
    if (state === "queued") return (times.queued ?? sent) + expectedSlot(this.#parts.speed())
    if (state === "mix") return (times.mix ?? sent) + expectedRoundTrip(parameters)
    // Where the other device is there; and if nothing that it says carries the confirmation sooner.
    if (state === "dropbox" && times.dropbox !== undefined) return times.dropbox + CONFIRM_MEAN + expectedSlot(this.#parts.speed()) + expectedRoundTrip(parameters)
    return null
  }

  #journey({ out, back, sent, answered }: StoredJourney): Journey {
    const nodes = (ids: readonly Uint8Array[]) => ids.map((id) => this.#parts.directory()?.byId.get(toHex(id))).filter(isPresent).map(nodeView)
    return { out: nodes(out), back: nodes(back), sent, answered }
  }
}

/** Where the record is damaged, what is known of it all the same: its place, of which its id is made. */
function message(conversation: string, position: number, bytes: Uint8Array): StoredMessage {
  if (bytes !== DAMAGED) return unpack<StoredMessage>(bytes)
  const unknown = { own: false, sent: 0, received: null, state: null, times: {}, problem: null, journey: null } as const
  return { ...unknown, id: `damaged/${conversation}/${position}`, conversation, position, content: DAMAGED }
}

function damagedPlace(id: string): { conversation: string; position: number } | null {
  const [, conversation, position] = /^damaged\/(.+)\/(\d{1,15})$/.exec(id) ?? []
  return conversation === undefined || position === undefined ? null : { conversation, position: Number(position) }
}

function isPresent<T>(value: T | undefined): value is T {
  return value !== undefined
}

export function storedJourney(trip: Trip): StoredJourney {
  return { out: trip.out.map((node) => node.id), back: trip.back.map((node) => node.id), sent: trip.sent, answered: trip.answered }
}
