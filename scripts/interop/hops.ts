import type { ChildProcessByStdio } from "node:child_process"
import { randomBytes } from "node:crypto"
import { createInterface } from "node:readline"
import type { Readable, Writable } from "node:stream"
import type { PreparedSecret, Released, RouteHop, Sphinx, X25519 } from "sphinx-packet"

export const random = (length: number) => new Uint8Array(randomBytes(length))
export const hex = (bytes: Uint8Array) => (bytes.length === 0 ? "-" : Buffer.from(bytes).toString("hex"))
export const unhex = (text: string) => (text === "-" ? new Uint8Array() : new Uint8Array(Buffer.from(text, "hex")))

/** A node of which both sides know the secret. */
export interface Node {
  readonly secretBytes: Uint8Array
  readonly secret: PreparedSecret
  readonly hop: RouteHop
}

/** One line to the crate, one line back. What each command says stands in bench/interop-rust/src/main.rs. */
export type Ask = (...words: (string | number)[]) => Promise<string[]>

export function asking(rust: ChildProcessByStdio<Writable, Readable, null>): Ask {
  const answers = createInterface({ input: rust.stdout })[Symbol.asyncIterator]()
  return async (...words) => {
    rust.stdin.write(`${words.join(" ")}\n`)
    const { value, done } = await answers.next()
    if (done === true) throw new Error("the Rust side has ended")
    return value.split(" ")
  }
}

export async function makeNodes(x25519: X25519, count: number): Promise<Node[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const secretBytes = random(32)
      const secret = await x25519.prepare(secretBytes)
      const delayNanos = Buffer.from(random(8)).readBigUInt64BE()
      return { secretBytes, secret, hop: { address: random(32), publicKey: secret.publicKey, delayNanos } }
    }),
  )
}

export interface Sent {
  route: RouteHop[]
  destination: Uint8Array
  identifier: Uint8Array
  message: Uint8Array
}

export function rustHop({ address, publicKey, delayNanos }: RouteHop): string {
  return `${hex(address)}:${hex(publicKey)}:${delayNanos}`
}

export async function rustBuild(ask: Ask, version: number, sent: Sent & { payloadLength: number }): Promise<Uint8Array> {
  const { route, destination, identifier, message, payloadLength } = sent
  const words = ["build", version, payloadLength, hex(destination), hex(identifier), hex(message), ...route.map(rustHop)]
  const [answer, packet] = await ask(...words)
  equal("answer", answer, "packet")
  return unhex(packet!)
}

export type Step = (node: Node, packet: Uint8Array, index: number) => Promise<Released & { tag: string }>

export function rustStep(ask: Ask): Step {
  return async (node, packet) => {
    const [kind, tag, version, ...rest] = await ask("open", hex(node.secretBytes), hex(packet))
    if (kind === "forward") {
      const [address, delay, next] = rest
      return { kind, tag: tag!, version: Number(version), nextAddress: unhex(address!), delayNanos: BigInt(delay!), packet: unhex(next!) }
    }
    if (kind !== "final") throw new Error(`the crate answers ${kind} ${tag} ${version} ${rest.join(" ")}`)
    const [destination, identifier, payload] = rest.map(unhex)
    return { kind, tag: tag!, version: Number(version), destination: destination!, identifier: identifier!, payload: payload! }
  }
}

export function ourStep(ours: Sphinx): Step {
  return async (node, packet) => {
    const opened = await ours.open(node.secret, packet)
    return { ...(await ours.release(opened)), tag: hex(opened.replayTag) }
  }
}

export async function through(nodes: Node[], packet: Uint8Array, step: Step, version?: number): Promise<Released[]> {
  const all: Released[] = []
  let arrived = packet
  for (const [i, node] of nodes.entries()) {
    const released = await step(node, arrived, i)
    all.push(released)
    if (version !== undefined) equal(`version at hop ${i}`, released.version, version)
    if (released.kind === "final") break
    arrived = released.packet
  }
  return all
}

export const throughRust = (ask: Ask, nodes: Node[], packet: Uint8Array, version: number) => through(nodes, packet, rustStep(ask), version)
export const throughOurs = (ours: Sphinx, nodes: Node[], packet: Uint8Array, version: number) => through(nodes, packet, ourStep(ours), version)

/** Each hop by both sides, whose answers must be equal in every byte. */
export function throughBoth(ask: Ask, ours: Sphinx, nodes: Node[], packet: Uint8Array) {
  const [one, two] = [ourStep(ours), rustStep(ask)]
  return through(nodes, packet, async (node, arrived, i) => {
    const [a, b] = [await one(node, arrived, i), await two(node, arrived, i)]
    equal(`hop ${i}`, readable(a), readable(b))
    return a
  })
}

export async function throughBothButLast(ask: Ask, ours: Sphinx, nodes: Node[], packet: Uint8Array): Promise<Uint8Array> {
  const last = (await throughBoth(ask, ours, nodes.slice(0, -1), packet)).at(-1)
  if (last === undefined) return packet
  if (last.kind === "final") throw new Error("final before the last hop")
  return last.packet
}

export function readable(released: Released & { tag: string }): string[] {
  return Object.entries(released)
    .map(([name, value]) => `${name} ${value instanceof Uint8Array ? hex(value) : String(value)}`)
    .sort()
}

/** What the hops were told is what the sender said, and the message arrived. */
export async function arrives(all: Released[], sent: Sent, recover: (payload: Uint8Array) => Promise<Uint8Array>) {
  equal("hops", all.length, sent.route.length)
  for (const [i, released] of all.entries()) {
    if (released.kind === "final") {
      equal("last hop", i, sent.route.length - 1)
      equal("destination", hex(released.destination), hex(sent.destination))
      equal("identifier", hex(released.identifier), hex(sent.identifier))
      equal("message", hex(await recover(released.payload)), hex(sent.message))
    } else {
      equal(`hop ${i}`, [hex(released.nextAddress), released.delayNanos], [hex(sent.route[i + 1]!.address), sent.route[i]!.delayNanos])
    }
  }
}

export function equal(what: string, actual: unknown, expected: unknown) {
  const [a, b] = [actual, expected].map((value) => JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? String(inner) : inner)))
  if (a !== b) throw new Error(`${what} is ${a?.slice(0, 300)}, not ${b?.slice(0, 300)}`)
}
