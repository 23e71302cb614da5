import { sameBytes, toHex, WireError } from "../shared/bytes.ts"
import type { Admission, AdmissionAnswer } from "../shared/directory/admission.ts"
import type { Authorities } from "../shared/directory/document.ts"
import { AUTHORITIES_MAX, encodeBody, encodeDocument, networkId, signBody } from "../shared/directory/document.ts"
import type { Parameters } from "../shared/directory/parameters.ts"
import { HASH_LENGTH } from "../shared/geometry.ts"
import { DirectoryInUse } from "../shared/node/directory-in-use.ts"
import type { NodeStorage } from "../shared/node/effect.ts"
import type { Identity } from "../shared/node/identity.ts"
import { loadIdentity } from "../shared/node/identity.ts"
import { NODE_VERSION } from "../shared/node/node-core.ts"
import { Refusals } from "../shared/node/refusals.ts"
import type { Random } from "../shared/random.ts"
import { Admissions } from "./admissions.ts"
import type { AuthorityEffect } from "./effect.ts"
import { said } from "./merge.ts"
import { Pledges } from "./pledges.ts"
import type { Said } from "./roster.ts"
import { Roster } from "./roster.ts"
import type { Peer } from "./rounds.ts"
import { Rounds } from "./rounds.ts"
import { validUntil } from "./slots.ts"

/** After a start, documents wait this long for nodes that do not answer. */
const PATIENCE = 10_000
const GATHER_AT_FIRST = 250
const GATHER_MISSING = 5_000
const GATHER_SETTLED = 30_000

export interface AuthorityParts {
  readonly storage: NodeStorage
  readonly random: Random
  /** Of the configuration; requests of the operator change them later. */
  readonly admitted: readonly Admission[]
  readonly parameters: Parameters
  /** All authorities of the network; whether this one is among them makes no difference. None, or absent: it is alone. */
  readonly peers?: readonly Peer[]
  /** How many must sign, more than half of all; all of them where it is absent. */
  readonly threshold?: number
  /** Ed25519 key of the operator, who may then admit nodes by POST /admit. */
  readonly adminKey?: Uint8Array | null
}

/**
 * A directory authority: asks the nodes that it admits for their descriptors, and agrees with the other authorities on a signed
 * document of them for each slot, chained to the one before by its hash. One that is alone publishes at once whatever is new.
 * Entry points return what is to be done; each must have ended before the next begins. design.md section 6.
 */
export class Authority {
  readonly #parts: AuthorityParts
  readonly #identity: Identity
  readonly #authorities: Authorities
  readonly #peers: readonly Peer[]
  readonly #started: number
  readonly #refusals = new Refusals()
  readonly #latest: DirectoryInUse
  readonly #admissions: Admissions
  #roster!: Roster
  #pledges!: Pledges
  /** null where the authority is alone. */
  #rounds: Rounds | null = null
  #gatherAt: number

  private constructor(parts: AuthorityParts, now: number) {
    this.#parts = parts
    this.#identity = loadIdentity(parts.storage, parts.random)
    this.#peers = (parts.peers ?? []).filter(({ key }) => !sameBytes(key, this.#identity.id))
    const keys = [this.#identity.id, ...this.#peers.map(({ key }) => key)]
    const threshold = parts.threshold ?? keys.length
    if (new Set(keys.map(toHex)).size < keys.length) throw new RangeError("an authority is named twice")
    // With half or less, two documents of one slot could be signed without anybody lying.
    if (2 * threshold <= keys.length || threshold > keys.length || keys.length > AUTHORITIES_MAX) throw new RangeError("threshold out of range")
    this.#authorities = { keys, threshold }
    this.#started = now
    this.#gatherAt = now
    this.#latest = new DirectoryInUse(parts.storage, this.#authorities)
    this.#admissions = new Admissions(parts.storage, parts.admitted, parts.adminKey ?? null)
  }

  /** From what the storage holds, or anew. Throws RangeError where the threshold is not more than half of all authorities, or one is named twice. Call onWake next. */
  static async start(parts: AuthorityParts, now: number): Promise<Authority> {
    const authority = new Authority(parts, now)
    await authority.#latest.load()
    authority.#roster = await Roster.start(parts.storage, authority.#admissions, authority.#refusals)
    authority.#pledges = await Pledges.start(parts.storage, authority.#authorities)
    if (authority.#peers.length > 0) authority.#rounds = authority.#newRounds()
    return authority
  }

  /** Ed25519, 32 bytes: what apps and nodes trust. */
  get key(): Uint8Array {
    return this.#identity.id
  }

  get authorities(): Authorities {
    return this.#authorities
  }

  get document(): Uint8Array | null {
    return this.#latest.document
  }

  onWake(now: number): AuthorityEffect[] {
    const effects = this.#rounds?.onWake(now) ?? []
    if (now < this.#gatherAt) return [...effects, this.#wake()]
    this.#gatherAt = now + this.#pause(now)
    this.#roster.prune(now)
    return [...effects, { kind: "gather", urls: this.#roster.urls(now) }, this.#wake()]
  }

  /** What nodes answered, in any order. An authority that is alone publishes where something is new, or the next is due. */
  async onDescriptors(answers: readonly Said[], now: number): Promise<AuthorityEffect[]> {
    for (const answer of answers) await this.#roster.learn(answer, now)
    if (this.#rounds !== null || !this.#isDue(now)) return [this.#wake()]
    const document = await this.#publish(now)
    return [{ kind: "publish", document, urls: this.#roster.urls(now) }, this.#wake()]
  }

  /** What came of an effect "ask". Whatever a peer says can do no more than be counted. */
  async onAnswer(url: string, path: string, bytes: Uint8Array, now: number): Promise<AuthorityEffect[]> {
    const peer = this.#peers.find((peer) => peer.url === url)
    if (peer === undefined || this.#rounds === null) return []
    try {
      const document = await this.#rounds.onAnswer(peer, path, bytes, now)
      const published = document === null ? [] : [{ kind: "publish" as const, document, urls: this.#roster.urls(now) }]
      return [...published, this.#wake()]
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      this.#refusals.add("malformed")
      return []
    }
  }

  /** The body of a POST /admit. */
  async onAdmission(bytes: Uint8Array, now: number): Promise<{ readonly answer: AdmissionAnswer; readonly effects: AuthorityEffect[] }> {
    const answer = await this.#admissions.decide(bytes, this.key, this.#parts.parameters.boxDays, now)
    if ("refused" in answer) return { answer, effects: [] }
    this.#gatherAt = now
    return { answer, effects: [this.#wake()] }
  }

  /** The answer to a GET of these paths, which other authorities make; null where there is none yet, undefined where there is no such path. */
  serve(path: string, now: number): Uint8Array | null | undefined {
    if (path === "/directory") return this.document
    if (path === "/fork") return this.#latest.forked
    const equivocation = /^\/equivocation\/([0-9a-f]{64})$/.exec(path)?.[1]
    if (equivocation !== undefined) return this.#pledges.proof(equivocation)
    return this.#rounds?.serve(path, now)
  }

  /** The answer to GET /health, as JSON. */
  health(now: number) {
    const { parameters } = this.#parts
    const { directory, forks } = this.#latest
    const nodes = this.#roster.report(now, directory, parameters)
    return {
      version: NODE_VERSION,
      role: "directory",
      key: toHex(this.key),
      authorities: this.#authorities.keys.length,
      threshold: this.#authorities.threshold,
      directory: directory?.epoch ?? null,
      validFrom: directory?.validFrom ?? null,
      validUntil: directory?.validUntil ?? null,
      listed: directory?.nodes.length ?? 0,
      missing: nodes.length - this.#roster.list(now, now, parameters).length,
      nodes,
      round: this.#rounds?.health(now) ?? null,
      forks,
      refused: this.#refusals.all(),
    }
  }

  #newRounds(): Rounds {
    const list = (slot: number, now: number) => {
      // At first nodes may answer that cannot be listed yet: from a document they learn how long key epochs are.
      if (this.#isWaiting(now) || (!this.#roster.hasAnswers && this.document === null)) return null
      const { parameters } = this.#parts
      return { parameters, nodes: this.#roster.list(slot, now, parameters) }
    }
    const [pledges, identity, authorities, peers, latest] = [this.#pledges, this.#identity, this.#authorities, this.#peers, this.#latest]
    return new Rounds({ pledges, identity, authorities, peers, latest, list })
  }

  #isDue(now: number): boolean {
    if (this.#isWaiting(now) || !this.#roster.hasAnswers) return false
    const { directory } = this.#latest
    if (directory === null) return true
    const { parameters } = this.#parts
    const isNext = now >= directory.validFrom + parameters.documentSeconds * 1000
    return isNext || !sameBytes(said(directory), said({ parameters, nodes: this.#entries(now) }))
  }

  async #publish(now: number): Promise<Uint8Array> {
    const { parameters } = this.#parts
    const last = this.#latest.directory
    const body = encodeBody({
      network: networkId(this.authorities),
      epoch: (last?.epoch ?? 0) + 1,
      validFrom: now,
      validUntil: validUntil(now, parameters),
      previous: last?.hash ?? new Uint8Array(HASH_LENGTH),
      parameters,
      nodes: this.#entries(now),
    })
    const document = encodeDocument(body, [{ key: this.key, signature: signBody(this.#identity.seed, body) }])
    await this.#latest.follow(document)
    return document
  }

  #entries(now: number) {
    return this.#roster.list(now, now, this.#parts.parameters).map(({ entry }) => entry)
  }

  #isWaiting(now: number): boolean {
    return now < this.#started + PATIENCE && this.#roster.missing(now) > 0
  }

  #pause(now: number): number {
    if (this.#roster.missing(now) > 0) return now < this.#started + PATIENCE ? GATHER_AT_FIRST : GATHER_MISSING
    const period = this.#parts.parameters.documentSeconds * 1000
    const due = (this.#latest.directory?.validFrom ?? 0) + period
    // An authority that is alone publishes when it has gathered: so it also gathers when the next document is due.
    const isAlone = this.#rounds === null
    return Math.min(GATHER_SETTLED, isAlone && due > now ? due - now : period)
  }

  #wake(): AuthorityEffect {
    return { kind: "wake", at: Math.min(this.#gatherAt, this.#rounds?.nextWake ?? Infinity) }
  }
}
