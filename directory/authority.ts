import { sameBytes, toHex, WireError, Writer } from "../shared/bytes.ts"
import type { NodeEntry } from "../shared/directory/descriptor.ts"
import { openDescriptor, writeEntry } from "../shared/directory/descriptor.ts"
import type { Authorities, Directory } from "../shared/directory/document.ts"
import { encodeBody, encodeDocument, networkId, openDocument, signBody } from "../shared/directory/document.ts"
import type { Parameters } from "../shared/directory/parameters.ts"
import { writeParameters } from "../shared/directory/parameters.ts"
import { HASH_LENGTH } from "../shared/geometry.ts"
import type { NodeStorage } from "../shared/node/effect.ts"
import type { Identity } from "../shared/node/identity.ts"
import { loadIdentity } from "../shared/node/identity.ts"
import { NODE_VERSION } from "../shared/node/node-core.ts"
import { Refusals } from "../shared/node/refusals.ts"
import type { Random } from "../shared/random.ts"
import type { Admission } from "./admissions.ts"
import { admittedEntry } from "./admissions.ts"

const DOCUMENT = "document"
/** After a start, documents wait this long for nodes that do not answer. */
const PATIENCE = 10_000
const GATHER_AT_FIRST = 250
const GATHER_MISSING = 5_000
const GATHER_SETTLED = 30_000
/** How long a document is valid after the next was due: missing ones cost nothing for so long. */
const GRACE = 3 * 3_600_000

export type AuthorityEffect =
  /** GET {url}/descriptor of each; then onDescriptors with those that came. */
  | { readonly kind: "gather"; readonly urls: readonly string[] }
  /** POST {url}/directory to each. */
  | { readonly kind: "publish"; readonly document: Uint8Array; readonly urls: readonly string[] }
  | { readonly kind: "wake"; readonly at: number }

export interface AuthorityParts {
  readonly storage: NodeStorage
  readonly random: Random
  readonly admitted: readonly Admission[]
  readonly parameters: Parameters
}

interface Latest {
  readonly document: Uint8Array
  readonly directory: Directory
}

/**
 * The directory authority: asks the nodes that it admits for their descriptors, and publishes a signed document of them, each
 * chained to the one before by its hash. design.md section 6, with one authority and a threshold of one.
 */
export class Authority {
  readonly #parts: AuthorityParts
  readonly #identity: Identity
  readonly #started: number
  readonly #refusals = new Refusals()
  /** By URL: the latest that a node said of itself, at first what the last document said of it. */
  readonly #known = new Map<string, { entry: NodeEntry; issued: number }>()
  /** URLs of the nodes that answered since the start. */
  readonly #answered = new Set<string>()
  #latest: Latest | null = null
  #gatherAt: number

  private constructor(parts: AuthorityParts, now: number) {
    this.#parts = parts
    this.#identity = loadIdentity(parts.storage, parts.random)
    this.#started = now
    this.#gatherAt = now
  }

  /** From what the storage holds, or anew. Call onWake next. */
  static async start(parts: AuthorityParts, now: number): Promise<Authority> {
    const authority = new Authority(parts, now)
    const document = parts.storage.get(DOCUMENT)
    if (document !== null) {
      const directory = await openDocument(document, authority.authorities)
      authority.#latest = { document, directory }
      for (const entry of directory.nodes) authority.#known.set(entry.url, { entry, issued: 0 })
    }
    return authority
  }

  /** Ed25519, 32 bytes: what apps and nodes trust. */
  get key(): Uint8Array {
    return this.#identity.id
  }

  get authorities(): Authorities {
    return { keys: [this.key], threshold: 1 }
  }

  get document(): Uint8Array | null {
    return this.#latest?.document ?? null
  }

  onWake(now: number): AuthorityEffect[] {
    if (now < this.#gatherAt) return [this.#wake()]
    this.#gatherAt = now + this.#pause(now)
    return [{ kind: "gather", urls: this.#urls() }, this.#wake()]
  }

  /** Descriptors as they came from the nodes, in any order. Publishes a document where something is new, or the next is due. */
  async onDescriptors(descriptors: readonly Uint8Array[], now: number): Promise<AuthorityEffect[]> {
    for (const descriptor of descriptors) await this.#learn(descriptor)
    const entries = this.#entries(now)
    if (!this.#isDue(entries, now)) return [this.#wake()]
    const document = await this.#publish(entries, now)
    return [{ kind: "publish", document, urls: this.#urls() }, this.#wake()]
  }

  /** The answer to GET /health, as JSON. */
  health(now: number) {
    const directory = this.#latest?.directory ?? null
    return {
      version: NODE_VERSION,
      role: "directory",
      directory: directory?.epoch ?? null,
      validUntil: directory?.validUntil ?? null,
      nodes: directory?.nodes.length ?? 0,
      missing: this.#parts.admitted.length - this.#entries(now).length,
      refused: this.#refusals.all(),
    }
  }

  async #learn(descriptor: Uint8Array): Promise<void> {
    try {
      const { entry, issued } = await openDescriptor(descriptor)
      const admission = this.#parts.admitted.find(({ url }) => url === entry.url)
      const admitted = admission && admittedEntry(admission, entry)
      const known = this.#known.get(entry.url)
      const isOlder = known !== undefined && sameBytes(known.entry.id, entry.id) && issued < known.issued
      if (!admitted || isOlder) throw new WireError()
      this.#known.set(entry.url, { entry: admitted, issued })
      this.#answered.add(entry.url)
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      this.#refusals.add("malformed")
    }
  }

  /** Who can be listed: admitted, once each, and with a key for packets that are made now. */
  #entries(now: number): NodeEntry[] {
    const { admitted, parameters } = this.#parts
    const epoch = Math.floor(now / 1000 / parameters.keyEpochSeconds)
    const byId = new Map<string, NodeEntry>()
    for (const admission of admitted) {
      const known = this.#known.get(admission.url)
      const entry = known && admittedEntry(admission, known.entry)
      if (!entry || !entry.keys.some((key) => key.epoch === epoch) || byId.has(toHex(entry.id))) continue
      byId.set(toHex(entry.id), entry)
    }
    return [...byId.values()]
  }

  #isDue(entries: readonly NodeEntry[], now: number): boolean {
    const isWaiting = this.#missing > 0 && now < this.#started + PATIENCE
    // Nodes that answered and cannot be listed yet get a document all the same: from it they learn how long key epochs are.
    if (isWaiting || this.#answered.size === 0) return false
    if (this.#latest === null) return true
    const { directory } = this.#latest
    const { parameters } = this.#parts
    const isNext = now >= directory.validFrom + parameters.documentSeconds * 1000
    return isNext || !sameBytes(view(directory.nodes, directory.parameters), view(entries, parameters))
  }

  async #publish(nodes: readonly NodeEntry[], now: number): Promise<Uint8Array> {
    const { parameters, storage } = this.#parts
    const last = this.#latest?.directory
    const body = encodeBody({
      network: networkId(this.authorities),
      epoch: (last?.epoch ?? 0) + 1,
      validFrom: now,
      validUntil: now + parameters.documentSeconds * 1000 + GRACE,
      previous: last?.hash ?? new Uint8Array(HASH_LENGTH),
      parameters,
      nodes,
    })
    const document = encodeDocument(body, [{ key: this.key, signature: signBody(this.#identity.seed, body) }])
    const directory = await openDocument(document, this.authorities)
    storage.put(DOCUMENT, document)
    this.#latest = { document, directory }
    return document
  }

  get #missing(): number {
    return this.#parts.admitted.filter(({ url }) => !this.#answered.has(url)).length
  }

  #pause(now: number): number {
    if (this.#missing > 0) return now < this.#started + PATIENCE ? GATHER_AT_FIRST : GATHER_MISSING
    return Math.min(GATHER_SETTLED, this.#parts.parameters.documentSeconds * 1000)
  }

  #urls(): string[] {
    return this.#parts.admitted.map(({ url }) => url)
  }

  #wake(): AuthorityEffect {
    return { kind: "wake", at: this.#gatherAt }
  }
}

/** What two documents are compared by. */
function view(nodes: readonly NodeEntry[], parameters: Parameters): Uint8Array {
  const writer = writeParameters(new Writer(), parameters)
  const byUrl = [...nodes].sort((a, b) => (a.url < b.url ? -1 : 1))
  for (const node of byUrl) writeEntry(writer, node)
  return writer.done()
}
