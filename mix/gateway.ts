import { WireError } from "../shared/bytes.ts"
import type { ClientFrame, GatewayFrame } from "../shared/frames.ts"
import { decodeClientFrame, encodeGatewayFrame, receiptOf } from "../shared/frames.ts"
import { PACKET_LENGTH } from "../shared/geometry.ts"
import type { Packet } from "../shared/names.ts"
import type { Effect } from "../shared/node/effect.ts"
import type { NodeCore } from "../shared/node/node-core.ts"
import type { MixLimits } from "./limits.ts"
import type { MixTraffic } from "./mix-traffic.ts"
import { decodeRemembered, encodeRemembered } from "./remembered.ts"
import type { Session } from "./sessions.ts"
import { Sessions } from "./sessions.ts"

/** Where this many packets were sent to clients and not confirmed by a receipt, clients may owe us no more than a few each. */
const UNANSWERED = 4000
const FEW = 4

export interface GatewayParts {
  readonly core: NodeCore
  readonly limits: MixLimits
  readonly traffic: MixTraffic
  /** What becomes of a packet that a client sent. */
  readonly take: (packet: Packet, now: number) => Promise<void>
}

/** The side of a mix of layer 1 that clients see: sessions, and the frames that come and go. design.md section 6. */
export class Gateway {
  readonly #parts: GatewayParts
  readonly #sessions: Sessions
  #kept = 0

  constructor(parts: GatewayParts) {
    const { sessions, keptPerSession, sessionsPerAddress } = parts.limits
    this.#parts = parts
    this.#sessions = new Sessions({ sessions, kept: keptPerSession, perAddress: sessionsPerAddress })
  }

  /** Packets kept for clients without a connection. */
  get kept(): number {
    return this.#kept
  }

  get sessions(): number {
    return this.#sessions.size
  }

  /** True where all that is known here is remembered with the open connections, too. */
  get isIdle(): boolean {
    return !this.#sessions.isAnyAway
  }

  get nextDeadline(): number {
    return this.#sessions.nextDeadline
  }

  hasSession(id: Uint8Array): boolean {
    return this.#sessions.byId(id) !== null
  }

  connect(connection: string, address: string | null, now: number): Effect[] {
    const { core } = this.#parts
    if (core.layer === 1 && this.#sessions.connect(connection, address, now)) return this.#remember(connection)
    core.refusals.add("full")
    return [{ kind: "close", connection }]
  }

  /** False where it is no connection of a client. */
  restore(connection: string, state: Uint8Array): boolean {
    try {
      return this.#sessions.restore(connection, decodeRemembered(state))
    } catch (error) {
      if (error instanceof WireError) return false
      throw error
    }
  }

  async onFrame(connection: string, bytes: Uint8Array, now: number): Promise<Effect[]> {
    const { core, take } = this.#parts
    const frame = decoded(bytes)
    if (this.#sessions.isStranger(connection)) return this.#greet(connection, frame, now)
    const session = this.#sessions.at(connection)
    // What a connection sent before it learnt that it was closed.
    if (session === null) return []
    const { document } = core.directory
    const price = frame?.type === "get-directory" && document !== null ? inPackets(document) : 1
    if (!this.#sessions.spend(session, core.parameters, price, now)) {
      core.refusals.add("rate")
      return []
    }
    const effects = this.#remember(connection)
    switch (frame?.type) {
      case "packet":
        if (frame.receipt !== undefined) this.#sessions.confirm(session, frame.receipt)
        await take(frame.packet, now)
        return effects
      case "get-directory":
        if (document === null) return effects
        if (this.#isDeaf(session)) return this.#closeIfDeaf(session, now)
        this.#sessions.owe(session, inPackets(document), null)
        return [...effects, toClient(connection, { type: "directory", document })]
      case "hello":
        core.refusals.add("session")
        return effects
      case undefined:
        core.refusals.add("malformed")
        return effects
    }
  }

  disconnect(connection: string, now: number): void {
    this.#forget(this.#sessions.disconnect(connection, now), now)
  }

  /** Forgets who was away for too long, and turns away who never said hello. */
  expire(now: number): Effect[] {
    const { close, forgotten } = this.#sessions.expire(now)
    for (const session of forgotten) this.#forget(session, now)
    return close.map((connection) => ({ kind: "close", connection }))
  }

  /** A packet whose time has come, to the session of this id, if it is still there. */
  deliver(id: Uint8Array, packet: Packet, now: number): Effect[] {
    const closed = this.#closeIfDeaf(this.#sessions.byId(id), now)
    const session = this.#sessions.byId(id)
    if (session !== null) return [...closed, ...this.#pass(session, packet, now)]
    // The session, or the node, was there when the packet came.
    this.#parts.traffic.add("lost", 1, now)
    return closed
  }

  #pass(session: Session, packet: Packet, now: number): Effect[] {
    const { core, traffic } = this.#parts
    if (session.connection !== null) {
      traffic.add("delivered", 1, now)
      this.#sessions.owe(session, 1, receiptOf(packet))
      return [toClient(session.connection, { type: "packet", packet })]
    }
    // The other half is for mixing: clients that come and go must not take that from those who stay.
    const hasRoom = this.#kept < this.#parts.limits.packets / 2
    if (hasRoom && this.#sessions.keep(session, packet)) this.#kept++
    else core.refusals.add("full")
    return []
  }

  #greet(connection: string, frame: ClientFrame | null, now: number): Effect[] {
    const { core } = this.#parts
    if (frame?.type !== "hello") {
      core.refusals.add(frame === null ? "malformed" : "session")
      this.#sessions.disconnect(connection, now)
      return [{ kind: "close", connection }]
    }
    const { session, resumed, replaced, forgotten } = this.#sessions.hello(connection, frame.secret, core.parameters, now)
    this.#forget(forgotten, now)
    const effects: Effect[] = replaced === null ? [] : [{ kind: "close", connection: replaced }]
    effects.push(...this.#remember(connection))
    effects.push(toClient(connection, { type: "welcome", node: core.id, session: session.id, resumed, time: now }))
    for (const packet of session.kept.splice(0)) {
      this.#kept--
      effects.push(...this.#pass(session, packet, now))
    }
    return effects
  }

  #remember(connection: string): Effect[] {
    const remembered = this.#sessions.remember(connection)
    return remembered === null ? [] : [{ kind: "remember", connection, state: encodeRemembered(remembered) }]
  }

  #forget(session: Session | null, now: number): void {
    if (session === null) return
    this.#kept -= session.kept.length
    this.#parts.traffic.add("lost", session.kept.length, now)
    session.kept = []
  }

  /** Who has gone without a word, or does not read what comes, whatever it sends: what is queued for it would only grow. */
  #closeIfDeaf(session: Session | null, now: number): Effect[] {
    if (session === null || session.connection === null || !this.#isDeaf(session)) return []
    const { connection } = session
    this.#parts.core.refusals.add("full")
    this.disconnect(connection, now)
    return [{ kind: "close", connection }]
  }

  #isDeaf({ unanswered }: Session): boolean {
    return unanswered >= 2 * this.#parts.limits.keptPerSession || (this.#sessions.unanswered >= UNANSWERED && unanswered > FEW)
  }
}

const inPackets = (document: Uint8Array) => Math.ceil(document.length / PACKET_LENGTH)

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
