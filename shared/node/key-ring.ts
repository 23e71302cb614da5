import type { PreparedSecret, X25519 } from "sphinx-packet"
import { Reader, Writer } from "../bytes.ts"
import { KEY_LENGTH } from "../geometry.ts"
import type { EpochKey } from "../directory/descriptor.ts"
import { sized } from "../names.ts"
import type { Random } from "../random.ts"
import type { NodeStorage } from "./effect.ts"
import { ReplayTags } from "./replay-tags.ts"

/**
 * Before its epoch, since clocks may be wrong by ten minutes; after it, since a held read is answered up to 30 minutes later
 * (design.md section 6).
 */
const EARLY = 15 * 60_000
const LATE = 35 * 60_000
/** Where the network changes the length of its epochs: how long keys of the old length are kept for clients with an old directory. */
const CHANGE = 4 * 3_600_000
const PUBLISHED_AHEAD = 3

export interface RingKey {
  readonly epoch: number
  readonly epochSeconds: number
  readonly secret: Promise<PreparedSecret>
  readonly tags: ReplayTags
}

export interface KeyRingParts {
  readonly storage: NodeStorage
  readonly random: Random
  readonly x25519: X25519
}

/** Where the secrets lie. */
export const KEYS = "key/"
const keyName = (epochSeconds: number, epoch: number) => `${KEYS}${epochSeconds}/${epoch}`
/** When the keys of a length that is used no more are to be destroyed, u64 ms. */
const changedName = (epochSeconds: number) => `changed/${epochSeconds}`
const tagsPrefix = (epochSeconds: number, epoch: number) => `tags/${epochSeconds}/${epoch}/`
const start = (key: RingKey) => key.epoch * key.epochSeconds * 1000
const opensFrom = (key: RingKey) => start(key) - EARLY

/**
 * The Sphinx keys of a node, one per key epoch, made here and never given away. When a network changes the length of its
 * epochs, keys of both lengths are here for a while.
 */
export class KeyRing {
  readonly #parts: KeyRingParts
  #keys: RingKey[] = []
  /** By length of epochs. */
  readonly #changed = new Map<number, number>()

  constructor(parts: KeyRingParts) {
    this.#parts = parts
    for (const [name, secret] of parts.storage.list(KEYS)) {
      const [, epochSeconds, epoch] = name.split("/")
      this.#keys.push(this.#load(Number(epochSeconds), Number(epoch), secret))
    }
    for (const [name, until] of parts.storage.list("changed/")) this.#changed.set(Number(name.split("/")[1]), new Reader(until).u64())
  }

  /** Makes the keys of the current and the next three epochs, and destroys what no packet may use any more, tags and all. */
  advance(epochSeconds: number, now: number): void {
    this.#noteChange(epochSeconds, now)
    const gone = this.#keys.filter((key) => this.#opensUntil(key) <= now)
    for (const key of gone) {
      this.#parts.storage.delete(keyName(key.epochSeconds, key.epoch))
      key.tags.destroy()
    }
    this.#keys = this.#keys.filter((key) => !gone.includes(key))
    const current = Math.floor(now / 1000 / epochSeconds)
    for (let epoch = current; epoch <= current + PUBLISHED_AHEAD; epoch++) {
      if (this.#keys.some((key) => key.epochSeconds === epochSeconds && key.epoch === epoch)) continue
      const secret = this.#parts.random(KEY_LENGTH)
      this.#parts.storage.put(keyName(epochSeconds, epoch), secret)
      this.#keys.push(this.#load(epochSeconds, epoch, secret))
    }
  }

  /** When advance has something to do next. */
  nextChange(epochSeconds: number, now: number): number {
    const nextEpoch = (Math.floor(now / 1000 / epochSeconds) + 1) * epochSeconds * 1000
    return Math.min(nextEpoch, ...this.#keys.map((key) => this.#opensUntil(key)).filter((time) => time > now))
  }

  /** The keys that open packets now, the likeliest first. */
  usable(now: number): RingKey[] {
    const middle = (key: RingKey) => Math.abs(start(key) + key.epochSeconds * 500 - now)
    return this.#keys.filter((key) => opensFrom(key) <= now && now < this.#opensUntil(key)).sort((a, b) => middle(a) - middle(b))
  }

  /** What the descriptor says, rising: current and next epochs, and the last one as long as it opens, for clients whose clock is slow. */
  async published(epochSeconds: number, now: number): Promise<EpochKey[]> {
    const current = Math.floor(now / 1000 / epochSeconds)
    const keys = this.#keys
      .filter((key) => key.epochSeconds === epochSeconds && key.epoch >= current - 1 && key.epoch <= current + PUBLISHED_AHEAD)
      .sort((a, b) => a.epoch - b.epoch)
    return Promise.all(keys.map(async ({ epoch, secret }) => ({ epoch, key: sized("SphinxKey", (await secret).publicKey) })))
  }

  flush(): void {
    for (const key of this.#keys) key.tags.flush()
  }

  #noteChange(epochSeconds: number, now: number): void {
    const { storage } = this.#parts
    const others = new Set(this.#keys.map((key) => key.epochSeconds).filter((length) => length !== epochSeconds))
    for (const length of this.#changed.keys()) {
      if (others.has(length)) continue
      this.#changed.delete(length)
      storage.delete(changedName(length))
    }
    for (const length of others) {
      if (this.#changed.has(length)) continue
      this.#changed.set(length, now + CHANGE)
      storage.put(changedName(length), new Writer().u64(now + CHANGE).done())
    }
  }

  #opensUntil(key: RingKey): number {
    return Math.min(start(key) + key.epochSeconds * 1000 + LATE, this.#changed.get(key.epochSeconds) ?? Infinity)
  }

  #load(epochSeconds: number, epoch: number, secret: Uint8Array): RingKey {
    const { storage, x25519 } = this.#parts
    return { epochSeconds, epoch, secret: x25519.prepare(secret), tags: new ReplayTags(storage, tagsPrefix(epochSeconds, epoch)) }
  }
}
