import nodeCrypto from "node:crypto"
import type { X25519 } from "sphinx-packet"
import { createSphinx, defaultX25519, nodeSymmetric } from "sphinx-packet"
import { Dropbox } from "../../dropbox/dropbox.ts"
import { defaultDropboxLimits } from "../../dropbox/front.ts"
import { memoryBoxes } from "../../dropbox/memory-boxes.ts"
import { fastLioness } from "../../messenger/platform/nodejs/lioness.ts"
import type { Connection, Link, LinkEvent, NetworkDescription } from "../../messenger/ports.ts"
import { randomStream } from "../../messenger/random-stream.ts"
import { Mix } from "../../mix/mix.ts"
import type { Parameters } from "../../shared/directory/parameters.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import type { Effect } from "../../shared/node/effect.ts"
import { memoryStorage } from "../../shared/node/memory-storage.ts"
import type { Random } from "../../shared/random.ts"
import { uniform } from "../../shared/random.ts"
import { utf8 } from "../../shared/text.ts"
import { installNativeSubtle } from "./native-subtle.ts"
import { SimAuthorities } from "./sim-authorities.ts"
import { cheapGroup } from "./cheap-group.ts"
import { VirtualClock } from "./virtual-clock.ts"

const START = Date.UTC(2026, 10, 20, 12)
/** Work for stamps costs real time, of which virtual time knows nothing: little of it, unless a test asks for more. */
const STAMP_BITS = 4

installNativeSubtle()
/** As in the nodes and clients of real networks, and real time that scenarios do not have to wait for. */
export const lioness = await fastLioness()
export const symmetric = nodeSymmetric(nodeCrypto)
/** X25519 itself. */
export const platformX25519 = await defaultX25519()

/** Everything that crosses a wire: who, to whom, what. */
export interface Passing {
  readonly time: number
  readonly from: string
  readonly to: string
  readonly bytes: Uint8Array
}

export interface SimOptions {
  readonly seed?: string
  readonly parameters?: Partial<Parameters>
  /** Share of requests between nodes that get lost, at first. */
  readonly loss?: number
  /** How many dropboxes there are, 2 where it is left out. */
  readonly dropboxes?: number
  /** How many authorities there are, 1 where it is left out, and how many must sign. */
  readonly authorities?: number
  readonly threshold?: number
  /** When virtual time begins; ms. */
  readonly start?: number
  /** By name of a node: how many ms its clock is ahead. */
  readonly skew?: Readonly<Record<string, number>>
  readonly record?: (passing: Passing) => void
  /** The key agreement of packets: the cheap group where it is left out, for most scenarios are about what comes and not about who could read it. */
  readonly x25519?: X25519
}

interface SimNode {
  readonly name: string
  readonly url: string
  node: Mix | Dropbox
  /** Starts it from what it has on disk. */
  readonly start: (now: number) => Promise<Mix | Dropbox>
  cancelWake: (() => void) | null
}

export function seeded(seed: string): Random {
  const bytes = new Uint8Array(32)
  bytes.set(utf8(seed).slice(0, 32))
  return randomStream(bytes)
}

/** The real mixes, dropboxes and authority of this project in one process, on a virtual clock. */
export class SimNetwork {
  readonly clock: VirtualClock
  /** Share of requests between nodes that get lost. */
  loss: number
  readonly #options: SimOptions
  readonly #random: Random
  readonly #nodes = new Map<string, SimNode>()
  readonly #connections = new Map<string, (event: LinkEvent) => void | Promise<void>>()
  /** By connection: URL of the node that it leads to. */
  readonly #gateways = new Map<string, string>()
  #authorities!: SimAuthorities
  #connectionCount = 0
  /** Names of nodes and clients, or "authority", that answer nothing now. */
  readonly down = new Set<string>()
  /** By name of a dropbox: how many boxes it has room for, from its next start on. */
  readonly room = new Map<string, number>()
  /** By name of a client: a document that it is shown in place of the one that all others get. */
  readonly shown = new Map<string, Uint8Array>()

  private constructor(options: SimOptions) {
    this.#options = options
    this.loss = options.loss ?? 0
    this.clock = new VirtualClock(options.start ?? START)
    this.#random = seeded(`network ${options.seed ?? ""}`)
  }

  static async start(options: SimOptions = {}): Promise<SimNetwork> {
    const network = new SimNetwork(options)
    await network.#start({ ...defaultParameters, stampBits: STAMP_BITS, ...options.parameters })
    return network
  }

  /** The key agreement of packets that all who are on this network use. */
  get x25519(): X25519 {
    return this.#options.x25519 ?? cheapGroup
  }

  get description(): NetworkDescription {
    return this.#authorities.description
  }

  node(name: string): Mix | Dropbox {
    return this.#byName(name).node
  }

  get names(): string[] {
    return [...this.#nodes.values()].map(({ name }) => name)
  }

  /** What all nodes together have refused, by reason. */
  get refused(): Record<string, number> {
    const sum: Record<string, number> = {}
    for (const { node } of this.#nodes.values()) {
      for (const [reason, count] of Object.entries(node.refusals.all())) if (count > 0) sum[reason] = (sum[reason] ?? 0) + count
    }
    return sum
  }

  /** Kills a node at once, with all that it has in memory, and starts it again from its disk after a while. */
  async restart(name: string, after = 0): Promise<void> {
    const killed = this.#byName(name)
    killed.cancelWake?.()
    this.down.add(name)
    for (const id of [...this.#connections.keys()]) if (this.#gateways.get(id) === killed.url) await this.#closed(id)
    this.clock.at(this.clock.now() + after, async () => {
      killed.node = await killed.start(this.#time(name))
      this.down.delete(name)
      this.#carryOut(killed, await killed.node.onWake(this.#time(name)))
    })
  }

  /** The time by this node's own clock. */
  #time(name: string): number {
    return this.clock.now() + (this.#options.skew?.[name] ?? 0)
  }

  /** Of the latest document that was published. */
  get epoch(): number {
    return this.#authorities.epoch
  }

  /** A second document of the present epoch, which a client can be `shown`. */
  another(): Uint8Array {
    return this.#authorities.another()
  }

  /** The link of one client, known by `name` to whoever records. */
  link(name: string): Link {
    return {
      fetch: async (url) => (this.down.has(name) ? null : (this.shown.get(name) ?? this.#authorities.fetch(url))),
      connect: (url, onEvent) => this.#connect(name, url, onEvent),
    }
  }

  /** Breaks all connections of a client, as a lost network does. */
  async cut(name: string): Promise<void> {
    for (const id of [...this.#connections.keys()].filter((id) => id.startsWith(`${name}#`))) await this.#closed(id)
  }

  async #start(parameters: Parameters): Promise<void> {
    const random = (label: string) => seeded(`${label} ${this.#options.seed ?? ""}`)
    const plan = [1, 2, 3].flatMap((layer) => ["a", "b"].map((name) => ({ name: `mix${layer}${name}`, role: "mix" as const, layer })))
    const boxes = [..."abcdefgh"].slice(0, this.#options.dropboxes ?? 2).map((name) => ({ name: `dropbox-${name}`, role: "dropbox" as const, layer: 0 }))
    const admitted = [...plan, ...boxes].map(({ name, role, layer }) => ({
      url: `http://${name}.test`,
      role,
      layer,
      operator: `operator ${name}`,
      provider: `provider ${name}`,
    }))
    const { authorities: count = 1, threshold = count } = this.#options
    const isDown = (name: string) => this.down.has(name)
    const descriptor = async (url: string) => this.#descriptor(this.#nodes.get(url)!)
    const offer = (url: string, document: Uint8Array) => this.#offer(this.#nodes.get(url)!, document)
    this.#authorities = await SimAuthorities.start({ clock: this.clock, count, threshold, random, admitted, parameters, isDown, descriptor, offer })
    const { x25519 } = this
    for (const config of admitted) {
      const name = config.url.slice("http://".length, -".test".length)
      const parts = {
        storage: memoryStorage(),
        random: random(name),
        sphinx: createSphinx({ random: random(`sphinx ${name}`), x25519, lioness, symmetric }),
        x25519,
        config: { ...config, authorities: this.#authorities.authorities, parameters },
      }
      const boxes = memoryBoxes()
      const start = (now: number) => (config.role === "mix" ? Mix.start(parts, now) : Dropbox.start({ ...parts, boxes }, now, { ...defaultDropboxLimits, boxes: this.room.get(name) ?? defaultDropboxLimits.boxes }))
      this.#nodes.set(config.url, { name, url: config.url, node: await start(this.#time(name)), start, cancelWake: null })
    }
    await this.#authorities.run()
    if (!(await this.clock.runUntil(() => this.epoch > 0, 600_000))) throw new Error("no directory came")
  }

  async #descriptor({ name, node }: SimNode): Promise<Uint8Array | null> {
    return this.down.has(name) ? null : node.descriptor(this.#time(name))
  }

  async #offer(target: SimNode, document: Uint8Array): Promise<void> {
    if (!this.down.has(target.name)) this.#carryOut(target, await target.node.onDirectory(document, this.#time(target.name)))
  }

  #carryOut(from: SimNode, effects: readonly Effect[]): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case "post":
          this.#post(from, effect)
          break
        case "frame":
          this.#frame(from, effect.connection, effect.frame)
          break
        case "close":
          this.#later(() => this.#closed(effect.connection))
          break
        case "wake":
          from.cancelWake?.()
          from.cancelWake = this.clock.at(effect.at + this.clock.now() - this.#time(from.name), async () => {
            if (!this.down.has(from.name)) this.#carryOut(from, await from.node.onWake(this.#time(from.name)))
          })
      }
    }
  }

  #post(from: SimNode, { to, url, packets }: Extract<Effect, { kind: "post" }>): void {
    const target = this.#nodes.get(url)
    if (target === undefined || uniform(this.#random) < this.loss) return
    const time = this.clock.now()
    const request = from.node.linkRequest(to, packets, this.#time(from.name))
    this.#later(async () => {
      // Signing takes no virtual time, but some turns of the event loop: whatever the order, it is told with the time of sending.
      const body = await request
      this.#options.record?.({ time, from: from.name, to: target.name, bytes: body })
      if (!this.down.has(target.name)) this.#carryOut(target, await target.node.onLink(body, this.#time(target.name)))
    })
  }

  #frame(from: SimNode, connection: string, frame: Uint8Array): void {
    const client = connection.split("#")[0]!
    this.#record(from.name, client, frame)
    this.#later(() => (this.down.has(client) ? undefined : this.#connections.get(connection)?.({ type: "frame", frame })))
  }

  #connect(client: string, url: string, onEvent: (event: LinkEvent) => void | Promise<void>): Connection {
    const id = `${client}#${++this.#connectionCount}`
    const target = this.#nodes.get(url)
    const isReachable = () => target !== undefined && !this.down.has(target.name) && !this.down.has(client)
    this.#connections.set(id, onEvent)
    this.#gateways.set(id, url)
    this.#later(async () => {
      if (!isReachable()) return this.#closed(id)
      this.#carryOut(target!, (target!.node as Mix).onConnect(id, this.#time(target!.name)))
      await onEvent({ type: "open" })
    })
    return {
      send: (frame) => {
        if (target === undefined || !this.#connections.has(id) || !isReachable()) return
        this.#record(client, target.name, frame)
        this.#later(async () => {
          if (isReachable()) this.#carryOut(target, await (target.node as Mix).onFrame(id, frame, this.#time(target.name)))
        })
      },
      close: () => this.#later(() => this.#closed(id)),
    }
  }

  async #closed(id: string): Promise<void> {
    const onEvent = this.#connections.get(id)
    if (onEvent === undefined) return
    this.#connections.delete(id)
    this.#gateways.delete(id)
    for (const target of this.#nodes.values()) {
      if (target.node instanceof Mix) this.#carryOut(target, target.node.onDisconnect(id, this.#time(target.name)))
    }
    await onEvent({ type: "closed" })
  }

  /** Links take 2 to 12 ms. */
  #later(wake: () => void | Promise<void>): void {
    this.clock.at(this.clock.now() + 2 + 10 * uniform(this.#random), wake)
  }

  #record(from: string, to: string, bytes: Uint8Array): void {
    this.#options.record?.({ time: this.clock.now(), from, to, bytes })
  }

  #byName(name: string): SimNode {
    const found = [...this.#nodes.values()].find((node) => node.name === name)
    if (found === undefined) throw new Error(`no node ${name}`)
    return found
  }
}
