import * as nodeCrypto from "node:crypto"
import { randomBytes } from "node:crypto"
import { readFileSync } from "node:fs"
import { nodeSymmetric, wasmLioness } from "sphinx-packet"
import { Writer } from "../../shared/bytes.ts"
import { NODE_ID_LENGTH, PAYLOAD_LENGTH, SPHINX_HEADER_LENGTH, SURB_LENGTH } from "../../shared/geometry.ts"
import type { Packet, Surb } from "../../shared/names.ts"
import { sized } from "../../shared/names.ts"
import type { Request } from "../../shared/request.ts"
import { encodeRequest } from "../../shared/request.ts"
import { xor } from "../../shared/sphinx-packet/src/bytes.ts"
import { DELAY_LENGTH, IDENTIFIER_LENGTH, KEYSTREAM_LENGTH, MAC_LENGTH, ROUTING_LENGTH, VERSION_LENGTH } from "../../shared/sphinx-packet/src/constants.ts"
import { gammaOf } from "../../shared/sphinx-packet/src/header.ts"
import { hopKeys, payloadKey } from "../../shared/sphinx-packet/src/keys.ts"
import { addLayers, padMessage } from "../../shared/sphinx-packet/src/payload.ts"
import type { Agreement } from "./agreements.ts"
import { agreements } from "./agreements.ts"
import { MARK_AT } from "./marks.ts"

const VERSION = 260
const [FORWARD, FINAL] = [1, 2]
const NANOS_PER_MS = 1e6

const symmetric = nodeSymmetric(nodeCrypto)
const lioness = await wasmLioness(readFileSync(new URL(import.meta.resolve("sphinx-packet/lioness.wasm"))))
/** Different in each packet, and nothing that a node could learn from. */
const material = randomBytes(PAYLOAD_LENGTH)

/** Makes packets for one node, for which there is nothing behind the next: what they are there is random bytes, which it cannot tell. */
export class PacketMaker {
  readonly #agreements: Generator<Agreement, never>

  /** `key`: the node's Sphinx key. */
  constructor(key: Uint8Array) {
    this.#agreements = agreements(key)
  }

  /** One that the node passes on to `next` after `delay` ms, where it shows `mark`. */
  forward(next: Uint8Array, delay: number, mark: number): Packet {
    const slot = header(FORWARD).put(next).put(nanos(delay)).put(marked(MAC_LENGTH, mark))
    const payload = new Uint8Array(material)
    payload.set(randomBytes(64))
    return this.#packet(slot, () => payload)
  }

  /** One that ends at the node, with a request. */
  final(request: Request): Packet {
    const slot = header(FINAL).put(new Uint8Array(NODE_ID_LENGTH)).put(new Uint8Array(IDENTIFIER_LENGTH))
    return this.#packet(slot, (key) => addLayers(lioness, padMessage(encodeRequest(request), PAYLOAD_LENGTH), [key]))
  }

  #packet(slot: Writer, payloadOf: (key: Uint8Array) => Uint8Array): Packet {
    const { alpha, shared } = this.#agreements.next().value
    const keys = hopKeys(symmetric, shared)
    const told = slot.done()
    const plain = new Writer().put(told).put(randomBytes(ROUTING_LENGTH - told.length)).done()
    const beta = xor(plain, symmetric.aes128Ctr(keys.cipher, KEYSTREAM_LENGTH))
    const payload = payloadOf(payloadKey(symmetric, keys, VERSION))
    return sized("Packet", new Writer().put(alpha).put(gammaOf(symmetric, keys, beta)).put(beta).put(payload).done())
  }
}

/** A SURB that leads to `first`, where the reply shows `mark`, and no further. */
export function surbTo(first: Uint8Array, mark: number): Surb {
  const header = new Writer().put(randomBytes(MARK_AT)).put(marked(SPHINX_HEADER_LENGTH - MARK_AT, mark))
  const surb = header.put(first).put(randomBytes(SURB_LENGTH - SPHINX_HEADER_LENGTH - NODE_ID_LENGTH))
  return sized("Surb", surb.done())
}

const header = (flag: number) => new Writer().u8(flag).put(new Uint8Array(VERSION_LENGTH - 2)).u16(VERSION)

function nanos(delay: number): Uint8Array {
  const bytes = new Writer().u64(Math.round(delay * NANOS_PER_MS)).done()
  if (bytes.length !== DELAY_LENGTH) throw new Error("not a delay")
  return bytes
}

function marked(length: number, mark: number): Uint8Array {
  return new Writer().u32(mark).put(randomBytes(length - 4)).done()
}
