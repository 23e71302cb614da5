import { sameBytes, toHex, WireError } from "../bytes.ts"
import type { NodeEntry } from "../directory/descriptor.ts"
import type { Authorities, Directory } from "../directory/document.ts"
import { nodeOf, openDocument } from "../directory/document.ts"
import type { NodeStorage } from "./effect.ts"

const DOCUMENT = "directory"
const FORK = "fork"
/** Hashes of forks that are remembered, so that one that is brought again is not counted again. */
const FORKS_MAX = 100

/**
 * The latest directory document that a node has seen: by it packets find their next hop, and clients get it from here.
 * Documents are chained: each names the hash of the one before. A node may have missed some, so any later one that enough
 * authorities signed is taken; but two of the same epoch are a fork, which takes as many authorities that sign two things as
 * every two quorums share. The one that came first stays, and the other is kept as evidence.
 */
export class DirectoryInUse {
  readonly #storage: NodeStorage
  readonly #authorities: Authorities
  readonly #forks = new Set<string>()
  #current: { readonly document: Uint8Array; readonly directory: Directory } | null = null

  constructor(storage: NodeStorage, authorities: Authorities) {
    this.#storage = storage
    this.#authorities = authorities
  }

  /** Takes up what was in use before a restart, even if its time has passed: neighbours seldom change. */
  async load(): Promise<void> {
    const document = this.#storage.get(DOCUMENT)
    if (document === null) return
    try {
      this.#current = { document, directory: await openDocument(document, this.#authorities) }
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      // The authorities in the configuration have changed: another network.
      this.#storage.delete(DOCUMENT)
      this.#storage.delete(FORK)
      return
    }
    const fork = this.#storage.get(FORK)
    if (fork !== null) this.#forks.add(toHex((await openDocument(fork, this.#authorities)).hash))
  }

  get document(): Uint8Array | null {
    return this.#current?.document ?? null
  }

  get directory(): Directory | null {
    return this.#current?.directory ?? null
  }

  /** Documents of an epoch of which another was in use, each signed by enough authorities. Anything but 0 is a reason to ask who runs them. */
  get forks(): number {
    return this.#forks.size
  }

  /** The first of them, since whenever the storage was made. */
  get forked(): Uint8Array | null {
    return this.#storage.get(FORK)
  }

  node(id: Uint8Array): NodeEntry | null {
    return this.directory === null ? null : nodeOf(this.directory, id)
  }

  /** True where the document replaces the one in use: it is newer, and its time has not passed. Throws WireError as openDocument. */
  async accept(document: Uint8Array, now: number): Promise<boolean> {
    return this.#take(document, now)
  }

  /** As accept, but even where its time has passed: an authority goes on with the chain where it ended. */
  async follow(document: Uint8Array): Promise<boolean> {
    return this.#take(document, -Infinity)
  }

  async #take(document: Uint8Array, now: number): Promise<boolean> {
    // The usual case by far, and it spares the signatures.
    if (this.#current !== null && sameBytes(document, this.#current.document)) return false
    const directory = await openDocument(document, this.#authorities)
    const inUse = this.directory
    if (inUse !== null && directory.epoch === inUse.epoch && !sameBytes(directory.hash, inUse.hash)) this.#keepFork(document, directory)
    if (directory.validUntil <= now || directory.epoch <= (inUse?.epoch ?? -1)) return false
    this.#current = { document: document.slice(), directory }
    this.#storage.put(DOCUMENT, document)
    return true
  }

  #keepFork(document: Uint8Array, { hash }: Directory): void {
    if (this.#forks.size === 0) this.#storage.put(FORK, document)
    if (this.#forks.size < FORKS_MAX) this.#forks.add(toHex(hash))
  }
}
