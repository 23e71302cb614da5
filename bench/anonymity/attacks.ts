import type { NodeEntry } from "../../shared/directory/descriptor.ts"
import type { Attempt } from "./measures.ts"
import { attempt } from "./measures.ts"
import type { Likelihoods } from "./observer.ts"
import { Observer, REPLY, REQUEST, REQUEST_BACKWARDS } from "./observer.ts"
import type { Packet, Seen } from "./traffic.ts"

/** What comes out of a dropbox and nothing that came in at that moment has asked for it: a held read is answered. */
interface Unasked {
  readonly at: number
  readonly packet: Packet
}

/** ms; a message is brought by a read that waits, within so long but for one in 3 million. */
const BROUGHT_WITHIN = 15

/** An adversary's view of one stretch of traffic: all lines, and the mixes that tell. */
export class Attacks {
  readonly #seen: readonly Seen[]
  readonly #requests: Observer
  readonly #backwards: Observer
  readonly #replies: Observer
  readonly #meanDelay: number
  readonly #arrivals = new Map<Packet, Seen>()
  readonly #unasked = new Map<NodeEntry, Unasked[]>()
  readonly #length: number

  constructor(seen: readonly Seen[], telling: ReadonlySet<NodeEntry>, meanDelay: number) {
    this.#seen = seen
    this.#meanDelay = meanDelay
    this.#requests = new Observer(seen, REQUEST, telling)
    this.#backwards = new Observer(seen, REQUEST_BACKWARDS, telling)
    this.#replies = new Observer(seen, REPLY, telling)
    this.#length = seen.at(-1)!.at - seen[0]!.at
    let asked: Seen | null = null
    for (const one of seen) {
      if (typeof one.to !== "number" && one.to.role === "dropbox" && one.arrives) this.#arrivals.set(one.packet, (asked = one))
      if (typeof one.from === "number" || one.from.role !== "dropbox" || one.arrives) continue
      if (asked !== null && asked.at === one.at && asked.to === one.from) asked = null
      else this.#unaskedAt(one.from).push({ at: one.at, packet: one.packet })
    }
  }

  #unaskedAt(dropbox: NodeEntry): Unasked[] {
    const list = this.#unasked.get(dropbox) ?? []
    this.#unasked.set(dropbox, list)
    return list
  }

  /** Requests that arrived at a dropbox between these times, ms. */
  requests(from: number, to: number): Packet[] {
    return [...this.#arrivals.values()].filter(({ at }) => at >= from && at < to).map(({ packet }) => packet)
  }

  /** Messages that were brought, with the reply that brought each, by when they arrived at their dropbox. */
  brought(from: number, to: number): { request: Packet; reply: Packet }[] {
    return this.#seen.flatMap(({ packet, arrives, to: place }) => {
      const request = packet.brings
      // A decoy is brought to who wrote it.
      if (request === null || request.client === packet.client || !arrives || typeof place !== "number") return []
      const at = this.#arrivals.get(request)?.at ?? -1
      return at >= from && at < to ? [{ request, reply: packet }] : []
    })
  }

  /** Which of the packets that dropboxes get is the one that this client sent now? */
  exit(request: Packet): Attempt {
    return attempt(this.#requests.follow(new Map([[request, 1]])), (packet) => packet, request)
  }

  /**
   * Whoever has the dropbox, too: which client sent this request? And `unlikeness`, |ln| of how much likelier one of two clients is to have sent it than the other; null where one of
   * them cannot have.
   */
  sender(request: Packet, one: number, other: number): Attempt & { readonly unlikeness: number | null } {
    const suspects = this.#backwards.follow(new Map([[request, 1]]))
    let [a, b] = [0, 0]
    for (const [packet, likelihood] of suspects) {
      if (packet.client === one) a += likelihood
      if (packet.client === other) b += likelihood
    }
    return { ...attempt(suspects, (packet) => packet.client, request.client), unlikeness: a === 0 || b === 0 ? null : Math.abs(Math.log(a / b)) }
  }

  /** Which client is brought what this one has sent? It is known that this packet is a message, and no dropbox tells. */
  recipient(request: Packet): Attempt {
    return this.#recipient(this.#requests.follow(new Map([[request, 1]])), request.to!)
  }

  /** The same where its dropbox tells which reply brings it. */
  reader(reply: Packet): Attempt {
    return attempt(this.#replies.follow(new Map([[reply, 1]])), (packet) => packet.client, reply.client)
  }

  #recipient(exits: Likelihoods, right: number): Attempt {
    const replies = new Map<Packet, number>()
    for (const [packet, likelihood] of exits) {
      if (likelihood < 1e-4) continue
      for (const [reply, share] of this.#answersTo(packet)) replies.set(reply, (replies.get(reply) ?? 0) + likelihood * share)
    }
    return attempt(this.#replies.follow(replies), (packet) => packet.client, right)
  }

  /** Which of the replies that nothing has asked for brings this message: its delay is exponential, the others come at their steady rate. */
  #answersTo(request: Packet): Map<Packet, number> {
    const { at, to } = this.#arrivals.get(request)!
    const unasked = this.#unasked.get(to as NodeEntry) ?? []
    const rate = unasked.length / this.#length
    const near = between(unasked, at, at + BROUGHT_WITHIN * this.#meanDelay)
    return new Map(near.map((one) => [one.packet, Math.exp(-(one.at - at) / this.#meanDelay) / this.#meanDelay / rate]))
  }
}

function between(list: readonly Unasked[], from: number, to: number): readonly Unasked[] {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (list[middle]!.at < from) low = middle + 1
    else high = middle
  }
  let end = low
  while (end < list.length && list[end]!.at < to) end++
  return list.slice(low, end)
}
