import { toHex } from "../../shared/bytes.ts"
import type { NodeEntry } from "../../shared/directory/descriptor.ts"

/** So long after all its dropboxes had nothing a box is looked for once more, and so often. */
const ROUND = 2 * 60_000
const ROUNDS = 3
/** A dropbox that so often did not answer has nothing, as far as that matters. */
const LOSSES_MOST = 6

/** A box of a file that was passed over: what lies behind it was written, and it was not found. */
export class Absence {
  readonly #without = new Set<string>()
  readonly #losses = new Map<string, number>()
  #rounds = 0
  /** Not to be asked for before; ms. */
  next = -Infinity

  /** The dropbox has nothing, or did not answer. True where it is given up. */
  noted(dropbox: NodeEntry, isLost: boolean, replicas: readonly NodeEntry[], now: number): boolean {
    const name = toHex(dropbox.id)
    const losses = (this.#losses.get(name) ?? 0) + 1
    if (isLost) this.#losses.set(name, losses)
    if (!isLost || losses >= LOSSES_MOST) this.#without.add(name)
    if (!replicas.every(({ id }) => this.#without.has(toHex(id)))) return false
    this.#without.clear()
    this.#losses.clear()
    this.next = now + ROUND
    return ++this.#rounds >= ROUNDS
  }
}
