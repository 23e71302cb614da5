import type { Clock } from "../../messenger/ports.ts"

interface Event {
  readonly time: number
  readonly order: number
  readonly wake: () => void | Promise<void>
  cancelled: boolean
}

/** Time that passes only when everything that was to happen by then has happened. */
export class VirtualClock implements Clock {
  #now: number
  #order = 0
  #events: Event[] = []

  constructor(start: number) {
    this.#now = start
  }

  now(): number {
    return this.#now
  }

  at(time: number, wake: () => void | Promise<void>): () => void {
    const event: Event = { time: Math.max(Math.ceil(time), this.#now), order: this.#order++, wake, cancelled: false }
    this.#push(event)
    return () => {
      event.cancelled = true
    }
  }

  async run(duration: number): Promise<void> {
    await this.runUntil(() => false, duration)
  }

  /** Until `done` says so after an event; false where it never did within `duration` ms. */
  async runUntil(done: () => boolean, duration: number): Promise<boolean> {
    const end = Math.ceil(this.#now + duration)
    if (done()) return true
    for (let event = this.#events[0]; event !== undefined && event.time <= end; event = this.#events[0]) {
      this.#pop()
      if (event.cancelled) continue
      this.#now = event.time
      await event.wake()
      if (done()) return true
    }
    this.#now = end
    return false
  }

  #before(a: Event, b: Event): boolean {
    return a.time < b.time || (a.time === b.time && a.order < b.order)
  }

  #push(event: Event): void {
    const heap = this.#events
    let i = heap.push(event) - 1
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (!this.#before(heap[i]!, heap[parent]!)) break
      ;[heap[i], heap[parent]] = [heap[parent]!, heap[i]!]
      i = parent
    }
  }

  #pop(): void {
    const heap = this.#events
    const last = heap.pop()!
    if (heap.length === 0) return
    heap[0] = last
    for (let i = 0; ; ) {
      let child = 2 * i + 1
      if (child >= heap.length) return
      if (child + 1 < heap.length && this.#before(heap[child + 1]!, heap[child]!)) child++
      if (!this.#before(heap[child]!, heap[i]!)) return
      ;[heap[i], heap[child]] = [heap[child]!, heap[i]!]
      i = child
    }
  }
}
