import type { Changes } from "./changes.ts"
import type { StoredMessage } from "./stored.ts"
import { keys } from "./stored.ts"
import type { StoredEnding } from "./stored-acts.ts"

/**
 * Which messages go, and when. The life of another's message counts from when it was read here, that of an own one from when it lies in a
 * dropbox (or has failed): what has not left yet does not go unsaid. With a file it is that of the whole file.
 */
export class Lifetimes {
  readonly #changes: Changes
  readonly #endings = new Map<string, StoredEnding>()
  /** No message ends before. */
  #next = Infinity

  constructor(changes: Changes) {
    this.#changes = changes
  }

  load(endings: readonly StoredEnding[]): void {
    for (const ending of endings) this.#keep(ending)
  }

  /** The same message with its end, as soon as its life counts. */
  kept(message: StoredMessage): StoredMessage {
    const { conversation, position, own, state, life } = message
    if (life !== undefined && own && state === "queued") {
      // It has not left, or is to be sent once more.
      this.forget(conversation, position)
      const { ends: _, ...again } = message
      return again
    }
    const begun = beginOf(message)
    const ends = message.ends ?? (life === undefined || begun === null ? undefined : begun + life)
    if (ends === undefined) return message
    this.#put({ conversation, position, at: ends })
    return { ...message, ends }
  }

  forget(conversation: string, position: number): void {
    const key = keys.ending(conversation, position)
    if (this.#endings.delete(key)) this.#changes.delete(key)
  }

  forgetAll(conversation: string): void {
    for (const ending of [...this.#endings.values()]) if (ending.conversation === conversation) this.forget(conversation, ending.position)
  }

  /** Those that have ended by now, `limit` at most. */
  due(now: number, limit: number): StoredEnding[] {
    if (now < this.#next) return []
    const due = [...this.#endings.values()].filter(({ at }) => at <= now).slice(0, limit)
    if (due.length < limit) {
      this.#next = Infinity
      for (const { at } of this.#endings.values()) if (at > now) this.#next = Math.min(this.#next, at)
    }
    return due
  }

  #put(ending: StoredEnding): void {
    const key = keys.ending(ending.conversation, ending.position)
    if (this.#endings.get(key)?.at === ending.at) return
    this.#keep(ending)
    this.#changes.put(key, ending)
  }

  #keep(ending: StoredEnding): void {
    this.#endings.set(keys.ending(ending.conversation, ending.position), ending)
    this.#next = Math.min(this.#next, ending.at)
  }
}

/** A file that is on its way is waited for: a message that goes before it has come would have been sent for nothing. */
function beginOf({ own, times, read, attachment }: StoredMessage): number | null {
  const begun = (own ? (times.dropbox ?? times.received ?? times.failed) : read) ?? null
  if (begun === null || attachment === undefined) return begun
  const { state, since = 0 } = attachment
  return state === "sending" || state === "paused" || state === "fetching" ? null : Math.max(begun, since)
}
