import { sha256 } from "@noble/hashes/sha2.js"
import { Reader, sameBytes, toHex, WireError, Writer } from "../shared/bytes.ts"
import type { Admission, AdmissionAnswer, AdmissionRequest, LayerRule } from "../shared/directory/admission.ts"
import { ADMISSION_AGE, openAdmission, readAdmission, writeAdmission } from "../shared/directory/admission.ts"
import { NODES_MAX } from "../shared/directory/document.ts"
import type { NodeStorage } from "../shared/node/effect.ts"
import { utf8 } from "../shared/text.ts"

const CHANGED = "admission/"
const SEEN = "request/"
const STATES = { removed: 0, admitted: 1, leaving: 2 } as const
const DAY = 86_400_000

export interface Admitted extends Admission {
  /** A dropbox that was removed and is still read. */
  readonly leaving: boolean
}

/** What was decided about a URL while the authority ran. */
interface Change {
  readonly state: keyof typeof STATES
  /** When a leaving dropbox is gone, ms; else 0. */
  readonly until: number
  readonly admission: Admission
}

/** The nodes that the operator lets in: those of the configuration, and what was changed by signed requests since. */
export class Admissions {
  readonly #storage: NodeStorage
  readonly #initial: ReadonlyMap<string, Admission>
  /** The operator's; null where the authority takes no requests. */
  readonly #adminKey: Uint8Array | null
  readonly #changes = new Map<string, Change>()

  constructor(storage: NodeStorage, initial: readonly Admission[], adminKey: Uint8Array | null) {
    this.#storage = storage
    this.#initial = new Map(initial.map((admission) => [admission.url, admission]))
    this.#adminKey = adminKey
    for (const [, bytes] of storage.list(CHANGED)) {
      const change = decode(bytes)
      this.#changes.set(change.admission.url, change)
    }
  }

  /** Each URL once. */
  list(now: number): Admitted[] {
    const urls = new Set([...this.#initial.keys(), ...this.#changes.keys()])
    return [...urls].flatMap((url) => this.find(url, now) ?? [])
  }

  find(url: string, now: number): Admitted | null {
    const change = this.#changes.get(url)
    const admission = change?.admission ?? this.#initial.get(url)
    if (admission === undefined || change?.state === "removed") return null
    if (change?.state !== "leaving") return { ...admission, leaving: false }
    return now < change.until ? { ...admission, leaving: true } : null
  }

  /** Does what a signed request says, or tells why not. A dropbox that is removed stays readable for `boxDays`. */
  async decide(bytes: Uint8Array, authority: Uint8Array, boxDays: number, now: number): Promise<AdmissionAnswer> {
    if (this.#adminKey === null) return { refused: "closed" }
    let request: AdmissionRequest | null
    try {
      request = await openAdmission(bytes, this.#adminKey)
    } catch (error) {
      if (error instanceof WireError) return { refused: "malformed" }
      throw error
    }
    if (request === null) return { refused: "signature" }
    if (!sameBytes(request.authority, authority)) return { refused: "authority" }
    if (Math.abs(request.time - now) > ADMISSION_AGE) return { refused: "old" }
    if (!this.#isFirst(bytes, request.time, now)) return { refused: "replayed" }
    return request.action === "admit" ? this.#admit(request.admission, request.force, now) : this.#remove(request.url, boxDays, now)
  }

  #admit(admission: Admission, force: boolean, now: number): AdmissionAnswer {
    const listed = this.list(now)
    const known = this.find(admission.url, now)
    if (known === null && listed.length >= NODES_MAX) return { refused: "full" }
    const broken = brokenRule(admission, listed)
    if (broken !== null && !force) return { refused: "layers", ...broken }
    const forced = broken === null ? {} : { forced: broken.rule }
    if (known !== null && !known.leaving && sameBytes(encoded(known), encoded(admission))) return { done: "unchanged", ...forced }
    this.#keep({ state: "admitted", until: 0, admission })
    return { done: known === null ? "admitted" : "changed", ...forced }
  }

  #remove(url: string, boxDays: number, now: number): AdmissionAnswer {
    const known = this.find(url, now)
    if (known === null) return { refused: "unknown" }
    // Removing a dropbox twice is for one that is gone already.
    const leaves = known.role === "dropbox" && !known.leaving
    this.#keep({ state: leaves ? "leaving" : "removed", until: leaves ? now + boxDays * DAY : 0, admission: known })
    return { done: leaves ? "leaving" : "removed" }
  }

  #keep(change: Change): void {
    const { url } = change.admission
    this.#changes.set(url, change)
    this.#storage.put(CHANGED + toHex(sha256(utf8(url))), encode(change))
  }

  /** Remembers what was done for as long as its time would let it be done again. */
  #isFirst(bytes: Uint8Array, time: number, now: number): boolean {
    for (const [key, stored] of this.#storage.list(SEEN)) {
      if (new Reader(stored).u64() < now - ADMISSION_AGE) this.#storage.delete(key)
    }
    const name = SEEN + toHex(sha256(bytes))
    if (this.#storage.get(name) !== null) return false
    this.#storage.put(name, new Writer().u64(time).done())
    return true
  }
}

/** The first rule that a mix would break among those that are admitted, and with which of them. */
function brokenRule(added: Admission, admitted: readonly Admitted[]): { rule: LayerRule; node: string } | null {
  if (added.role !== "mix") return null
  const others = admitted.filter(({ role, url }) => role === "mix" && url !== added.url)
  const sameOperator = others.find(({ operator, layer }) => operator !== "" && operator === added.operator && layer !== added.layer)
  if (sameOperator !== undefined) return { rule: "operator-layer", node: sameOperator.url }
  const adjacent = others.find(({ provider, layer }) => provider !== "" && provider === added.provider && Math.abs(layer - added.layer) === 1)
  return adjacent === undefined ? null : { rule: "provider-adjacent", node: adjacent.url }
}

const encoded = (admission: Admission) => writeAdmission(new Writer(), admission).done()

function encode({ state, until, admission }: Change): Uint8Array {
  return writeAdmission(new Writer().u8(STATES[state]).u64(until), admission).done()
}

function decode(bytes: Uint8Array): Change {
  const reader = new Reader(bytes)
  const code = reader.u8()
  const state = (Object.keys(STATES) as (keyof typeof STATES)[]).find((name) => STATES[name] === code)!
  const until = reader.u64()
  const admission = readAdmission(reader)
  reader.end()
  return { state, until, admission }
}
