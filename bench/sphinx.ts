/**
 * Times of the packet format in this Node, with both implementations of X25519:
 *   node scripts/n.mjs node bench/sphinx.ts
 * Medians in microseconds, one thing after the other, at the network's own sizes.
 */
import { createCipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto"
import { createSphinx, nobleX25519, webCryptoX25519 } from "sphinx-packet"
import type { PreparedSecret, RouteHop, Symmetric, X25519 } from "sphinx-packet"
import { BODY_LENGTH, FORWARD_HOPS, PAYLOAD_LENGTH, REPLY_HOPS } from "../shared/geometry.ts"

const ROUNDS = 300
const random = (length: number) => new Uint8Array(randomBytes(length))

/** What a server may hand in instead of noble's. */
const nodeSymmetric: Symmetric = {
  hkdfSha256: (secret, salt, info, length) => new Uint8Array(hkdfSync("sha256", secret, salt, info, length)),
  hmacSha256: (key, data) => createHmac("sha256", key).update(data).digest(),
  aes128Ctr: (key, length) => createCipheriv("aes-128-ctr", key, new Uint8Array(16)).update(new Uint8Array(length)),
}

async function median(work: () => Promise<unknown>): Promise<string> {
  for (let i = 0; i < ROUNDS / 5; i++) await work()
  const times: number[] = []
  for (let i = 0; i < ROUNDS; i++) {
    const from = performance.now()
    await work()
    times.push(performance.now() - from)
  }
  return (1000 * times.sort((a, b) => a - b)[ROUNDS >> 1]!).toFixed(0)
}

async function makeRoute(x25519: X25519, hops: number): Promise<{ route: RouteHop[]; secrets: PreparedSecret[] }> {
  const secrets = await Promise.all(Array.from({ length: hops }, () => x25519.prepare(random(32))))
  return { secrets, route: secrets.map(({ publicKey }) => ({ address: random(32), publicKey, delayNanos: 500_000_000n })) }
}

async function measure(x25519: X25519, symmetric?: Symmetric) {
  const sphinx = createSphinx({ random, x25519, ...(symmetric && { symmetric }) })
  const message = random(BODY_LENGTH)
  const forward = await makeRoute(x25519, FORWARD_HOPS)
  const back = await makeRoute(x25519, REPLY_HOPS)
  const request = { route: forward.route, destination: random(32), message, payloadLength: PAYLOAD_LENGTH }
  const block = { route: back.route, destination: random(32), identifier: random(16) }

  const { packet } = await sphinx.build(request)
  const { surb, recovery } = await sphinx.createSurb(block)
  let arrived = (await sphinx.useSurb(surb, message, PAYLOAD_LENGTH)).packet
  for (const secret of back.secrets.slice(0, -1)) {
    const released = await sphinx.release(await sphinx.open(secret, arrived))
    if (released.kind === "forward") arrived = released.packet
  }
  const opened = await sphinx.open(forward.secrets[0]!, packet)
  return {
    [`build, ${FORWARD_HOPS} hops`]: await median(() => sphinx.build(request)),
    [`createSurb, ${REPLY_HOPS} hops`]: await median(() => sphinx.createSurb(block)),
    useSurb: await median(() => sphinx.useSurb(surb, message, PAYLOAD_LENGTH)),
    open: await median(() => sphinx.open(forward.secrets[0]!, packet)),
    "release, forward": await median(() => sphinx.release(opened)),
    "open + release": await median(async () => sphinx.release(await sphinx.open(forward.secrets[0]!, packet))),
    [`recoverReply, ${REPLY_HOPS} hops`]: await median(() => sphinx.recoverReply(recovery, arrived)),
  }
}

console.log(`Node ${process.versions.node}, payload ${PAYLOAD_LENGTH} bytes, version 260, median of ${ROUNDS}, µs`)
const webCrypto = webCryptoX25519(globalThis.crypto.subtle)
console.table({
  noble: await measure(nobleX25519()),
  "X25519 of WebCrypto": await measure(webCrypto),
  "and node:crypto for HKDF, HMAC, CTR": await measure(webCrypto, nodeSymmetric),
})
