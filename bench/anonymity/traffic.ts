import { drawHold } from "../../messenger/choosing.ts"
import type { Speed } from "../../messenger/api.ts"
import type { Slot } from "../../messenger/slots.ts"
import { SlotClock } from "../../messenger/slots.ts"
import type { Held } from "../../mix/pool.ts"
import { Pool } from "../../mix/pool.ts"
import type { NodeEntry } from "../../shared/directory/descriptor.ts"
import type { Directory } from "../../shared/directory/document.ts"
import * as geometry from "../../shared/geometry.ts"
import { sized } from "../../shared/names.ts"
import type { Due } from "../../shared/node/heap.ts"
import { Heap } from "../../shared/node/heap.ts"
import type { Random } from "../../shared/random.ts"
import { exponential, pick } from "../../shared/random.ts"
import type { Choice, Hop } from "../../shared/route.ts"
import { forwardRoute, replyRoute } from "../../shared/route.ts"
import { nameOf } from "./nodes.ts"

/** Between two nodes, ms; the same for all, so that it hides nothing. */
export const WIRE = 20
const ROOM = 1_000_000

/** A client, by its number. */
export type Client = number

/** What somebody on the lines sees: a packet from here to there; all packets are as long, and none is like itself behind a mix. */
export interface Seen {
  /** ms; when it leaves, and again when it arrives. */
  readonly at: number
  readonly arrives: boolean
  readonly from: NodeEntry | Client
  readonly to: NodeEntry | Client
  /** What nobody on the lines sees: which of all it is. The same before and behind a mix. */
  readonly packet: Packet
}

/** A packet with its way; the reply to it is another. */
export interface Packet {
  readonly client: Client
  readonly direction: "request" | "reply"
  /** Of a request: what its slot asked for. */
  readonly kind: Slot["kind"]
  /** Nodes still to come. */
  readonly way: Hop[]
  readonly back: Hop[]
  readonly hold: number
  /** Of a request: whom it writes to, a contact or, as a decoy, the client itself; null where it writes nothing. */
  to: Client | null
  /** Of a reply that brings what a contact wrote: the request that wrote it. */
  brings: Packet | null
  /** Of a reply: the request that it answers. */
  readonly answers: Packet | null
}

export interface Person {
  readonly speed: Speed
  readonly gateway: NodeEntry
  /** Whom this person writes to; null for somebody who only has the app open. */
  readonly contact: Client | null
  /** Mean time between messages, ms. */
  readonly writes: number
  /** Mean time between what the client writes to itself, as decoys, ms. */
  readonly decoys: number
  /** Whether reads wait at dropboxes, or are all answered at once. */
  readonly reads: "waiting" | "polling"
}

interface Event extends Due {
  readonly happens: () => void
}

interface Waiting {
  readonly request: Packet
  readonly until: Event
}

interface HeldPacket extends Held {
  readonly whole: Packet
}

/** Of mixes and links nothing looks at the bytes. */
const BYTES = sized("Packet", new Uint8Array(geometry.PACKET_LENGTH))
const NOWHERE = new Uint8Array(geometry.NODE_ID_LENGTH)

/**
 * Clients, mixes and dropboxes in virtual time: the clock and the ways are the client's, and the delay pools are those of the mixes; packets are not made.
 * A message, a decoy's too, is brought by the read of the reader's that waits longest at its dropbox, after the delay of one more mix, or else by the next that comes there.
 * At the beginning reads are held as if all had been there for long.
 */
export class NetworkTraffic {
  readonly #directory: Directory
  readonly #random: Random
  readonly #people: readonly Person[]
  readonly #watch: (seen: Seen) => void
  readonly #events = new Heap<Event>()
  readonly #pools = new Map<NodeEntry, Pool>()
  /** Reads that are held, by dropbox and client. */
  readonly #waiting = new Map<string, Waiting[]>()
  /** Written, and not read yet, by dropbox and reader. */
  readonly #lying = new Map<string, Packet[]>()
  /** Whom a client has written to and not had a slot for yet. */
  readonly #unsent: Client[][]
  readonly #isDropped: (packet: Packet) => boolean
  #now = 0

  /** `isDropped`: asked of each packet as it leaves its client: such a one comes nowhere, and whoever dropped it knows. */
  constructor(directory: Directory, people: readonly Person[], random: Random, watch: (seen: Seen) => void, isDropped: (packet: Packet) => boolean = () => false) {
    this.#directory = directory
    this.#people = people
    this.#random = random
    this.#watch = watch
    this.#isDropped = isDropped
    this.#unsent = people.map(() => [])
    for (const node of directory.layers.flat()) this.#pools.set(node, new Pool())
    people.forEach((person, client) => {
      const clock = new SlotClock(random)
      this.#holdFromBefore(client, clock)
      this.#tick(client, clock)
      if (person.contact !== null) this.#write(client, person.contact, person.writes)
      this.#write(client, client, person.decoys)
    })
  }

  /** How many reads of this client's wait at dropboxes now. */
  heldBy(client: Client): number {
    return this.#directory.dropboxes.reduce((all, dropbox) => all + (this.#waiting.get(placeOf(dropbox, client))?.length ?? 0), 0)
  }

  get now(): number {
    return this.#now
  }

  /** To this time, ms. */
  run(until: number): void {
    for (let event = this.#events.first; event !== null && event.at <= until; event = this.#events.first) {
      this.#events.remove(event)
      this.#now = event.at
      event.happens()
    }
    this.#now = until
  }

  #at(at: number, happens: () => void): Event {
    const event: Event = { at, slot: -1, happens }
    this.#events.add(event)
    return event
  }

  #write(client: Client, to: Client, mean: number): void {
    if (mean === Infinity) return
    this.#at(this.#now + exponential(this.#random, mean), () => {
      this.#unsent[client]!.push(to)
      this.#write(client, to, mean)
    })
  }

  /** Of the slots before the beginning only those tell now whose reads are still held. */
  #holdFromBefore(client: Client, clock: SlotClock): void {
    const { speed, reads } = this.#people[client]!
    if (reads === "polling") return
    const from = -1000 * this.#directory.parameters.maxHold
    for (let slot = clock.next(from, speed); slot.at < 0; slot = clock.next(slot.at, speed)) {
      if (slot.kind === "quick") continue
      const { request, dropbox } = this.#request(client, slot)
      if (slot.at + request.hold > 0) this.#hold(dropbox, request, slot.at + request.hold)
    }
  }

  #tick(client: Client, clock: SlotClock): void {
    const slot = clock.next(this.#now, this.#people[client]!.speed)
    this.#at(slot.at, () => {
      this.#send(client, slot)
      this.#tick(client, clock)
    })
  }

  #request(client: Client, { kind }: Slot): { request: Packet; dropbox: NodeEntry } {
    const { gateway, reads } = this.#people[client]!
    const directory = this.#directory
    // In the client each slot has a stream of its own, so that nothing moves what it draws; what is drawn is alike.
    const choice: Choice = { random: this.#random, usable: () => true }
    const hold = drawHold(this.#random, directory.parameters)
    const dropbox = pick(this.#random, directory.dropboxes)
    const way = forwardRoute(directory, gateway, dropbox, choice)!
    const back = replyRoute(directory, gateway, choice)!
    return { request: { client, direction: "request", kind, way, back, hold: kind === "held" && reads === "waiting" ? hold * 1000 : 0, to: null, brings: null, answers: null }, dropbox }
  }

  #send(client: Client, slot: Slot): void {
    const { request } = this.#request(client, slot)
    if (slot.kind === "quick") request.to = this.#unsent[client]!.shift() ?? null
    this.#pass(client, request)
  }

  /** Over a line to the next node of its way, or to its client. */
  #pass(from: NodeEntry | Client, packet: Packet): void {
    const hop = packet.way.shift()
    const to = hop?.node ?? packet.client
    this.#watch({ at: this.#now, arrives: false, from, to, packet })
    if (typeof from === "number" && this.#isDropped(packet)) return
    this.#at(this.#now + WIRE, () => {
      this.#watch({ at: this.#now, arrives: true, from, to, packet })
      if (hop === undefined) return
      if (hop.node.role === "mix") this.#mix(hop, packet)
      else this.#serve(hop.node, packet)
    })
  }

  #mix({ node, delay }: Hop, packet: Packet): void {
    const pool = this.#pools.get(node)!
    const held: HeldPacket = { next: NOWHERE, packet: BYTES, at: Math.ceil(this.#now + delay), whole: packet }
    pool.add(held, ROOM)
    this.#at(held.at, () => {
      for (const one of pool.takeDue(this.#now)) this.#pass(node, (one as HeldPacket).whole)
    })
  }

  #serve(dropbox: NodeEntry, request: Packet): void {
    if (request.to !== null) {
      const [first] = this.#waiting.get(placeOf(dropbox, request.to)) ?? []
      if (first === undefined) listed(this.#lying, placeOf(dropbox, request.to)).push(request)
      else {
        this.#stopWaiting(dropbox, first)
        this.#at(this.#now + exponential(this.#random, this.#directory.parameters.meanDelay), () => this.#reply(dropbox, first.request, request))
      }
    }
    const found = request.to === null ? (this.#lying.get(placeOf(dropbox, request.client))?.shift() ?? null) : null
    if (request.hold === 0 || found !== null) return this.#reply(dropbox, request, found)
    this.#hold(dropbox, request, this.#now + request.hold)
  }

  #hold(dropbox: NodeEntry, request: Packet, until: number): void {
    const waiting: Waiting = { request, until: this.#at(until, () => (this.#stopWaiting(dropbox, waiting), this.#reply(dropbox, request, null))) }
    listed(this.#waiting, placeOf(dropbox, request.client)).push(waiting)
  }

  #stopWaiting(dropbox: NodeEntry, waiting: Waiting): void {
    this.#events.remove(waiting.until)
    const place = placeOf(dropbox, waiting.request.client)
    this.#waiting.set(place, this.#waiting.get(place)!.filter((one) => one !== waiting))
  }

  #reply(dropbox: NodeEntry, answers: Packet, brings: Packet | null): void {
    const { client, kind, back } = answers
    this.#pass(dropbox, { client, direction: "reply", kind, way: [...back], back: [], hold: 0, to: null, brings, answers })
  }
}

function placeOf(dropbox: NodeEntry, client: Client): string {
  return `${nameOf(dropbox)}/${client}`
}

function listed<T>(map: Map<string, T[]>, key: string): T[] {
  const list = map.get(key) ?? []
  map.set(key, list)
  return list
}
