import { createSphinx, nobleLioness, nobleSymmetric, nobleX25519, webCryptoX25519 } from "sphinx-packet"
import type { Lioness, SubtleX25519, Symmetric, X25519 } from "sphinx-packet"
import { BODY_LENGTH, FORWARD_HOPS, PAYLOAD_LENGTH } from "../../shared/geometry.ts"

/** Microseconds. */
export type Times = Record<string, number>

export interface Platform {
  readonly random: (length: number) => Uint8Array
  readonly now: () => number
  readonly subtle: SubtleX25519
  readonly nodeSymmetric?: Symmetric
  readonly wasm: Lioness
}

const BATCHES = 40
/** ms: the clock of workerd counts them whole. */
const BATCH = 20

/** Microseconds of one call, in the best of a few batches: whatever else the machine does only adds. */
export async function best(now: () => number, work: () => unknown): Promise<number> {
  async function batch(size: number): Promise<number> {
    const from = now()
    for (let i = 0; i < size; i++) await work()
    return now() - from
  }
  let size = 8
  while ((await batch(size)) < BATCH) size *= 2
  let least = Infinity
  for (let i = 0; i < BATCHES; i++) least = Math.min(least, await batch(size))
  return (1000 * least) / size
}

/** What a node does with a packet that it forwards, in every combination of parts that a platform may choose. */
export async function unwrapTimes({ random, now, subtle, nodeSymmetric, wasm }: Platform): Promise<Record<string, Times>> {
  async function of(x25519: X25519, symmetric: Symmetric, lioness: Lioness): Promise<Times> {
    const sphinx = createSphinx({ random, x25519, symmetric, lioness })
    const secrets = await Promise.all(Array.from({ length: FORWARD_HOPS }, () => x25519.prepare(random(32))))
    const route = secrets.map(({ publicKey }) => ({ address: random(32), publicKey, delayNanos: 500_000_000n }))
    const { packet } = await sphinx.build({ route, destination: random(32), message: random(BODY_LENGTH), payloadLength: PAYLOAD_LENGTH })
    const opened = await sphinx.open(secrets[0]!, packet)
    return {
      open: await best(now, () => sphinx.open(secrets[0]!, packet)),
      release: await best(now, () => sphinx.release(opened)),
      unwrap: await best(now, async () => sphinx.release(await sphinx.open(secrets[0]!, packet))),
    }
  }
  const webCrypto = webCryptoX25519(subtle)
  const rows: Record<string, Times> = {
    "all noble": await of(nobleX25519(), nobleSymmetric, nobleLioness),
    "X25519 of WebCrypto": await of(webCrypto, nobleSymmetric, nobleLioness),
    "and LIONESS in WebAssembly": await of(webCrypto, nobleSymmetric, wasm),
  }
  if (nodeSymmetric) rows["and HKDF, HMAC, CTR of node:crypto"] = await of(webCrypto, nodeSymmetric, wasm)
  return rows
}

/** The parts by themselves. */
export async function partTimes({ random, now, subtle, nodeSymmetric, wasm }: Platform): Promise<Times> {
  const key = random(192)
  const block = random(PAYLOAD_LENGTH)
  const [secret, beta] = [random(32), random(300)]
  const x25519 = webCryptoX25519(subtle)
  const prepared = await x25519.prepare(secret)
  const times: Times = {
    "LIONESS noble": await best(now, () => nobleLioness.decrypt(key, block)),
    "LIONESS WebAssembly": await best(now, () => wasm.decrypt(key, block)),
    "X25519, key ready": await best(now, () => prepared.sharedSecret(prepared.publicKey)),
    "X25519, key imported": await best(now, () => x25519.sharedSecret(secret, prepared.publicKey)),
  }
  for (const [name, symmetric] of [["noble", nobleSymmetric], ["node:crypto", nodeSymmetric]] as const) {
    if (symmetric === undefined) continue
    times[`HKDF 288, ${name}`] = await best(now, () => symmetric.hkdfSha256(secret, new Uint8Array(), beta.subarray(0, 97), 288))
    times[`HMAC 300, ${name}`] = await best(now, () => symmetric.hmacSha256(secret, beta))
    times[`AES-CTR 360, ${name}`] = await best(now, () => symmetric.aes128Ctr(secret.subarray(0, 16), 360))
  }
  return times
}
