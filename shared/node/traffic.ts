const PUBLISHED_EVERY = 60_000

/**
 * Counters of what a node did, told to everybody as of the last full minute only: a mix whose packets could be counted from
 * afar as they come and go would tell how they are mixed.
 */
export class Traffic<Name extends string> {
  #counts: Record<Name, number>
  #published: Record<Name, number>
  #minute = -1

  constructor(names: readonly Name[]) {
    this.#counts = Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>
    this.#published = { ...this.#counts }
  }

  add(name: Name, count: number, now: number): void {
    this.#roll(now)
    this.#counts[name] += count
  }

  /** For what goes up and down. */
  set(name: Name, value: number, now: number): void {
    this.#roll(now)
    this.#counts[name] = value
  }

  count(name: Name): number {
    return this.#counts[name]
  }

  published(now: number): Record<Name, number> {
    this.#roll(now)
    return this.#published
  }

  #roll(now: number): void {
    const minute = Math.floor(now / PUBLISHED_EVERY)
    if (minute === this.#minute) return
    this.#minute = minute
    this.#published = { ...this.#counts }
  }
}
