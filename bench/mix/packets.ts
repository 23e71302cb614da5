import * as nodeCrypto from "node:crypto"
import { randomBytes } from "node:crypto"
import { nodeSymmetric } from "sphinx-packet"
import { PACKET_LENGTH, PAYLOAD_LENGTH } from "../../shared/geometry.ts"
import type { Packet } from "../../shared/names.ts"
import { sized } from "../../shared/names.ts"
import { buildRouting, paddingLength } from "../../shared/sphinx-packet/src/header.ts"
import { hopKeys } from "../../shared/sphinx-packet/src/keys.ts"

const VERSION = 260
const { subtle } = globalThis.crypto
const symmetric = nodeSymmetric(nodeCrypto)

/**
 * A packet that one hop opens and passes on to `next` after `delay` ms. Behind that hop it is random bytes, which it cannot tell, and which makes a
 * packet in a tenth of the time.
 */
export async function packetFor(sphinxKey: Uint8Array, next: Uint8Array, delay: number): Promise<Packet> {
  const pair = await subtle.generateKey({ name: "X25519" }, false, ["deriveBits"])
  if (!("privateKey" in pair)) throw new Error("not a pair")
  const alpha = new Uint8Array(await subtle.exportKey("raw", pair.publicKey))
  const peer = await subtle.importKey("raw", new Uint8Array(sphinxKey), { name: "X25519" }, false, [])
  const shared = new Uint8Array(await subtle.deriveBits({ name: "X25519", public: peer }, pair.privateKey, 256))
  const hops = [
    { keys: hopKeys(symmetric, shared), address: new Uint8Array(32), delayNanos: BigInt(Math.round(delay * 1e6)) },
    { keys: hopKeys(symmetric, randomBytes(32)), address: next, delayNanos: 0n },
  ]
  const { first } = buildRouting(symmetric, VERSION, hops, randomBytes(32), randomBytes(16), randomBytes(paddingLength(2)))
  const packet = Buffer.concat([alpha, first.gamma, first.beta, payload()])
  if (packet.length !== PACKET_LENGTH) throw new Error("not a packet")
  return sized("Packet", new Uint8Array(packet))
}

const material = randomBytes(PAYLOAD_LENGTH)

/** Different in each packet, and nothing that a node could learn from. */
function payload(): Uint8Array {
  const bytes = new Uint8Array(material)
  bytes.set(randomBytes(64))
  return bytes
}
