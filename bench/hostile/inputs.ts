import { setTimeout as sleep } from "node:timers/promises"
import { connect } from "node:net"
import { encodeClientFrame } from "../../shared/frames.ts"
import * as geometry from "../../shared/geometry.ts"
import type { Directory } from "../../shared/directory/document.ts"
import type { NodeEntry } from "../../shared/directory/descriptor.ts"
import { sized } from "../../shared/names.ts"
import { pick, uniform } from "../../shared/random.ts"
import type { Random } from "../../shared/random.ts"
import { seeded } from "../../test/nodes/seeded.ts"
import { PacketMaker } from "../../test/nodes/packets.ts"

const TIMEOUT = 20_000
const LINK_HEADER = 32 + 8 + 64

/** Everything that hostile input is made from: a network as anybody can see it. */
export interface World {
  readonly nodes: readonly { readonly name: string; readonly url: string }[]
  readonly directory: Directory
  readonly document: Uint8Array
}

export type Kind = "packets" | "directory" | "paths" | "frames" | "floods" | "requests" | "strangers" | "slow"

/** Makes hostile inputs of every kind and throws them at a running network. Each method throws `count` of them, and never rejects. */
export class Attacker {
  readonly #world: World
  readonly #random: Random
  readonly #maker: PacketMaker
  /** Packets as an honest client would make them, to be changed, repeated and sent too fast. */
  #honest: Uint8Array[] = []

  constructor(world: World, seed: string) {
    this.#world = world
    this.#random = seeded(`attacker ${seed}`)
    this.#maker = new PacketMaker(`attacker ${seed}`, () => ({ directory: world.directory, now: Date.now() }))
  }

  async prepare(): Promise<void> {
    const cover = (gateway: NodeEntry) => this.#request(gateway, this.#bytes(geometry.BODY_LENGTH))
    for (const gateway of this.#world.directory.layers[0]) this.#honest.push(...(await Promise.all(Array.from({ length: 8 }, () => cover(gateway)))))
  }

  throw(kind: Kind, count: number): Promise<void> {
    switch (kind) {
      case "packets":
        return this.#each(count, () => this.#post("/packets", this.#linkBody()))
      case "directory":
        return this.#each(count, () => this.#post("/directory", this.#flipped(this.#world.document)))
      case "paths":
        return this.#each(count, () => this.#path())
      case "frames":
        return this.#session(count, () => this.#frame(), 0)
      case "floods":
        // Ten times what a session may send.
        return this.#session(count, () => packetFrame(this.#honest[this.#upTo(this.#honest.length)]!), this.#world.directory.parameters.sessionRate * 10)
      case "requests":
        return this.#requests(count)
      case "strangers":
        return this.#each(count, () => this.#stranger())
      case "slow":
        return this.#each(count, () => this.#slow())
    }
  }

  async #each(count: number, one: () => Promise<void>): Promise<void> {
    for (let i = 0; i < count; i += 8) await Promise.all(Array.from({ length: Math.min(8, count - i) }, one))
  }

  async #post(path: string, body: Uint8Array): Promise<void> {
    await this.#fetch(pick(this.#random, this.#world.nodes).url + path, { method: "POST", body: new Uint8Array(body) })
  }

  async #fetch(url: string, init: RequestInit): Promise<void> {
    try {
      const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT) })
      await response.body?.cancel()
    } catch {
      // Cut off, as it may be.
    }
  }

  /** Bodies of wrong lengths, of garbage, of packets from nobody. */
  #linkBody(): Uint8Array {
    const lengths = [0, 1, LINK_HEADER - 1, LINK_HEADER, LINK_HEADER + 1, geometry.PACKET_LENGTH, LINK_HEADER + geometry.PACKET_LENGTH, LINK_HEADER + 4 * geometry.PACKET_LENGTH]
    // A body above the bound is dear to make: one in two hundred.
    if (this.#upTo(200) === 0) return new Uint8Array(LINK_HEADER + geometry.LINK_BODY_MAX + 1)
    const body = this.#bytes(lengths[this.#upTo(lengths.length)]!)
    // As if it came from a node of the network, now.
    if (body.length >= LINK_HEADER + geometry.PACKET_LENGTH && this.#upTo(2) === 0) {
      body.set(pick(this.#random, this.#world.directory.nodes).id)
      new DataView(body.buffer).setBigUint64(32, BigInt(Date.now()))
      body.set(this.#flipped(this.#honest[0]!), LINK_HEADER)
    }
    return body
  }

  async #path(): Promise<void> {
    const methods = ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]
    const paths = ["/", "/packets", "/session", "/descriptor", "/directory", "/health", "/metrics", "/admit", "/view", "/%00", "/../../etc/passwd", `/${"x".repeat(4000)}`]
    const method = methods[this.#upTo(methods.length)]!
    const body = method === "GET" ? null : new Uint8Array(this.#bytes(this.#upTo(300)))
    const url = pick(this.#random, this.#world.nodes).url + paths[this.#upTo(paths.length)]!
    await this.#fetch(url, { method, body, headers: { "x-garbage": "y".repeat(this.#upTo(2000)) } })
  }

  #frame(): Uint8Array | string {
    switch (this.#upTo(7)) {
      case 0:
        return this.#bytes(this.#upTo(9000))
      case 1:
        return "text is no frame"
      case 2:
        return encodeClientFrame({ type: "hello", secret: this.#bytes(geometry.KEY_LENGTH) })
      case 3:
        return packetFrame(this.#bytes(geometry.PACKET_LENGTH))
      case 4:
        return packetFrame(this.#honest[this.#upTo(this.#honest.length)]!)
      case 5:
        return this.#flipped(packetFrame(this.#honest[this.#upTo(this.#honest.length)]!))
      default:
        return packetFrame(this.#flipped(this.#honest[this.#upTo(this.#honest.length)]!))
    }
  }

  /** Well made packets with anything in them, each for the mixes and a dropbox to carry. */
  async #requests(count: number): Promise<void> {
    const gateway = pick(this.#random, this.#world.directory.layers[0])
    const frames: Uint8Array[] = []
    for (let i = 0; i < count; i++) {
      const body = this.#bytes(geometry.BODY_LENGTH)
      // Version, operation and hold as they should be, and the rest garbage.
      if (i % 2 === 0) body.set([1, 1 + (i % 4 === 0 ? 1 : 0), 0, this.#upTo(256)], geometry.SURB_LENGTH)
      frames.push(packetFrame(await this.#request(gateway, body)))
    }
    await this.#session(count, () => frames.pop()!, this.#world.directory.parameters.sessionRate, gateway)
  }

  async #request(gateway: NodeEntry, body: Uint8Array): Promise<Uint8Array> {
    const { layers, dropboxes } = this.#world.directory
    const hops = [gateway, pick(this.#random, layers[1]), pick(this.#random, layers[2]), pick(this.#random, dropboxes)]
    // Some want to be held longer than is allowed, some to go where no packet goes.
    const delay = this.#upTo(10) === 0 ? 2 ** 40 : this.#upTo(500)
    if (this.#upTo(10) === 0) hops.splice(1, 2)
    return this.#maker.packet(hops.map((node) => ({ node, delay })), body)
  }

  /** One session that says hello properly and then sends `count` frames, at `rate` per second where it is not 0. */
  #session(count: number, frame: () => Uint8Array | string, rate: number, gateway = pick(this.#random, this.#world.directory.layers[0])): Promise<void> {
    return new Promise((resolve) => {
      const socket = new WebSocket(`${gateway.url.replace(/^http/, "ws")}/session`)
      socket.binaryType = "arraybuffer"
      socket.addEventListener("error", () => resolve())
      socket.addEventListener("close", () => resolve())
      socket.addEventListener("open", () => void this.#speak(socket, count, frame, rate))
    })
  }

  async #speak(socket: WebSocket, count: number, frame: () => Uint8Array | string, rate: number): Promise<void> {
    socket.send(new Uint8Array(encodeClientFrame({ type: "hello", secret: this.#bytes(geometry.KEY_LENGTH) })))
    for (let i = 0; i < count && socket.readyState === WebSocket.OPEN; i++) {
      const data = frame()
      socket.send(typeof data === "string" ? data : new Uint8Array(data))
      if (rate > 0) await sleep(1000 / rate)
      else if (i % 50 === 49) await sleep(1)
    }
    socket.close()
  }

  /** A connection that never says hello properly: silent, garbage, or gone at once. */
  #stranger(): Promise<void> {
    return new Promise((resolve) => {
      const socket = new WebSocket(`${pick(this.#random, this.#world.nodes).url.replace(/^http/, "ws")}/session`)
      const what = this.#upTo(3)
      socket.addEventListener("open", () => {
        if (what === 1) socket.send(new Uint8Array(this.#bytes(40)))
        if (what === 2) socket.close()
      })
      const timer = setTimeout(() => socket.close(), 2000)
      const done = () => {
        clearTimeout(timer)
        resolve()
      }
      socket.addEventListener("close", done)
      socket.addEventListener("error", done)
    })
  }

  /** A request whose body comes by the byte, or a connection that says half a header and waits. */
  #slow(): Promise<void> {
    return new Promise((resolve) => {
      const { hostname, port } = new URL(pick(this.#random, this.#world.nodes).url)
      const socket = connect(Number(port), hostname)
      const half = this.#upTo(2) === 0
      socket.write(half ? "POST /packets HT" : `POST /packets HTTP/1.1\r\nHost: x\r\nContent-Length: ${geometry.PACKET_LENGTH}\r\n\r\n`)
      const drip = setInterval(() => half || socket.write("."), 500)
      const timer = setTimeout(() => socket.destroy(), 4000 + this.#upTo(10_000))
      socket.on("error", () => undefined)
      socket.resume()
      socket.on("close", () => {
        clearInterval(drip)
        clearTimeout(timer)
        resolve()
      })
    })
  }

  #flipped(bytes: Uint8Array): Uint8Array {
    const copy = bytes.slice()
    copy[this.#upTo(copy.length)]! ^= 1 << this.#upTo(8)
    return copy
  }

  #bytes(length: number): Uint8Array {
    return this.#random(length)
  }

  #upTo(bound: number): number {
    return Math.floor(uniform(this.#random) * bound)
  }
}

function packetFrame(packet: Uint8Array): Uint8Array {
  return encodeClientFrame({ type: "packet", packet: sized("Packet", packet) })
}
