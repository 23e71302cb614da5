/** Something that is due at a time. `slot` is where the heap keeps it, -1 while it is in none. */
export interface Due {
  at: number
  slot: number
}

/** A binary heap by due time, from which any entry can be taken: what is answered early must not stay in memory until its time. */
export class Heap<T extends Due> {
  readonly #entries: T[] = []

  get size(): number {
    return this.#entries.length
  }

  get first(): T | null {
    return this.#entries[0] ?? null
  }

  add(entry: T): void {
    entry.slot = this.#entries.push(entry) - 1
    this.#rise(entry.slot)
  }

  /** Takes out what was added and is still here. */
  remove(entry: T): void {
    const slot = entry.slot
    if (this.#entries[slot] !== entry) return
    entry.slot = -1
    const last = this.#entries.pop()!
    if (last === entry) return
    this.#place(last, slot)
    this.#rise(slot)
    this.#sink(last.slot)
  }

  /** Moves an entry to another time. */
  move(entry: T, at: number): void {
    this.remove(entry)
    entry.at = at
    this.add(entry)
  }

  /** Takes out all that is due, earliest first. */
  takeDue(now: number): T[] {
    const due: T[] = []
    for (let first = this.first; first !== null && first.at <= now; first = this.first) {
      this.remove(first)
      due.push(first)
    }
    return due
  }

  #place(entry: T, slot: number): void {
    this.#entries[slot] = entry
    entry.slot = slot
  }

  #rise(start: number): void {
    const entry = this.#entries[start]!
    let slot = start
    while (slot > 0) {
      const parent = this.#entries[(slot - 1) >> 1]!
      if (parent.at <= entry.at) break
      this.#place(parent, slot)
      slot = (slot - 1) >> 1
    }
    this.#place(entry, slot)
  }

  #sink(start: number): void {
    const entry = this.#entries[start]!
    let slot = start
    for (;;) {
      const left = this.#entries[2 * slot + 1]
      const right = this.#entries[2 * slot + 2]
      const child = left !== undefined && right !== undefined && right.at < left.at ? right : left
      if (child === undefined || child.at >= entry.at) break
      const freed = child.slot
      this.#place(child, slot)
      slot = freed
    }
    this.#place(entry, slot)
  }
}
