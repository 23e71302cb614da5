import { x25519 } from "@noble/curves/ed25519.js"
import { expand, extract } from "@noble/hashes/hkdf.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { shake256 } from "@noble/hashes/sha3.js"
import { ml_kem768_x25519 } from "@noble/post-quantum/hybrid.js"
import { concat, sameSecret, Writer } from "../../shared/bytes.ts"
import type { Random } from "../../shared/random.ts"
import { utf8 } from "../../shared/text.ts"

/** A key pair as bytes; secret keys have 32 bytes in both KEMs (a scalar, or the seed of X-Wing). */
export interface KeyPair {
  readonly secretKey: Uint8Array
  readonly publicKey: Uint8Array
}

/** A key encapsulation mechanism as RFC 9180 section 4 wants it. Everything that is not well formed throws an Error. */
export interface Kem {
  /** Code point of the HPKE registry. */
  readonly id: number
  readonly publicKeyLength: number
  generate(random: Random): KeyPair
  /** DeriveKeyPair: the same pair for the same ikm. */
  derive(ikm: Uint8Array): KeyPair
  encapsulate(publicKey: Uint8Array, random: Random): { shared: Uint8Array; enc: Uint8Array }
  decapsulate(enc: Uint8Array, secretKey: Uint8Array): Uint8Array
}

const VERSION = utf8("HPKE-v1")
const NOTHING = new Uint8Array()

/** Labelled HKDF-SHA256 under one suite id: RFC 9180 section 4. */
export interface Labelled {
  extract(salt: Uint8Array, label: string, ikm: Uint8Array): Uint8Array
  expand(prk: Uint8Array, label: string, info: Uint8Array, length: number): Uint8Array
}

export function labelled(suiteId: Uint8Array): Labelled {
  return {
    extract: (salt, label, ikm) => extract(sha256, concat(VERSION, suiteId, utf8(label), ikm), salt),
    expand: (prk, label, info, length) =>
      expand(sha256, prk, new Writer().u16(length).put(VERSION).put(suiteId).put(utf8(label)).put(info).done(), length),
  }
}

function kemSuiteId(id: number): Uint8Array {
  return new Writer().put(utf8("KEM")).u16(id).done()
}

const X25519_ID = 0x0020
const x25519Kdf = labelled(kemSuiteId(X25519_ID))

/** X25519 as RFC 7748 has it, on keys of 32 bytes. */
export interface X25519 {
  publicKey(secretKey: Uint8Array): Uint8Array
  /** May throw for a public key of small order, or return zeros. */
  shared(secretKey: Uint8Array, publicKey: Uint8Array): Uint8Array
}

/** DHKEM(X25519, HKDF-SHA256): RFC 9180 section 4.1. */
export function createDhkem(curve: X25519): Kem {
  function pair(secretKey: Uint8Array): KeyPair {
    return { secretKey, publicKey: curve.publicKey(secretKey) }
  }
  function agree(secretKey: Uint8Array, publicKey: Uint8Array, enc: Uint8Array, recipient: Uint8Array): Uint8Array {
    const secret = curve.shared(secretKey, publicKey)
    // RFC 9180 section 7.1.4
    if (sameSecret(secret, new Uint8Array(32))) throw new Error("public key of small order")
    return x25519Kdf.expand(x25519Kdf.extract(NOTHING, "eae_prk", secret), "shared_secret", concat(enc, recipient), 32)
  }
  return {
    id: X25519_ID,
    publicKeyLength: 32,
    generate: (random) => pair(random(32)),
    derive: (ikm) => pair(x25519Kdf.expand(x25519Kdf.extract(NOTHING, "dkp_prk", ikm), "sk", NOTHING, 32)),
    encapsulate(publicKey, random) {
      const ephemeral = pair(random(32))
      return { shared: agree(ephemeral.secretKey, publicKey, ephemeral.publicKey, publicKey), enc: ephemeral.publicKey }
    },
    decapsulate: (enc, secretKey) => agree(secretKey, enc, enc, curve.publicKey(secretKey)),
  }
}

export const dhkemX25519 = createDhkem({ publicKey: x25519.getPublicKey, shared: x25519.getSharedSecret })

const XWING_ID = 0x647a
const XWING_DERIVE = (() => {
  // SHAKE256.LabeledDerive of draft-ietf-hpke-pq: ikm ‖ "HPKE-v1" ‖ suite id ‖ length and label ‖ output length ‖ context (none)
  return new Writer().put(VERSION).put(kemSuiteId(XWING_ID)).text16("DeriveKeyPair").u16(32).done()
})()

function xwingPair(seed: Uint8Array): KeyPair {
  return { secretKey: seed, publicKey: ml_kem768_x25519.getPublicKey(seed) }
}

/** X-Wing, that is ML-KEM-768 with X25519, as draft-ietf-hpke-pq has it (0x647a, MLKEM768-X25519). */
export const xwing: Kem = {
  id: XWING_ID,
  publicKeyLength: 1216,
  generate: (random) => xwingPair(random(32)),
  derive: (ikm) => xwingPair(shake256(concat(ikm, XWING_DERIVE), { dkLen: 32 })),
  encapsulate(publicKey, random) {
    // 32 bytes for each half; noble refuses ML-KEM keys with coefficients that are not reduced
    const { sharedSecret: shared, cipherText: enc } = ml_kem768_x25519.encapsulate(publicKey, random(64))
    return { shared, enc }
  },
  decapsulate: (enc, secretKey) => ml_kem768_x25519.decapsulate(enc, secretKey),
}

const ML_KEM_LENGTH = 1184
/** The modulus of ML-KEM, and the bytes of its coefficients: 3 for each two, and a seed behind them (FIPS 203, 7.2). */
const Q = 3329
const COEFFICIENT_BYTES = 1152
/** Clamped, it is the scalar 2^254: any will do to meet a point of small order. */
const ANY_SCALAR = new Uint8Array(32)

/** Whether secrets can be sealed to this X-Wing key: its length, reduced ML-KEM coefficients, no X25519 point of small order. As encapsulation checks it, in a third of its time. */
export function isUsableKey(publicKey: Uint8Array): boolean {
  if (publicKey.length !== xwing.publicKeyLength) return false
  for (let at = 0; at < COEFFICIENT_BYTES; at += 3) {
    const [low, middle, high] = [publicKey[at]!, publicKey[at + 1]!, publicKey[at + 2]!]
    if ((low | ((middle & 15) << 8)) >= Q || ((middle >> 4) | (high << 4)) >= Q) return false
  }
  try {
    return x25519.getSharedSecret(ANY_SCALAR, publicKey.subarray(ML_KEM_LENGTH)).length > 0
  } catch {
    return false
  }
}

/** The public key of an X-Wing secret key. */
export function publicKeyOf(secretKey: Uint8Array): Uint8Array {
  return xwingPair(secretKey).publicKey
}
