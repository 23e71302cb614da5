import type { SurbRecovery } from "sphinx-packet"
import { createSphinx, defaultX25519 } from "sphinx-packet"
import type { NodeEntry } from "../../shared/directory/descriptor.ts"
import type { Directory } from "../../shared/directory/document.ts"
import * as geometry from "../../shared/geometry.ts"
import type { SessionId, Surb } from "../../shared/names.ts"
import { sized } from "../../shared/names.ts"
import type { Random } from "../../shared/random.ts"
import type { Request } from "../../shared/request.ts"
import { encodeRequest, noContent, noSignature, noStamp } from "../../shared/request.ts"
import { keyAt } from "../../shared/route.ts"
import { challenge, encodeStamp, hourAt, solve } from "../../shared/stamp.ts"
import { seeded } from "./seeded.ts"

const x25519 = await defaultX25519()

export interface Hop {
  readonly node: NodeEntry
  /** ms */
  readonly delay?: number
}

/** Makes packets by hand, good and bad ones, and opens the replies to its SURBs. */
export class PacketMaker {
  readonly random: Random
  readonly sphinx
  readonly #world: () => { directory: Directory; now: number }
  readonly #ownKey: Uint8Array
  readonly #recoveries: SurbRecovery[] = []

  constructor(name: string, world: () => { directory: Directory; now: number }) {
    this.random = seeded(`packets ${name}`)
    this.sphinx = createSphinx({ random: this.random, x25519 })
    this.#world = world
    this.#ownKey = this.random(32)
  }

  route(hops: readonly Hop[]) {
    const { directory, now } = this.#world()
    return hops.map(({ node, delay = 0 }) => ({
      address: node.id,
      publicKey: keyAt(node, directory.parameters.keyEpochSeconds, now)!,
      delayNanos: BigInt(delay) * 1_000_000n,
    }))
  }

  async packet(hops: readonly Hop[], message: Uint8Array = new Uint8Array(geometry.BODY_LENGTH), version?: 259 | 260): Promise<Uint8Array> {
    const route = this.route(hops)
    const destination = route.at(-1)!.address
    const versioned = version === undefined ? {} : { version }
    return (await this.sphinx.build({ route, destination, message, payloadLength: geometry.PAYLOAD_LENGTH, ...versioned })).packet
  }

  async surb(session: SessionId, hops: readonly Hop[]): Promise<Surb> {
    const own = { address: session, publicKey: await x25519.publicKey(this.#ownKey), delayNanos: 0n }
    const identifier = this.random(geometry.SURB_IDENTIFIER_LENGTH)
    const { surb, recovery } = await this.sphinx.createSurb({ route: [...this.route(hops), own], destination: session, identifier })
    this.#recoveries.push(recovery)
    return sized("Surb", surb)
  }

  /** What a write to this dropbox costs at least. */
  stamp({ box, content }: Pick<Request, "box" | "content">, { id }: NodeEntry, hour?: number, bits?: number): Uint8Array {
    const { directory, now } = this.#world()
    const work = challenge(id, hour ?? hourAt(now), box, content)
    return encodeStamp(hour ?? hourAt(now), solve(work, bits ?? directory.parameters.stampBits, 0, Infinity)!)
  }

  /** A request to the last of `hops`, whose reply comes back by `back` to the session. */
  async request(parts: Partial<Request> & Pick<Request, "operation" | "box">, hops: readonly Hop[], session: SessionId, back: readonly Hop[]) {
    const filled = { hold: 0, signature: noSignature(), stamp: noStamp(), content: noContent(), ...parts }
    if (parts.operation === "write" && parts.stamp === undefined) filled.stamp = this.stamp(filled, hops.at(-1)!.node)
    return this.packet(hops, encodeRequest({ surb: await this.surb(session, back), ...filled }))
  }

  /** The message of a reply to one of our SURBs, or null. */
  async recover(packet: Uint8Array): Promise<Uint8Array | null> {
    for (const recovery of this.#recoveries) {
      const message = await this.sphinx.recoverReply(recovery, packet).catch(() => null)
      if (message !== null) return message
    }
    return null
  }
}
