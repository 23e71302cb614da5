import type { Changes } from "./changes.ts"
import type { Store } from "./ports.ts"
import { DAMAGED } from "./ports.ts"
import type { StoredQuarantine } from "./stored.ts"
import { keys, unpack } from "./stored.ts"

/**
 * Why something that came from a contact was not let in:
 * - blocked: they are blocked
 * - unsealed: no key of theirs opens the box; malformed: what was in it is not of its format
 * - unreadable: no key opens the message, or its signature is wrong; replayed: its key was used before
 * - foreign: another device's message than that whose stream it lay in
 * - duplicate: a message of this id is there
 * - lying: it confirms what was not sent
 * - flood: more than is taken at a time
 * - stranger: a device of somebody else in the contact's place; the conversation is stopped
 * - unfit: it edits, deletes or answers by a sign what it may not: somebody else's message, one that is deleted, a line
 * - revoked: by a device that its owner has said is theirs no more
 */
export type QuarantineReason = "blocked" | "unsealed" | "malformed" | "unreadable" | "replayed" | "foreign" | "duplicate" | "lying" | "flood" | "stranger" | "unfit" | "revoked"

/** What was kept out for one reason: how often, and when. Nothing of the contents is kept. */
export interface QuarantineView {
  readonly id: string
  readonly contact: string
  readonly reason: QuarantineReason
  readonly count: number
  readonly first: number
  readonly last: number
}

/**
 * What the door kept out, as lines: for each contact and reason one, which says how often and when. Nothing of the contents is kept.
 * There are as many lines as contacts times reasons at most, so that nobody can fill the list, or push the lines of others out of it.
 */
export class Quarantine {
  readonly #store: Store
  readonly #changes: Changes
  readonly #now: () => number
  readonly #lines = new Map<string, StoredQuarantine>()

  constructor(store: Store, changes: Changes, now: () => number) {
    this.#store = store
    this.#changes = changes
    this.#now = now
  }

  async load(): Promise<void> {
    for (const [key, bytes] of await this.#store.list(keys.quarantines)) if (bytes !== DAMAGED) this.#lines.set(key, unpack<StoredQuarantine>(bytes))
  }

  add(contact: string, reason: QuarantineReason): void {
    const key = keys.quarantine(contact, reason)
    const now = this.#now()
    const { first = now, count = 0 } = this.#lines.get(key) ?? {}
    const line = { contact, reason, first, last: now, count: count + 1 }
    this.#lines.set(key, line)
    this.#changes.put(key, line)
    this.#changes.tell(() => ({ type: "quarantine", line: viewOf(line) }))
  }

  /** The lines of one contact or of all, the latest first. */
  list(contact: string | null): QuarantineView[] {
    const lines = [...this.#lines.values()].filter((line) => contact === null || line.contact === contact)
    return lines.sort((a, b) => b.last - a.last).map(viewOf)
  }

  clear(contact: string | null): void {
    for (const [key, line] of this.#lines) {
      if (contact !== null && line.contact !== contact) continue
      this.#lines.delete(key)
      this.#changes.delete(key)
    }
    this.#changes.tell(() => ({ type: "quarantine-cleared", contact }))
  }
}

function viewOf({ contact, reason, first, last, count }: StoredQuarantine): QuarantineView {
  return { id: `${contact}/${reason}`, contact, reason, first, last, count }
}
