import { sameBytes } from "../shared/bytes.ts"
import type { Directory } from "../shared/directory/document.ts"
import type { Changes } from "./changes.ts"
import type { StoredDirectoryHash, StoredFork } from "./stored.ts"
import { keys } from "./stored.ts"
import { DIRECTORY_MEMORY } from "./timing.ts"

/** So much of a directory's hash travels with each message. */
export const HASH_PREFIX = 16

/**
 * Which directory was signed for each epoch, as far as this device has seen it in the last 30 days. Contacts tell theirs with
 * every message: who was shown another network than we were is found out here. design.md section 6.
 */
export class DirectoryHistory {
  readonly #changes: Changes
  readonly #hashes = new Map<number, StoredDirectoryHash>()
  #fork: StoredFork | null = null

  constructor(changes: Changes) {
    this.#changes = changes
  }

  load(hashes: readonly StoredDirectoryHash[], fork: StoredFork | null): void {
    for (const one of hashes) this.#hashes.set(one.epoch, one)
    this.#fork = fork
  }

  /** The first epoch of which two documents were seen here, both signed by enough authorities. */
  get forked(): number | null {
    return this.#fork?.epoch ?? null
  }

  /** False where another document of this epoch was seen: then the authorities have signed two, and this one is kept as evidence. */
  learn({ epoch, hash }: Directory, document: Uint8Array, now: number): boolean {
    const known = this.#hashes.get(epoch)
    if (known !== undefined) {
      const isSame = sameBytes(known.hash, hash)
      if (!isSame && this.#fork === null) {
        this.#fork = { epoch, document }
        this.#changes.put(keys.fork, this.#fork)
      }
      return isSame
    }
    const learnt = { epoch, hash, at: now }
    this.#hashes.set(epoch, learnt)
    this.#changes.put(keys.directoryHash(epoch), learnt)
    for (const { epoch: old, at } of this.#hashes.values()) {
      if (at + DIRECTORY_MEMORY > now) continue
      this.#hashes.delete(old)
      this.#changes.delete(keys.directoryHash(old))
    }
    return true
  }

  /** What somebody else says of an epoch, compared. An epoch that is not known here proves nothing. */
  compare(epoch: number, prefix: Uint8Array): "same" | "other" | "unknown" {
    const known = this.#hashes.get(epoch)
    if (known === undefined) return "unknown"
    return sameBytes(known.hash.subarray(0, HASH_PREFIX), prefix) ? "same" : "other"
  }
}
