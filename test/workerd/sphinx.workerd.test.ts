import nodeCrypto from "node:crypto"
import { reset } from "cloudflare:test"
import { env } from "cloudflare:workers"
import type { Lioness, Symmetric } from "sphinx-packet"
import { createSphinx, nobleLioness, nobleSymmetric, nobleX25519, nodeSymmetric, wasmLioness, workerSymmetric } from "sphinx-packet"
import lioness from "sphinx-packet/lioness.wasm"
import { afterEach, expect, test, vi } from "vitest"
import { workerSphinx } from "../../shared/node/worker/sphinx.ts"
import { PacketMaker } from "../nodes/packets.ts"
import { seeded } from "../nodes/seeded.ts"
import { descriptorOf, internet, link, neighbour, packetsIn, publish } from "./surroundings.ts"

const random = seeded("sphinx in workerd")

afterEach(async () => {
  vi.restoreAllMocks()
  await reset()
})

test("LIONESS in WebAssembly does in workerd what noble does, at many lengths", async () => {
  const wasm = await wasmLioness(lioness)
  for (const length of [33, 34, 159, 160, 161, 287, 288, 289, 1024, 4113, 70_000]) {
    for (const direction of ["encrypt", "decrypt"] as const satisfies (keyof Lioness)[]) {
      const key = random(192)
      const ours = random(length)
      const theirs = ours.slice()
      wasm[direction](key, ours)
      nobleLioness[direction](key, theirs)
      expect(ours).toEqual(theirs)
    }
  }
})

test("HKDF, HMAC and AES-CTR of the platform give in workerd what noble's give", async () => {
  const results = ({ hkdfSha256, hmacSha256, aes128Ctr }: Symmetric) => {
    const bytes = seeded("primitives")
    return Promise.all([
      ...[1, 32, 192, 288].map((length) => hkdfSha256(bytes(32), bytes(length === 32 ? 0 : 44), bytes(97), length)),
      ...[0, 1, 64, 300].map((length) => hmacSha256(bytes(16), bytes(length))),
      ...[1, 16, 17, 360, 361, 1000].map((length) => aes128Ctr(bytes(16), length)),
    ])
  }
  expect(await results(nodeSymmetric(nodeCrypto))).toEqual(await results(nobleSymmetric))
  expect(await results(workerSymmetric(nodeCrypto, crypto.subtle))).toEqual(await results(nobleSymmetric))
})

test("a node's packet format releases what that of noble releases", async () => {
  const plain = createSphinx({ random, x25519: nobleX25519() })
  const { sphinx, x25519 } = await workerSphinx(random)
  const secrets = [random(32), random(32)]
  const route = await Promise.all(secrets.map(async (secret) => ({ address: random(32), publicKey: await x25519.publicKey(secret), delayNanos: 5n })))
  const { packet } = await plain.build({ route, destination: random(32), message: random(700), payloadLength: 1024 })
  let arrived = packet
  for (const secret of secrets) {
    const ours = await sphinx.release(await sphinx.open(await x25519.prepare(secret), arrived))
    const theirs = await plain.release(await plain.open(await nobleX25519().prepare(secret), arrived))
    expect(ours).toEqual(theirs)
    if (ours.kind === "forward") arrived = ours.packet
  }
})

test("a mix takes the layer off a packet by the module in WebAssembly", async () => {
  let decrypted = 0
  const instantiate = WebAssembly.instantiate.bind(WebAssembly)
  vi.spyOn(WebAssembly, "instantiate").mockImplementation(async (module: object) => {
    const { exports } = await instantiate(module as WebAssembly.Module)
    const { decrypt } = exports as { decrypt(length: number): void }
    return { exports: { ...exports, decrypt: (length: number) => (decrypted++, decrypt(length)) } } as never
  })
  const sent = internet()
  const mix = env.MIX.get(env.MIX.idFromName("node"))
  const self = await descriptorOf(mix)
  const [third, second, dropbox] = await Promise.all([
    neighbour("https://third.test", "mix", 3),
    neighbour("https://second.test", "mix", 2),
    neighbour("https://dropbox.test", "dropbox", 0),
  ])
  const directory = await publish(mix, [self, second.entry, third.entry, dropbox.entry])
  const maker = new PacketMaker("client", () => ({ directory, now: Date.now() }))
  const packet = await maker.packet([self, second.entry, third.entry, dropbox.entry].map((node) => ({ node, delay: 0 })))
  await link(mix, dropbox, self, packet)
  await vi.waitFor(() => expect(sent).toHaveLength(1))
  expect(await packetsIn(sent[0]!, self, second)).toHaveLength(1)
  expect(decrypted).toBe(1)
})
