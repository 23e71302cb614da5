/** Two wakes this close, ms, become one: packets that are due together leave together, and a busy node is not woken for each. */
export const TICK = 5
/** A pending timer keeps the object, with all that it holds in memory, from being evicted; it may be 15 minutes old at most. */
const LONGEST = 60_000

/** The one timer of a node. It may fire before the time that it was set to, never much after. */
export class Timer {
  readonly #onWake: () => void
  #handle: ReturnType<typeof setTimeout> | null = null
  #at = Infinity

  constructor(onWake: () => void) {
    this.#onWake = onWake
  }

  /** Sooner than it was set to, if need be; a later time is asked for again when it has fired. So it does not matter which of two steps speaks last. */
  set(at: number): void {
    if (this.#handle !== null) {
      if (this.#at <= at) return
      clearTimeout(this.#handle)
    }
    this.#at = at
    const delay = Math.min(Math.max(at - Date.now(), TICK), LONGEST)
    this.#handle = setTimeout(() => {
      this.#handle = null
      this.#onWake()
    }, delay)
  }
}
