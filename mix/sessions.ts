import { sha256 } from "@noble/hashes/sha2.js"
import { toHex } from "../shared/bytes.ts"
import type { Parameters } from "../shared/directory/parameters.ts"
import type { Packet, SessionId } from "../shared/names.ts"
import { sized } from "../shared/names.ts"
import type { Due } from "../shared/node/heap.ts"
import { Heap } from "../shared/node/heap.ts"

const HELLO_WITHIN = 10_000
const KEPT_FOR = 120_000

export interface SessionLimits {
  readonly sessions: number
  /** Packets kept for a session without a connection. */
  readonly kept: number
}

/** A client at its gateway. While it has no connection it is due to be forgotten, and packets for it are kept. */
export interface Session extends Due {
  readonly id: SessionId
  connection: string | null
  kept: Packet[]
  tokens: number
  refilled: number
}

/** A connection that has not said hello yet, due to be closed. */
interface Stranger extends Due {
  readonly connection: string
}

export type Greeting = { readonly session: Session; readonly resumed: boolean; readonly replaced: string | null }

/** Which clients there are, by connection and by address. A session's address is the hash of a secret, and who shows it again gets it back. */
export class Sessions {
  readonly #limits: SessionLimits
  readonly #strangers = new Map<string, Stranger>()
  readonly #byConnection = new Map<string, Session>()
  readonly #byId = new Map<string, Session>()
  readonly #deadlines = new Heap<Stranger | Session>()

  constructor(limits: SessionLimits) {
    this.#limits = limits
  }

  get size(): number {
    return this.#byId.size
  }

  /** False where there is no room for another connection. */
  connect(connection: string, now: number): boolean {
    if (this.#strangers.size + this.#byId.size >= this.#limits.sessions) return false
    const stranger = { connection, at: now + HELLO_WITHIN, slot: -1 }
    this.#strangers.set(connection, stranger)
    this.#deadlines.add(stranger)
    return true
  }

  isStranger(connection: string): boolean {
    return this.#strangers.has(connection)
  }

  /** The first frame of a stranger. `replaced` is the connection that the session had until now. */
  hello(connection: string, secret: Uint8Array, parameters: Parameters, now: number): Greeting {
    this.#forgetStranger(connection)
    const id = sized("SessionId", sha256(secret))
    const known = this.#byId.get(toHex(id))
    const session = known ?? { id, connection, kept: [], tokens: parameters.sessionBurst, refilled: now, at: 0, slot: -1 }
    const replaced = known?.connection ?? null
    if (replaced !== null) this.#byConnection.delete(replaced)
    this.#deadlines.remove(session)
    session.connection = connection
    this.#byConnection.set(connection, session)
    this.#byId.set(toHex(id), session)
    return { session, resumed: known !== undefined, replaced }
  }

  disconnect(connection: string, now: number): void {
    this.#forgetStranger(connection)
    const session = this.#byConnection.get(connection)
    if (session === undefined) return
    this.#byConnection.delete(connection)
    session.connection = null
    session.at = now + KEPT_FOR
    this.#deadlines.add(session)
  }

  at(connection: string): Session | null {
    return this.#byConnection.get(connection) ?? null
  }

  byId(id: Uint8Array): Session | null {
    return this.#byId.get(toHex(id)) ?? null
  }

  /** False where too much is kept for this session already. */
  keep(session: Session, packet: Packet): boolean {
    if (session.kept.length >= this.#limits.kept) return false
    session.kept.push(packet)
    return true
  }

  /** Takes one token (token bucket of the network's parameters). False where there is none. */
  spend(session: Session, { sessionRate, sessionBurst }: Parameters, now: number): boolean {
    const gained = (Math.max(0, now - session.refilled) / 1000) * sessionRate
    session.tokens = Math.min(sessionBurst, session.tokens + gained)
    session.refilled = now
    if (session.tokens < 1) return false
    session.tokens--
    return true
  }

  /** Forgets the sessions whose time without a connection is over, and names the connections that never said hello. */
  expire(now: number): { close: string[]; forgotten: Session[] } {
    const close: string[] = []
    const forgotten: Session[] = []
    for (const due of this.#deadlines.takeDue(now)) {
      if ("id" in due) {
        this.#byId.delete(toHex(due.id))
        forgotten.push(due)
      } else {
        this.#strangers.delete(due.connection)
        close.push(due.connection)
      }
    }
    return { close, forgotten }
  }

  get nextDeadline(): number {
    return this.#deadlines.first?.at ?? Infinity
  }

  #forgetStranger(connection: string): void {
    const stranger = this.#strangers.get(connection)
    if (stranger === undefined) return
    this.#strangers.delete(connection)
    this.#deadlines.remove(stranger)
  }
}
