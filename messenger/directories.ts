import { toHex, WireError } from "../shared/bytes.ts"
import type { Authorities, Directory } from "../shared/directory/document.ts"
import { openDocument } from "../shared/directory/document.ts"
import type { Changes } from "./changes.ts"
import { DirectoryHistory } from "./history.ts"
import type { Places } from "./places.ts"
import { placementHash } from "./places.ts"
import type { Store } from "./ports.ts"
import type { StoredDirectoryHash, StoredFork, StoredPlacement } from "./stored.ts"
import { keys, unpackAll, unpackIfAny } from "./stored.ts"
import { PLACEMENT_NOTED } from "./timing.ts"

export interface DirectoriesParts {
  readonly store: Store
  readonly changes: Changes
  readonly places: Places
  readonly authorities: Authorities
  readonly now: () => number
  /** A document of this epoch was seen, for the first time or not. */
  readonly learnt: (epoch: number) => void
  /** Another list of dropboxes came into use. */
  readonly placed: () => void
}

/** The directory in use, and those that were. */
export class Directories {
  readonly history: DirectoryHistory
  readonly #parts: DirectoriesParts
  /** By the hash of a list of dropboxes: until when it was in use, as it is stored. */
  readonly #noted = new Map<string, number>()
  #current: Directory | null = null

  constructor(parts: DirectoriesParts) {
    this.#parts = parts
    this.history = new DirectoryHistory(parts.changes)
  }

  get current(): Directory | null {
    return this.#current
  }

  async load(): Promise<void> {
    const { store, places } = this.#parts
    const [placements, hashes, fork, document] = await Promise.all([store.list(keys.placements), store.list(keys.directoryHashes), store.get(keys.fork), store.get(keys.directory)])
    for (const { list, until = this.#parts.now() } of unpackAll<StoredPlacement>(placements)) {
      places.know(list, until)
      this.#noted.set(toHex(placementHash(list)), until)
    }
    this.history.load(unpackAll<StoredDirectoryHash>(hashes), unpackIfAny<StoredFork>(fork))
    if (document !== null) await this.use(document)
  }

  /** False where the document is not one of this network, older than what is known, or a second one of its epoch. */
  async use(document: Uint8Array): Promise<boolean> {
    const directory = await opened(document, this.#parts.authorities)
    if (directory === null) return false
    const isFirst = this.history.learn(directory, document, this.#parts.now())
    this.#parts.learnt(directory.epoch)
    if (!isFirst || (this.#current !== null && directory.epoch < this.#current.epoch)) return false
    this.#current = directory
    this.#parts.places.use(directory)
    this.#rememberPlacement()
    this.#parts.changes.putBytes(keys.directory, document)
    return true
  }

  #rememberPlacement(): void {
    const { places, changes, placed, now } = this.#parts
    const list = places.list()
    const hash = toHex(placementHash(list))
    const isNew = !this.#noted.has(hash)
    places.know(list, now())
    if ((this.#noted.get(hash) ?? 0) + PLACEMENT_NOTED > now()) return
    this.#noted.set(hash, now())
    changes.put(keys.placement(hash), { list, until: now() } satisfies StoredPlacement)
    if (isNew) placed()
  }
}

async function opened(document: Uint8Array, authorities: Authorities): Promise<Directory | null> {
  try {
    return await openDocument(document, authorities)
  } catch (error) {
    if (error instanceof WireError) return null
    throw error
  }
}
