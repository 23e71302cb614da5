import { ed25519 } from "@noble/curves/ed25519.js"
import { sha512 } from "@noble/hashes/sha2.js"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { concat, fromHex, toHex } from "../../shared/bytes.ts"
import {
  basePoint,
  GROUP_ORDER,
  isPrimeOrderPoint,
  littleEndian,
  multiplyPoint,
  passingPoint,
  publicEd25519,
  scalarBytes,
  signEd25519,
  signWithScalar,
  verifyEd25519,
  wideReduce,
} from "../../shared/ed25519.ts"
import { utf8 } from "../../shared/text.ts"
import { seeded } from "../nodes/seeded.ts"
import { flipped } from "./codec.ts"
import { lenient, NOT_CANONICAL, OF_SMALL_ORDER } from "./points.ts"

/** RFC 8032 section 7.1: seed, public key, message, signature. */
const published = [
  [
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  ],
  [
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  ],
  [
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    "af82",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  ],
] as const

describe("signatures", () => {
  test.each(published)("of the seed %s are those of RFC 8032", async (seed, publicKey, message, signature) => {
    expect(toHex(publicEd25519(fromHex(seed)))).toBe(publicKey)
    expect(toHex(signEd25519(fromHex(seed), fromHex(message)))).toBe(signature)
    expect(await verifyEd25519(fromHex(publicKey), fromHex(message), fromHex(signature))).toBe(true)
  })

  const seed = new Uint8Array(32).fill(7)
  const message = utf8("to be signed")
  const signature = signEd25519(seed, message)
  const key = publicEd25519(seed)

  test("with any bit of signature, key or message changed do not verify", async () => {
    for (let bit = 0; bit < 512; bit++) expect(await verifyEd25519(key, message, flipped(signature, bit)), `signature bit ${bit}`).toBe(false)
    for (let bit = 0; bit < 256; bit++) expect(await verifyEd25519(flipped(key, bit), message, signature), `key bit ${bit}`).toBe(false)
    for (let bit = 0; bit < 8 * message.length; bit++) expect(await verifyEd25519(key, flipped(message, bit), signature)).toBe(false)
  })

  test("whose scalar is not reduced do not verify: there is one signature of each kind", async () => {
    const larger = littleEndian(signature.slice(32)) + GROUP_ORDER
    expect(await verifyEd25519(key, message, concat(signature.slice(0, 32), scalarBytes(larger)))).toBe(false)
  })

  test("of another length, or under a key of another length, are false and no error", async () => {
    for (const length of [0, 1, 63, 65, 128]) expect(await verifyEd25519(key, message, new Uint8Array(length))).toBe(false)
    for (const length of [0, 31, 33, 64]) expect(await verifyEd25519(new Uint8Array(length), message, signature)).toBe(false)
    expect(await verifyEd25519(new Uint8Array(32).fill(255), message, signature)).toBe(false)
  })
})

describe("scalars", () => {
  test("are little-endian and come back from 32 bytes", () => {
    fc.assert(fc.property(fc.bigInt({ min: 0n, max: GROUP_ORDER - 1n }), (scalar) => {
      expect(littleEndian(scalarBytes(scalar))).toBe(scalar)
    }))
    expect(littleEndian(Uint8Array.of(1, 2))).toBe(0x0201n)
    expect(scalarBytes(0x0201n).slice(0, 3)).toEqual(Uint8Array.of(1, 2, 0))
  })

  test("are what is left of 64 bytes modulo the group's order", () => {
    const order = 2n ** 252n + 27742317777372353535851937790883648493n
    expect(GROUP_ORDER).toBe(order)
    expect(wideReduce(new Uint8Array(64))).toBe(0n)
    expect(wideReduce(new Uint8Array(64).fill(255))).toBe((2n ** 512n - 1n) % order)
    expect(wideReduce(concat(scalarBytes(order), new Uint8Array(32)))).toBe(0n)
    for (const length of [0, 32, 63, 65]) expect(() => wideReduce(new Uint8Array(length))).toThrow(RangeError)
  })

  test("multiply points: a·(b·B) is (a·b)·B", () => {
    const random = seeded("scalars")
    for (let i = 0; i < 8; i++) {
      const a = wideReduce(random(64))
      const b = wideReduce(random(64))
      expect(toHex(multiplyPoint(basePoint(b), a))).toBe(toHex(basePoint((a * b) % GROUP_ORDER)))
      expect(toHex(passingPoint(a))).toBe(toHex(basePoint(a)))
    }
    expect(toHex(basePoint(1n))).toBe(`58${"66".repeat(31)}`)
  })
})

describe("signatures by a bare scalar", () => {
  const random = seeded("bare scalars")
  const message = utf8("written")

  test("verify under the scalar's point, with WebCrypto and with noble", async () => {
    for (let i = 0; i < 20; i++) {
      const scalar = wideReduce(random(64))
      const point = basePoint(scalar)
      const signature = signWithScalar(scalar, point, [random(32)], message)
      expect(await verifyEd25519(point, message, signature)).toBe(true)
      expect(ed25519.verify(signature, message, point, { zip215: false })).toBe(true)
      expect(await verifyEd25519(point, utf8("Written"), signature)).toBe(false)
      expect(await verifyEd25519(basePoint(scalar + 1n), message, signature)).toBe(false)
    }
  })

  test("have the nonce that follows from all parts of its input, in order", () => {
    const scalar = wideReduce(random(64))
    const point = basePoint(scalar)
    const commitment = (...parts: Uint8Array[]) => toHex(signWithScalar(scalar, point, parts, message).slice(0, 32))
    const [a, b] = [utf8("a"), utf8("b")]
    const all = [commitment(a, b), commitment(a), commitment(b), commitment(b, a), commitment(a, b, b)]
    expect(new Set(all).size).toBe(5)
    const nonce = wideReduce(sha512(utf8("ab")))
    expect(all[0]).toBe(toHex(basePoint(nonce)))
  })
})

describe("points that may be keys", () => {
  const usual = Array.from({ length: 8 }, (_, i) => basePoint(wideReduce(seeded(`point ${i}`)(64))))

  test("are multiples of the base point", () => {
    for (const point of usual) {
      expect(isPrimeOrderPoint(point)).toBe(true)
    }
  })

  test.each(OF_SMALL_ORDER)("%s, of small order, is none: anybody could sign under it", (text) => {
    const point = fromHex(text)
    // The encoding is canonical, so it is the order that is refused.
    expect(lenient(point).isSmallOrder()).toBe(true)
    expect(toHex(lenient(point).toBytes())).toBe(text)
    expect(isPrimeOrderPoint(point)).toBe(false)
  })

  test.each(NOT_CANONICAL)("%s, a second way to write a point, is none", (text) => {
    // A point it is, but it would be written otherwise.
    expect(toHex(lenient(fromHex(text)).toBytes())).not.toBe(text)
    expect(isPrimeOrderPoint(fromHex(text))).toBe(false)
  })

  test("bytes that are no point, or of another length, are none", () => {
    // y = 2 is on the curve for no x.
    const none = [scalarBytes(2n), new Uint8Array(0), usual[0]!.slice(0, 31), concat(usual[0]!, Uint8Array.of(0))]
    for (const bytes of none) {
      expect(isPrimeOrderPoint(bytes)).toBe(false)
      expect(() => multiplyPoint(bytes, 1n)).toThrow()
    }
  })

  test("with a part of small order are none, though a signature under them can verify", () => {
    const torsion = ed25519.Point.fromBytes(fromHex(OF_SMALL_ORDER[4]!))
    const mixed = ed25519.Point.fromBytes(usual[0]!).add(torsion).toBytes()
    expect(isPrimeOrderPoint(mixed)).toBe(false)
  })
})
