import { newStreamKey } from "../shared/box.ts"
import type { Conversations } from "./conversations.ts"
import type { TalkParts } from "./decoy-talk.ts"
import { DecoyTalk } from "./decoy-talk.ts"
import { Rhythm } from "./rhythm.ts"
import type { StoredDecoy } from "./stored-decoy.ts"
import { keys } from "./stored.ts"
import { DECOYS_LEAST } from "./timing.ts"

/**
 * Streams of conversations with nobody: read, held, written and followed to the next box as those of real ones, so that a dropbox cannot tell
 * them apart (design.md section 8). Two of them make one conversation.
 */
export class Decoys {
  readonly #parts: TalkParts
  readonly #stored = new Map<number, StoredDecoy>()
  readonly #talks = new Map<number, DecoyTalk>()

  constructor({ conversations, ...parts }: Omit<TalkParts, "rhythm"> & { readonly conversations: Conversations }) {
    this.#parts = { ...parts, rhythm: new Rhythm(parts.random, conversations, () => this.#talks.size) }
  }

  load(decoys: readonly StoredDecoy[]): void {
    for (const decoy of decoys) this.#stored.set(decoy.number, decoy)
    this.#keep(this.#stored.size)
  }

  /** At least 3, and one for every two real streams; rounded up, since they talk with each other. */
  keepUp(streams: number): void {
    this.#keep(Math.max(DECOYS_LEAST, Math.ceil(streams / 2)))
  }

  /** What is due begins; `mean` in seconds, see Rhythm. Asked before every slot. */
  async wake(mean: number): Promise<void> {
    for (const talk of this.#talks.values()) await talk.wake(mean * 1000)
  }

  /** This client is back after an absence. */
  returned(): void {
    for (const talk of this.#talks.values()) talk.returned()
  }

  #keep(streams: number): void {
    for (let first = 0; first < streams; first += 2) {
      if (this.#talks.has(first)) continue
      this.#talks.set(first, new DecoyTalk([this.#stream(first), this.#stream(first + 1)], this.#parts))
      this.#stored.delete(first)
      this.#stored.delete(first + 1)
    }
  }

  /** As it was stored, or a new one. */
  #stream(number: number): StoredDecoy {
    const known = this.#stored.get(number)
    if (known !== undefined) return known
    const { random, changes, places } = this.#parts
    const decoy: StoredDecoy = { number, context: random(32), placement: places.list(), ...newStreamKey(random), nextRead: 0, nextWrite: 0 }
    changes.put(keys.decoy(number), decoy)
    return decoy
  }
}
