import { xchacha20poly1305 } from "@noble/ciphers/chacha.js"
import { hkdf } from "@noble/hashes/hkdf.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { concat } from "../bytes.ts"
import { KEY_LENGTH } from "../geometry.ts"
import type { Random } from "../random.ts"
import { utf8 } from "../text.ts"
import type { NodeStorage } from "./effect.ts"
import { SEED } from "./identity.ts"
import { KEYS } from "./key-ring.ts"

const INFO = utf8("sotto v1 node storage")
const VERSION = 1
const NONCE_LENGTH = 24
/** Characters of the shortest secret that is one. */
const SECRET_MIN = 32

/** There is no secret, or another one than the storage was sealed with: then a node must not start, and above all not as somebody new. */
export class SecretError extends Error {
  override readonly name = "SecretError"
  constructor() {
    super("the node's secret is missing or wrong")
  }
}

const isSealed = (key: string) => key === SEED || key.startsWith(KEYS)

/**
 * Storage in which what a node signs and opens packets with lies sealed, under a secret that the deployment has and the storage has not:
 * the seed of its identity, and its Sphinx keys. A value is version 1 ‖ nonce 24 ‖ XChaCha20-Poly1305, with the name that it lies under as
 * associated data; the key is HKDF-SHA256 of the secret. What lies unsealed from former versions is sealed here and now.
 * Throws SecretError.
 */
export function sealedStorage(storage: NodeStorage, secret: string | undefined, random: Random): NodeStorage {
  if (secret === undefined || secret.length < SECRET_MIN) throw new SecretError()
  const key = hkdf(sha256, utf8(secret), undefined, INFO, KEY_LENGTH)

  const seal = (name: string, value: Uint8Array): Uint8Array => {
    const nonce = random(NONCE_LENGTH)
    return concat(Uint8Array.of(VERSION), nonce, xchacha20poly1305(key, nonce, utf8(name)).encrypt(value))
  }
  const open = (name: string, sealed: Uint8Array): Uint8Array => {
    if (sealed[0] !== VERSION || sealed.length <= 1 + NONCE_LENGTH) throw new SecretError()
    try {
      return xchacha20poly1305(key, sealed.subarray(1, 1 + NONCE_LENGTH), utf8(name)).decrypt(sealed.subarray(1 + NONCE_LENGTH))
    } catch {
      throw new SecretError()
    }
  }

  // Seeds and Sphinx keys are KEY_LENGTH bytes long; sealed they are longer.
  const rows = [...storage.list(SEED), ...storage.list(KEYS)].filter(([name]) => isSealed(name))
  const isBare = (value: Uint8Array) => value.length === KEY_LENGTH
  for (const [name, value] of rows) if (!isBare(value)) open(name, value)
  for (const [name, value] of rows) if (isBare(value)) storage.put(name, seal(name, value))

  return {
    get(name) {
      const value = storage.get(name)
      return value !== null && isSealed(name) ? open(name, value) : value
    },
    list: (prefix) => storage.list(prefix).map(([name, value]) => [name, isSealed(name) ? open(name, value) : value]),
    put: (name, value) => storage.put(name, isSealed(name) ? seal(name, value) : value),
    delete: (name) => storage.delete(name),
  }
}
