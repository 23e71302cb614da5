import { createSphinx, nobleLioness, nobleSymmetric, nobleX25519, webCryptoX25519 } from "sphinx-packet"
import type { Lioness, SubtleX25519, Symmetric, X25519 } from "sphinx-packet"
import { BODY_LENGTH, FORWARD_HOPS, PAYLOAD_LENGTH } from "../../shared/geometry.ts"
import { AT_ONCE, together } from "../../shared/node/together.ts"

/** Microseconds. */
export type Times = Record<string, number>

/** What is measured, by name: it is done so many times. */
export type Work = Record<string, (count: number) => Promise<unknown>>

export interface Platform {
  readonly random: (length: number) => Uint8Array
  readonly subtle: SubtleX25519
  /** What nodes there take for HKDF, HMAC and AES-CTR; and all that the platform has for them, by name. */
  readonly symmetric?: Symmetric
  readonly natives?: Record<string, Symmetric>
  readonly wasm: Lioness
}

/** What a node does with a packet that it forwards, in every combination of parts that a platform may choose. */
export async function unwrapWork({ random, subtle, symmetric: native, wasm }: Platform): Promise<Record<string, Work>> {
  async function of(x25519: X25519, symmetric: Symmetric, lioness: Lioness): Promise<Work> {
    const sphinx = createSphinx({ random, x25519, symmetric, lioness })
    const secrets = await Promise.all(Array.from({ length: FORWARD_HOPS }, () => x25519.prepare(random(32))))
    const route = secrets.map(({ publicKey }) => ({ address: random(32), publicKey, delayNanos: 500_000_000n }))
    const { packet } = await sphinx.build({ route, destination: random(32), message: random(BODY_LENGTH), payloadLength: PAYLOAD_LENGTH })
    const opened = await sphinx.open(secrets[0]!, packet)
    const packets = new Array<Uint8Array>(AT_ONCE).fill(packet)
    return {
      open: repeated(() => sphinx.open(secrets[0]!, packet)),
      release: repeated(() => sphinx.release(opened)),
      // As nodes do, as many at once.
      unwrap: async (count) => {
        for (let i = 0; i < count; i += AT_ONCE) await together(packets.slice(0, count - i), async (packet) => sphinx.release(await sphinx.open(secrets[0]!, packet)))
      },
    }
  }
  const webCrypto = webCryptoX25519(subtle)
  const rows: Record<string, Work> = {
    "JavaScript only (noble)": await of(nobleX25519(), nobleSymmetric, nobleLioness),
    "X25519 by WebCrypto": await of(webCrypto, nobleSymmetric, nobleLioness),
    "and LIONESS in WebAssembly": await of(webCrypto, nobleSymmetric, wasm),
  }
  if (native) rows["and HKDF, HMAC, AES-CTR of the platform"] = await of(webCrypto, native, wasm)
  return rows
}

/** The parts by themselves. */
export async function partWork({ random, subtle, natives = {}, wasm }: Platform): Promise<Work> {
  const key = random(192)
  const block = random(PAYLOAD_LENGTH)
  const [secret, beta] = [random(32), random(300)]
  const x25519 = webCryptoX25519(subtle)
  const prepared = await x25519.prepare(secret)
  const works: Work = {
    "LIONESS noble": repeated(() => nobleLioness.decrypt(key, block)),
    "LIONESS WebAssembly": repeated(() => wasm.decrypt(key, block)),
    "X25519, key ready": repeated(() => prepared.sharedSecret(prepared.publicKey)),
    "X25519, key imported": repeated(() => x25519.sharedSecret(secret, prepared.publicKey)),
  }
  for (const [name, symmetric] of Object.entries({ noble: nobleSymmetric, ...natives })) {
    // Those that WebCrypto is taken for by nobody are node:crypto's.
    if (name !== "WebCrypto") {
      works[`HKDF 288, ${name}`] = repeated(() => symmetric.hkdfSha256(secret, new Uint8Array(), beta.subarray(0, 97), 288))
      works[`HMAC 300, ${name}`] = repeated(() => symmetric.hmacSha256(secret, beta))
    }
    works[`AES-CTR 360, ${name}`] = repeated(() => symmetric.aes128Ctr(secret.subarray(0, 16), 360))
  }
  return works
}

/** One after the other. */
export function repeated(work: () => unknown): Work[string] {
  return async (count) => {
    for (let i = 0; i < count; i++) await work()
  }
}
