/** Boxes that bring nothing, one after the other, before a stream is read slowly. */
const IDLE_MOST = 256
/** Then one box in so many ms: of all slots an eighth for `saver`, fewer for the others. */
export const REST = 2 * 60_000
/** So many boxes may go by until a record that goes on from box to box is whole: the longest takes 22. */
const PIECES_MOST = 32

/**
 * How fast one stream is read. Whoever has its keys can write boxes for ever that hold nothing: they cost the writer a stamp each,
 * and the reader a slot. Boxes that bring nothing are counted, one is forgotten every two minutes, and beyond 256 the stream is read at
 * that pace. It is never left, and nothing of it is skipped: what honestly follows is read, later.
 */
export class Pace {
  readonly #now: () => number
  /** Boxes that brought nothing, those that are forgotten taken off. */
  #idle = 0
  #since: number
  /** Of a record that is not whole yet. */
  #pieces = 0

  constructor(now: () => number) {
    this.#now = now
    this.#since = now()
  }

  /** A box was read, and what was in it has changed something, or has not, or goes on in the next. */
  read(brought: "something" | "nothing" | "pieces"): void {
    if (brought === "something") {
      this.#pieces = 0
      return
    }
    this.#pieces++
    if (brought === "pieces" && this.#pieces <= PIECES_MOST) return
    this.#forget()
    this.#idle += this.#pieces
    this.#pieces = 0
  }

  /** From when on the next box may be asked for, ms. */
  get ready(): number {
    this.#forget()
    return this.#idle < IDLE_MOST ? -Infinity : this.#since + REST * (this.#idle - IDLE_MOST + 1)
  }

  #forget(): void {
    const now = this.#now()
    const forgotten = Math.max(0, Math.floor((now - this.#since) / REST))
    this.#idle = Math.max(0, this.#idle - forgotten)
    this.#since = this.#idle === 0 ? now : this.#since + forgotten * REST
  }
}
