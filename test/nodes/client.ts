import type { OwnBox } from "../../shared/box.ts"
import { seededBox } from "../../shared/box.ts"
import type { NodeEntry } from "../../shared/directory/descriptor.ts"
import { encodeClientFrame } from "../../shared/frames.ts"
import * as geometry from "../../shared/geometry.ts"
import type { Content, SessionId } from "../../shared/names.ts"
import { sized } from "../../shared/names.ts"
import type { Reply, Request } from "../../shared/request.ts"
import { decodeReply } from "../../shared/request.ts"
import type { Network } from "./network.ts"
import type { Hop } from "./packets.ts"
import { PacketMaker } from "./packets.ts"
import { seeded } from "./seeded.ts"

/** One client of the test network, with a session at the first gateway. */
export class Client extends PacketMaker {
  readonly network: Network
  readonly gateway = "http://mix-1-0"
  readonly connection: string
  readonly secret: Uint8Array
  session!: SessionId

  constructor(network: Network, name = "client") {
    super(name, () => network)
    this.network = network
    this.connection = name
    this.secret = this.random(32)
  }

  static async at(network: Network, name?: string): Promise<Client> {
    const client = new Client(network, name)
    await client.hello()
    return client
  }

  async hello(connection = this.connection): Promise<boolean> {
    await this.network.connect(this.gateway, connection)
    await this.network.frame(this.gateway, connection, encodeClientFrame({ type: "hello", secret: this.secret }))
    const welcome = this.network.received(connection).findLast((frame) => frame.type === "welcome")
    if (welcome === undefined) throw new Error("no welcome")
    this.session = welcome.session
    return welcome.resumed
  }

  node(url: string): NodeEntry {
    return this.network.directory.nodes.find((node) => node.url === url)!
  }

  /** The usual way of a request, without delays unless given. */
  forward(delay = 0): Hop[] {
    return [this.gateway, "http://mix-2-0", "http://mix-3-0", "http://dropbox-0"].map((url) => ({ node: this.node(url), delay }))
  }

  /** The usual way of a reply. */
  back(delay = 0): Hop[] {
    return ["http://mix-1-1", "http://mix-2-0", "http://mix-3-0", this.gateway].map((url) => ({ node: this.node(url), delay }))
  }

  /** Sends a request, by the usual ways unless given. */
  async ask(parts: Partial<Request> & Pick<Request, "operation" | "box">, hops = this.forward(), back = this.back()): Promise<void> {
    await this.send(await this.request(parts, hops, this.session, back))
  }

  async send(packet: Uint8Array, connection = this.connection): Promise<void> {
    await this.network.frame(this.gateway, connection, encodeClientFrame({ type: "packet", packet: sized("Packet", packet) }))
  }

  /** What came to the connection so far: replies to our SURBs, in order. */
  async replies(connection = this.connection): Promise<Reply[]> {
    const replies: Reply[] = []
    for (const frame of this.network.received(connection)) {
      const message = frame.type === "packet" ? await this.recover(frame.packet) : null
      if (message !== null) replies.push(decodeReply(message))
    }
    return replies
  }

  async statuses(connection = this.connection): Promise<string[]> {
    return (await this.replies(connection)).map(({ status }) => status)
  }
}

/** A box of its own for each name. */
export function boxOf(name: string): OwnBox {
  return seededBox(seeded(`box ${name}`)(32), new Uint8Array(32))
}

export function contentOf(name: string): Content {
  return sized("Content", seeded(`content ${name}`)(geometry.CONTENT_LENGTH))
}

export function writeOf(box: OwnBox, content: Content) {
  return { operation: "write" as const, box: box.id, signature: box.sign(content, seeded("signature")), content }
}
