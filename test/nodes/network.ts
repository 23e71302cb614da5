import { createSphinx } from "sphinx-packet"
import { Authority } from "../../directory/authority.ts"
import { Dropbox } from "../../dropbox/dropbox.ts"
import type { DropboxLimits } from "../../dropbox/front.ts"
import { memoryBoxes } from "../../dropbox/memory-boxes.ts"
import type { MixLimits } from "../../mix/limits.ts"
import { Mix } from "../../mix/mix.ts"
import type { Directory } from "../../shared/directory/document.ts"
import { openDocument } from "../../shared/directory/document.ts"
import type { Parameters } from "../../shared/directory/parameters.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import type { GatewayFrame } from "../../shared/frames.ts"
import { decodeGatewayFrame } from "../../shared/frames.ts"
import type { Packet } from "../../shared/names.ts"
import type { Effect, NodeStorage } from "../../shared/node/effect.ts"
import { memoryStorage } from "../../shared/node/memory-storage.ts"
import type { NodeParts } from "../../shared/node/node-core.ts"
import { seeded } from "./seeded.ts"
import { x25519 } from "./x25519.ts"

export const START = Date.UTC(2027, 0, 15, 12, 10)
export type Node = Mix | Dropbox

export interface NetworkOptions {
  readonly parameters?: Partial<Parameters>
  readonly mixLimits?: MixLimits
  readonly replayTags?: number
  readonly dropboxLimits?: DropboxLimits
  /** Of each dropbox. */
  readonly shards?: number
  /** How many mixes in layers 1, 2, 3, and dropboxes. */
  readonly size?: readonly [number, number, number, number]
}

interface Place {
  node: Node
  readonly storage: NodeStorage
  readonly url: string
  readonly restart: (now: number) => Promise<Node>
  wakeAt: number
  /** By how many ms its clock is fast. */
  fast: number
}

/** All nodes of a network in this process, on a clock of its own; links take no time. */
export class Network {
  now = START
  directory!: Directory
  authority!: Authority
  /** Starts the authority again with other parameters. */
  agree!: (changed: Partial<Parameters>) => Promise<void>
  readonly places = new Map<string, Place>()
  readonly frames = new Map<string, GatewayFrame[]>()
  readonly closed = new Set<string>()
  readonly remembered = new Map<string, Uint8Array>()
  readonly posts: { url: string; packets: readonly Packet[] }[] = []
  readonly #size: readonly [number, number, number, number]

  private constructor(size: readonly [number, number, number, number]) {
    this.#size = size
  }

  static async start(options: NetworkOptions = {}): Promise<Network> {
    const network = new Network(options.size ?? [2, 1, 1, 1])
    await network.#start(options)
    return network
  }

  mix(layer: number, index = 0): Mix {
    return this.place(`http://mix-${layer}-${index}`).node as Mix
  }

  dropbox(index = 0): Dropbox {
    return this.place(`http://dropbox-${index}`).node as Dropbox
  }

  place(url: string): Place {
    return this.places.get(url)!
  }

  /** Throws a node away, with all that it had in memory, and starts it from its storage; a gateway also from what was kept with open connections. */
  async restart(url: string, keep: readonly string[] = []): Promise<void> {
    const place = this.place(url)
    place.node = await place.restart(this.at(place))
    for (const connection of keep) (place.node as Mix).restore(connection, this.remembered.get(connection)!)
    await this.perform(place, await place.node.onWake(this.at(place)))
  }

  /** What the clock of a node shows. */
  at(place: Place): number {
    return this.now + place.fast
  }

  /** Puts the clock of a node forward, or back. */
  async setClock(url: string, fast: number): Promise<void> {
    const place = this.place(url)
    place.fast = fast
    await this.perform(place, await place.node.onWake(this.at(place)))
  }

  /** Hands effects of a node on, until nobody has anything to do at this time. */
  async perform(place: Place, effects: readonly Effect[]): Promise<void> {
    for (const effect of effects) {
      switch (effect.kind) {
        case "wake":
          place.wakeAt = effect.at - place.fast
          break
        case "close":
          this.closed.add(effect.connection)
          break
        case "remember":
          this.remembered.set(effect.connection, effect.state)
          break
        case "frame":
          this.received(effect.connection).push(decodeGatewayFrame(effect.frame))
          break
        case "post": {
          this.posts.push(effect)
          const to = this.place(effect.url)
          await this.body(effect.url, await place.node.linkRequest(to.node.id, effect.packets, this.at(place)))
        }
      }
    }
  }

  received(connection: string): GatewayFrame[] {
    if (!this.frames.has(connection)) this.frames.set(connection, [])
    return this.frames.get(connection)!
  }

  /** Lets time pass. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds
    for (;;) {
      const next = [...this.places.values()].reduce((a, b) => (b.wakeAt < a.wakeAt ? b : a))
      if (next.wakeAt > end) break
      this.now = Math.max(this.now, next.wakeAt)
      next.wakeAt = Infinity
      await this.perform(next, await next.node.onWake(this.at(next)))
    }
    this.now = end
  }

  /** A request with these packets, signed by a node that may send to this one: of several, by the one that sends packets out, not back. */
  async link(url: string, ...packets: readonly Uint8Array[]): Promise<void> {
    const before = ["http://mix-3-0", "http://dropbox-0", "http://mix-1-0", "http://mix-2-0"]
    const layer = Number(/mix-(\d)/.exec(url)?.[1] ?? 0)
    await this.linkFrom(before[layer]!, url, ...packets)
  }

  async linkFrom(from: string, url: string, ...packets: readonly Uint8Array[]): Promise<void> {
    const sender = this.place(from)
    const request = await sender.node.linkRequest(this.place(url).node.id, packets as readonly Packet[], this.at(sender))
    await this.body(url, request)
  }

  /** Any bytes as the body of a request. */
  async body(url: string, bytes: Uint8Array): Promise<void> {
    const place = this.place(url)
    await this.perform(place, await place.node.onLink(bytes, this.at(place)))
  }

  async connect(gateway: string, connection: string, address: string | null = null): Promise<void> {
    const place = this.place(gateway)
    await this.perform(place, (place.node as Mix).onConnect(connection, this.at(place), address))
  }

  async frame(gateway: string, connection: string, bytes: Uint8Array): Promise<void> {
    const place = this.place(gateway)
    await this.perform(place, await (place.node as Mix).onFrame(connection, bytes, this.at(place)))
  }

  async disconnect(gateway: string, connection: string): Promise<void> {
    const place = this.place(gateway)
    await this.perform(place, (place.node as Mix).onDisconnect(connection, this.at(place)))
  }

  /** A new document of the authority reaches every node. */
  async publish(): Promise<void> {
    const descriptors = await Promise.all([...this.places.values()].map(async (place) => ({ url: place.url, descriptor: await place.node.descriptor(this.at(place)) })))
    await this.authority.onDescriptors(descriptors, this.now)
    this.directory = await openDocument(this.authority.document!, this.authority.authorities)
    for (const place of this.places.values()) await this.perform(place, await place.node.onDirectory(this.authority.document!, this.at(place)))
  }

  async #start({ parameters, mixLimits, replayTags, dropboxLimits, shards = 1 }: NetworkOptions): Promise<void> {
    const agreed = { ...defaultParameters, stampBits: 4, ...parameters }
    const admitted = this.#size.flatMap((count, i) =>
      Array.from({ length: count }, (_, n) => ({
        url: i < 3 ? `http://mix-${i + 1}-${n}` : `http://dropbox-${n}`,
        role: i < 3 ? ("mix" as const) : ("dropbox" as const),
        layer: i < 3 ? i + 1 : 0,
        operator: "test",
        provider: "test",
      })),
    )
    const kept = memoryStorage()
    this.agree = async (changed) => {
      this.authority = await Authority.start({ storage: kept, random: seeded("authority"), admitted, parameters: { ...agreed, ...changed } }, this.now)
    }
    await this.agree({})
    for (const admission of admitted) {
      const random = seeded(admission.url)
      const config = { ...admission, authorities: this.authority.authorities, parameters: agreed }
      const storage = memoryStorage()
      const parts: NodeParts = { storage, random, x25519, sphinx: createSphinx({ random, x25519 }), config, ...(replayTags === undefined ? {} : { replayTags }) }
      const boxes = Array.from({ length: shards }, memoryBoxes)
      const restart = (now: number): Promise<Node> =>
        admission.role === "mix" ? Mix.start(parts, now, mixLimits) : Dropbox.start({ ...parts, boxes }, now, dropboxLimits)
      this.places.set(admission.url, { node: await restart(this.now), storage, url: admission.url, restart, wakeAt: Infinity, fast: 0 })
    }
    for (const place of this.places.values()) await this.perform(place, await place.node.onWake(this.now))
    await this.publish()
  }
}
