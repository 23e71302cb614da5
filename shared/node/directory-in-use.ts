import { WireError } from "../bytes.ts"
import type { NodeEntry } from "../directory/descriptor.ts"
import type { Authorities, Directory } from "../directory/document.ts"
import { nodeOf, openDocument } from "../directory/document.ts"
import type { NodeStorage } from "./effect.ts"

const DOCUMENT = "directory"

/** The latest directory document that a node has seen: by it packets find their next hop, and clients get it from here. */
export class DirectoryInUse {
  readonly #storage: NodeStorage
  readonly #authorities: Authorities
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
    }
  }

  get document(): Uint8Array | null {
    return this.#current?.document ?? null
  }

  get directory(): Directory | null {
    return this.#current?.directory ?? null
  }

  node(id: Uint8Array): NodeEntry | null {
    return this.directory === null ? null : nodeOf(this.directory, id)
  }

  /** True where the document replaces the one in use: it is newer, and its time has not passed. Throws WireError as openDocument. */
  async accept(document: Uint8Array, now: number): Promise<boolean> {
    const directory = await openDocument(document, this.#authorities)
    if (directory.validUntil <= now || directory.epoch <= (this.directory?.epoch ?? -1)) return false
    this.#current = { document: document.slice(), directory }
    this.#storage.put(DOCUMENT, document)
    return true
  }
}
