import type { Conversations, Talk } from "./conversations.ts"
import { EXPIRY_LOOK, MESSAGE_LIFE } from "./timing.ts"

/** What became too old in outboxes. A conversation at a time, now and then, so that thousands of them cost a slot nothing. */
export class Expiry {
  readonly #conversations: Conversations
  /** When each conversation is looked at next, the earliest first. */
  readonly #due = new Map<string, number>()

  constructor(conversations: Conversations) {
    this.#conversations = conversations
  }

  /** Asked before every slot. */
  async wake(): Promise<void> {
    const { now } = this.#conversations.parts
    const talk = this.#next()
    if (talk === null) return
    this.#due.delete(talk.stored.id)
    this.#due.set(talk.stored.id, now() + EXPIRY_LOOK)
    await this.#fail(talk)
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
    const { messages, now } = this.#conversations.parts
    const { id } = talk.stored
    for (const position of [...talk.outgoing.keys()].sort((a, b) => a - b)) {
      const message = await messages.at(id, position)
      if (message === null || message.state === "failed") continue
      // Those behind it are younger.
      if (now() - message.sent < MESSAGE_LIFE) break
      await messages.change(id, position, (one) => ({ ...one, state: "failed", problem: "expired", times: { ...one.times, failed: now() } }))
      await this.#conversations.refreshLast(talk, position)
    }
  }
}
