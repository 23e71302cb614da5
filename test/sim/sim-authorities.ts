import type { AuthorityEffect } from "../../directory/effect.ts"
import { Authority } from "../../directory/authority.ts"
import type { NetworkDescription } from "../../messenger/ports.ts"
import { toHex } from "../../shared/bytes.ts"
import type { Authorities, Directory } from "../../shared/directory/document.ts"
import { encodeBody, encodeDocument, openDocument, signBody } from "../../shared/directory/document.ts"
import type { Parameters } from "../../shared/directory/parameters.ts"
import type { Identity } from "../../shared/node/identity.ts"
import { loadIdentity } from "../../shared/node/identity.ts"
import { memoryStorage } from "../../shared/node/memory-storage.ts"
import type { Random } from "../../shared/random.ts"
import type { VirtualClock } from "./virtual-clock.ts"

interface AuthoritiesParts {
  readonly clock: VirtualClock
  readonly count: number
  readonly threshold: number
  readonly random: (label: string) => Random
  readonly admitted: readonly { url: string; role: "mix" | "dropbox"; layer: number; operator: string; provider: string }[]
  readonly parameters: Parameters
  /** By name: "authority-0" and so on, or "authority" for all of them. */
  readonly isDown: (name: string) => boolean
  /** null where the node does not answer. */
  readonly descriptor: (url: string) => Promise<Uint8Array | null>
  readonly offer: (url: string, document: Uint8Array) => Promise<void>
}

interface One {
  readonly name: string
  readonly url: string
  readonly authority: Authority
  cancelWake: () => void
}

/** The authorities of a simulated network, which ask each other without a wire between them. */
export class SimAuthorities {
  readonly #parts: AuthoritiesParts
  readonly #all: readonly One[]
  readonly #identities: readonly Identity[]
  #latest: { readonly document: Uint8Array; readonly directory: Directory } | null = null

  private constructor(parts: AuthoritiesParts, all: readonly One[], identities: readonly Identity[]) {
    this.#parts = parts
    this.#all = all
    this.#identities = identities
  }

  static async start(parts: AuthoritiesParts): Promise<SimAuthorities> {
    const { count, threshold, random, admitted, parameters, clock } = parts
    const made = Array.from({ length: count }, (_, i) => {
      const storage = memoryStorage()
      const name = count === 1 ? "authority" : `authority-${i}`
      return { name, url: `http://${name}.test`, storage, random: random(name), identity: loadIdentity(storage, random(`${name} identity`)) }
    })
    const peers = made.map(({ identity, url }) => ({ key: identity.id, url }))
    const all: One[] = []
    for (const { name, url, storage, random } of made) {
      const authority = await Authority.start({ storage, random, admitted, parameters, peers: count === 1 ? [] : peers, threshold }, clock.now())
      all.push({ name, url, authority, cancelWake: () => undefined })
    }
    return new SimAuthorities(parts, all, made.map(({ identity }) => identity))
  }

  get authorities(): Authorities {
    return { keys: this.#identities.map(({ id }) => id), threshold: this.#parts.threshold }
  }

  get description(): NetworkDescription {
    const { threshold } = this.#parts
    const authorities = this.#all.map(({ url, authority }) => ({ key: toHex(authority.key), url }))
    return { name: "simulation", authorities, threshold, directories: authorities.map(({ url }) => `${url}/directory`) }
  }

  /** What an authority serves. */
  fetch(url: string): Uint8Array | null {
    const one = this.#all.find((one) => `${one.url}/directory` === url)
    return one === undefined || this.#isDown(one) ? null : one.authority.document
  }

  /** Of the latest document that was published; 0 before the first. */
  get epoch(): number {
    return this.#latest?.directory.epoch ?? 0
  }

  /** A second document of the present epoch, signed by as many as the first: what authorities could do that work against somebody. */
  another(): Uint8Array {
    const { directory } = this.#latest!
    const body = encodeBody({ ...directory, validUntil: directory.validUntil + 1 })
    const signers = this.#identities.slice(0, this.#parts.threshold)
    return encodeDocument(body, signers.map(({ seed, id }) => ({ key: id, signature: signBody(seed, body) })))
  }

  async run(): Promise<void> {
    for (const one of this.#all) await this.#wake(one)
  }

  async #wake(one: One): Promise<void> {
    const { clock } = this.#parts
    if (this.#isDown(one)) one.cancelWake = clock.at(clock.now() + 30_000, () => this.#wake(one))
    else await this.#carryOut(one, one.authority.onWake(clock.now()))
  }

  async #carryOut(one: One, effects: readonly AuthorityEffect[]): Promise<void> {
    const { clock, descriptor, offer } = this.#parts
    for (const effect of effects) {
      switch (effect.kind) {
        case "wake":
          one.cancelWake()
          one.cancelWake = clock.at(effect.at, () => this.#wake(one))
          break
        case "gather": {
          const came = await Promise.all(effect.urls.map(async (url) => ({ url, descriptor: await descriptor(url) })))
          const said = came.flatMap(({ url, descriptor }) => (descriptor === null ? [] : [{ url, descriptor }]))
          await this.#carryOut(one, await one.authority.onDescriptors(said, clock.now()))
          break
        }
        case "ask": {
          const other = this.#all.find(({ url }) => url === effect.url)
          const answer = other === undefined || this.#isDown(other) ? null : other.authority.serve(effect.path, clock.now())
          if (answer !== null && answer !== undefined) await this.#carryOut(one, await one.authority.onAnswer(effect.url, effect.path, answer, clock.now()))
          break
        }
        case "publish": {
          const directory = await openDocument(effect.document, this.authorities)
          if (directory.epoch > this.epoch) this.#latest = { document: effect.document, directory }
          for (const url of effect.urls) await offer(url, effect.document)
        }
      }
    }
  }

  #isDown({ name }: One): boolean {
    return this.#parts.isDown(name) || this.#parts.isDown("authority")
  }
}
