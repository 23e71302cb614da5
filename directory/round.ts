import { sha256 } from "@noble/hashes/sha2.js"
import { sameBytes, toHex, WireError } from "../shared/bytes.ts"
import type { Authorities, Directory } from "../shared/directory/document.ts"
import { encodeDocument, networkId, signBody, verifyBody } from "../shared/directory/document.ts"
import { HASH_LENGTH } from "../shared/geometry.ts"
import type { Signature } from "../shared/names.ts"
import type { Identity } from "../shared/node/identity.ts"
import type { Slot } from "./slots.ts"
import { epochAt } from "./slots.ts"
import type { View } from "./view.ts"
import { authorOf, decodeSigned, isAuthority, openBundle, openView, signBundle } from "./view.ts"

/** What became of the view of an authority. */
export type Standing = "none" | "counted" | "other-chain" | "equivocated"

/**
 * The agreement on one document. Views travel in two rounds, as in the protocol of Dolev and Strong: a view counts if it was
 * received directly in time, or is in the bundle of another authority than its author. So with one liar, whatever it shows to
 * whom and when, all others end with the same views, as long as they reach each other in time. Who signed two views is left out,
 * and the two are the proof. With more liars there can be different views, and with them signatures over different
 * documents; two of these could only be completed by liars in every two quorums.
 */
export class Round {
  readonly slot: Slot
  /** The document that this one is to follow. */
  readonly previous: Directory | null
  /** Of this document. */
  readonly epoch: number
  readonly #authorities: Authorities
  readonly #identity: Identity
  /** By author, those that count: two of an author that lies. */
  readonly #views = new Map<string, View[]>()
  readonly #direct: Uint8Array[] = []
  readonly #otherChain = new Set<string>()
  readonly #bundles = new Set<string>()
  readonly #signatures = new Map<string, Signature>()
  #bundle: Uint8Array | null = null
  #body: Uint8Array | null = null

  constructor(slot: Slot, previous: Directory | null, authorities: Authorities, identity: Identity) {
    this.slot = slot
    this.previous = previous
    this.epoch = epochAt(slot.at, previous)
    this.#authorities = authorities
    this.#identity = identity
  }

  /** Zeros where there is none. */
  get previousHash(): Uint8Array {
    return this.previous?.hash ?? new Uint8Array(HASH_LENGTH)
  }

  /** The body that was signed here. */
  get body(): Uint8Array | null {
    return this.#body
  }

  /** One of each author, without those who signed two. */
  get views(): View[] {
    return [...this.#views.values()].flatMap((views) => (views.length === 1 ? views : []))
  }

  /** Two views each of authorities that signed two. */
  get equivocations(): [View, View][] {
    return [...this.#views.values()].flatMap((views): [View, View][] => (views.length > 1 ? [[views[0]!, views[1]!]] : []))
  }

  standing(author: Uint8Array): Standing {
    const name = toHex(author)
    const count = this.#views.get(name)?.length ?? 0
    if (count > 0) return count > 1 ? "equivocated" : "counted"
    return this.#otherChain.has(name) ? "other-chain" : "none"
  }

  has(what: "view" | "bundle" | "signature", author: Uint8Array): boolean {
    const name = toHex(author)
    if (what === "bundle") return this.#bundles.has(name)
    return what === "signature" ? this.#signatures.has(name) : this.#views.has(name) || this.#otherChain.has(name)
  }

  /** The own view, before the time for bundles. */
  add(view: View): void {
    this.#count(view, true)
  }

  /** What `author` said when it was asked for its view. Throws WireError where that is none of its own for this slot. */
  async onView(author: Uint8Array, bytes: Uint8Array, now: number): Promise<void> {
    if (now >= this.slot.bundles) return
    const view = await openView(bytes, this.#authorities)
    // While the view was opened, the bundle may have been asked for: what is not in it was not in time.
    if (sameBytes(view.author, author) && this.#bundle === null) this.#count(view, true)
  }

  /** The views that `author` got directly. Throws WireError where the bundle is malformed or not by one of the authorities. */
  async onBundle(author: Uint8Array, bytes: Uint8Array, now: number): Promise<void> {
    if (now >= this.slot.signs) return
    const bundle = await openBundle(bytes, this.#authorities)
    if (!sameBytes(bundle.author, author) || bundle.slot !== this.slot.at) return
    this.#bundles.add(toHex(author))
    for (const bytes of bundle.views) {
      if (this.#isKnown(bytes) || !this.#isWanted(bytes, author)) continue
      const view = await openView(bytes, this.#authorities).catch(() => null)
      if (view !== null) this.#count(view, false)
    }
  }

  /** What others ask for from the time for bundles on. The first call ends the time in which views are received directly. */
  bundle(): Uint8Array {
    this.#bundle ??= signBundle(this.#identity, networkId(this.#authorities), this.slot.at, this.#direct)
    return this.#bundle
  }

  /** Signs this body, and no other afterwards. */
  sign(body: Uint8Array): Signature {
    this.#body = body
    const signature = signBody(this.#identity.seed, body)
    this.#signatures.set(toHex(this.#identity.id), signature)
    return signature
  }

  /** True where `author` signed the same body. Throws WireError where the answer is malformed. */
  async onSignature(author: Uint8Array, bytes: Uint8Array): Promise<boolean> {
    const { author: signer, hash, signature } = decodeSigned(bytes)
    const body = this.#body
    if (body === null || !sameBytes(signer, author) || !isAuthority(signer, this.#authorities) || !sameBytes(hash, sha256(body))) return false
    if (!(await verifyBody(signer, body, signature))) return false
    this.#signatures.set(toHex(author), signature)
    return true
  }

  /** Once enough have signed. */
  document(): Uint8Array | null {
    const body = this.#body
    if (body === null || this.#signatures.size < this.#authorities.threshold) return null
    const signed = this.#authorities.keys.flatMap((key) => {
      const signature = this.#signatures.get(toHex(key))
      return signature === undefined ? [] : [{ key, signature }]
    })
    return encodeDocument(body, signed)
  }

  /**
   * Before a view is opened, which takes as many signatures as it has nodes: a bundle full of them must not outlast the round. In its own
   * bundle an author could bring a view that only some are to see; and of an author that signed two, no third is needed.
   */
  #isWanted(bytes: Uint8Array, bundler: Uint8Array): boolean {
    try {
      const author = authorOf(bytes)
      return !sameBytes(author, bundler) && (this.#views.get(toHex(author))?.length ?? 0) < 2
    } catch (error) {
      if (error instanceof WireError) return false
      throw error
    }
  }

  #isKnown(bytes: Uint8Array): boolean {
    return [...this.#views.values()].some((views) => views.some((view) => sameBytes(view.bytes, bytes)))
  }

  #count(view: View, isDirect: boolean): void {
    const name = toHex(view.author)
    // A replayed view is of another slot, or follows another document.
    if (view.slot !== this.slot.at || !sameBytes(view.previous, this.previousHash)) {
      this.#otherChain.add(name)
      return
    }
    const views = this.#views.get(name) ?? []
    if (views.length > 1 || views.some(({ hash }) => sameBytes(hash, view.hash))) return
    this.#views.set(name, [...views, view])
    if (isDirect) this.#direct.push(view.bytes)
  }
}
