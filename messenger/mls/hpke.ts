import { gcm } from "@noble/ciphers/aes.js"
import { chacha20poly1305 } from "@noble/ciphers/chacha.js"
import type { Hpke, PrivateKey, PublicKey } from "ts-mls/crypto/hpke.js"
import { concat, Writer } from "../../shared/bytes.ts"
import type { Random } from "../../shared/random.ts"
import { utf8 } from "../../shared/text.ts"
import type { Kem } from "./kem.ts"
import { labelled } from "./kem.ts"

/** An AEAD of RFC 9180 section 7.3. */
export interface Aead {
  readonly id: number
  readonly keyLength: number
  readonly nonceLength: number
  encrypt(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array
  /** Throws where the tag is wrong. */
  decrypt(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, ciphertext: Uint8Array): Uint8Array
}

export const aes128Gcm: Aead = {
  id: 0x0001,
  keyLength: 16,
  nonceLength: 12,
  encrypt: (key, nonce, aad, plaintext) => gcm(key, nonce, aad).encrypt(plaintext),
  decrypt: (key, nonce, aad, ciphertext) => gcm(key, nonce, aad).decrypt(ciphertext),
}

export const chacha20Poly1305: Aead = {
  id: 0x0003,
  keyLength: 32,
  nonceLength: 12,
  encrypt: (key, nonce, aad, plaintext) => chacha20poly1305(key, nonce, aad).encrypt(plaintext),
  decrypt: (key, nonce, aad, ciphertext) => chacha20poly1305(key, nonce, aad).decrypt(ciphertext),
}

const NOTHING = new Uint8Array()
const MODE_BASE = 0
const KDF_HKDF_SHA256 = 0x0001
const HASH_LENGTH = 32

// The library's key types are WebCrypto's; it only ever hands them back, so they are bytes here.
function asPublicKey(bytes: Uint8Array): PublicKey {
  return bytes as unknown as PublicKey
}
function asPrivateKey(bytes: Uint8Array): PrivateKey {
  return bytes as unknown as PrivateKey
}
function bytesOf(key: PublicKey | PrivateKey): Uint8Array {
  return key as unknown as Uint8Array
}

/** HPKE in base mode with HKDF-SHA256 (RFC 9180 sections 5.1, 5.2, 5.3, 6.1), in the form that ts-mls asks for. */
export function createHpke(kem: Kem, aead: Aead, random: Random): Hpke {
  const kdf = labelled(new Writer().put(utf8("HPKE")).u16(kem.id).u16(KDF_HKDF_SHA256).u16(aead.id).done())
  const noPskHash = kdf.extract(NOTHING, "psk_id_hash", NOTHING)

  function schedule(shared: Uint8Array, info: Uint8Array) {
    const context = concat(new Uint8Array([MODE_BASE]), noPskHash, kdf.extract(NOTHING, "info_hash", info))
    const secret = kdf.extract(shared, "secret", NOTHING)
    return {
      key: () => kdf.expand(secret, "key", context, aead.keyLength),
      // Each context seals one message only, so the base nonce is the nonce.
      nonce: () => kdf.expand(secret, "base_nonce", context, aead.nonceLength),
      export: (exporterContext: Uint8Array, length: number) =>
        kdf.expand(kdf.expand(secret, "exp", context, HASH_LENGTH), "sec", exporterContext, length),
    }
  }

  return {
    keyLength: aead.keyLength,
    nonceLength: aead.nonceLength,
    async seal(publicKey, plaintext, info, aad) {
      const { shared, enc } = kem.encapsulate(bytesOf(publicKey), random)
      const context = schedule(shared, info)
      return { enc, ct: aead.encrypt(context.key(), context.nonce(), aad ?? NOTHING, plaintext) }
    },
    async open(privateKey, enc, ciphertext, info, aad) {
      const context = schedule(kem.decapsulate(enc, bytesOf(privateKey)), info)
      return aead.decrypt(context.key(), context.nonce(), aad ?? NOTHING, ciphertext)
    },
    async exportSecret(publicKey, exporterContext, length, info) {
      const { shared, enc } = kem.encapsulate(bytesOf(publicKey), random)
      return { enc, secret: schedule(shared, info).export(exporterContext, length) }
    },
    async importSecret(privateKey, exporterContext, enc, length, info) {
      return schedule(kem.decapsulate(enc, bytesOf(privateKey)), info).export(exporterContext, length)
    },
    async importPublicKey(bytes) {
      if (bytes.length !== kem.publicKeyLength) throw new Error("public key of a wrong length")
      return asPublicKey(bytes)
    },
    async importPrivateKey(bytes) {
      if (bytes.length !== 32) throw new Error("private key of a wrong length")
      return asPrivateKey(bytes)
    },
    exportPublicKey: async (key) => bytesOf(key),
    exportPrivateKey: async (key) => bytesOf(key),
    encryptAead: async (key, nonce, aad, plaintext) => aead.encrypt(key, nonce, aad ?? NOTHING, plaintext),
    decryptAead: async (key, nonce, aad, ciphertext) => aead.decrypt(key, nonce, aad ?? NOTHING, ciphertext),
    async deriveKeyPair(ikm) {
      const { secretKey, publicKey } = kem.derive(ikm)
      return { privateKey: asPrivateKey(secretKey), publicKey: asPublicKey(publicKey) }
    },
    async generateKeyPair() {
      const { secretKey, publicKey } = kem.generate(random)
      return { privateKey: asPrivateKey(secretKey), publicKey: asPublicKey(publicKey) }
    },
  }
}
