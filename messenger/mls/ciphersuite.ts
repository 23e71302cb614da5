import { ed25519 } from "@noble/curves/ed25519.js"
import { expand, extract } from "@noble/hashes/hkdf.js"
import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import type { CiphersuiteImpl, CiphersuiteName } from "ts-mls/crypto/ciphersuite.js"
import { sameSecret } from "../../shared/bytes.ts"
import type { Random } from "../../shared/random.ts"
import type { Aead } from "./hpke.ts"
import { aes128Gcm, chacha20Poly1305, createHpke } from "./hpke.ts"
import type { Kem } from "./kem.ts"
import { dhkemX25519, xwing } from "./kem.ts"
import { verifySignature } from "./signature.ts"

/**
 * X-Wing, AES-128-GCM, SHA-256, Ed25519: TBD1 of draft-ietf-mls-pq-ciphersuites. IANA has given it no number yet, so this is
 * one of RFC 9420's range for private use; it changes when the number comes.
 */
export const CIPHERSUITE = 0xf0a1

// The library names suites it does not know by their number in decimal, on the wire and in its types alike.
export const CIPHERSUITE_NAME = String(CIPHERSUITE) as CiphersuiteName

function createSuite(name: CiphersuiteName, kem: Kem, aead: Aead, random: Random): CiphersuiteImpl {
  return {
    name,
    hpke: createHpke(kem, aead, random),
    hash: {
      digest: async (data) => sha256(data),
      mac: async (key, data) => hmac(sha256, key, data),
      verifyMac: async (key, mac, data) => sameSecret(hmac(sha256, key, data), mac),
    },
    kdf: {
      size: sha256.outputLen,
      extract: async (salt, ikm) => extract(sha256, ikm, salt),
      expand: async (prk, info, length) => expand(sha256, prk, info, length),
    },
    signature: {
      sign: async (seed, message) => ed25519.sign(message, seed),
      verify: async (publicKey, message, signature) => verifySignature(publicKey, message, signature),
      async keygen() {
        const signKey = random(32)
        return { signKey, publicKey: ed25519.getPublicKey(signKey) }
      },
    },
    rng: { randomBytes: random },
  }
}

/** The suite of every conversation. */
export function createPostQuantumSuite(random: Random): CiphersuiteImpl {
  return createSuite(CIPHERSUITE_NAME, xwing, aes128Gcm, random)
}

/** Suites 1 and 3 of RFC 9420: for the official vectors and for comparison, in no conversation. */
export function createClassicalSuite(suite: 1 | 3, random: Random, kem = dhkemX25519): CiphersuiteImpl {
  return suite === 1
    ? createSuite("MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519", kem, aes128Gcm, random)
    : createSuite("MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519", kem, chacha20Poly1305, random)
}
