/** Clocks of nodes may be wrong by ten minutes, on the fast or the slow side. */
const NEAR = 15 * 60_000
/** ms that one page of bits covers. */
const PAGE = 4096
/** 16 MB in all: a sender that never rests fills 440 pages. */
const PAGES = 32_768

/**
 * Which requests a node has taken already: the times of each sender, exactly, one bit per millisecond, for as long as a request of that
 * time would be near enough. Who puts the clock of a node right makes no request look old by it.
 */
export class SeenTimes {
  /** By the number of the page's time, then by sender. */
  readonly #pages = new Map<number, Map<string, Uint8Array>>()
  #count = 0
  #forgottenUntil = 0

  /** True where the time is near `now` and not seen of this sender. */
  isNew(sender: string, time: number, now: number): boolean {
    if (Math.abs(time - now) > NEAR || time < this.#forgottenUntil) return false
    const page = this.#pages.get(Math.floor(time / PAGE))?.get(sender)
    return page === undefined || (page[(time % PAGE) >> 3]! & (1 << (time & 7))) === 0
  }

  /** False where isNew is false; else the time is seen from now on. */
  add(sender: string, time: number, now: number): boolean {
    if (!this.isNew(sender, time, now)) return false
    const page = this.#page(sender, Math.floor(time / PAGE), now)
    page[(time % PAGE) >> 3]! |= 1 << (time & 7)
    return true
  }

  #page(sender: string, number: number, now: number): Uint8Array {
    const known = this.#pages.get(number)?.get(sender)
    if (known !== undefined) return known
    for (const old of this.#pages.keys()) if ((old + 1) * PAGE < now - NEAR) this.#drop(old)
    if (this.#count >= PAGES) {
      const oldest = Math.min(...this.#pages.keys())
      this.#drop(oldest)
      // Of these nothing is known any more, so none of them is taken.
      this.#forgottenUntil = (oldest + 1) * PAGE
    }
    const page = new Uint8Array(PAGE / 8)
    const senders = this.#pages.get(number) ?? new Map<string, Uint8Array>()
    this.#pages.set(number, senders.set(sender, page))
    this.#count++
    return page
  }

  #drop(number: number): void {
    this.#count -= this.#pages.get(number)!.size
    this.#pages.delete(number)
  }
}
