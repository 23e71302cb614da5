import { Authority } from "../../directory/authority.ts"
import type { AuthorityEffect } from "../../directory/effect.ts"
import type { Peer } from "../../directory/rounds.ts"
import type { Admission } from "../../shared/directory/admission.ts"
import type { Authorities } from "../../shared/directory/document.ts"
import type { Parameters } from "../../shared/directory/parameters.ts"
import { publicEd25519 } from "../../shared/ed25519.ts"
import { sized } from "../../shared/names.ts"
import type { NodeStorage } from "../../shared/node/effect.ts"
import type { Identity } from "../../shared/node/identity.ts"
import { memoryStorage } from "../../shared/node/memory-storage.ts"
import { installNativeSubtle } from "../sim/native-subtle.ts"
import { seeded } from "./seeded.ts"

installNativeSubtle()

export interface GroupOptions {
  /** How many authorities, and how many of them must sign: by default more than half. */
  readonly count: number
  readonly threshold?: number
  readonly parameters: Parameters
  readonly admitted: readonly Admission[]
  /** The seed of their identities. */
  readonly name?: string
  readonly adminKey?: Uint8Array
  /** Of the world; each authority's own may differ from it. */
  readonly clock: { now(): number; at(time: number, wake: () => void | Promise<void>): () => void }
  /** What a node answers to GET /descriptor of an authority; null while it is down, or out of its reach. */
  readonly descriptor: (url: string, authority: number) => Promise<Uint8Array | null>
  /** POST /directory to a node. */
  readonly publish?: (url: string, document: Uint8Array) => void | Promise<void>
  /** ms that a message between two authorities takes, each way. */
  readonly latency?: number
}

export interface Member {
  readonly index: number
  readonly url: string
  readonly identity: Identity
  readonly storage: NodeStorage
  authority: Authority
  /** Its clock less that of the world, ms. */
  skew: number
  isDown: boolean
  cancelWake: () => void
}

/** What `to` gets instead of what `from` would have answered to a GET of `path`. */
export type Lie = (from: Member, to: Member, path: string, answer: Uint8Array | null) => Uint8Array | null | Promise<Uint8Array | null>

/** The authorities of a network in this process, on a virtual clock: the real ones, with wires that can be cut and made to lie. */
export class AuthorityGroup {
  readonly members: readonly Member[]
  readonly #options: GroupOptions
  readonly #peers: readonly Peer[]
  lie: Lie = (_from, _to, _path, answer) => answer
  /** Whether a question of one to another arrives. */
  reaches: (from: Member, to: Member) => boolean = () => true

  private constructor(options: GroupOptions) {
    this.#options = options
    const parts = Array.from({ length: options.count }, (_, index) => {
      const seed = seeded(`${options.name ?? "authority"} ${index}`)(32)
      const identity = { seed, id: sized("NodeId", publicEd25519(seed)) }
      const storage = memoryStorage()
      storage.put("identity", seed)
      return { index, url: `http://authority-${index}.test`, identity, storage, skew: 0, isDown: false, cancelWake: () => undefined }
    })
    this.members = parts as unknown as readonly Member[]
    this.#peers = parts.map(({ url, identity }) => ({ key: identity.id, url }))
  }

  /** `skews`: of each authority's clock, ms. `down`: those that are not started yet. */
  static async start(options: GroupOptions, { skews = [], down = [] }: { skews?: readonly number[]; down?: readonly number[] } = {}): Promise<AuthorityGroup> {
    const group = new AuthorityGroup(options)
    for (const member of group.members) {
      member.skew = skews[member.index] ?? 0
      if (down.includes(member.index)) member.isDown = true
      else await group.restart(member.index)
    }
    return group
  }

  get authorities(): Authorities {
    const { count, threshold = Math.floor(count / 2) + 1 } = this.#options
    return { keys: this.#peers.map(({ key }) => key), threshold }
  }

  get(index: number): Authority {
    return this.members[index]!.authority
  }

  /** The latest document that any of those that are up has. */
  get document(): Uint8Array | null {
    const up = this.members.filter(({ isDown, authority }) => !isDown && authority.document !== null)
    const epoch = ({ authority }: Member) => authority.health(0).directory!
    return up.sort((a, b) => epoch(b) - epoch(a))[0]?.authority.document ?? null
  }

  stop(index: number): void {
    this.members[index]!.isDown = true
    this.members[index]!.cancelWake()
  }

  /** Starts an authority from its storage. */
  async restart(index: number): Promise<void> {
    const member = this.members[index]!
    const { parameters, admitted, adminKey } = this.#options
    const random = seeded(`random ${index}`)
    const parts = { storage: member.storage, random, admitted, parameters, peers: this.#peers, threshold: this.authorities.threshold }
    member.cancelWake()
    member.isDown = false
    member.authority = await Authority.start({ ...parts, ...(adminKey ? { adminKey } : {}) }, this.now(member))
    await this.perform(member, member.authority.onWake(this.now(member)))
  }

  now(member: Member): number {
    return this.#options.clock.now() + member.skew
  }

  async perform(member: Member, effects: readonly AuthorityEffect[]): Promise<void> {
    for (const effect of effects) {
      switch (effect.kind) {
        case "wake":
          member.cancelWake()
          member.cancelWake = this.#options.clock.at(effect.at - member.skew, () => this.perform(member, member.authority.onWake(this.now(member))))
          break
        case "gather":
          await this.#gather(member, effect.urls)
          break
        case "publish":
          for (const url of effect.urls) await this.#options.publish?.(url, effect.document)
          break
        case "ask":
          this.#ask(member, effect.url, effect.path)
      }
    }
  }

  async #gather(member: Member, urls: readonly string[]): Promise<void> {
    const answers = await Promise.all(urls.map(async (url) => ({ url, descriptor: await this.#options.descriptor(url, member.index) })))
    const said = answers.flatMap(({ url, descriptor }) => (descriptor === null ? [] : [{ url, descriptor }]))
    await this.perform(member, await member.authority.onDescriptors(said, this.now(member)))
  }

  #ask(member: Member, url: string, path: string): void {
    const { clock, latency = 20 } = this.#options
    const target = this.members.find((one) => one.url === url)!
    const asked = member.authority
    clock.at(clock.now() + latency, async () => {
      if (target.isDown || !this.reaches(member, target)) return
      const answer = await this.lie(target, member, path, target.authority.serve(path, this.now(target)) ?? null)
      if (answer === null) return
      clock.at(clock.now() + latency, async () => {
        if (member.isDown || member.authority !== asked) return
        await this.perform(member, await member.authority.onAnswer(url, path, answer, this.now(member)))
      })
    })
  }
}
