import { Reader, toHex, Writer } from "../shared/bytes.ts"
import type { Authorities } from "../shared/directory/document.ts"
import type { NodeStorage } from "../shared/node/effect.ts"
import type { View } from "./view.ts"
import { openView } from "./view.ts"

const VIEW = "view"
const SIGNED = "signed"
const PROOF = "equivocation/"
/** A slot this far ahead was chosen by a clock that has been set right since. */
const WRONG_CLOCK = 3_600_000

/**
 * What the authority has said and must not say otherwise: one view of a slot, and one signature. Both are in storage before
 * anybody can see them, or a restart in the middle of a round would make a liar of it. And the proofs that others are.
 */
export class Pledges {
  readonly #storage: NodeStorage
  #view: View | null = null
  #signed: { readonly slot: number; readonly body: Uint8Array } | null = null

  private constructor(storage: NodeStorage) {
    this.#storage = storage
  }

  static async start(storage: NodeStorage, authorities: Authorities): Promise<Pledges> {
    const pledges = new Pledges(storage)
    const view = storage.get(VIEW)
    // One of another network does not open, where the authorities in the configuration have changed.
    if (view !== null) pledges.#view = await openView(view, authorities).catch(() => null)
    const signed = storage.get(SIGNED)
    if (signed !== null) {
      const reader = new Reader(signed)
      pledges.#signed = { slot: reader.u64(), body: reader.rest() }
    }
    return pledges
  }

  /** The view that was published for this slot. */
  view(slot: number): View | null {
    return this.#view?.slot === slot ? this.#view : null
  }

  /** The body that was signed for this slot. */
  body(slot: number): Uint8Array | null {
    return this.#signed?.slot === slot ? this.#signed.body : null
  }

  mayView(slot: number, now: number): boolean {
    return isFree(this.#view?.slot, slot, now)
  }

  maySign(slot: number, now: number): boolean {
    return isFree(this.#signed?.slot, slot, now)
  }

  keepView(view: View): void {
    this.#storage.put(VIEW, view.bytes)
    this.#view = view
  }

  keepBody(slot: number, body: Uint8Array): void {
    this.#storage.put(SIGNED, new Writer().u64(slot).put(body).done())
    this.#signed = { slot, body }
  }

  /** Two views of one slot by an authority; the first such pair is enough. */
  keepProof([one, other]: readonly [View, View]): void {
    const author = toHex(one.author)
    if (this.proof(author) !== null) return
    this.#storage.put(`${PROOF}${author}/1`, one.bytes)
    this.#storage.put(`${PROOF}${author}/2`, other.bytes)
  }

  /** bytes32 view ‖ bytes32 view, each signed by the authority of this key (64 hex digits). */
  proof(author: string): Uint8Array | null {
    const [one, other] = [1, 2].map((n) => this.#storage.get(`${PROOF}${author}/${n}`))
    return one && other ? new Writer().bytes32(one).bytes32(other).done() : null
  }
}

/** Slots rise: of one that was passed by, nobody knows any more what was said. */
function isFree(last: number | undefined, slot: number, now: number): boolean {
  return last === undefined || slot > last || last > now + WRONG_CLOCK
}
