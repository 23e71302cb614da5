import { createSphinx, nobleLioness, nobleSymmetric, nobleX25519, webCryptoX25519 } from "sphinx-packet"
import type { Lioness, SubtleX25519, Symmetric, X25519 } from "sphinx-packet"
import { BODY_LENGTH, FORWARD_HOPS, PAYLOAD_LENGTH } from "../../shared/geometry.ts"

/** Microseconds, median. */
export type Times = Record<string, number>

export interface Platform {
  readonly random: (length: number) => Uint8Array
  readonly now: () => number
  readonly subtle: SubtleX25519
  readonly nodeSymmetric?: Symmetric
  readonly wasm: Lioness
}

const BATCHES = 15

/** The median of batches of `size`: clocks of platforms are coarse. */
export async function median(now: () => number, size: number, work: () => unknown): Promise<number> {
  const times: number[] = []
  for (let batch = -3; batch < BATCHES; batch++) {
    const from = now()
    for (let i = 0; i < size; i++) await work()
    if (batch >= 0) times.push((1000 * (now() - from)) / size)
  }
  return times.sort((a, b) => a - b)[BATCHES >> 1]!
}

/** What a node does with a packet that it forwards, in every combination of parts that a platform may choose. */
export async function unwrapTimes({ random, now, subtle, nodeSymmetric, wasm }: Platform): Promise<Record<string, Times>> {
  async function of(x25519: X25519, symmetric: Symmetric, lioness: Lioness, size: number): Promise<Times> {
    const sphinx = createSphinx({ random, x25519, symmetric, lioness })
    const secrets = await Promise.all(Array.from({ length: FORWARD_HOPS }, () => x25519.prepare(random(32))))
    const route = secrets.map(({ publicKey }) => ({ address: random(32), publicKey, delayNanos: 500_000_000n }))
    const { packet } = await sphinx.build({ route, destination: random(32), message: random(BODY_LENGTH), payloadLength: PAYLOAD_LENGTH })
    const opened = await sphinx.open(secrets[0]!, packet)
    return {
      open: await median(now, size, () => sphinx.open(secrets[0]!, packet)),
      release: await median(now, size, () => sphinx.release(opened)),
      unwrap: await median(now, size, async () => sphinx.release(await sphinx.open(secrets[0]!, packet))),
    }
  }
  const webCrypto = webCryptoX25519(subtle)
  const rows: Record<string, Times> = {
    "all noble": await of(nobleX25519(), nobleSymmetric, nobleLioness, 20),
    "X25519 of WebCrypto": await of(webCrypto, nobleSymmetric, nobleLioness, 50),
    "and LIONESS in WebAssembly": await of(webCrypto, nobleSymmetric, wasm, 100),
  }
  if (nodeSymmetric) rows["and HKDF, HMAC, CTR of node:crypto"] = await of(webCrypto, nodeSymmetric, wasm, 200)
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
    "LIONESS noble": await median(now, 50, () => nobleLioness.decrypt(key, block)),
    "LIONESS WebAssembly": await median(now, 500, () => wasm.decrypt(key, block)),
    "X25519, key ready": await median(now, 200, () => prepared.sharedSecret(prepared.publicKey)),
    "X25519, key imported": await median(now, 200, () => x25519.sharedSecret(secret, prepared.publicKey)),
  }
  for (const [name, symmetric] of [["noble", nobleSymmetric], ["node:crypto", nodeSymmetric]] as const) {
    if (symmetric === undefined) continue
    times[`HKDF 288, ${name}`] = await median(now, 200, () => symmetric.hkdfSha256(secret, new Uint8Array(), beta.subarray(0, 97), 288))
    times[`HMAC 300, ${name}`] = await median(now, 200, () => symmetric.hmacSha256(secret, beta))
    times[`AES-CTR 360, ${name}`] = await median(now, 200, () => symmetric.aes128Ctr(secret.subarray(0, 16), 360))
  }
  return times
}
