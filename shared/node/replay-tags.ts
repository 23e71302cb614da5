import { concat } from "../bytes.ts"
import type { NodeStorage } from "./effect.ts"

/** Of each tag's 32 bytes: two packets whose tags begin alike would cost their maker 2^64 attempts, and only the second of them is lost. */
const TAG_LENGTH = 16
const TAGS_PER_BLOB = 512
const SMALLEST = 1024
const FILLED = 3 / 4

/**
 * The replay tags seen under one Sphinx key: an exact set, in memory as an open hash table (tags come out of HKDF, so
 * their own first bytes serve as hash) and in storage as blobs that are appended to. design.md section 6.
 */
export class ReplayTags {
  readonly #storage: NodeStorage
  readonly #prefix: string
  #table = new Uint8Array(SMALLEST * TAG_LENGTH)
  #count = 0
  /** Blobs that are full, and the tags since: what #unsaved of them is not in storage yet. */
  #fullBlobs = 0
  #tail: Uint8Array[] = []
  #unsaved = 0
  #destroyed = false

  /** Takes what the storage holds under the prefix. */
  constructor(storage: NodeStorage, prefix: string) {
    this.#storage = storage
    this.#prefix = prefix
    for (const [, blob] of storage.list(prefix)) {
      const tags = Array.from({ length: blob.length / TAG_LENGTH }, (_, i) => blob.slice(i * TAG_LENGTH, (i + 1) * TAG_LENGTH))
      for (const tag of tags) this.#insert(tag)
      if (tags.length === TAGS_PER_BLOB) this.#fullBlobs++
      else this.#tail = tags
    }
  }

  get size(): number {
    return this.#count
  }

  /** False where the tag (32 bytes) was seen before, or the key is no more. */
  add(tag: Uint8Array): boolean {
    const kept = tag.slice(0, TAG_LENGTH)
    if (this.#destroyed || !this.#insert(kept)) return false
    this.#tail.push(kept)
    this.#unsaved++
    if (this.#tail.length === TAGS_PER_BLOB) {
      this.flush()
      this.#tail = []
      this.#fullBlobs++
    }
    return true
  }

  /** Must be called before anything leaves that came of a packet: then a crash loses tag and packet together. */
  flush(): void {
    if (this.#unsaved === 0) return
    this.#storage.put(this.#prefix + this.#fullBlobs.toString().padStart(9, "0"), concat(...this.#tail))
    this.#unsaved = 0
  }

  destroy(): void {
    this.#destroyed = true
    this.#unsaved = 0
    for (const [key] of this.#storage.list(this.#prefix)) this.#storage.delete(key)
    this.#table = new Uint8Array(0)
  }

  #insert(tag: Uint8Array): boolean {
    const slot = this.#find(this.#table, tag)
    if (this.#isUsed(this.#table, slot)) return false
    this.#table.set(tag, slot)
    this.#count++
    if (this.#count * TAG_LENGTH > FILLED * this.#table.length) this.#grow()
    return true
  }

  #grow(): void {
    const larger = new Uint8Array(2 * this.#table.length)
    for (let slot = 0; slot < this.#table.length; slot += TAG_LENGTH) {
      if (!this.#isUsed(this.#table, slot)) continue
      const tag = this.#table.subarray(slot, slot + TAG_LENGTH)
      larger.set(tag, this.#find(larger, tag))
    }
    this.#table = larger
  }

  /** Where the tag is, or the free place where it belongs. */
  #find(table: Uint8Array, tag: Uint8Array): number {
    const slots = table.length / TAG_LENGTH
    let slot = (tag[0]! * 0x1000000 + tag[1]! * 0x10000 + tag[2]! * 0x100 + tag[3]!) % slots
    while (this.#isUsed(table, slot * TAG_LENGTH) && !this.#holds(table, slot * TAG_LENGTH, tag)) slot = (slot + 1) % slots
    return slot * TAG_LENGTH
  }

  /** A place of zeros is free: no tag is all zeros but once in 2^128. */
  #isUsed(table: Uint8Array, slot: number): boolean {
    for (let i = 0; i < TAG_LENGTH; i++) if (table[slot + i] !== 0) return true
    return false
  }

  #holds(table: Uint8Array, slot: number, tag: Uint8Array): boolean {
    for (let i = 0; i < TAG_LENGTH; i++) if (table[slot + i] !== tag[i]) return false
    return true
  }
}
