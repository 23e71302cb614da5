/**
 * Times of the packet format, in microseconds, at the network's own sizes:
 *   node scripts/n.mjs node bench/sphinx.ts
 * What clients do, in this Node; what a node does with a packet that it forwards, in this Node, in workerd and, where cargo is installed, in the
 * Rust crate, one after the other: compare figures of one run.
 */
import * as nodeCrypto from "node:crypto"
import { readFileSync } from "node:fs"
import { createSphinx, nobleLioness, nobleSymmetric, nobleX25519, nodeSymmetric, wasmLioness, webCryptoX25519 } from "sphinx-packet"
import type { Lioness, PreparedSecret, RouteHop, Symmetric, X25519 } from "sphinx-packet"
import { BODY_LENGTH, FORWARD_HOPS, PAYLOAD_LENGTH, REPLY_HOPS } from "../shared/geometry.ts"
import { crateTime } from "./sphinx/crate.ts"
import type { Times } from "./sphinx/unwrap.ts"
import { best, partTimes, unwrapTimes } from "./sphinx/unwrap.ts"
import { timesInWorkerd } from "./sphinx/workerd.ts"

const random = (length: number) => new Uint8Array(nodeCrypto.randomBytes(length))
const now = () => performance.now()

async function makeRoute(x25519: X25519, hops: number): Promise<{ route: RouteHop[]; secrets: PreparedSecret[] }> {
  const secrets = await Promise.all(Array.from({ length: hops }, () => x25519.prepare(random(32))))
  return { secrets, route: secrets.map(({ publicKey }) => ({ address: random(32), publicKey, delayNanos: 500_000_000n })) }
}

async function clientTimes(x25519: X25519, lioness: Lioness, symmetric: Symmetric): Promise<Times> {
  const sphinx = createSphinx({ random, x25519, lioness, symmetric })
  const message = random(BODY_LENGTH)
  const forward = await makeRoute(x25519, FORWARD_HOPS)
  const back = await makeRoute(x25519, REPLY_HOPS)
  const request = { route: forward.route, destination: random(32), message, payloadLength: PAYLOAD_LENGTH }
  const block = { route: back.route, destination: random(32), identifier: random(16) }
  const { surb, recovery } = await sphinx.createSurb(block)
  let arrived = (await sphinx.useSurb(surb, message, PAYLOAD_LENGTH)).packet
  for (const secret of back.secrets.slice(0, -1)) {
    const released = await sphinx.release(await sphinx.open(secret, arrived))
    if (released.kind === "forward") arrived = released.packet
  }
  const time = (work: () => Promise<unknown>) => best(now, work)
  return {
    [`build, ${FORWARD_HOPS} hops`]: await time(() => sphinx.build(request)),
    [`createSurb, ${REPLY_HOPS} hops`]: await time(() => sphinx.createSurb(block)),
    useSurb: await time(() => sphinx.useSurb(surb, message, PAYLOAD_LENGTH)),
    [`recoverReply, ${REPLY_HOPS} hops`]: await time(() => sphinx.recoverReply(recovery, arrived)),
  }
}

function print(title: string, rows: Record<string, Times>): void {
  console.log(`\n${title}`)
  console.table(Object.fromEntries(Object.entries(rows).map(([name, times]) => [name, rounded(times)])))
}

const columns = (times: Times) => Object.fromEntries(Object.entries(times).map(([name, time]) => [name, { µs: time }]))

function rounded(times: Times): Times {
  return Object.fromEntries(Object.entries(times).map(([name, time]) => [name, Number(time.toFixed(1))]))
}

const wasm = await wasmLioness(readFileSync(new URL(import.meta.resolve("sphinx-packet/lioness.wasm"))))
const webCrypto = webCryptoX25519(globalThis.crypto.subtle)
const platform = { random, now, subtle: globalThis.crypto.subtle, nodeSymmetric: nodeSymmetric(nodeCrypto), wasm }

console.log(`Payload ${PAYLOAD_LENGTH} bytes, version 260, best of a few batches, µs`)
print(`Clients, in Node ${process.versions.node}`, {
  "all noble": await clientTimes(nobleX25519(), nobleLioness, nobleSymmetric),
  "X25519 of WebCrypto": await clientTimes(webCrypto, nobleLioness, nobleSymmetric),
  "and LIONESS in WebAssembly": await clientTimes(webCrypto, wasm, nobleSymmetric),
})
print("The parts, in Node", columns(await partTimes(platform)))
print("A packet forwarded, in Node", await unwrapTimes(platform))
const workerd = await timesInWorkerd()
const crate = await crateTime()
print("The parts, in workerd", columns(workerd.parts))
print("A packet forwarded, in workerd", workerd.unwrap)
const ours = Object.values(workerd.unwrap).at(-1)!.unwrap!
console.log(
  crate === null
    ? "\ncargo is not installed, or the crate does not build: nothing to compare with."
    : `\nThe same by the Rust crate: ${crate.toFixed(1)}. In workerd it takes ${(ours / crate).toFixed(2)} times as long.`,
)
