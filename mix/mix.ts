import type { NodeEntry, Role } from "../shared/directory/descriptor.ts"
import type { NodeId, Packet } from "../shared/names.ts"
import { sized } from "../shared/names.ts"
import type { Effect } from "../shared/node/effect.ts"
import type { NodeParts } from "../shared/node/node-core.ts"
import { NodeCore } from "../shared/node/node-core.ts"
import { together } from "../shared/node/together.ts"
import { Traffic } from "../shared/node/traffic.ts"
import { Gateway } from "./gateway.ts"
import type { MixLimits } from "./limits.ts"
import { defaultMixLimits } from "./limits.ts"
import { mixTraffic } from "./mix-traffic.ts"
import type { Held } from "./pool.ts"
import { Pool } from "./pool.ts"

const NANOS_PER_MS = 1_000_000n
/** The longest that a packet may ask to be held. Of honest packets, one in 10^520 asks for more. */
const DELAY_MAX = 10n * 60_000n * NANOS_PER_MS

/** Packets of clients and dropboxes must not reach sessions directly: they would skip the mixing. Those of layer 3 have nowhere else to go. */
type Source = "session" | Role | "last-layer"

/**
 * One mix: opens a layer of each packet, holds it for the delay in its header, and passes it to the next address; in layer 1
 * also the gateway of clients. design.md section 6. It neither throws for, nor answers differently to, hostile input.
 */
export class Mix {
  readonly #core: NodeCore
  readonly #limits: MixLimits
  readonly #gateway: Gateway
  readonly #held = new Pool()
  readonly #traffic = mixTraffic()
  readonly #levels = new Traffic(["held", "sessions"])

  private constructor(core: NodeCore, limits: MixLimits) {
    this.#core = core
    this.#limits = limits
    this.#gateway = new Gateway({ core, limits, traffic: this.#traffic, take: (packet, now) => this.#take(packet, "session", now) })
  }

  /** From what the storage holds, or anew. Call restore for each connection that is still open, and onWake next. */
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
    return this.#held.size + this.#gateway.kept
  }

  get sessions(): number {
    return this.#gateway.sessions
  }

  /** The body of a POST /packets: a request that a neighbour signed. */
  async onLink(body: Uint8Array, now: number): Promise<Effect[]> {
    const arrival = await this.#core.openLink(body, now)
    if (arrival === null) return []
    const source = arrival.from.layer === 3 ? "last-layer" : arrival.from.role
    await together(arrival.packets, (packet) => this.#take(packet, source, now))
    return [this.#wake(now)]
  }

  /** `address` is where the connection comes from, in whatever form; null where nobody says so, and connections per address are not bounded. */
  onConnect(connection: string, now: number, address: string | null = null): Effect[] {
    return [...this.#gateway.connect(connection, address, now), this.#wake(now)]
  }

  /** A connection that was open before the start, with what was kept with it (effect `remember`). False where it must be closed. */
  restore(connection: string, state: Uint8Array): boolean {
    return this.#gateway.restore(connection, state)
  }

  async onFrame(connection: string, bytes: Uint8Array, now: number): Promise<Effect[]> {
    return [...(await this.#gateway.onFrame(connection, bytes, now)), this.#wake(now)]
  }

  onDisconnect(connection: string, now: number): Effect[] {
    this.#gateway.disconnect(connection, now)
    return [this.#wake(now)]
  }

  /** Sends what is due, makes and destroys keys, forgets sessions. To be called when its wake effect says, or at any other time. */
  onWake(now: number): Effect[] {
    this.#core.advanceKeys(now)
    const closed = this.#gateway.expire(now)
    const due = this.#held.takeDue(now)
    if (due.length > 0) this.#core.saveTags()
    return [...closed, ...this.#send(due, now), this.#wake(now)]
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
    return { ...this.#core.health(now), ...this.#levels.published(now), traffic: this.#traffic.published(now) }
  }

  async #take(packet: Packet, source: Source, now: number): Promise<void> {
    const released = await this.#core.open(packet, now)
    if (released === null) return
    if (released.kind === "final") return this.refusals.add("hop")
    if (released.delayNanos > DELAY_MAX) return this.refusals.add("delay")
    const next = released.nextAddress
    const mayGo = source === "last-layer" ? this.#gateway.hasSession(next) : this.#neighbour(next) !== null
    if (!mayGo) return this.refusals.add("next-hop")
    this.#traffic.add("received", 1, now)
    const delay = Number(released.delayNanos) / Number(NANOS_PER_MS)
    const held = { next, packet: sized("Packet", released.packet), at: Math.ceil(now + delay) }
    if (!this.#held.add(held, this.#limits.packets - this.#gateway.kept)) this.refusals.add("full")
  }

  /** The node of this id, if a mix of this layer may send to it. */
  #neighbour(id: Uint8Array): NodeEntry | null {
    const node = this.#core.directory.node(id)
    if (node === null) return null
    const next = this.#core.layer + 1
    const fits = next <= 3 ? node.layer === next : node.role === "dropbox" || node.layer === 1
    return fits ? node : null
  }

  #send(due: readonly Held[], now: number): Effect[] {
    const frames: Effect[] = []
    const links: { to: NodeEntry; packet: Packet }[] = []
    for (const { next, packet } of due) {
      const to = this.#neighbour(next)
      if (to === null) frames.push(...this.#gateway.deliver(next, packet, now))
      else links.push({ to, packet })
    }
    this.#traffic.add("forwarded", links.length, now)
    return [...frames, ...this.#core.posts(links)]
  }

  #wake(now: number): Effect {
    this.#levels.set("held", this.held, now)
    this.#levels.set("sessions", this.sessions, now)
    const at = Math.min(this.#held.nextDue, this.#gateway.nextDeadline, this.#core.advanceKeys(now))
    return { kind: "wake", at, idle: this.#held.size === 0 && this.#gateway.isIdle }
  }
}
