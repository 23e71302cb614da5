import { createHash } from "node:crypto"
import { createSphinx, nobleX25519, webCryptoX25519 } from "sphinx-packet"
import type { Opened, PreparedSecret, Released, RouteHop, Sphinx, X25519 } from "sphinx-packet"

export const implementations: readonly [string, X25519][] = [
  ["noble", nobleX25519()],
  ["WebCrypto", webCryptoX25519(globalThis.crypto.subtle)],
]
/** The faster one, for tests in which the other would only take longer. */
export const platform = implementations[1]![1]

/** Bytes that differ from call to call and not from run to run. */
export function seeded(seed: string): (length: number) => Uint8Array {
  let calls = 0
  return (length) => {
    const call = calls++
    const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) => createHash("sha256").update(`${seed} ${call} ${i}`).digest())
    return new Uint8Array(Buffer.concat(blocks).subarray(0, length))
  }
}

export interface Network {
  readonly sphinx: Sphinx
  readonly random: (length: number) => Uint8Array
  readonly route: RouteHop[]
  readonly secrets: PreparedSecret[]
}

export async function network(hops: number, { x25519 = platform, seed = "network" } = {}): Promise<Network> {
  const random = seeded(`${seed} ${hops}`)
  const secrets = await Promise.all(Array.from({ length: hops }, () => x25519.prepare(random(32))))
  const route = secrets.map((secret, i) => ({ address: random(32), publicKey: secret.publicKey, delayNanos: 1_000_000n * BigInt(i + 1) }))
  return { sphinx: createSphinx({ random, x25519 }), random, route, secrets }
}

/** Opens and releases at each hop but those left out at the end, and checks what the hops are told. */
export async function travel(
  { sphinx, route, secrets }: Network,
  packet: Uint8Array,
  hops = route.length,
): Promise<{ released: Released; opened: Opened }> {
  let arrived = packet
  for (let i = 0; i < hops; i++) {
    const opened = await sphinx.open(secrets[i]!, arrived)
    const released = await sphinx.release(opened)
    if (released.kind === "final" || i === hops - 1) return { released, opened }
    if (Buffer.compare(released.nextAddress, route[i + 1]!.address) !== 0) throw new Error(`hop ${i} is sent elsewhere`)
    if (released.delayNanos !== route[i]!.delayNanos) throw new Error(`hop ${i} is told another delay`)
    if (released.packet.length !== packet.length) throw new Error(`hop ${i} changes the length`)
    arrived = released.packet
  }
  throw new Error("the route has no hops")
}

/** The packet as it arrives at the last hop. */
export async function arriving(nodes: Network, packet: Uint8Array): Promise<Uint8Array> {
  if (nodes.route.length === 1) return packet
  const { released } = await travel(nodes, packet, nodes.route.length - 1)
  if (released.kind === "final") throw new Error("final before the last hop")
  return released.packet
}

export function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice()
  copy[bit >> 3]! ^= 1 << (bit & 7)
  return copy
}
