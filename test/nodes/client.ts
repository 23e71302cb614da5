import type { SurbRecovery } from "sphinx-packet"
import { createSphinx, nobleX25519 } from "sphinx-packet"
import type { OwnBox } from "../../shared/box.ts"
import { seededBox } from "../../shared/box.ts"
import type { NodeEntry } from "../../shared/directory/descriptor.ts"
import { encodeClientFrame } from "../../shared/frames.ts"
import * as geometry from "../../shared/geometry.ts"
import type { Content, SessionId } from "../../shared/names.ts"
import { sized } from "../../shared/names.ts"
import type { Reply, Request } from "../../shared/request.ts"
import { decodeReply, encodeRequest, noContent, noSignature, noStamp } from "../../shared/request.ts"
import { keyAt } from "../../shared/route.ts"
import type { Network } from "./network.ts"
import { seeded } from "./seeded.ts"

const x25519 = nobleX25519()

export interface Hop {
  readonly node: NodeEntry
  readonly delay?: number
}

/** One client with a session at a gateway, which makes packets by hand. */
export class Client {
  readonly network: Network
  readonly gateway: string
  readonly connection: string
  readonly random
  readonly secret: Uint8Array
  readonly sphinx
  readonly #recoveries: SurbRecovery[] = []
  readonly #ownKey: Uint8Array

  constructor(network: Network, name = "client", gateway = "http://mix-1-0") {
    this.network = network
    this.gateway = gateway
    this.connection = name
    this.random = seeded(`client ${name}`)
    this.secret = this.random(32)
    this.#ownKey = this.random(32)
    this.sphinx = createSphinx({ random: this.random, x25519 })
  }

  async hello(connection = this.connection): Promise<SessionId> {
    await this.network.connect(this.gateway, connection)
    await this.network.frame(this.gateway, connection, encodeClientFrame({ type: "hello", secret: this.secret }))
    const welcome = this.network.received(connection).findLast((frame) => frame.type === "welcome")
    if (welcome === undefined) throw new Error("no welcome")
    return welcome.session
  }

  node(url: string): NodeEntry {
    return this.network.directory.nodes.find((node) => node.url === url)!
  }

  /** The nodes of a usual way, without delays unless given. */
  forward(delay = 0): Hop[] {
    return [this.gateway, "http://mix-2-0", "http://mix-3-0", "http://mix-4-0"].map((url) => ({ node: this.node(url), delay }))
  }

  reply(delay = 0): Hop[] {
    return ["http://mix-1-1", "http://mix-2-0", "http://mix-3-0", this.gateway].map((url) => ({ node: this.node(url), delay }))
  }

  route(hops: readonly Hop[]) {
    const { keyEpochSeconds } = this.network.directory.parameters
    return hops.map(({ node, delay = 0 }) => ({
      address: node.id,
      publicKey: keyAt(node, keyEpochSeconds, this.network.now)!,
      delayNanos: BigInt(delay) * 1_000_000n,
    }))
  }

  async surb(session: SessionId, hops = this.reply()) {
    const own = { address: session, publicKey: await x25519.publicKey(this.#ownKey), delayNanos: 0n }
    const identifier = this.random(geometry.SURB_IDENTIFIER_LENGTH)
    const { surb, recovery } = await this.sphinx.createSurb({ route: [...this.route(hops), own], destination: session, identifier })
    this.#recoveries.push(recovery)
    return sized("Surb", surb)
  }

  /** A packet with a message, of this network's size. */
  async packet(hops: readonly Hop[], message: Uint8Array = new Uint8Array(geometry.BODY_LENGTH)): Promise<Uint8Array> {
    const route = this.route(hops)
    const destination = route.at(-1)!.address
    return (await this.sphinx.build({ route, destination, message, payloadLength: geometry.PAYLOAD_LENGTH })).packet
  }

  async request(session: SessionId, parts: Partial<Request> & Pick<Request, "operation" | "box">, hops = this.forward(), back = this.reply()) {
    const filled = { hold: 0, signature: noSignature(), stamp: noStamp(), content: noContent(), ...parts }
    return this.packet(hops, encodeRequest({ surb: await this.surb(session, back), ...filled }))
  }

  async send(packet: Uint8Array, connection = this.connection): Promise<void> {
    await this.network.frame(this.gateway, connection, encodeClientFrame({ type: "packet", packet: sized("Packet", packet) }))
  }

  /** The replies among what came so far, in order; whatever is none of our SURBs' replies is left out. */
  async replies(connection = this.connection): Promise<Reply[]> {
    const replies: Reply[] = []
    for (const frame of this.network.received(connection)) {
      if (frame.type !== "packet") continue
      for (const recovery of this.#recoveries) {
        const message = await this.sphinx.recoverReply(recovery, frame.packet).catch(() => null)
        if (message !== null) replies.push(decodeReply(message))
      }
    }
    return replies
  }
}

/** A box of its own for each name, and something to put in. */
export function boxOf(name: string): OwnBox {
  return seededBox(seeded(`box ${name}`)(32), new Uint8Array(32))
}

export function contentOf(name: string): Content {
  return sized("Content", seeded(`content ${name}`)(geometry.CONTENT_LENGTH))
}

export function writeOf(box: OwnBox, content: Content) {
  return { operation: "write" as const, box: box.id, signature: box.sign(content, seeded("signature")), content }
}
