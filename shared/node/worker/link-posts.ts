import { LINK_BATCH_MAX } from "../../geometry.ts"
import type { NodeId, Packet } from "../../names.ts"
import type { Effect } from "../effect.ts"
import { postBytes } from "./http.ts"

/** Cloudflare opens six connections at once and lets the others wait; a slow neighbour must not take them all. */
const CONNECTIONS = 6
const CONNECTIONS_PER_NEIGHBOUR = 2
/** Packets that may wait for a connection to one neighbour: about 18 MB. */
const WAITING = 4096
const RETRY_AFTER = 150

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
}

/** Requests to neighbours. While all connections to one are busy, its packets gather and leave in one request. */
export class LinkPosts {
  readonly #parts: LinkPostsParts
  readonly #neighbours = new Map<string, Neighbour>()
  #open = 0

  constructor(parts: LinkPostsParts) {
    this.#parts = parts
  }

  send({ to, url, packets }: Post): void {
    const neighbour = this.#neighbours.get(url) ?? { to, url, waiting: [], open: 0 }
    this.#neighbours.set(url, neighbour)
    const room = WAITING - neighbour.waiting.length
    neighbour.waiting.push(...packets.slice(0, room))
    if (packets.length > room) this.#parts.onLost(packets.length - room)
    this.#next()
  }

  #next(): void {
    for (const neighbour of this.#neighbours.values()) {
      if (this.#open >= CONNECTIONS) return
      if (neighbour.waiting.length > 0 && neighbour.open < CONNECTIONS_PER_NEIGHBOUR) void this.#post(neighbour)
      else if (neighbour.waiting.length === 0 && neighbour.open === 0) this.#neighbours.delete(neighbour.url)
    }
  }

  async #post(neighbour: Neighbour): Promise<void> {
    const packets = neighbour.waiting.splice(0, LINK_BATCH_MAX)
    const url = `${neighbour.url}/packets`
    neighbour.open++
    this.#open++
    const body = await this.#parts.request(neighbour.to, packets)
    let sent = await postBytes(url, body)
    if (!sent) {
      await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER))
      // The same bytes: if they had arrived, and only the answer was lost, the neighbour refuses them whole.
      sent = await postBytes(url, body)
    }
    neighbour.open--
    this.#open--
    if (!sent) this.#parts.onLost(packets.length)
    this.#next()
  }
}
