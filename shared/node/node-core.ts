import type { Released, Sphinx, X25519 } from "sphinx-packet"
import { SphinxError } from "sphinx-packet"
import { WireError } from "../bytes.ts"
import type { NodeEntry, Role } from "../directory/descriptor.ts"
import { signDescriptor } from "../directory/descriptor.ts"
import type { Authorities } from "../directory/document.ts"
import type { Parameters } from "../directory/parameters.ts"
import type { NodeId, Packet } from "../names.ts"
import type { Random } from "../random.ts"
import { DirectoryInUse } from "./directory-in-use.ts"
import type { Effect, NodeStorage } from "./effect.ts"
import type { Identity } from "./identity.ts"
import { loadIdentity } from "./identity.ts"
import { KeyRing } from "./key-ring.ts"
import type { Arrival } from "./links.ts"
import { Links } from "./links.ts"
import { Refusals } from "./refusals.ts"

export interface NodeConfig {
  readonly role: Role
  /** 1 to 3 of a mix, 0 of a dropbox. */
  readonly layer: number
  readonly operator: string
  readonly provider: string
  /** Where others reach this node, without a slash at the end. */
  readonly url: string
  readonly authorities: Authorities
  /** Until the first directory says otherwise. */
  readonly parameters: Parameters
}

export interface NodeParts {
  readonly storage: NodeStorage
  readonly random: Random
  readonly sphinx: Sphinx
  readonly x25519: X25519
  readonly config: NodeConfig
  /** Packets that one key may open; REPLAY_TAGS_MOST unless given. */
  readonly replayTags?: number
}

/**
 * Replay tags of one key fill 64 MB then, half of what a Durable Object has: 833 packets a second all through an hourly epoch. A node
 * that held more could not start again on Cloudflare before the key is gone.
 */
export const REPLAY_TAGS_MOST = 3_000_000

export const NODE_VERSION = "0.1.0"
const SPHINX_VERSION = 260
/** Anybody may ask for the descriptor, and signing it costs a millisecond: it is made once in so long, ms. */
const DESCRIPTOR_AGE = 1000

/** What mixes and dropboxes have in common: who they are, their Sphinx keys, the directory, and the opening of one layer. */
export class NodeCore {
  readonly #parts: NodeParts
  readonly #identity: Identity
  readonly #keys: KeyRing
  readonly #links: Links
  readonly directory: DirectoryInUse
  readonly refusals = new Refusals()
  #described: { readonly at: number; readonly descriptor: Promise<Uint8Array> } | null = null

  private constructor(parts: NodeParts) {
    this.#parts = parts
    this.#identity = loadIdentity(parts.storage, parts.random)
    this.#keys = new KeyRing(parts)
    this.directory = new DirectoryInUse(parts.storage, parts.config.authorities)
    const { role, layer } = parts.config
    this.#links = new Links({ identity: this.#identity, role, layer, directory: this.directory, refusals: this.refusals })
  }

  static async start(parts: NodeParts, now: number): Promise<NodeCore> {
    const core = new NodeCore(parts)
    await core.directory.load()
    core.advanceKeys(now)
    return core
  }

  get id(): NodeId {
    return this.#identity.id
  }

  get layer(): number {
    return this.#parts.config.layer
  }

  get parameters(): Parameters {
    return this.directory.directory?.parameters ?? this.#parts.config.parameters
  }

  /** To be called now and then, and no later than this returns. */
  advanceKeys(now: number): number {
    const { keyEpochSeconds } = this.parameters
    this.#keys.advance(keyEpochSeconds, now)
    return this.#keys.nextChange(keyEpochSeconds, now)
  }

  /** The packets of a request of a neighbour, and who it is; else null, and counted. */
  openLink(body: Uint8Array, now: number): Promise<Arrival | null> {
    return this.#links.open(body, now)
  }

  /** The body of a POST /packets to a neighbour, signed now. */
  linkRequest(to: NodeId, packets: readonly Packet[], now: number): Promise<Uint8Array> {
    return this.#links.request(to, packets, now)
  }

  /** Opens one layer. null where the packet is refused, which is counted: its MAC first, then its replay tag, then its content. */
  async open(packet: Packet, now: number): Promise<Released | null> {
    try {
      for (const key of this.#keys.usable(now)) {
        const opened = await this.#openWith(await key.secret, packet)
        if (opened === null) continue
        if (key.tags.size >= (this.#parts.replayTags ?? REPLAY_TAGS_MOST)) {
          this.refusals.add("full")
          return null
        }
        if (!key.tags.add(opened.replayTag)) {
          this.refusals.add("replay")
          return null
        }
        const released = await this.#parts.sphinx.release(opened)
        // Each hop sees the version: a second one in use would split the crowd that a packet hides in.
        if (released.version === SPHINX_VERSION) return released
        this.refusals.add("version")
        return null
      }
      this.refusals.add("mac")
    } catch (error) {
      if (!(error instanceof SphinxError)) throw error
      this.refusals.add(error.reason)
    }
    return null
  }

  /** Puts the replay tags of all packets so far into storage: before anything that came of them leaves the node. */
  saveTags(): void {
    this.#keys.flush()
  }

  /** One request, or a few, per neighbour, in the order of its first packet. */
  posts(packets: readonly { readonly to: NodeEntry; readonly packet: Packet }[]): Effect[] {
    return this.#links.posts(packets)
  }

  /** True where the document is the newest and now in use. Whatever else it is, is counted or nothing new. */
  async onDirectory(document: Uint8Array, now: number): Promise<boolean> {
    try {
      const isNew = await this.directory.accept(document, now)
      if (isNew) this.#described = null
      return isNew
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      this.refusals.add("malformed")
      return false
    }
  }

  descriptor(now: number): Promise<Uint8Array> {
    const age = now - (this.#described?.at ?? Infinity)
    if (this.#described === null || age < 0 || age >= DESCRIPTOR_AGE) this.#described = { at: now, descriptor: this.#describe(now) }
    return this.#described.descriptor
  }

  async #describe(now: number): Promise<Uint8Array> {
    this.advanceKeys(now)
    const { role, layer, operator, provider, url } = this.#parts.config
    const keys = await this.#keys.published(this.parameters.keyEpochSeconds, now)
    return signDescriptor(this.#identity.seed, { id: this.id, role, layer, operator, provider, url, keys }, now)
  }

  /** The part of GET /health that all nodes have. It speaks of no user, packet or box. */
  health(now: number) {
    const { role, layer } = this.#parts.config
    const { keyEpochSeconds } = this.parameters
    const keyEpochs = this.#keys.usable(now).map(({ epoch }) => epoch)
    const directory = this.directory.directory?.epoch ?? null
    const { forks } = this.directory
    return { version: NODE_VERSION, role, layer, directory, forks, keyEpochSeconds, keyEpochs, refused: this.refusals.told() }
  }

  async #openWith(secret: Awaited<ReturnType<X25519["prepare"]>>, packet: Packet) {
    try {
      return await this.#parts.sphinx.open(secret, packet)
    } catch (error) {
      if (error instanceof SphinxError && error.reason === "mac") return null
      throw error
    }
  }
}
