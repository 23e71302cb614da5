import type { Talk } from "./conversations.ts"
import { Pace, REST } from "./pace.ts"

/** Unread messages for each of the others in a conversation, and bytes of them in all, above which its streams are read slowly. */
const UNREAD_SLOW = 5000
const BYTES_SLOW = 16 << 20
/** Bytes of unread messages above which they rest until the user has seen them. What they hold waits in its boxes, for 30 days. */
const BYTES_MOST = 64 << 20
/** No honest device puts more records into one block: 16 messages, a confirmation for each of 31 others, and what closes a stream. */
export const RECORDS_MOST = 64

/**
 * What a contact may take of this device: slots, memory and disk. What is beyond is not thrown away but read later, so that no order
 * is broken and nothing that follows is lost: the boxes keep it, and its sender writes again what was not confirmed.
 */
export class Intake {
  readonly #now: () => number
  readonly #paces = new WeakMap<Talk, Map<string, Pace>>()
  /** When a box was read last. */
  readonly #last = new WeakMap<Talk, number>()

  constructor(now: () => number) {
    this.#now = now
  }

  /** From when on the next box of this stream may be asked for, ms. */
  ready(talk: Talk, stream: string): number {
    const { unread, unreadBytes = 0, readers } = talk.stored
    if (unreadBytes >= BYTES_MOST) return Infinity
    const slowed = unread >= UNREAD_SLOW * Math.max(1, readers.length) || unreadBytes >= BYTES_SLOW ? (this.#last.get(talk) ?? 0) + REST : -Infinity
    return Math.max(slowed, this.#pace(talk, stream).ready)
  }

  /** A box of this stream was read. True where the next one will have to wait. */
  read(talk: Talk, stream: string, brought: "something" | "nothing" | "pieces"): boolean {
    this.#last.set(talk, this.#now())
    this.#pace(talk, stream).read(brought)
    return this.ready(talk, stream) > -Infinity
  }

  #pace(talk: Talk, stream: string): Pace {
    const paces = this.#paces.get(talk) ?? new Map<string, Pace>()
    this.#paces.set(talk, paces)
    const pace = paces.get(stream) ?? new Pace(this.#now)
    paces.set(stream, pace)
    return pace
  }
}
