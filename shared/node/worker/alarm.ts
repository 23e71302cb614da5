/** An alarm for now, or for the time of the one that rings at this moment, gets lost. */
const SOONEST = 5

/** The one alarm of an object, which wakes it wherever it was: it may ring before it is needed, never later. */
export class Alarm {
  readonly #storage: DurableObjectStorage
  #at: number | null = null

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
  }

  /** What was set before the object was started. */
  async load(): Promise<void> {
    this.#at = await this.#storage.getAlarm()
  }

  /** Each time that is really set costs a write to disk. */
  async by(at: number): Promise<void> {
    const time = Math.max(at, Date.now() + SOONEST)
    if (this.#at !== null && this.#at <= time) return
    this.#at = time
    await this.#storage.setAlarm(time)
  }

  /** To be called when it rings: then there is none any more. */
  rang(): void {
    this.#at = null
  }
}
