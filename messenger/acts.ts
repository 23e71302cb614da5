import { toHex, WireError } from "../shared/bytes.ts"
import { become } from "./becoming.ts"
import type { Act } from "./content/acts.ts"
import { actOf } from "./content/acts.ts"
import { decodeContent } from "./content/codec.ts"
import type { Conversations, Talk } from "./conversations.ts"
import { dropEdits, dropOutgoing, unnamed } from "./deleting.ts"
import { DAMAGED } from "./ports.ts"
import { isLine } from "./saying.ts"
import type { StoredMessage } from "./stored.ts"
import { keys, unpackIfAny } from "./stored.ts"
import type { StoredAct, StoredWaitingActs } from "./stored-acts.ts"
import { ACT_PATIENCE } from "./timing.ts"

/** What waits of one sender in one conversation, in number and in bytes of content. */
const WAITING_MOST = 64
const WAITING_BYTES = 128 << 10

/**
 * What is said of messages: edits, reactions, deletions. They take no place in the conversation, but change what stands at one. One that
 * comes before its message waits for it.
 */
export class Acts {
  readonly #conversations: Conversations

  constructor(conversations: Conversations) {
    this.#conversations = conversations
  }

  /** An act of somebody else, at the one door. */
  async came(talk: Talk, act: StoredAct, says: Act): Promise<void> {
    if (!(await this.apply(talk, act, says))) await this.#wait(talk, act)
  }

  /** A message or an edit has come that has this id: what was said of it before that is done now. */
  async arrived(talk: Talk, id: string): Promise<void> {
    if ((talk.stored.waitingActs ?? 0) === 0) return
    const all = await this.#waiting(talk)
    const due = all.filter(({ content }) => targetOf(content) === id)
    if (due.length === 0) return
    this.#keep(talk, all.filter((act) => !due.includes(act)))
    for (const act of due) await this.apply(talk, act, actOf(decodeContent(act.content))!)
  }

  /** False where the message is not known: it may still come. `doing`: position of an own act in the outbox. */
  async apply(talk: Talk, act: StoredAct, says: Act, doing?: number): Promise<boolean> {
    const { messages } = this.#conversations.parts
    const { id } = talk.stored
    const place = await messages.placeOf(toHex(says.target))
    if (place === null) return false
    const message = place.conversation === id ? await messages.at(id, place.position) : null
    if (place.conversation !== id) this.#drop(talk)
    // Deleted here, or gone, or not readable: nothing is done to it any more.
    if (message === null || message.content === DAMAGED) return true
    const outcome = isLine(message) ? "unfit" : become(message, act, says)
    if (says.kind === "ask-again" && outcome === null) await this.#conversations.parts.attachments.asked(talk, message)
    if (outcome === "unfit") this.#drop(talk)
    else if (outcome !== null) {
      const changed: StoredMessage = doing === undefined ? outcome : { ...outcome, doing: { position: doing, state: "queued" } }
      this.#nameEdits(message, changed)
      if (changed.deleted !== undefined && message.deleted === undefined && message.own) {
        dropOutgoing(this.#conversations, talk, message.position)
        await dropEdits(this.#conversations, talk, message.position)
      }
      await messages.change(id, message.position, () => changed)
      if (changed.deleted !== undefined) this.#conversations.save(talk, unnamed(talk.stored, message.position))
      await this.#conversations.refreshLast(talk, message.position)
      if (says.kind === "edit") await this.arrived(talk, act.id)
      if (message.attachment !== undefined && changed.attachment === undefined) this.#conversations.parts.attachments.erase(message.attachment)
      if (says.kind === "again") await this.#conversations.parts.attachments.came(talk, changed, message.attachment?.state === "asked")
    }
    return true
  }

  /** What has waited for too long is thrown away: its message does not come any more. */
  async prune(talk: Talk): Promise<void> {
    if ((talk.stored.waitingActs ?? 0) === 0) return
    const all = await this.#waiting(talk)
    const since = this.#conversations.parts.now() - ACT_PATIENCE
    if (all.some(({ came }) => came < since)) this.#keep(talk, all.filter(({ came }) => came >= since))
  }

  /** Edits may be edited in their turn, so that their ids lead to the message, as long as they are kept. */
  #nameEdits(before: StoredMessage, { edits = [], conversation, position }: StoredMessage): void {
    const { messages } = this.#conversations.parts
    for (const { id } of before.edits ?? []) if (!edits.some((one) => one.id === id)) messages.unname(id)
    for (const { id } of edits) if (before.edits?.some((one) => one.id === id) !== true) messages.name(id, { conversation, position })
  }

  async #wait(talk: Talk, act: StoredAct): Promise<void> {
    const all = await this.#waiting(talk)
    if (all.some(({ id }) => id === act.id)) return
    const ofSender = all.filter(({ from }) => from === act.from)
    const bytes = ofSender.reduce((sum, { content }) => sum + content.length, act.content.length)
    if (ofSender.length >= WAITING_MOST || bytes > WAITING_BYTES) return this.#conversations.parts.quarantine.add(talk.stored.id, "flood")
    this.#keep(talk, [...all, { ...act, came: this.#conversations.parts.now() }])
  }

  async #waiting(talk: Talk): Promise<StoredWaitingActs["acts"]> {
    if ((talk.stored.waitingActs ?? 0) === 0) return []
    const { changes, store } = this.#conversations.parts
    return unpackIfAny<StoredWaitingActs>(await changes.get(store, keys.waitingActs(talk.stored.id)))?.acts ?? []
  }

  #keep(talk: Talk, acts: StoredWaitingActs["acts"]): void {
    const { changes } = this.#conversations.parts
    const key = keys.waitingActs(talk.stored.id)
    if (acts.length === 0) changes.delete(key)
    else changes.put(key, { acts } satisfies StoredWaitingActs)
    this.#conversations.save(talk, { ...talk.stored, waitingActs: acts.length })
  }

  #drop(talk: Talk): void {
    this.#conversations.parts.quarantine.add(talk.stored.id, "unfit")
  }
}

function targetOf(content: Uint8Array): string | null {
  try {
    const act = actOf(decodeContent(content))
    return act === null ? null : toHex(act.target)
  } catch (error) {
    if (error instanceof WireError) return null
    throw error
  }
}
