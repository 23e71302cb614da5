import { sameBytes, toHex } from "../shared/bytes.ts"
import type { Authorities } from "../shared/directory/document.ts"
import { decodeBody, encodeBody, networkId, signBody } from "../shared/directory/document.ts"
import * as geometry from "../shared/geometry.ts"
import type { DirectoryInUse } from "../shared/node/directory-in-use.ts"
import type { Identity } from "../shared/node/identity.ts"
import type { AuthorityEffect } from "./effect.ts"
import type { Content } from "./merge.ts"
import { mayReplace, merge, said } from "./merge.ts"
import type { Pledges } from "./pledges.ts"
import { Round } from "./round.ts"
import { isUsable, slotAt, validUntil } from "./slots.ts"
import type { ListedNode, View } from "./view.ts"
import { BUNDLE_MAX, encodeSigned, SIGNED_LENGTH, signView } from "./view.ts"

/** How often the others are asked for the latest document while nothing else is to be done. */
const IDLE = 30_000

export interface Peer {
  readonly key: Uint8Array
  /** Without a slash at the end. */
  readonly url: string
}

export interface RoundsParts {
  readonly pledges: Pledges
  readonly identity: Identity
  readonly authorities: Authorities
  /** The other authorities. */
  readonly peers: readonly Peer[]
  readonly latest: DirectoryInUse
  /** What the own view of a slot says; null while too little is known. */
  readonly list: (slot: number, now: number) => { readonly parameters: View["parameters"]; readonly nodes: readonly ListedNode[] } | null
}

/** What became of a round, for whoever looks after the authority. */
export type Outcome = "under-way" | "no-threshold" | "too-few-nodes" | "nothing-new" | "signed" | "document"

/** One round after the other, with the other authorities. */
export class Rounds {
  readonly #parts: RoundsParts
  readonly #network: Uint8Array
  #round: Round | null = null
  /** The round before, if something was signed in it: signatures of others may still come. */
  #before: Round | null = null
  #outcome: Outcome = "under-way"
  #lastOutcome: Outcome | null = null
  #answer: { readonly body: Uint8Array; readonly bytes: Uint8Array } | null = null
  #phase = ""
  #askAt = -Infinity
  #askDirectoryAt = -Infinity
  /** By key: when it last answered. */
  readonly #answered = new Map<string, number>()

  constructor(parts: RoundsParts) {
    this.#parts = parts
    this.#network = networkId(parts.authorities)
  }

  get nextWake(): number {
    return this.#askAt
  }

  onWake(now: number): AuthorityEffect[] {
    const round = this.#enter(now)
    const { slot } = round
    if (now >= slot.opens && now < slot.bundles) this.#publishView(round, now)
    if (now >= slot.signs && round.body === null && this.#outcome === "under-way") this.#sign(round)
    // The time of the next phase is a time to ask, whatever was asked before.
    const phase = `${slot.at} ${now < slot.opens ? 0 : now < slot.bundles ? 1 : now < slot.signs ? 2 : 3}`
    const isNew = phase !== this.#phase
    this.#phase = phase
    if (!isNew && now < this.#askAt) return []
    const every = now < slot.opens ? IDLE : Math.min(IDLE, (slot.bundles - slot.opens) / 8)
    const next = [slot.opens, slot.bundles, slot.signs, slot.at].find((time) => time > now) ?? slot.at
    this.#askAt = Math.min(now + every, next)
    return this.#asks(round, now, isNew)
  }

  /** What a peer said when it was asked for `path`. The documents that came of it, if any: for the nodes. */
  async onAnswer(peer: Peer, path: string, bytes: Uint8Array, now: number): Promise<Uint8Array | null> {
    this.#answered.set(toHex(peer.key), now)
    if (path === "/directory") {
      if (await this.#parts.latest.follow(bytes)) this.#askAt = now
      return null
    }
    const { what, slot } = parsed(path)
    const round = this.#roundOf(slot)
    if (round === null) return null
    if (what === "view") await round.onView(peer.key, bytes, now)
    if (what === "views") await round.onBundle(peer.key, bytes, now)
    if (what === "signature" && (await round.onSignature(peer.key, bytes))) return this.#complete(round, now)
    for (const pair of round.equivocations) this.#parts.pledges.keepProof(pair)
    return null
  }

  /** The answer to a GET of this path; null where there is none yet, undefined where there never will be. */
  serve(path: string, now: number): Uint8Array | null | undefined {
    const { what, slot } = parsed(path)
    const { pledges, identity } = this.#parts
    if (what === "view") return pledges.view(slot)?.bytes ?? null
    if (what === "signature") {
      const body = pledges.body(slot)
      // Anybody may ask: signing costs a millisecond.
      if (body !== null && this.#answer?.body !== body) this.#answer = { body, bytes: encodeSigned(identity.id, body, signBody(identity.seed, body)) }
      return body === null ? null : this.#answer!.bytes
    }
    if (what !== "views") return undefined
    const round = this.#roundOf(slot)
    return round !== null && now >= round.slot.bundles ? round.bundle() : null
  }

  health(now: number) {
    const round = this.#round
    const peers = this.#parts.peers.map(({ key, url }) => ({
      key: toHex(key),
      url,
      lastAnswer: this.#answered.get(toHex(key)) ?? null,
      view: round?.standing(key) ?? "none",
      equivocated: this.#parts.pledges.proof(toHex(key)) !== null,
    }))
    return { slot: round?.slot.at ?? null, isOpen: round !== null && now >= round.slot.opens, last: this.#lastOutcome, peers }
  }

  /** The round for now; another one than before where its time is over, or the document that it follows is no longer the latest. */
  #enter(now: number): Round {
    const { latest, authorities, identity, pledges } = this.#parts
    const { directory } = latest
    const slot = slotAt(now, directory)
    const current = this.#round
    if (current?.slot.at === slot.at && current.slot.opens === slot.opens && current.previous === directory) return current
    if (current !== null && current.slot.at !== slot.at) {
      this.#lastOutcome = this.#outcome
      this.#before = current.body === null ? null : current
    }
    const round = new Round(slot, directory, authorities, identity)
    this.#outcome = "under-way"
    const signed = pledges.body(slot.at)
    if (signed !== null) {
      if (sameBytes(decodeBody(signed).previous, round.previousHash)) round.sign(signed)
      this.#outcome = "signed"
    }
    this.#round = round
    return round
  }

  #publishView(round: Round, now: number): void {
    const { pledges, identity, list } = this.#parts
    const slot = round.slot.at
    if (round.has("view", identity.id)) return
    const published = pledges.view(slot)
    if (published !== null) return round.add(published)
    const content = pledges.mayView(slot, now) ? list(slot, now) : null
    if (content === null) return
    const view = signView(identity, this.#network, { slot, previous: round.previousHash, ...content })
    if (view.bytes.length > geometry.DIRECTORY_MAX) return
    pledges.keepView(view)
    round.add(view)
  }

  #sign(round: Round): void {
    const { authorities, pledges } = this.#parts
    const at = round.slot.at
    const content = merge(round.views, authorities.threshold, round.previous, at)
    this.#outcome = content === null ? "no-threshold" : this.#objection(content, round)
    if (content === null || this.#outcome !== "signed") return
    const body = encodeBody({
      network: this.#network,
      epoch: round.epoch,
      validFrom: at,
      validUntil: validUntil(at, content.parameters),
      previous: round.previousHash,
      ...content,
    })
    pledges.keepBody(at, body)
    round.sign(body)
  }

  #objection(content: Content, { slot, previous }: Round): Outcome {
    if (!mayReplace(content, previous, slot.at)) return "too-few-nodes"
    // While a network is incomplete its slots are seconds apart: not each needs a document.
    const isRepetition = previous !== null && previous.validUntil > slot.at && !isUsable(previous) && sameBytes(said(content), said(previous))
    if (isRepetition) return "nothing-new"
    return this.#parts.pledges.maySign(slot.at, slot.at) ? "signed" : "no-threshold"
  }

  async #complete(round: Round, now: number): Promise<Uint8Array | null> {
    const document = round.document()
    if (document === null || !(await this.#parts.latest.follow(document))) return null
    this.#outcome = "document"
    this.#askAt = now
    return document
  }

  #asks(round: Round, now: number, isNew: boolean): AuthorityEffect[] {
    const { slot } = round
    const effects: AuthorityEffect[] = []
    const ask = (path: string, max: number, peers = this.#parts.peers) =>
      effects.push(...peers.map(({ url }) => ({ kind: "ask" as const, url, path, max })))
    const lacking = (from: Round, what: "view" | "bundle" | "signature") => this.#parts.peers.filter(({ key }) => !from.has(what, key))
    if (isNew || now >= this.#askDirectoryAt) {
      this.#askDirectoryAt = now + Math.min(IDLE, (slot.at - slot.opens) / 4)
      ask("/directory", geometry.DIRECTORY_MAX)
    }
    if (now >= slot.opens && now < slot.bundles) ask(`/view/${slot.at}`, geometry.DIRECTORY_MAX, lacking(round, "view"))
    if (now >= slot.bundles && now < slot.signs) ask(`/views/${slot.at}`, BUNDLE_MAX, lacking(round, "bundle"))
    const epoch = this.#parts.latest.directory?.epoch ?? 0
    for (const one of [now < slot.bundles ? this.#before : null, round]) {
      if (one !== null && one.body !== null && one.epoch > epoch) ask(`/signature/${one.slot.at}`, SIGNED_LENGTH, lacking(one, "signature"))
    }
    return effects
  }

  #roundOf(slot: number): Round | null {
    return [this.#round, this.#before].find((round) => round?.slot.at === slot) ?? null
  }
}

function parsed(path: string): { what: string; slot: number } {
  const [, what, slot] = /^\/(view|views|signature)\/(\d{1,15})$/.exec(path) ?? []
  return { what: what ?? "", slot: Number(slot ?? -1) }
}
