import { describe, expect, it } from "vitest"
import { ed25519 } from "@noble/curves/ed25519.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { getCiphersuiteFromName } from "ts-mls/crypto/ciphersuite.js"
import { getCiphersuiteImpl } from "ts-mls/crypto/getCiphersuiteImpl.js"
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js"
import { CIPHERSUITE_NAME, createClassicalSuite, createPostQuantumSuite } from "../../messenger/mls/ciphersuite.ts"
import { dhkemX25519, isUsableKey, xwing } from "../../messenger/mls/kem.ts"
import { verifySignature } from "../../messenger/mls/signature.ts"
import { fromHex, toHex } from "../../shared/bytes.ts"
import { utf8 } from "../../shared/text.ts"
import { createFastSuite } from "./fast.ts"
import { seededRandom } from "./random.ts"

const random = seededRandom("suite")
const ours = createClassicalSuite(1, random)
const theirs = await getCiphersuiteImpl(getCiphersuiteFromName("MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519"))
const info = utf8("information")
const aad = utf8("associated")
const plaintext = utf8("a text")

async function roundTrip(sender: CiphersuiteImpl, recipient: CiphersuiteImpl): Promise<void> {
  const ikm = random(32)
  const keys = await recipient.hpke.deriveKeyPair(ikm)
  const publicKey = await sender.hpke.importPublicKey(await recipient.hpke.exportPublicKey(keys.publicKey))
  const { enc, ct } = await sender.hpke.seal(publicKey, plaintext, info, aad)
  expect(toHex(await recipient.hpke.open(keys.privateKey, enc, ct, info, aad))).toBe(toHex(plaintext))
  const exported = await sender.hpke.exportSecret(publicKey, utf8("context"), 48, info)
  const imported = await recipient.hpke.importSecret(keys.privateKey, utf8("context"), exported.enc, 48, info)
  expect(toHex(imported)).toBe(toHex(exported.secret))

  const otherKey = (await recipient.hpke.generateKeyPair()).privateKey
  await expect(recipient.hpke.open(otherKey, enc, ct, info, aad)).rejects.toThrow()
  await expect(recipient.hpke.open(keys.privateKey, enc, ct, utf8("other"), aad)).rejects.toThrow()
  await expect(recipient.hpke.open(keys.privateKey, enc, ct, info, utf8("other"))).rejects.toThrow()
  const altered = ct.slice()
  altered[0]! ^= 1
  await expect(recipient.hpke.open(keys.privateKey, enc, altered, info, aad)).rejects.toThrow()
}

describe("suite 1 and the library's own on WebCrypto", () => {
  it("seal to each other and agree on exported secrets", async () => {
    await roundTrip(ours, theirs)
    await roundTrip(theirs, ours)
  })

  it("derive the same key pairs", async () => {
    const ikm = random(32)
    const derived = async ({ hpke }: CiphersuiteImpl) => toHex(await hpke.exportPublicKey((await hpke.deriveKeyPair(ikm)).publicKey))
    expect(await derived(ours)).toBe(await derived(theirs))
  })

  it("have the same HKDF, HMAC, hash and AEAD", async () => {
    const [key, data] = [random(32), random(100)]
    for (const compute of [
      ({ kdf }: CiphersuiteImpl) => kdf.extract(key, data),
      ({ kdf }: CiphersuiteImpl) => kdf.extract(new Uint8Array(32), data),
      ({ kdf }: CiphersuiteImpl) => kdf.expand(key, data, 77),
      ({ hash }: CiphersuiteImpl) => hash.digest(data),
      ({ hash }: CiphersuiteImpl) => hash.mac(key, data),
      ({ hpke }: CiphersuiteImpl) => hpke.encryptAead(key.slice(0, 16), data.slice(0, 12), aad, data),
    ])
      expect(toHex(await compute(ours))).toBe(toHex(await compute(theirs)))
    expect(ours.hpke.keyLength).toBe(theirs.hpke.keyLength)
    expect(ours.hpke.nonceLength).toBe(theirs.hpke.nonceLength)
  })

  it("verify each other's signatures", async () => {
    for (const [signer, verifier] of [
      [ours, theirs],
      [theirs, ours],
    ] as const) {
      const { signKey, publicKey } = await signer.signature.keygen()
      const signature = await signer.signature.sign(signKey, plaintext)
      expect(await verifier.signature.verify(publicKey, plaintext, signature)).toBe(true)
      expect(await verifier.signature.verify(publicKey, aad, signature)).toBe(false)
    }
  })

  it("and the fast one of the simulations are one suite", async () => {
    for (const number of [1, 3] as const) {
      const [fast, slow] = [createFastSuite(number, random), createClassicalSuite(number, random)]
      await roundTrip(fast, slow)
      await roundTrip(slow, fast)
      const [key, data] = [random(32), random(100)]
      expect(toHex(await fast.kdf.expand(key, data, 77))).toBe(toHex(await slow.kdf.expand(key, data, 77)))
      expect(toHex(await fast.kdf.extract(key, data))).toBe(toHex(await slow.kdf.extract(key, data)))
    }
  })
})

describe("X-Wing", () => {
  it("seals and opens in HPKE under our suite, whose number is for private use", async () => {
    const suite = createPostQuantumSuite(random)
    await roundTrip(suite, suite)
    expect(CIPHERSUITE_NAME).toBe("61601")
  })

  // Made here, after this code had reproduced the key pair, encapsulation and HPKE context of draft-ietf-hpke-pq's vector.
  it("derives a known key pair from known input, and encapsulates to known bytes with known coins", () => {
    const ikm = Uint8Array.from({ length: 32 }, (_, i) => i)
    const { secretKey, publicKey } = xwing.derive(ikm)
    const { shared, enc } = xwing.encapsulate(publicKey, (length) => Uint8Array.from({ length }, (_, i) => 255 - i))
    expect([secretKey, sha256(publicKey), shared, sha256(enc)].map(toHex)).toEqual([
      "4cb54611511238fb40fe817cac456dc71ea7c408622df6c37b76f4272199dfbe",
      "9c413b9cf8331b07ba25501a46abfaf0669a1c127f759c1480990156783e9d4c",
      "0f02725058f9d814a7206301a77dbce4bd6630802275820ac539874a0827a955",
      "b0ab654c838eacfc5729273ddf3d2d6b6f028a670491374aeb689493e8d716d8",
    ])
    expect(toHex(xwing.decapsulate(enc, secretKey))).toBe(toHex(shared))
  })

  it("gives another secret for an altered encapsulation, and leaves the public key as it was", () => {
    const { secretKey, publicKey } = xwing.generate(random)
    const before = toHex(publicKey)
    const { shared, enc } = xwing.encapsulate(publicKey, random)
    expect(toHex(publicKey)).toBe(before)
    enc[100]! ^= 1
    expect(toHex(xwing.decapsulate(enc, secretKey))).not.toBe(toHex(shared))
  })

  it("knows keys that cannot be sealed to", () => {
    const { publicKey } = xwing.generate(random)
    expect(isUsableKey(publicKey)).toBe(true)
    expect(isUsableKey(publicKey.slice(1))).toBe(false)
    // the first coefficient not reduced modulo 3329
    const unreduced = publicKey.slice()
    unreduced[0] = 0xff
    unreduced[1]! |= 0x0f
    expect(isUsableKey(unreduced)).toBe(false)
    const smallOrder = publicKey.slice()
    smallOrder.fill(0, 1184)
    expect(isUsableKey(smallOrder)).toBe(false)
  })
})

it("X25519 keys of small order are refused", () => {
  const { secretKey } = dhkemX25519.generate(random)
  for (const point of ["00", "01"]) {
    const publicKey = fromHex(point.padEnd(64, "0"))
    expect(() => dhkemX25519.encapsulate(publicKey, random)).toThrow()
    expect(() => dhkemX25519.decapsulate(publicKey, secretKey)).toThrow()
  }
})

it("a signature is refused under a key of small order, or with a scalar that is not reduced", () => {
  const seed = random(32)
  const [publicKey, signature] = [ed25519.getPublicKey(seed), ed25519.sign(plaintext, seed)]
  expect(verifySignature(publicKey, plaintext, signature)).toBe(true)
  // R of small order and S = 0 under A of small order: anybody could have made it
  const identity = fromHex("01".padEnd(64, "0"))
  const forged = new Uint8Array(64)
  forged.set(identity)
  expect(verifySignature(identity, plaintext, forged)).toBe(false)
  const { ORDER } = ed25519.Point.Fn
  let scalar = ORDER
  for (let i = 0; i < 32; i++) scalar += BigInt(signature[32 + i]!) << BigInt(8 * i)
  const malleable = signature.slice()
  for (let i = 0; i < 32; i++) malleable[32 + i] = Number((scalar >> BigInt(8 * i)) & 0xffn)
  expect(verifySignature(publicKey, plaintext, malleable)).toBe(false)
  expect(verifySignature(publicKey, plaintext, signature.slice(1))).toBe(false)
})
