import { concat } from "../../bytes.ts"
import { LINK_BATCH_MAX } from "../../geometry.ts"
import type { Packet } from "../../names.ts"
import { postBytes } from "./http.ts"

/** Cloudflare opens six connections at once and lets the others wait; a slow neighbour must not take them all. */
const CONNECTIONS = 6
const CONNECTIONS_PER_NEIGHBOUR = 2
/** Packets that may wait for a connection to one neighbour: about 18 MB. */
const WAITING = 4096
const RETRY_AFTER = 150

interface Neighbour {
  readonly url: string
  waiting: Packet[]
  open: number
}

/** Requests to neighbours. While all connections to one are busy, its packets gather and leave in one request. */
export class LinkPosts {
  readonly #onLost: (packets: number) => void
  readonly #neighbours = new Map<string, Neighbour>()
  #open = 0

  constructor(onLost: (packets: number) => void) {
    this.#onLost = onLost
  }

  send(url: string, packets: readonly Packet[]): void {
    const neighbour = this.#neighbours.get(url) ?? { url, waiting: [], open: 0 }
    this.#neighbours.set(url, neighbour)
    const room = WAITING - neighbour.waiting.length
    neighbour.waiting.push(...packets.slice(0, room))
    if (packets.length > room) this.#onLost(packets.length - room)
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
    const body = concat(...packets)
    const url = `${neighbour.url}/packets`
    neighbour.open++
    this.#open++
    let sent = await postBytes(url, body)
    if (!sent) {
      await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER))
      sent = await postBytes(url, body)
    }
    neighbour.open--
    this.#open--
    if (!sent) this.#onLost(packets.length)
    this.#next()
  }
}
