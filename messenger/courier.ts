import type { RouteHop, Sphinx, SurbRecovery, X25519 } from "sphinx-packet"
import { replyTag, SphinxError } from "sphinx-packet"
import { toHex, WireError } from "../shared/bytes.ts"
import type { NodeEntry } from "../shared/directory/descriptor.ts"
import type { Directory } from "../shared/directory/document.ts"
import * as geometry from "../shared/geometry.ts"
import type { BoxId, Content, Packet, SessionId, Signature } from "../shared/names.ts"
import { sized } from "../shared/names.ts"
import type { Random } from "../shared/random.ts"
import { exponential } from "../shared/random.ts"
import type { Operation, Reply } from "../shared/request.ts"
import { decodeReply, encodeRequest, noContent, noSignature, noStamp } from "../shared/request.ts"
import type { Choice, Hop } from "../shared/route.ts"
import { forwardRoute, keyAt, replyRoute } from "../shared/route.ts"
import { expectedRoundTrip, LATE_REPLY } from "./timing.ts"

/** What one slot carries to a dropbox. */
export interface Errand {
  readonly carried: "cover" | "read" | "write"
  readonly operation: Operation
  /** Seconds. */
  readonly hold: number
  readonly box: BoxId
  readonly dropbox: NodeEntry
  /** Of a write. */
  readonly write: { readonly signature: Signature; readonly stamp: Uint8Array; readonly content: Content } | null
  /** Told when the request has left, then either its reply or that it was lost; a reply may still come after that. */
  readonly fate: Fate | null
}

export interface Fate {
  sent?(trip: Trip): Promise<void>
  replied(reply: Reply, trip: Trip): Promise<void>
  /** It did not leave, or no reply came in time: it may be chosen again. */
  lost(): void
}

/** The way of one request and its reply. */
export interface Trip {
  readonly carried: Errand["carried"]
  readonly asked: Operation
  readonly out: readonly NodeEntry[]
  readonly back: readonly NodeEntry[]
  readonly hold: number
  readonly sent: number
  answered: number | null
  /** No reply came in time, or none can come any more; one that is late is taken all the same. */
  lost: boolean
}

export interface Prepared {
  readonly packet: Packet
  readonly errand: Errand
  readonly recovery: SurbRecovery
  readonly out: readonly NodeEntry[]
  readonly back: readonly NodeEntry[]
}

interface Flight {
  readonly errand: Errand
  readonly recovery: SurbRecovery
  readonly trip: Trip
  readonly deadline: number
}

/** Where packets start and replies end. */
export interface Post {
  readonly directory: Directory
  readonly gateway: NodeEntry
  readonly session: SessionId
  /** Mixes that no route leads through now. */
  readonly avoided: ReadonlySet<NodeEntry>
}

const NO_DESTINATION = new Uint8Array(geometry.NODE_ID_LENGTH)
const NANOS = 1_000_000

/** Wraps requests into packets and finds the request that a reply belongs to. */
export class Courier {
  readonly #sphinx: Sphinx
  readonly #x25519: X25519
  readonly #random: Random
  readonly #flights = new Map<string, Flight>()

  constructor(sphinx: Sphinx, x25519: X25519, random: Random) {
    this.#sphinx = sphinx
    this.#x25519 = x25519
    this.#random = random
  }

  /**
   * null where the directory has no whole route now, or a node drawn for it has a key that nothing can be encrypted to. Route and delays are
   * drawn from `slot`, the random stream of the slot, so that what the packet carries can move neither its way nor its answer's.
   */
  async prepare(errand: Errand, post: Post, now: number, slot: Random): Promise<Prepared | null> {
    try {
      return await this.#build(errand, post, now, slot)
    } catch (error) {
      if (error instanceof SphinxError) return null
      throw error
    }
  }

  async #build(errand: Errand, post: Post, now: number, slot: Random): Promise<Prepared | null> {
    const { directory } = post
    const key = (node: NodeEntry) => keyAt(node, directory.parameters.keyEpochSeconds, now)
    const choice: Choice = { random: slot, usable: (node) => key(node) !== null && !post.avoided.has(node) }
    const out = forwardRoute(directory, post.gateway, errand.dropbox, choice)
    const back = replyRoute(directory, post.gateway, choice)
    if (out === null || back === null || key(post.gateway) === null || key(errand.dropbox) === null) return null
    const hop = ({ node, delay }: Hop): RouteHop => ({
      address: node.id,
      publicKey: key(node)!,
      delayNanos: BigInt(Math.round(delay * NANOS)),
    })
    const own: RouteHop = {
      address: post.session,
      publicKey: await this.#x25519.publicKey(this.#random(geometry.KEY_LENGTH)),
      delayNanos: 0n,
    }
    const { surb, recovery } = await this.#sphinx.createSurb({
      route: [...back.map(hop), own],
      destination: NO_DESTINATION,
      identifier: this.#random(geometry.SURB_IDENTIFIER_LENGTH),
    })
    const message = encodeRequest({
      surb: sized("Surb", surb),
      operation: errand.operation,
      hold: errand.hold,
      box: errand.box,
      signature: errand.write?.signature ?? noSignature(),
      stamp: errand.write?.stamp ?? noStamp(),
      content: errand.write?.content ?? noContent(),
    })
    const { packet } = await this.#sphinx.build({
      route: out.map(hop),
      destination: NO_DESTINATION,
      message,
      payloadLength: geometry.PAYLOAD_LENGTH,
    })
    return { packet: sized("Packet", packet), errand, recovery, out: out.map((h) => h.node), back: back.map((h) => h.node) }
  }

  /** The packet has left at `now`: from here on its reply is awaited. */
  async sent({ errand, recovery, out, back }: Prepared, post: Post, now: number): Promise<Trip> {
    const trip: Trip = { carried: errand.carried, asked: errand.operation, out, back, hold: errand.hold, sent: now, answered: null, lost: false }
    const round = expectedRoundTrip(post.directory.parameters)
    const deadline = now + errand.hold * 1000 + 2 * round + exponential(this.#random, round)
    this.#flights.set(toHex(recovery.tag), { errand, recovery, trip, deadline })
    await errand.fate?.sent?.(trip)
    return trip
  }

  /** Opens a packet from the gateway. null where it answers nothing of ours, or was damaged on the way. */
  async receive(packet: Packet, now: number): Promise<{ errand: Errand; reply: Reply; trip: Trip } | null> {
    const tag = toHex(replyTag(packet))
    const flight = this.#flights.get(tag)
    if (flight === undefined) return null
    try {
      const reply = decodeReply(await this.#sphinx.recoverReply(flight.recovery, packet))
      this.#flights.delete(tag)
      flight.trip.answered = now
      return { errand: flight.errand, reply, trip: flight.trip }
    } catch (error) {
      if (error instanceof SphinxError || error instanceof WireError) return null
      throw error
    }
  }

  /** Gives up requests whose deadline has passed, and returns them. Each is told once. */
  expire(now: number): Trip[] {
    const lost: Trip[] = []
    for (const [tag, flight] of this.#flights) {
      if (!flight.trip.lost && flight.deadline <= now) {
        flight.trip.lost = true
        flight.errand.fate?.lost()
        lost.push(flight.trip)
      }
      if (flight.deadline + LATE_REPLY <= now) this.#flights.delete(tag)
    }
    return lost
  }

  /** A new session: no reply to an earlier request can arrive any more. */
  forget(): void {
    const flights = [...this.#flights.values()]
    this.#flights.clear()
    for (const { trip, errand } of flights) {
      if (trip.lost) continue
      trip.lost = true
      errand.fate?.lost()
    }
  }

  get underWay(): number {
    return this.#flights.size
  }
}
