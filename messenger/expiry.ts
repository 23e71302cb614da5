import { Acts } from "./acts.ts"
import type { Committing } from "./committing.ts"
import type { Conversations, Talk } from "./conversations.ts"
import { deleteEnded } from "./deleting.ts"
import type { OwnBoxes } from "./own-boxes.ts"
import { keys } from "./stored.ts"
import { pruned } from "./stored-conversation.ts"
import { BOX_GONE, DAY, EPOCH_LIFE, EXPIRY_LOOK, MESSAGE_LIFE } from "./timing.ts"

/** What became too old: messages whose life has ended, and what lies in outboxes. A conversation at a time, now and then, so that thousands of them cost a slot nothing. */
export class Expiry {
  readonly #conversations: Conversations
  readonly #boxes: OwnBoxes
  readonly #acts: Acts
  readonly #committing: Committing
  /** Days that dropboxes keep a box. */
  readonly #boxDays: () => number
  /** When each conversation is looked at next, the earliest first. */
  readonly #due = new Map<string, number>()

  constructor(conversations: Conversations, boxes: OwnBoxes, committing: Committing, boxDays: () => number) {
    this.#conversations = conversations
    this.#boxes = boxes
    this.#acts = new Acts(conversations)
    this.#committing = committing
    this.#boxDays = boxDays
  }

  /** Asked before every slot. */
  async wake(): Promise<void> {
    const { now } = this.#conversations.parts
    await deleteEnded(this.#conversations)
    const talk = this.#next()
    if (talk === null) return
    const life = this.#boxDays() * DAY + BOX_GONE
    await this.#fail(talk)
    await this.#acts.prune(talk)
    const kept = pruned(talk.stored, talk.boxes.values(), now(), EPOCH_LIFE)
    if (kept !== talk.stored) this.#conversations.save(talk, kept)
    const more = talk.open && (await this.#boxes.renew(talk, life))
    if (talk.open) this.#committing.renew(talk, now() - life)
    if (more) return
    this.#due.delete(talk.stored.id)
    this.#due.set(talk.stored.id, now() + EXPIRY_LOOK)
  }

  #next(): Talk | null {
    const { talks, parts } = this.#conversations
    if (this.#due.size < talks.size) {
      for (const [id, talk] of talks) if (!this.#due.has(id)) return talk
    }
    for (const [id, due] of this.#due) {
      const talk = talks.get(id)
      if (talk === undefined) this.#due.delete(id)
      else return due <= parts.now() ? talk : null
    }
    return null
  }

  /** What nobody has confirmed for so long has failed; the user may send it again. */
  async #fail(talk: Talk): Promise<void> {
    const { messages, changes, now } = this.#conversations.parts
    const { id } = talk.stored
    for (const position of [...talk.outgoing.keys()].sort((a, b) => a - b)) {
      const message = await messages.outgoing(id, position)
      // Those behind it are younger.
      if (message !== null && now() - (message.times.queued ?? message.sent) < MESSAGE_LIFE) break
      talk.outgoing.delete(position)
      changes.delete(keys.outgoing(id, position))
      await messages.change(id, position, (one) => ({ ...one, state: "failed", problem: "expired", times: { ...one.times, failed: now() } }))
      await this.#conversations.refreshLast(talk, position)
    }
  }
}
