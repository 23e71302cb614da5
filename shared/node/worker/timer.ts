/** Two wakes this close become one: packets that are due together leave together, and a busy node is not woken for each. */
const TICK = 5
/** What is due later is left to the alarm, which comes every minute: an idle object may be put to sleep. */
const LONGEST = 90_000

/** The one timer of a node. */
export class Timer {
  readonly #onWake: () => void
  #handle: ReturnType<typeof setTimeout> | null = null
  #at = Infinity

  constructor(onWake: () => void) {
    this.#onWake = onWake
  }

  set(at: number): void {
    if (at === this.#at) return
    this.#at = at
    if (this.#handle !== null) clearTimeout(this.#handle)
    this.#handle = null
    const delay = at - Date.now()
    if (delay > LONGEST) return
    this.#handle = setTimeout(
      () => {
        this.#handle = null
        this.#at = Infinity
        this.#onWake()
      },
      Math.max(delay, TICK),
    )
  }
}
