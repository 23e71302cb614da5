import fc from "fast-check"
import { HEADER_LENGTH, SphinxError, createSphinx, recoverPlaintext } from "sphinx-packet"
import type { SphinxErrorReason } from "sphinx-packet"
import { describe, expect, test } from "vitest"
import { buildRouting, gammaOf } from "../../shared/sphinx-packet/src/header.ts"
import { hopKeys, payloadKey } from "../../shared/sphinx-packet/src/keys.ts"
import { nobleLioness } from "../../shared/sphinx-packet/src/lioness.ts"
import { addLayers, padMessage } from "../../shared/sphinx-packet/src/payload.ts"
import { nobleSymmetric } from "../../shared/sphinx-packet/src/symmetric.ts"
import { flipped, implementations, network, platform, seeded, travel } from "./network.ts"
import type { Network } from "./network.ts"

const ALPHA_HIGH_BIT = 255
const message = new TextEncoder().encode("a message of some length")

async function sent(nodes: Network, payloadLength = 200): Promise<Uint8Array> {
  const { packet } = await nodes.sphinx.build({ route: nodes.route, destination: new Uint8Array(32), message, payloadLength })
  return packet
}

/** The reason for which it was refused, or what came of it. */
async function refusal(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => "accepted",
    (error: unknown) => (error instanceof SphinxError ? error.reason : error),
  )
}

/** A packet for one hop whose slot says what no sender of ours would write. */
async function forged(publicKeySecret: Uint8Array, version: number, slotFlag = 2): Promise<Uint8Array> {
  const secret = seeded("forged")(32)
  const { x25519 } = forgery
  const keys = hopKeys(nobleSymmetric, x25519.getSharedSecret(secret, x25519.getPublicKey(publicKeySecret)))
  const hop = { keys, address: new Uint8Array(32), delayNanos: 0n }
  const { first } = await buildRouting(nobleSymmetric, version & 0xffff, [hop], new Uint8Array(32), new Uint8Array(16), seeded("padding")(248))
  const beta = first.beta.slice()
  beta[0]! ^= 2 ^ slotFlag
  beta[1]! ^= version >> 16
  const gamma = gammaOf(nobleSymmetric, keys, beta)
  const delta = addLayers(nobleLioness, padMessage(message, 100), [payloadKey(nobleSymmetric, keys, version & 0xffff)])
  return new Uint8Array(Buffer.concat([x25519.getPublicKey(secret), gamma, beta, delta]))
}

const forgery = await import("@noble/curves/ed25519.js")

test("a packet with any one bit of its header flipped is refused by its MAC", async () => {
  const nodes = await network(3)
  const packet = await sent(nodes)
  for (let bit = 0; bit < 8 * HEADER_LENGTH; bit++) {
    if (bit === ALPHA_HIGH_BIT) continue
    expect(await refusal(nodes.sphinx.open(nodes.secrets[0]!, flipped(packet, bit))), `bit ${bit}`).toBe("mac")
  }
})

test("a packet with any one byte of its header changed is refused, by noble as well", async () => {
  const nodes = await network(1, { x25519: implementations[0]![1] })
  const packet = await sent(nodes)
  for (let byte = 0; byte < HEADER_LENGTH; byte++) {
    expect(await refusal(nodes.sphinx.open(nodes.secrets[0]!, flipped(packet, 8 * byte))), `byte ${byte}`).toBe("mac")
  }
})

test("a packet with one bit of its payload flipped travels on, and its message is destroyed at the end", async () => {
  const nodes = await network(3)
  const packet = await sent(nodes)
  const untouched = await travel(nodes, packet)
  for (let byte = HEADER_LENGTH; byte < packet.length; byte++) {
    const { released, opened } = await travel(nodes, flipped(packet, 8 * byte + (byte % 8)))
    expect(opened.replayTag).toEqual(untouched.opened.replayTag)
    if (released.kind !== "final" || untouched.released.kind !== "final") throw new Error("not final")
    expect({ ...released, payload: undefined }).toEqual({ ...untouched.released, payload: undefined })
    expect(() => recoverPlaintext(released.payload)).toThrow(SphinxError)
  }
})

test("the highest bit of alpha, which X25519 ignores, changes neither the replay tag nor what is released", async () => {
  for (const [, x25519] of implementations) {
    const nodes = await network(2, { x25519 })
    const packet = await sent(nodes)
    const one = await nodes.sphinx.open(nodes.secrets[0]!, packet)
    const two = await nodes.sphinx.open(nodes.secrets[0]!, flipped(packet, ALPHA_HIGH_BIT))
    expect(two.replayTag).toEqual(one.replayTag)
    expect(await nodes.sphinx.release(two)).toEqual(await nodes.sphinx.release(one))
  }
})

test("replay tags are 32 bytes and differ from packet to packet and from hop to hop", async () => {
  const nodes = await network(2)
  const packets = [await sent(nodes), await sent(nodes)]
  const tags = await Promise.all(packets.flatMap((packet) => [travel(nodes, packet, 1), travel(nodes, packet)]))
  expect(new Set(tags.map(({ opened }) => Buffer.from(opened.replayTag).toString("hex"))).size).toBe(4)
  expect(tags[0]!.opened.replayTag.length).toBe(32)
})

test("a packet for another node is refused", async () => {
  const nodes = await network(2)
  expect(await refusal(nodes.sphinx.open(nodes.secrets[1]!, await sent(nodes)))).toBe("mac")
})

test("whatever is too short for a header and a payload is refused, and the shortest payload is not", async () => {
  const nodes = await network(1)
  const packet = await sent(nodes, 100)
  for (let length = 0; length <= HEADER_LENGTH + 32; length++) {
    expect(await refusal(nodes.sphinx.open(nodes.secrets[0]!, packet.subarray(0, length))), `${length}`).toBe("length")
  }
  const { released } = await travel(nodes, packet.subarray(0, HEADER_LENGTH + 33))
  expect(released.kind).toBe("final")
})

test("a packet that was cut or prolonged loses its message and nothing else", async () => {
  const nodes = await network(3)
  const packet = await sent(nodes)
  const shorter = [packet.subarray(0, -1), packet.subarray(0, HEADER_LENGTH + 40)]
  const longer = [new Uint8Array([...packet, 0]), new Uint8Array([...packet, ...packet])]
  for (const other of [...shorter, ...longer]) {
    const { released } = await travel(nodes, other)
    if (released.kind !== "final") throw new Error("not final")
    expect(() => recoverPlaintext(released.payload)).toThrow(SphinxError)
  }
})

test("random packets of any length are refused with nothing but a SphinxError", async () => {
  const nodes = await network(1)
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 1000, size: "max" }), async (packet) => {
      expect(["length", "mac", "alpha"]).toContain(await refusal(nodes.sphinx.open(nodes.secrets[0]!, packet)))
    }),
    { numRuns: 500 },
  )
})

test("opening and releasing leave the packet as it is", async () => {
  const nodes = await network(2)
  const packet = await sent(nodes)
  const before = packet.slice()
  await travel(nodes, packet)
  expect(packet).toEqual(before)
})

test("all refusals look the same but for the reason, which is for counters", async () => {
  const reasons: SphinxErrorReason[] = ["length", "alpha", "mac", "version", "flag", "payload"]
  expect(new Set(reasons.map((reason) => String(new SphinxError(reason)))).size).toBe(1)
})

describe("what only a sender who breaks the format can make", () => {
  const secretBytes = seeded("node")(32)
  const strict = createSphinx({ random: seeded("unused"), x25519: platform })
  const lenient = createSphinx({ random: seeded("unused"), x25519: platform, strictVersions: false })

  async function released(sphinx: typeof strict, packet: Uint8Array) {
    return sphinx.release(await sphinx.open(await platform.prepare(secretBytes), packet))
  }

  test("versions 258, 259 and 260 are released", async () => {
    for (const version of [258, 259, 260]) {
      for (const sphinx of [strict, lenient]) {
        const final = await released(sphinx, await forged(secretBytes, version))
        expect(final).toMatchObject({ kind: "final", version })
        if (final.kind === "final") expect(recoverPlaintext(final.payload)).toEqual(message)
      }
    }
  })

  test("versions 1 and 257 are refused, strictly or not", async () => {
    for (const version of [1, 257]) {
      for (const sphinx of [strict, lenient]) expect(await refusal(released(sphinx, await forged(secretBytes, version)))).toBe("version")
    }
  })

  test("unknown versions are refused, and processed as 259 where that was asked for", async () => {
    for (const version of [0, 256, 261, 65535, 0x070103]) {
      expect(await refusal(released(strict, await forged(secretBytes, version)))).toBe("version")
      const final = await released(lenient, await forged(secretBytes, version))
      expect(final).toMatchObject({ kind: "final", version: version & 0xffff })
      if (final.kind === "final") expect(recoverPlaintext(final.payload)).toEqual(message)
    }
  })

  test("unknown flags are refused", async () => {
    for (let flag = 0; flag < 256; flag++) {
      if (flag === 1 || flag === 2) continue
      expect(await refusal(released(strict, await forged(secretBytes, 260, flag)))).toBe("flag")
    }
  })
})

describe("a padded payload", () => {
  const zeros = new Array<number>(16).fill(0)

  test("ends with the last 1, whatever comes behind it, as in the Rust crate", () => {
    expect(recoverPlaintext(Uint8Array.of(...zeros, 7, 1, 8, 1, 0, 0))).toEqual(Uint8Array.of(7, 1, 8))
    expect(recoverPlaintext(Uint8Array.of(...zeros, 5, 1, 9, 9))).toEqual(Uint8Array.of(5))
    expect(recoverPlaintext(Uint8Array.of(...zeros, 1))).toEqual(new Uint8Array())
  })

  test("without sixteen zeros in front or an end is refused", () => {
    for (let at = 0; at < 16; at++) expect(() => recoverPlaintext(flipped(Uint8Array.of(...zeros, 5, 1), 8 * at))).toThrow(SphinxError)
    for (const payload of [[], [1], zeros, [...zeros, 5, 0], [...zeros.slice(1), 1]]) {
      expect(() => recoverPlaintext(Uint8Array.from(payload))).toThrow(SphinxError)
    }
  })
})
