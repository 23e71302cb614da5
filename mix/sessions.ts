import { sha256 } from "@noble/hashes/sha2.js"
import { toHex } from "../shared/bytes.ts"
import type { Parameters } from "../shared/directory/parameters.ts"
import type { Packet, SessionId } from "../shared/names.ts"
import { sized } from "../shared/names.ts"
import type { Due } from "../shared/node/heap.ts"
import { Heap } from "../shared/node/heap.ts"
import type { Remembered } from "./remembered.ts"

const HELLO_WITHIN = 10_000
const KEPT_FOR = 120_000

export interface SessionLimits {
  /** Connections, and also sessions with and without one. */
  readonly sessions: number
  /** Connections from one address, and also sessions without a connection that came from there. */
  readonly perAddress: number
  /** Packets kept for a session without a connection. */
  readonly kept: number
}

/** One frame to a client: what its receipt will be, if it is a packet, and how many packets it counts. */
interface Sent {
  readonly receipt: string | null
  readonly packets: number
}

/** A client at its gateway. While it has no connection it is due to be forgotten, and packets for it are kept. */
export interface Session extends Due {
  readonly id: SessionId
  connection: string | null
  /** Where its connection comes from, in whatever form; null where nobody says so. */
  address: string | null
  kept: Packet[]
  /** What was sent to it and not confirmed by a receipt, in packets, and the same one by one. */
  unanswered: number
  sent: Sent[]
  tokens: number
  refilled: number
}

/** A connection that has not said hello yet, due to be closed. */
interface Stranger extends Due {
  readonly connection: string
  readonly address: string | null
}

/** `replaced` is the connection that the session had until now, `forgotten` a session that made room. */
export interface Greeting {
  readonly session: Session
  readonly resumed: boolean
  readonly replaced: string | null
  readonly forgotten: Session | null
}

/** Which clients there are, by connection and by address. A session's address is the hash of a secret, and who shows it again gets it back. */
export class Sessions {
  readonly #limits: SessionLimits
  readonly #strangers = new Map<string, Stranger>()
  readonly #byConnection = new Map<string, Session>()
  readonly #byId = new Map<string, Session>()
  readonly #mute = new Heap<Stranger>()
  readonly #waiting = new Heap<Session>()
  /** How many connections, and how many waiting sessions, each address has. */
  readonly #connected = new Map<string, number>()
  readonly #left = new Map<string, number>()
  #unanswered = 0

  constructor(limits: SessionLimits) {
    this.#limits = limits
  }

  get size(): number {
    return this.#byId.size
  }

  /** Of all sessions. */
  get unanswered(): number {
    return this.#unanswered
  }

  /** True while a session has no connection. */
  get isAnyAway(): boolean {
    return this.#waiting.size > 0
  }

  /** False where there is no room for another connection, or for another from this address. */
  connect(connection: string, address: string | null, now: number): boolean {
    if (this.#strangers.size + this.#byConnection.size >= this.#limits.sessions) return false
    if (address !== null && (this.#connected.get(address) ?? 0) >= this.#limits.perAddress) return false
    this.#meet({ connection, address, at: now + HELLO_WITHIN, slot: -1 })
    return true
  }

  isStranger(connection: string): boolean {
    return this.#strangers.has(connection)
  }

  /** The first frame of a stranger. */
  hello(connection: string, secret: Uint8Array, parameters: Parameters, now: number): Greeting {
    const address = this.#forgetStranger(connection)
    const id = sized("SessionId", sha256(secret))
    const known = this.#byId.get(toHex(id))
    const forgotten = known === undefined && this.#byId.size >= this.#limits.sessions ? this.#forgetFirst() : null
    const session = known ?? fresh(id, parameters.sessionBurst, now)
    const replaced = known?.connection ?? null
    if (replaced !== null) this.#unlink(session)
    else if (known !== undefined) this.#comeBack(known)
    session.address = address
    this.#link(session, connection)
    return { session, resumed: known !== undefined, replaced, forgotten }
  }

  /** The session that is forgotten at once, if any: too many that came from its address wait already. */
  disconnect(connection: string, now: number): Session | null {
    this.#forgetStranger(connection)
    const session = this.#byConnection.get(connection)
    if (session === undefined) return null
    this.#unlink(session)
    const { address } = session
    if (address !== null && (this.#left.get(address) ?? 0) >= this.#limits.perAddress) {
      this.#byId.delete(toHex(session.id))
      return session
    }
    count(this.#left, address, 1)
    session.at = now + KEPT_FOR
    this.#waiting.add(session)
    return null
  }

  at(connection: string): Session | null {
    return this.#byConnection.get(connection) ?? null
  }

  byId(id: Uint8Array): Session | null {
    return this.#byId.get(toHex(id)) ?? null
  }

  /** Counts what was sent to a session. */
  owe(session: Session, packets: number, receipt: Uint8Array | null): void {
    session.sent.push({ receipt: receipt === null ? null : toHex(receipt), packets })
    this.#count(session, packets)
  }

  /** The client has read the packet of this receipt, and with it all that went before. A receipt of nothing says nothing. */
  confirm(session: Session, receipt: Uint8Array): void {
    const name = toHex(receipt)
    this.#settle(session, session.sent.findLastIndex((sent) => sent.receipt === name) + 1)
  }

  /** False where too much is kept for this session already. */
  keep(session: Session, packet: Packet): boolean {
    if (session.kept.length >= this.#limits.kept) return false
    session.kept.push(packet)
    return true
  }

  /** Takes tokens (token bucket of the network's parameters). False where there are not enough. */
  spend(session: Session, { sessionRate, sessionBurst }: Parameters, tokens: number, now: number): boolean {
    const gained = (Math.max(0, now - session.refilled) / 1000) * sessionRate
    session.tokens = Math.min(sessionBurst, session.tokens + gained)
    session.refilled = now
    const price = Math.min(tokens, sessionBurst)
    if (session.tokens < price) return false
    session.tokens -= price
    return true
  }

  /** Forgets the sessions whose time without a connection is over, and names the connections that never said hello. */
  expire(now: number): { close: string[]; forgotten: Session[] } {
    const close = this.#mute.takeDue(now).map(({ connection }) => connection)
    for (const connection of close) this.#forgetStranger(connection)
    const forgotten: Session[] = []
    for (let first = this.#waiting.first; first !== null && first.at <= now; first = this.#waiting.first) forgotten.push(this.#forgetFirst()!)
    return { close, forgotten }
  }

  get nextDeadline(): number {
    return Math.min(this.#mute.first?.at ?? Infinity, this.#waiting.first?.at ?? Infinity)
  }

  /** What must be known of a connection to go on after the loss of everything here; null where it is none of ours. */
  remember(connection: string): Remembered | null {
    const stranger = this.#strangers.get(connection)
    if (stranger !== undefined) return { kind: "stranger", address: stranger.address, until: stranger.at }
    const session = this.#byConnection.get(connection)
    if (session === undefined) return null
    const { id, address, tokens, refilled } = session
    return { kind: "session", address, id, tokens, refilled }
  }

  /** Takes up a connection that is still open from before. False where it cannot be. */
  restore(connection: string, remembered: Remembered): boolean {
    if (remembered.kind === "stranger") {
      this.#meet({ connection, address: remembered.address, at: remembered.until, slot: -1 })
      return true
    }
    const { id, address, tokens, refilled } = remembered
    if (this.byId(id) !== null) return false
    this.#link({ ...fresh(id, tokens, refilled), address }, connection)
    return true
  }

  #meet(stranger: Stranger): void {
    this.#strangers.set(stranger.connection, stranger)
    this.#mute.add(stranger)
    count(this.#connected, stranger.address, 1)
  }

  #link(session: Session, connection: string): void {
    session.connection = connection
    this.#byConnection.set(connection, session)
    this.#byId.set(toHex(session.id), session)
    count(this.#connected, session.address, 1)
  }

  #unlink(session: Session): void {
    this.#byConnection.delete(session.connection!)
    session.connection = null
    this.#settle(session, session.sent.length)
    count(this.#connected, session.address, -1)
  }

  #settle(session: Session, frames: number): void {
    for (const { packets } of session.sent.splice(0, frames)) this.#count(session, -packets)
  }

  #count(session: Session, packets: number): void {
    session.unanswered += packets
    this.#unanswered += packets
  }

  /** Of a session that waited. */
  #comeBack(session: Session): void {
    this.#waiting.remove(session)
    count(this.#left, session.address, -1)
  }

  /** The session that has waited longest. */
  #forgetFirst(): Session | null {
    const { first } = this.#waiting
    if (first === null) return null
    this.#comeBack(first)
    this.#byId.delete(toHex(first.id))
    return first
  }

  /** The stranger's address. */
  #forgetStranger(connection: string): string | null {
    const stranger = this.#strangers.get(connection)
    if (stranger === undefined) return null
    this.#strangers.delete(connection)
    this.#mute.remove(stranger)
    count(this.#connected, stranger.address, -1)
    return stranger.address
  }
}

function fresh(id: SessionId, tokens: number, refilled: number): Session {
  return { id, connection: null, address: null, kept: [], unanswered: 0, sent: [], tokens, refilled, at: 0, slot: -1 }
}

function count(counts: Map<string, number>, address: string | null, change: 1 | -1): void {
  if (address === null) return
  const now = (counts.get(address) ?? 0) + change
  if (now === 0) counts.delete(address)
  else counts.set(address, now)
}
