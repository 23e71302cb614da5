import { toHex } from "../shared/bytes.ts"
import type { Directory } from "../shared/directory/document.ts"
import type { MessageView, Speed } from "./api.ts"
import type { Changes } from "./changes.ts"
import { decodeContent } from "./content/codec.ts"
import { plainText } from "./content/text.ts"
import type { Trip } from "./courier.ts"
import type { Journey } from "./network-view.ts"
import { nodeView } from "./node-view.ts"
import type { Store } from "./ports.ts"
import { DAMAGED } from "./ports.ts"
import type { StoredDeleted, StoredJourney, StoredMessage } from "./stored.ts"
import { keys, positionIn, unpack, unpackIfAny } from "./stored.ts"
import { CONFIRM_MEAN, expectedRoundTrip, expectedSlot } from "./timing.ts"

const COUNTED_AT_ONCE = 100

interface Parts {
  readonly store: Store
  readonly changes: Changes
  readonly directory: () => Directory | null
  readonly speed: () => Speed
}

/** The messages of all conversations, one record each; nothing of them is kept in memory. */
export class Messages {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** False where a message of this id is there already. */
  async add(message: StoredMessage): Promise<boolean> {
    if ((await this.#positionOf(message.id)) !== null) return false
    this.#parts.changes.put(keys.messageId(message.id), { conversation: message.conversation, position: message.position })
    this.#save(message)
    return true
  }

  async change(conversation: string, position: number, change: (message: StoredMessage) => StoredMessage): Promise<void> {
    const bytes = await this.#parts.changes.get(this.#parts.store, keys.message(conversation, position))
    // What is damaged stays so: a message made up of what changed would hide it.
    if (bytes !== null && bytes !== DAMAGED) this.#save(change(unpack<StoredMessage>(bytes)))
  }

  async byId(id: string): Promise<StoredMessage | null> {
    const place = await this.#positionOf(id)
    return place === null ? null : this.at(place.conversation, place.position)
  }

  async at(conversation: string, position: number): Promise<StoredMessage | null> {
    const bytes = await this.#parts.changes.get(this.#parts.store, keys.message(conversation, position))
    return bytes === null ? null : message(conversation, position, bytes)
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

  /** How many messages of others stand behind `from`, up to `to`. */
  async countOthers(conversation: string, from: number, to: number): Promise<number> {
    let count = 0
    for (let at = from; at < to; ) {
      const page = await this.after(conversation, at, COUNTED_AT_ONCE)
      count += page.filter(({ own, position }) => !own && position <= to).length
      at = page.at(-1)?.position ?? to
    }
    return count
  }

  /** The record goes; that there was one of this id stays, so that it is not taken for a new one when it comes again. */
  delete({ id, conversation, position }: StoredMessage): void {
    const { changes } = this.#parts
    changes.delete(keys.message(conversation, position))
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
        if (bytes !== DAMAGED) changes.delete(keys.messageId(unpack<StoredMessage | StoredDeleted>(bytes).id))
        changes.delete(key)
      }
  }

  view(message: StoredMessage): MessageView {
    return {
      id: message.id,
      conversation: message.conversation,
      own: message.own,
      from: message.own ? null : message.conversation,
      text: message.content === DAMAGED ? "" : shownText(message.content),
      sent: message.sent,
      received: message.received,
      state: message.state,
      times: message.times,
      expected: this.#expected(message),
      problem: message.problem,
      replicas: message.replicas ?? null,
      journey: message.journey === null ? null : this.#journey(message.journey),
      position: message.position,
      ...(message.content === DAMAGED && { damaged: true }),
    }
  }

  #save(message: StoredMessage): void {
    this.#parts.changes.put(keys.message(message.conversation, message.position), message)
    this.#parts.changes.tell(() => ({ type: "message", message: this.view(message) }))
  }

  async #positionOf(id: string): Promise<{ conversation: string; position: number } | null> {
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

/** Where the record is damaged, what is known of it all the same: its place. */
function message(conversation: string, position: number, bytes: Uint8Array): StoredMessage {
  if (bytes !== DAMAGED) return unpack<StoredMessage>(bytes)
  const unknown = { own: false, sent: 0, received: null, state: null, times: {}, problem: null, journey: null } as const
  return { ...unknown, id: `damaged/${conversation}/${position}`, conversation, position, content: DAMAGED }
}

function isPresent<T>(value: T | undefined): value is T {
  return value !== undefined
}

function shownText(content: Uint8Array): string {
  return plainText(decodeContent(content))
    .map((piece) => (piece.kind === "text" ? piece.text : `[${piece.contentType}]`))
    .join("\n")
}

export function storedJourney(trip: Trip): StoredJourney {
  return { out: trip.out.map((node) => node.id), back: trip.back.map((node) => node.id), sent: trip.sent, answered: trip.answered }
}
