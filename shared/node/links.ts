import { toHex, WireError } from "../bytes.ts"
import type { NodeEntry, Role } from "../directory/descriptor.ts"
import { signerEd25519 } from "../ed25519.ts"
import * as geometry from "../geometry.ts"
import type { LinkRequest, Signer } from "../link.ts"
import { decodeLink, packetsOf, signLink, verifyLink } from "../link.ts"
import type { NodeId, Packet } from "../names.ts"
import type { DirectoryInUse } from "./directory-in-use.ts"
import type { Effect } from "./effect.ts"
import type { Identity } from "./identity.ts"
import type { Refusals } from "./refusals.ts"
import { SeenTimes } from "./seen-times.ts"

/** Packets of one request, and who sent them. */
export interface Arrival {
  readonly from: NodeEntry
  readonly packets: readonly Packet[]
}

export interface LinksParts {
  readonly identity: Identity
  readonly role: Role
  readonly layer: number
  readonly directory: DirectoryInUse
  readonly refusals: Refusals
}

/** What a node sends to its neighbours, and takes from them: signed requests full of packets. design.md section 6. */
export class Links {
  readonly #parts: LinksParts
  readonly #sign: Signer
  readonly #seen = new SeenTimes()
  #lastTime = 0

  constructor(parts: LinksParts) {
    this.#parts = parts
    this.#sign = signerEd25519(parts.identity.seed)
  }

  /** The packets of a request that a neighbour signed for this node, now, and that was not here before; else null, and counted. */
  async open(body: Uint8Array, now: number): Promise<Arrival | null> {
    const { directory, identity, refusals } = this.#parts
    const request = decoded(body)
    if (request === null) {
      refusals.add("length")
      return null
    }
    const from = directory.node(request.sender)
    if (from === null || !this.#maySend(from)) {
      refusals.add("sender")
      return null
    }
    // The dear part last; and once more, since another copy may have come meanwhile.
    const sender = toHex(request.sender)
    const isGood = this.#seen.isNew(sender, request.time, now) && (await verifyLink(request, identity.id))
    if (!isGood || !this.#seen.add(sender, request.time, now)) {
      refusals.add("link")
      return null
    }
    return { from, packets: packetsOf(request) }
  }

  /** The body of a request, signed now: its time is that of no other request of this node. */
  request(to: NodeId, packets: readonly Packet[], now: number): Promise<Uint8Array> {
    this.#lastTime = Math.max(now, this.#lastTime + 1)
    return signLink(this.#sign, this.#parts.identity.id, to, this.#lastTime, packets)
  }

  /** One request, or a few, per neighbour, in the order of its first packet. */
  posts(packets: readonly { readonly to: NodeEntry; readonly packet: Packet }[]): Effect[] {
    const byUrl = new Map<string, { to: NodeEntry; packets: Packet[] }>()
    for (const { to, packet } of packets) {
      const post = byUrl.get(to.url)
      if (post === undefined) byUrl.set(to.url, { to, packets: [packet] })
      else post.packets.push(packet)
    }
    const effects: Effect[] = []
    for (const { to, packets } of byUrl.values()) {
      for (let i = 0; i < packets.length; i += geometry.LINK_BATCH_MAX) {
        effects.push({ kind: "post", to: to.id, url: to.url, packets: packets.slice(i, i + geometry.LINK_BATCH_MAX) })
      }
    }
    return effects
  }

  #maySend(from: NodeEntry): boolean {
    const { role, layer } = this.#parts
    if (role === "mix" && layer === 1) return from.role === "dropbox" || from.layer === 3
    return from.role === "mix" && from.layer === (role === "dropbox" ? 3 : layer - 1)
  }
}

function decoded(body: Uint8Array): LinkRequest | null {
  try {
    return decodeLink(body)
  } catch (error) {
    if (error instanceof WireError) return null
    throw error
  }
}
