import { ED25519_TORSION_SUBGROUP, ed25519, x25519 as nobleCurve } from "@noble/curves/ed25519.js"
import fc from "fast-check"
import { SphinxError, createSphinx, nobleX25519, webCryptoX25519 } from "sphinx-packet"
import type { X25519 } from "sphinx-packet"
import { afterEach, describe, expect, test, vi } from "vitest"
import { meet, sequentialChain } from "../../shared/sphinx-packet/src/x25519.ts"
import { implementations, network, platform, seeded } from "./network.ts"

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 })
const unhex = (text: string) => new Uint8Array(Buffer.from(text, "hex"))

/** The u-coordinates that yield zero, and their other encodings. */
const LOW_ORDER = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
].flatMap((text) => {
  const point = unhex(text)
  const highBit = point.slice()
  highBit[31]! |= 0x80
  return [point, highBit]
})

describe.each(implementations)("%s", (_, x25519) => {
  test("gives the values of RFC 7748", async () => {
    const alice = unhex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
    const bob = unhex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")
    const shared = unhex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742")
    const publicKey = unhex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")
    expect(await x25519.publicKey(bob)).toEqual(publicKey)
    expect(await x25519.sharedSecret(bob, alice)).toEqual(shared)
    const prepared = await x25519.prepare(bob)
    expect(prepared.publicKey).toEqual(publicKey)
    expect(await prepared.sharedSecret(alice)).toEqual(shared)
  })

  test("keeps a prepared secret although its bytes are wiped afterwards", async () => {
    const secret = seeded("wiped")(32)
    const prepared = await x25519.prepare(secret)
    const before = await prepared.sharedSecret(prepared.publicKey)
    secret.fill(0)
    expect(await prepared.sharedSecret(prepared.publicKey)).toEqual(before)
  })

  test("applies two secrets to one public key as to two, and refuses one of low order", async () => {
    const random = seeded("met")
    const secret = await x25519.prepare(random(32))
    const publicKey = await x25519.publicKey(random(32))
    const other = random(32)
    const { sharedSecret, times } = await meet(x25519, secret, publicKey)
    expect(sharedSecret).toEqual(await secret.sharedSecret(publicKey))
    expect(await times(other)).toEqual(await x25519.sharedSecret(other, publicKey))
    for (const point of LOW_ORDER) await expect(meet(x25519, secret, point)).rejects.toMatchObject({ name: "SphinxError", reason: "alpha" })
    for (const length of [0, 31, 33]) await expect(meet(x25519, secret, new Uint8Array(length))).rejects.toThrow(RangeError)
  })

  test("refuses every point of low order in every encoding", async () => {
    const secret = seeded("secret")(32)
    const prepared = await x25519.prepare(secret)
    for (const point of LOW_ORDER) {
      await expect(x25519.sharedSecret(secret, point)).rejects.toMatchObject({ name: "SphinxError", reason: "alpha" })
      await expect(prepared.sharedSecret(point)).rejects.toMatchObject({ name: "SphinxError", reason: "alpha" })
    }
  })

  test("refuses to build a route or a SURB over a node whose key is of low order", async () => {
    const nodes = await network(3)
    const sphinx = createSphinx({ random: seeded("build"), x25519 })
    for (const publicKey of LOW_ORDER) {
      for (const at of [0, 2]) {
        const route = nodes.route.with(at, { ...nodes.route[at]!, publicKey })
        const to = { route, destination: new Uint8Array(32), identifier: new Uint8Array(16).fill(1) }
        await expect(sphinx.build({ ...to, message: new Uint8Array(), payloadLength: 33 })).rejects.toMatchObject({ reason: "alpha" })
        await expect(sphinx.createSurb(to)).rejects.toMatchObject({ reason: "alpha" })
      }
    }
  })

  test("refuses a packet whose alpha is of low order", async () => {
    const nodes = await network(1)
    const sphinx = createSphinx({ random: seeded("open"), x25519 })
    const secret = await x25519.prepare(seeded("secret")(32))
    const { packet } = await nodes.sphinx.build({ route: nodes.route, destination: new Uint8Array(32), message: new Uint8Array(), payloadLength: 33 })
    for (const alpha of LOW_ORDER) {
      packet.set(alpha)
      await expect(sphinx.open(secret, packet)).rejects.toMatchObject({ name: "SphinxError", reason: "alpha" })
    }
  })

  test("takes strings of another length for a bug", async () => {
    for (const length of [0, 31, 33]) {
      await expect(x25519.publicKey(new Uint8Array(length))).rejects.toThrow(RangeError)
      await expect(x25519.sharedSecret(new Uint8Array(length), LOW_ORDER[0]!)).rejects.toThrow(RangeError)
      await expect(x25519.sharedSecret(new Uint8Array(32), new Uint8Array(length))).rejects.toThrow(RangeError)
    }
  })
})

test("noble and WebCrypto agree on any 32 bytes, points on the twist and encodings that are not canonical included", async () => {
  const [noble, webCrypto] = [nobleX25519(), platform]
  const shared = (x25519: X25519, secret: Uint8Array, point: Uint8Array) =>
    x25519.sharedSecret(secret, point).catch((error: unknown) => (error instanceof SphinxError ? error.reason : error))
  const nearPrime = fc.integer({ min: 0xed, max: 0xff }).map((low) => Uint8Array.of(low, ...new Array<number>(30).fill(0xff), 0x7f))
  await fc.assert(
    fc.asyncProperty(bytes32, fc.oneof(bytes32, nearPrime), async (secret, point) => {
      expect(await shared(noble, secret, point)).toEqual(await shared(webCrypto, secret, point))
    }),
    { numRuns: 100 },
  )
})

describe("the sender's chain by a product of scalars", () => {
  const plain = sequentialChain(async (scalar) => (point) => platform.sharedSecret(scalar, point))
  const product = nobleX25519().chain!

  /** All that comes out of a chain. The blinding factor is some function of the shared secret. */
  async function secrets(chain: typeof plain, secret: Uint8Array, publicKeys: Uint8Array[]) {
    const shared: Uint8Array[] = []
    const alphas = await chain(secret, publicKeys, (value) => {
      shared.push(value.slice())
      return seeded(Buffer.from(value).toString("hex"))(32)
    })
    return { shared, first: alphas.first, last: await alphas.last() }
  }

  test("equals plain X25519 for any honest keys", async () => {
    const keys = fc.array(bytes32, { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(bytes32, keys, async (secret, nodeSecrets) => {
        const publicKeys = nodeSecrets.map((node) => nobleCurve.getPublicKey(node))
        expect(await secrets(product, secret, publicKeys)).toEqual(await secrets(plain, secret, publicKeys))
      }),
      { numRuns: 20 },
    )
  })

  test("equals plain X25519 for any keys at all: half of random strings are points on the twist, the others have parts of low order", async () => {
    await fc.assert(
      fc.asyncProperty(bytes32, fc.array(bytes32, { minLength: 1, maxLength: 2 }), async (secret, publicKeys) => {
        expect(await secrets(product, secret, publicKeys)).toEqual(await secrets(plain, secret, publicKeys))
      }),
      { numRuns: 20 },
    )
  })

  test("equals plain X25519 for keys to which somebody added a point of low order", async () => {
    const random = seeded("torsion")
    const honest = ed25519.Point.BASE.multiply(123456789n)
    for (const torsion of ED25519_TORSION_SUBGROUP) {
      const { y } = honest.add(ed25519.Point.fromHex(torsion)).toAffine()
      const { Fp } = ed25519.Point
      const publicKey = Fp.toBytes(Fp.div(Fp.add(Fp.ONE, y), Fp.sub(Fp.ONE, y)))
      const publicKeys = [publicKey, nobleCurve.getPublicKey(random(32)), publicKey]
      const secret = random(32)
      expect(await secrets(product, secret, publicKeys)).toEqual(await secrets(plain, secret, publicKeys))
    }
  })

  test("is not needed: an implementation without it builds the same packets", async () => {
    const { publicKey, sharedSecret, prepare } = nobleX25519()
    const nodes = await network(3)
    const to = { route: nodes.route, destination: new Uint8Array(32), message: new Uint8Array(), payloadLength: 33 }
    const without = createSphinx({ random: seeded("same"), x25519: { publicKey, sharedSecret, prepare } })
    const withIt = createSphinx({ random: seeded("same"), x25519: nobleX25519() })
    expect(await without.build(to)).toEqual(await withIt.build(to))
  })
})

describe("the default", () => {
  afterEach(() => {
    vi.unstubAllGlobals()
    vi.resetModules()
  })

  async function chosen() {
    vi.resetModules()
    return (await import("../../shared/sphinx-packet/src/x25519-webcrypto.ts")).defaultX25519()
  }

  test("is WebCrypto where it does X25519, and is tried once", async () => {
    const { subtle } = globalThis.crypto
    const counting = { importKey: vi.fn(subtle.importKey.bind(subtle)), deriveBits: vi.fn(subtle.deriveBits.bind(subtle)) }
    vi.stubGlobal("crypto", { subtle: counting })
    const x25519 = await chosen()
    expect(counting.deriveBits).toHaveBeenCalledTimes(1)
    await x25519.publicKey(new Uint8Array(32).fill(1))
    expect(counting.deriveBits).toHaveBeenCalledTimes(2)
  })

  test.each([
    ["there is no WebCrypto", undefined],
    ["WebCrypto has no subtle (a page without https)", {}],
    [
      "WebCrypto does not know X25519",
      {
        subtle: {
          importKey: async () => {
            throw Object.assign(new Error("Unrecognized name."), { name: "NotSupportedError" })
          },
        },
      },
    ],
    ["WebCrypto is wrong", { subtle: { importKey: async () => ({}), deriveBits: async () => new ArrayBuffer(32) } }],
  ])("is noble where %s", async (_, crypto) => {
    vi.stubGlobal("crypto", crypto)
    const x25519 = await chosen()
    // noble blinds its scalars with random bytes of the platform.
    vi.unstubAllGlobals()
    const secret = new Uint8Array(32).fill(1)
    expect(await x25519.publicKey(secret)).toEqual(nobleCurve.getPublicKey(secret))
  })
})

test("a node imports two keys for each packet: the group element that comes with it, and the factor that it is multiplied by", async () => {
  const { subtle } = globalThis.crypto
  const importKey = vi.fn(subtle.importKey.bind(subtle))
  const counting = webCryptoX25519({ importKey, deriveBits: subtle.deriveBits.bind(subtle) } as never)
  const nodes = await network(2, { x25519: counting })
  const { packet } = await nodes.sphinx.build({ route: nodes.route, destination: new Uint8Array(32), message: new Uint8Array(), payloadLength: 33 })
  importKey.mockClear()
  await nodes.sphinx.release(await nodes.sphinx.open(nodes.secrets[0]!, packet))
  expect(importKey.mock.calls.map(([format]) => format)).toEqual(["raw", "pkcs8"])
})

test("a fault of the platform is not taken for a hostile packet", async () => {
  const failing = webCryptoX25519({
    importKey: async () => ({}),
    deriveBits: async () => {
      throw Object.assign(new Error("out of memory"), { name: "UnknownError" })
    },
  })
  await expect(failing.sharedSecret(new Uint8Array(32), new Uint8Array(32))).rejects.not.toBeInstanceOf(SphinxError)
})

test("a platform that refuses secrets beginning with a zero, as WebKitGTK does, is never given one, and agrees all the same", async () => {
  const subtle = crypto.subtle
  const touchy = webCryptoX25519({
    importKey: async (format, data, algorithm, extractable, usages) => {
      if (format === "pkcs8" && data.at(-32) === 0) throw new DOMException("refused", "DataError")
      return subtle.importKey(format as "raw", data, algorithm, extractable, usages)
    },
    deriveBits: (algorithm, key, length) => subtle.deriveBits(algorithm as never, key as never, length),
  })
  const secret = new Uint8Array(32).fill(5).fill(0, 0, 2)
  const point = await nobleX25519().publicKey(new Uint8Array(32).fill(9))
  expect(await touchy.sharedSecret(secret, point)).toEqual(await nobleX25519().sharedSecret(secret, point))
  expect(await touchy.publicKey(secret)).toEqual(await nobleX25519().publicKey(secret))
})
