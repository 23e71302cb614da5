import type { Changes } from "../changes.ts"
import type { Store } from "../ports.ts"
import { DAMAGED } from "../ports.ts"
import { positionIn, unpackAll } from "../stored.ts"
import type { StoredErasing } from "./stored-attachment.ts"
import { fileKeys } from "./stored-attachment.ts"

/** So many are erased with one slot: no packet waits for more. */
const ERASED_AT_ONCE = 128

/** The pieces of files, one record each, by the box in which each lies. */
export class Pieces {
  readonly #store: Store
  readonly #changes: Changes
  readonly #erasing = new Map<string, StoredErasing>()

  constructor(store: Store, changes: Changes) {
    this.#store = store
    this.#changes = changes
  }

  async load(): Promise<void> {
    for (const erasing of unpackAll<StoredErasing>(await this.#store.list(fileKeys.allErasing))) this.#erasing.set(erasing.id, erasing)
  }

  put(id: string, box: number, piece: Uint8Array): void {
    this.#changes.putBytes(fileKeys.piece(id, box), piece)
  }

  drop(id: string, box: number): void {
    this.#changes.delete(fileKeys.piece(id, box))
  }

  /** Those of `count` boxes from `first` on, as they are stored; null for one that is not there. */
  async some(id: string, first: number, count: number): Promise<(Uint8Array | null)[]> {
    const found: (Uint8Array | null)[] = Array.from({ length: count }, () => null)
    const from = first === 0 ? {} : { from: fileKeys.piece(id, first - 1) }
    for (const [key, bytes] of await this.#store.list(fileKeys.pieces(id), { ...from, limit: count })) {
      const at = positionIn(key) - first
      if (at < count && bytes !== DAMAGED) found[at] = bytes
    }
    return found
  }

  /** From now on nothing reads them; they go a few at a time, also where the messenger stops meanwhile. */
  erase(id: string, boxes: number): void {
    this.#erasing.set(id, { id, boxes })
    this.markErasing(id, boxes)
  }

  /** Where the messenger stops before this is taken back, they are erased at its next start. */
  markErasing(id: string, boxes: number): void {
    this.#changes.put(fileKeys.erasing(id), { id, boxes } satisfies StoredErasing)
  }

  unmarkErasing(id: string): void {
    this.#changes.delete(fileKeys.erasing(id))
  }

  /** Asked before every slot. */
  wake(): void {
    const [erasing] = this.#erasing.values()
    if (erasing === undefined) return
    const { id, boxes } = erasing
    const left = Math.max(0, boxes - ERASED_AT_ONCE)
    for (let box = left; box < boxes; box++) this.drop(id, box)
    if (left > 0) return this.erase(id, left)
    this.#erasing.delete(id)
    this.unmarkErasing(id)
  }
}
