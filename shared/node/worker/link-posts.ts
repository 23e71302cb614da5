import { toHex } from "../../bytes.ts"
import { LINK_BATCH_MAX } from "../../geometry.ts"
import type { NodeId, Packet } from "../../names.ts"
import type { Effect } from "../effect.ts"
import { Traffic } from "../traffic.ts"
import { postBytes } from "./http.ts"

/** Cloudflare opens six connections at once and lets the others wait; slow neighbours must not take them all. */
const CONNECTIONS = 6
const CONNECTIONS_PER_NEIGHBOUR = 2
/** Of neighbours whose last request failed: one each, and so many in all. */
const CONNECTIONS_OF_FAILING = 2
/** Of those, and of neighbours that took long to answer the last request, in all: what is left is for who answers at once. */
const CONNECTIONS_OF_SLOW = 4
const SLOW_AFTER = 1500
/** Packets that may wait for a connection, to one neighbour and in all: about 18 MB. */
const WAITING_PER_NEIGHBOUR = 2048
const WAITING = 4096
const RETRY_AFTER = 150
/** Who took longer than this to fail is not asked again: a request that was never answered has kept its connection for long enough. */
const RETRY_WITHIN = 1500

type Post = Extract<Effect, { kind: "post" }>

export interface LinkPostsParts {
  /** The signed body of a request. */
  request(to: NodeId, packets: readonly Packet[]): Promise<Uint8Array>
  onLost(packets: number): void
}

interface Neighbour {
  readonly to: NodeId
  readonly url: string
  waiting: Packet[]
  open: number
  isFailing: boolean
  isSlow: boolean
}

/** Requests to neighbours. While all connections to one are busy, its packets gather and leave in one request. */
export class LinkPosts {
  readonly #parts: LinkPostsParts
  /** The one that was served last stands last. */
  readonly #neighbours = new Map<string, Neighbour>()
  readonly #traffic = new Traffic(["sent", "failed", "retried"])
  #open = 0
  #openToFailing = 0
  #openToSlow = 0
  #waiting = 0

  constructor(parts: LinkPostsParts) {
    this.#parts = parts
  }

  /** Requests as of the last full minute: those that arrived, those that were given up, and second attempts. */
  published(now: number) {
    return this.#traffic.published(now)
  }

  /** Packets that wait for a connection to a neighbour that takes what it is sent: those for others say nothing of how busy this node is. */
  get waiting(): number {
    let waiting = 0
    for (const neighbour of this.#neighbours.values()) if (!neighbour.isFailing && !neighbour.isSlow) waiting += neighbour.waiting.length
    return waiting
  }

  send({ to, url, packets }: Post): void {
    const key = `${toHex(to)} ${url}`
    const neighbour = this.#neighbours.get(key) ?? { to, url, waiting: [], open: 0, isFailing: false, isSlow: false }
    this.#neighbours.set(key, neighbour)
    neighbour.waiting.push(...packets)
    this.#waiting += packets.length
    this.#next()
    this.#drop(neighbour, neighbour.waiting.length - WAITING_PER_NEIGHBOUR)
    // Whoever has most waiting is the slowest: the others' packets are not to pay for it.
    while (this.#waiting > WAITING) this.#drop(this.#slowest(), this.#waiting - WAITING)
  }

  #drop(neighbour: Neighbour, count: number): void {
    const dropped = neighbour.waiting.splice(0, Math.max(0, count)).length
    this.#waiting -= dropped
    if (dropped > 0) this.#parts.onLost(dropped)
  }

  #slowest(): Neighbour {
    return [...this.#neighbours.values()].reduce((a, b) => (b.waiting.length > a.waiting.length ? b : a))
  }

  #next(): void {
    for (const [key, neighbour] of [...this.#neighbours]) {
      if (this.#open >= CONNECTIONS) return
      if (neighbour.waiting.length === 0) {
        // That it is slow is worth remembering; others are met anew.
        if (neighbour.open === 0 && !neighbour.isSlow) this.#neighbours.delete(key)
      } else if (this.#hasTurn(neighbour)) {
        this.#neighbours.delete(key)
        this.#neighbours.set(key, neighbour)
        void this.#post(neighbour)
      }
    }
  }

  #hasTurn({ open, isFailing, isSlow }: Neighbour): boolean {
    if (isSlow && this.#openToSlow >= CONNECTIONS_OF_SLOW) return false
    return isFailing ? open === 0 && this.#openToFailing < CONNECTIONS_OF_FAILING : open < CONNECTIONS_PER_NEIGHBOUR
  }

  async #post(neighbour: Neighbour): Promise<void> {
    const packets = neighbour.waiting.splice(0, LINK_BATCH_MAX)
    const { isFailing: wasFailing, isSlow: wasSlow } = neighbour
    const start = Date.now()
    this.#waiting -= packets.length
    neighbour.open++
    this.#open++
    if (wasFailing) this.#openToFailing++
    if (wasSlow) this.#openToSlow++
    const sent = await this.#attempt(neighbour, packets).catch(() => false)
    neighbour.open--
    this.#open--
    if (wasFailing) this.#openToFailing--
    if (wasSlow) this.#openToSlow--
    neighbour.isFailing = !sent
    neighbour.isSlow = !sent || Date.now() - start > SLOW_AFTER
    this.#traffic.add(sent ? "sent" : "failed", 1, Date.now())
    if (!sent) this.#parts.onLost(packets.length)
    this.#next()
  }

  async #attempt(neighbour: Neighbour, packets: readonly Packet[]): Promise<boolean> {
    const url = `${neighbour.url}/packets`
    const body = await this.#parts.request(neighbour.to, packets)
    const start = Date.now()
    if (await postBytes(url, body)) return true
    if (Date.now() - start > RETRY_WITHIN) return false
    await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER))
    // The same bytes: if they had arrived, and only the answer was lost, the neighbour refuses them whole.
    this.#traffic.add("retried", 1, Date.now())
    return postBytes(url, body)
  }
}
