/** Two wakes this close become one: packets that are due together leave together, and a busy node is not woken for each. */
const TICK = 5
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

  set(at: number): void {
    if (at === this.#at && this.#handle !== null) return
    this.#at = at
    if (this.#handle !== null) clearTimeout(this.#handle)
    const delay = Math.min(Math.max(at - Date.now(), TICK), LONGEST)
    this.#handle = setTimeout(() => {
      this.#handle = null
      this.#onWake()
    }, delay)
  }
}
