import type { MessengerEvent } from "./api.ts"
import type { Store, Write } from "./ports.ts"
import { pack } from "./stored.ts"

/** Makes an event. */
export type Told = () => MessengerEvent | Promise<MessengerEvent>

/**
 * What one entry into the engine changes: first all writes are committed together, then the events are told. So nothing is shown
 * that is not stored.
 */
export class Changes {
  /** What is put several times in one transaction, as the record of a conversation is, is packed once: when it is taken. */
  #writes = new Map<string, Value | Uint8Array | null>()
  #events: Told[] = []

  /** `value` is not changed after this. */
  put(key: string, value: object): void {
    this.#writes.set(key, new Value(value))
  }

  putBytes(key: string, value: Uint8Array): void {
    this.#writes.set(key, value)
  }

  delete(key: string): void {
    this.#writes.set(key, null)
  }

  /** The event is made when it is told, so that it shows the state after all changes. */
  tell(event: Told): void {
    this.#events.push(event)
  }

  take(): { writes: Write[]; events: Told[] } {
    const taken = { writes: [...this.#writes].map(([key, value]): Write => [key, packed(value)]), events: this.#events }
    this.#writes = new Map()
    this.#events = []
    return taken
  }

  /** Reads through what is not yet committed. */
  async get(store: Store, key: string): Promise<Uint8Array | null> {
    const pending = this.#writes.get(key)
    return pending === undefined ? store.get(key) : packed(pending)
  }
}

class Value {
  readonly value: object

  constructor(value: object) {
    this.value = value
  }
}

function packed(value: Value | Uint8Array | null): Uint8Array | null {
  return value instanceof Value ? pack(value.value) : value
}
