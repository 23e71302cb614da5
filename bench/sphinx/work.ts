import { createSphinx, nobleLioness, nobleSymmetric, nobleX25519, webCryptoX25519 } from "sphinx-packet"
import type { Lioness, SubtleX25519, Symmetric, X25519 } from "sphinx-packet"
import { BODY_LENGTH, FORWARD_HOPS, PAYLOAD_LENGTH } from "../../shared/geometry.ts"

/** Microseconds. */
export type Times = Record<string, number>

/** What is measured, by name. */
export type Work = Record<string, () => unknown>

export interface Platform {
  readonly random: (length: number) => Uint8Array
  readonly subtle: SubtleX25519
  readonly nodeSymmetric?: Symmetric
  readonly wasm: Lioness
}

/** What a node does with a packet that it forwards, in every combination of parts that a platform may choose. */
export async function unwrapWork({ random, subtle, nodeSymmetric, wasm }: Platform): Promise<Record<string, Work>> {
  async function of(x25519: X25519, symmetric: Symmetric, lioness: Lioness): Promise<Work> {
    const sphinx = createSphinx({ random, x25519, symmetric, lioness })
    const secrets = await Promise.all(Array.from({ length: FORWARD_HOPS }, () => x25519.prepare(random(32))))
    const route = secrets.map(({ publicKey }) => ({ address: random(32), publicKey, delayNanos: 500_000_000n }))
    const { packet } = await sphinx.build({ route, destination: random(32), message: random(BODY_LENGTH), payloadLength: PAYLOAD_LENGTH })
    const opened = await sphinx.open(secrets[0]!, packet)
    return {
      open: () => sphinx.open(secrets[0]!, packet),
      release: () => sphinx.release(opened),
      unwrap: async () => sphinx.release(await sphinx.open(secrets[0]!, packet)),
    }
  }
  const webCrypto = webCryptoX25519(subtle)
  const rows: Record<string, Work> = {
    "JavaScript only (noble)": await of(nobleX25519(), nobleSymmetric, nobleLioness),
    "X25519 by WebCrypto": await of(webCrypto, nobleSymmetric, nobleLioness),
    "and LIONESS in WebAssembly": await of(webCrypto, nobleSymmetric, wasm),
  }
  if (nodeSymmetric) rows["and HKDF, HMAC, AES-CTR by node:crypto"] = await of(webCrypto, nodeSymmetric, wasm)
  return rows
}

/** The parts by themselves. */
export async function partWork({ random, subtle, nodeSymmetric, wasm }: Platform): Promise<Work> {
  const key = random(192)
  const block = random(PAYLOAD_LENGTH)
  const [secret, beta] = [random(32), random(300)]
  const x25519 = webCryptoX25519(subtle)
  const prepared = await x25519.prepare(secret)
  const works: Work = {
    "LIONESS noble": () => nobleLioness.decrypt(key, block),
    "LIONESS WebAssembly": () => wasm.decrypt(key, block),
    "X25519, key ready": () => prepared.sharedSecret(prepared.publicKey),
    "X25519, key imported": () => x25519.sharedSecret(secret, prepared.publicKey),
  }
  for (const [name, symmetric] of [["noble", nobleSymmetric], ["node:crypto", nodeSymmetric]] as const) {
    if (symmetric === undefined) continue
    works[`HKDF 288, ${name}`] = () => symmetric.hkdfSha256(secret, new Uint8Array(), beta.subarray(0, 97), 288)
    works[`HMAC 300, ${name}`] = () => symmetric.hmacSha256(secret, beta)
    works[`AES-CTR 360, ${name}`] = () => symmetric.aes128Ctr(secret.subarray(0, 16), 360)
  }
  return works
}
