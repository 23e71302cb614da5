import { WireError } from "../shared/bytes.ts"
import type { NodeEntry, Role } from "../shared/directory/descriptor.ts"
import type { ClientFrame, GatewayFrame } from "../shared/frames.ts"
import { decodeClientFrame, encodeGatewayFrame } from "../shared/frames.ts"
import type { NodeId, Packet } from "../shared/names.ts"
import { sized } from "../shared/names.ts"
import type { Effect } from "../shared/node/effect.ts"
import type { Due } from "../shared/node/heap.ts"
import { Heap } from "../shared/node/heap.ts"
import type { NodeParts } from "../shared/node/node-core.ts"
import { NodeCore } from "../shared/node/node-core.ts"
import { Traffic } from "../shared/node/traffic.ts"
import type { Session } from "./sessions.ts"
import { Sessions } from "./sessions.ts"

const NANOS_PER_MS = 1_000_000n
/** The longest that a packet may ask to be held. Of honest packets, one in 10^520 asks for more. */
const DELAY_MAX = 10n * 60_000n * NANOS_PER_MS

export interface MixLimits {
  /** Packets in memory: waiting for their time, or kept for sessions without a connection. */
  readonly packets: number
  readonly sessions: number
  readonly keptPerSession: number
}

/** About 75 MB of packets: a Durable Object has 128 MB in all. */
export const defaultMixLimits: MixLimits = { packets: 16_000, sessions: 2_000, keptPerSession: 256 }

/** Packets of clients and dropboxes must not reach sessions directly: they would skip the mixing. Those of layer 3 have nowhere else to go. */
type Source = "session" | Role | "last-layer"

interface Held extends Due {
  /** Node id or session id. */
  readonly next: Uint8Array
  readonly packet: Packet
}

/**
 * One mix: opens a layer of each packet, holds it for the delay in its header, and passes it to the next address; in layer 1
 * also the gateway of clients. design.md section 6. It neither throws for, nor answers differently to, hostile input.
 */
export class Mix {
  readonly #core: NodeCore
  readonly #limits: MixLimits
  readonly #sessions: Sessions
  readonly #held = new Heap<Held>()
  #kept = 0
  readonly #traffic = new Traffic(["received", "forwarded", "delivered", "lost"])

  private constructor(core: NodeCore, limits: MixLimits) {
    this.#core = core
    this.#limits = limits
    this.#sessions = new Sessions({ sessions: limits.sessions, kept: limits.keptPerSession })
  }

  /** From what the storage holds, or anew. Call onWake next. */
  static async start(parts: NodeParts, now: number, limits: MixLimits = defaultMixLimits): Promise<Mix> {
    return new Mix(await NodeCore.start(parts, now), limits)
  }

  get id(): NodeId {
    return this.#core.id
  }

  get refusals() {
    return this.#core.refusals
  }

  get traffic() {
    return this.#traffic
  }

  /** The latest directory document, for whoever asks. */
  get document(): Uint8Array | null {
    return this.#core.directory.document
  }

  /** Packets in memory now. */
  get held(): number {
    return this.#held.size + this.#kept
  }

  get sessions(): number {
    return this.#sessions.size
  }

  /** The body of a POST /packets: a request that a neighbour signed. */
  async onLink(body: Uint8Array, now: number): Promise<Effect[]> {
    const arrival = await this.#core.openLink(body, now)
    if (arrival === null) return []
    const source = arrival.from.layer === 3 ? "last-layer" : arrival.from.role
    for (const packet of arrival.packets) await this.#take(packet, source, now)
    return [this.#wake(now)]
  }

  onConnect(connection: string, now: number): Effect[] {
    if (this.#core.layer !== 1 || !this.#sessions.connect(connection, now)) {
      this.refusals.add("full")
      return [{ kind: "close", connection }]
    }
    return [this.#wake(now)]
  }

  async onFrame(connection: string, bytes: Uint8Array, now: number): Promise<Effect[]> {
    const frame = decoded(bytes)
    if (this.#sessions.isStranger(connection)) return this.#greet(connection, frame, now)
    const session = this.#sessions.at(connection)
    // What a connection sent before it learnt that it was closed.
    if (session === null) return []
    if (!this.#sessions.spend(session, this.#core.parameters, now)) {
      this.refusals.add("rate")
      return []
    }
    switch (frame?.type) {
      case "packet":
        await this.#take(frame.packet, "session", now)
        return [this.#wake(now)]
      case "get-directory":
        return this.document === null ? [] : [toClient(connection, { type: "directory", document: this.document })]
      case "hello":
        this.refusals.add("session")
        return []
      case undefined:
        this.refusals.add("malformed")
        return []
    }
  }

  onDisconnect(connection: string, now: number): Effect[] {
    this.#sessions.disconnect(connection, now)
    return [this.#wake(now)]
  }

  /** Sends what is due, makes and destroys keys, forgets sessions. To be called when its wake effect says, or at any other time. */
  onWake(now: number): Effect[] {
    this.#core.advanceKeys(now)
    const { close, forgotten } = this.#sessions.expire(now)
    for (const session of forgotten) {
      this.#kept -= session.kept.length
      this.#traffic.add("lost", session.kept.length, now)
    }
    const due = this.#held.takeDue(now)
    if (due.length > 0) this.#core.saveTags()
    return [...close.map((connection): Effect => ({ kind: "close", connection })), ...this.#send(due, now), this.#wake(now)]
  }

  /** A directory document from anywhere: its signatures say whether it counts. */
  async onDirectory(document: Uint8Array, now: number): Promise<Effect[]> {
    await this.#core.onDirectory(document, now)
    this.#core.advanceKeys(now)
    return [this.#wake(now)]
  }

  /** The body of a POST /packets to a neighbour. To be made when it is sent. */
  linkRequest(to: NodeId, packets: readonly Packet[], now: number): Promise<Uint8Array> {
    return this.#core.linkRequest(to, packets, now)
  }

  /** Packets of a post that failed twice. Nobody is told: the client's clock repairs it. */
  onLost(packets: number, now: number): void {
    this.#traffic.add("lost", packets, now)
  }

  descriptor(now: number): Promise<Uint8Array> {
    return this.#core.descriptor(now)
  }

  /** The answer to GET /health, as JSON. */
  health(now: number) {
    return { ...this.#core.health(now), traffic: this.#traffic.published(now) }
  }

  async #take(packet: Packet, source: Source, now: number): Promise<void> {
    if (this.held >= this.#limits.packets) return this.refusals.add("full")
    const released = await this.#core.open(packet, now)
    if (released === null) return
    if (released.kind === "final") return this.refusals.add("hop")
    if (released.delayNanos > DELAY_MAX) return this.refusals.add("delay")
    const next = released.nextAddress
    const mayGo = source === "last-layer" ? this.#session(next) !== null : this.#neighbour(next) !== null
    if (!mayGo) return this.refusals.add("next-hop")
    this.#traffic.add("received", 1, now)
    const delay = Number(released.delayNanos) / Number(NANOS_PER_MS)
    this.#held.add({ next, packet: sized("Packet", released.packet), at: Math.ceil(now + delay), slot: -1 })
  }

  /** The node of this id, if a mix of this layer may send to it. */
  #neighbour(id: Uint8Array): NodeEntry | null {
    const node = this.#core.directory.node(id)
    if (node === null) return null
    const next = this.#core.layer + 1
    const fits = next <= 3 ? node.layer === next : node.role === "dropbox" || node.layer === 1
    return fits ? node : null
  }

  #session(id: Uint8Array): Session | null {
    return this.#core.layer === 1 ? this.#sessions.byId(id) : null
  }

  #send(due: readonly Held[], now: number): Effect[] {
    const frames: Effect[] = []
    const links: { to: NodeEntry; packet: Packet }[] = []
    for (const { next, packet } of due) {
      const to = this.#neighbour(next)
      if (to === null) frames.push(...this.#deliver(this.#session(next), packet, now))
      else links.push({ to, packet })
    }
    this.#traffic.add("forwarded", links.length, now)
    return [...frames, ...this.#core.posts(links)]
  }

  #deliver(session: Session | null, packet: Packet, now: number): Effect[] {
    if (session !== null && session.connection !== null) {
      this.#traffic.add("delivered", 1, now)
      return [toClient(session.connection, { type: "packet", packet })]
    }
    if (session === null) {
      // The session, or the node, was there when the packet came.
      this.#traffic.add("lost", 1, now)
    } else if (this.#sessions.keep(session, packet)) {
      this.#kept++
    } else {
      this.refusals.add("full")
    }
    return []
  }

  #greet(connection: string, frame: ClientFrame | null, now: number): Effect[] {
    if (frame?.type !== "hello") {
      this.refusals.add(frame === null ? "malformed" : "session")
      this.#sessions.disconnect(connection, now)
      return [{ kind: "close", connection }, this.#wake(now)]
    }
    const { session, resumed, replaced } = this.#sessions.hello(connection, frame.secret, this.#core.parameters, now)
    const effects: Effect[] = replaced === null ? [] : [{ kind: "close", connection: replaced }]
    effects.push(toClient(connection, { type: "welcome", node: this.id, session: session.id, resumed, time: now }))
    for (const packet of session.kept.splice(0)) {
      this.#kept--
      effects.push(...this.#deliver(session, packet, now))
    }
    return [...effects, this.#wake(now)]
  }

  #wake(now: number): Effect {
    return { kind: "wake", at: Math.min(this.#held.first?.at ?? Infinity, this.#sessions.nextDeadline, this.#core.advanceKeys(now)) }
  }
}

function decoded(bytes: Uint8Array): ClientFrame | null {
  try {
    return decodeClientFrame(bytes)
  } catch (error) {
    if (error instanceof WireError) return null
    throw error
  }
}

function toClient(connection: string, frame: GatewayFrame): Effect {
  return { kind: "frame", connection, frame: encodeGatewayFrame(frame) }
}
