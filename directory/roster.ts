import { sha256 } from "@noble/hashes/sha2.js"
import { sameBytes, toHex, WireError, Writer } from "../shared/bytes.ts"
import type { NodeEntry } from "../shared/directory/descriptor.ts"
import { openDescriptor, writeEntry } from "../shared/directory/descriptor.ts"
import type { Directory } from "../shared/directory/document.ts"
import type { Parameters } from "../shared/directory/parameters.ts"
import type { NodeStorage } from "../shared/node/effect.ts"
import type { Refusals } from "../shared/node/refusals.ts"
import { utf8 } from "../shared/text.ts"
import type { Admissions, Admitted } from "./admissions.ts"
import { hasKeyFor } from "./merge.ts"
import type { ListedNode } from "./view.ts"

const SAID = "descriptor/"
/** Packets cannot pass a node whose clock is wrong by more: nodes open packets from 15 minutes before a key's epoch on. */
const CLOCK_MAX = 15 * 60_000

/**
 * Why a node that is admitted is not listed in the latest document: it will be in the next; has not answered; says that it has another
 * URL, role or layer; its clock is wrong by more than a quarter of an hour; has no key for now; has the identity of another.
 */
export type Unlisted = "waiting" | "silent" | "another" | "clock" | "keys" | "twice"

/** What GET /health of an authority tells of each node. */
export interface NodeReport {
  readonly url: string
  readonly role: string
  readonly layer: number
  readonly leaving: boolean
  readonly listed: boolean
  readonly reason: Unlisted | null
  /** ms since 1970, by the authority's clock; null before the first since its start. */
  readonly lastAnswer: number | null
  /** The node's clock less the authority's, ms, when it last answered. */
  readonly clock: number | null
}

/** A descriptor, and the URL where it was asked for. */
export interface Said {
  readonly url: string
  readonly descriptor: Uint8Array
}

interface Answer {
  readonly at: number
  readonly clock: number
  readonly problem: "another" | "clock" | null
}

/** What the admitted nodes say of themselves. */
export class Roster {
  readonly #storage: NodeStorage
  readonly #admissions: Admissions
  readonly #refusals: Refusals
  /** By URL: the latest that a node said of itself, restarts included. */
  readonly #said = new Map<string, ListedNode>()
  /** By URL: the last answer since the start. */
  readonly #answers = new Map<string, Answer>()

  private constructor(storage: NodeStorage, admissions: Admissions, refusals: Refusals) {
    this.#storage = storage
    this.#admissions = admissions
    this.#refusals = refusals
  }

  static async start(storage: NodeStorage, admissions: Admissions, refusals: Refusals): Promise<Roster> {
    const roster = new Roster(storage, admissions, refusals)
    for (const [, descriptor] of storage.list(SAID)) {
      const { entry, issued } = await openDescriptor(descriptor)
      roster.#said.set(entry.url, { entry, issued, descriptor })
    }
    return roster
  }

  urls(now: number): string[] {
    return this.#admissions.list(now).map(({ url }) => url)
  }

  /** Those that were not heard of since the start. */
  missing(now: number): number {
    return this.#admissions.list(now).filter(({ url }) => this.#answers.get(url)?.problem !== null).length
  }

  get hasAnswers(): boolean {
    return [...this.#answers.values()].some(({ problem }) => problem === null)
  }

  /** What a node answered. What does not fit its admission is counted, and the last that did stays: nobody speaks for another. */
  async learn({ url, descriptor }: Said, now: number): Promise<void> {
    try {
      const { entry, issued } = await openDescriptor(descriptor)
      const admission = this.#admissions.find(url, now)
      if (admission === null) throw new WireError()
      const clock = issued - now
      const isAnother = entry.url !== url || entry.role !== admission.role || entry.layer !== admission.layer
      const problem = isAnother ? "another" : Math.abs(clock) > CLOCK_MAX ? "clock" : null
      const said = this.#said.get(url)
      const isOlder = said !== undefined && sameBytes(said.entry.id, entry.id) && issued < said.issued
      this.#answers.set(url, { at: now, clock, problem })
      if (problem !== null || isOlder) throw new WireError()
      this.#said.set(url, { entry, issued, descriptor })
      // What differs by its time alone is not worth a write.
      if (said === undefined || !sameBytes(bytesOf(said.entry), bytesOf(entry))) this.#storage.put(nameOf(url), descriptor)
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      this.#refusals.add("malformed")
    }
  }

  /** Who can be listed: admitted, once each, and with a key for packets that are made at `time`. Who runs a node is the authority's word. */
  list(time: number, now: number, parameters: Parameters): ListedNode[] {
    const byId = new Map<string, ListedNode>()
    for (const admitted of this.#admissions.list(now)) {
      const said = this.#listable(admitted, time, parameters)
      if (said !== null && !byId.has(toHex(said.entry.id))) byId.set(toHex(said.entry.id), { ...said, entry: named(admitted, said.entry) })
    }
    return [...byId.values()]
  }

  /** Forgets nodes that are not admitted any more. */
  prune(now: number): void {
    const urls = new Set(this.urls(now))
    for (const url of [...this.#said.keys()].filter((url) => !urls.has(url))) {
      this.#said.delete(url)
      this.#storage.delete(nameOf(url))
    }
    for (const url of [...this.#answers.keys()].filter((url) => !urls.has(url))) this.#answers.delete(url)
  }

  report(now: number, directory: Directory | null, parameters: Parameters): NodeReport[] {
    const listable = new Set(this.list(now, now, parameters).map(({ entry }) => entry.url))
    const urls = new Set(directory?.nodes.map(keyOf))
    return this.#admissions.list(now).map((admitted) => {
      const { url, role, layer, leaving } = admitted
      const answer = this.#answers.get(url)
      const listed = urls.has(keyOf(admitted))
      const reason = listed ? null : listable.has(url) ? "waiting" : this.#reason(admitted, now, parameters)
      return { url, role, layer, leaving, listed, reason, lastAnswer: answer?.at ?? null, clock: answer?.clock ?? null }
    })
  }

  #reason(admitted: Admitted, now: number, parameters: Parameters): Unlisted {
    const { url } = admitted
    const answer = this.#answers.get(url)
    if (answer?.problem) return answer.problem
    const said = this.#said.get(url)
    if (said === undefined) return "silent"
    if (this.#listable(admitted, now, parameters) === null) return answer === undefined ? "silent" : "keys"
    return "twice"
  }

  #listable({ url, role, layer }: Admitted, time: number, parameters: Parameters): ListedNode | null {
    const said = this.#said.get(url)
    const fits = said !== undefined && said.entry.role === role && said.entry.layer === layer && hasKeyFor(said.entry, time, parameters)
    return fits ? said : null
  }
}

function named({ operator, provider, leaving }: Admitted, entry: NodeEntry): NodeEntry {
  return { ...entry, operator, provider, ...(leaving ? { leaving: true } : {}) }
}

const keyOf = ({ url, role, layer }: Pick<Admitted, "url" | "role" | "layer">) => `${role} ${layer} ${url}`
const nameOf = (url: string) => SAID + toHex(sha256(utf8(url)))
const bytesOf = (entry: NodeEntry) => writeEntry(new Writer(), entry).done()
