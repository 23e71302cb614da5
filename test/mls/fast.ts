import { createHmac, createPrivateKey, createPublicKey, diffieHellman, hash, sign, verify } from "node:crypto"
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js"
import { createClassicalSuite } from "../../messenger/mls/ciphersuite.ts"
import type { X25519 } from "../../messenger/mls/kem.ts"
import { createDhkem } from "../../messenger/mls/kem.ts"
import { concat, fromHex, toHex } from "../../shared/bytes.ts"
import type { Random } from "../../shared/random.ts"

// The fixed beginnings of PKCS#8 and SPKI for keys of 32 bytes (RFC 8410)
const X25519_PRIVATE = fromHex("302e020100300506032b656e04220420")
const X25519_PUBLIC = fromHex("302a300506032b656e032100")
const ED25519_PRIVATE = fromHex("302e020100300506032b657004220420")
const ED25519_PUBLIC = fromHex("302a300506032b6570032100")

const privateKey = remembered((prefix: Uint8Array, secret: Uint8Array) =>
  createPrivateKey({ key: Buffer.from(concat(prefix, secret)), format: "der", type: "pkcs8" }),
)
const publicKey = remembered((prefix: Uint8Array, key: Uint8Array) =>
  createPublicKey({ key: Buffer.from(concat(prefix, key)), format: "der", type: "spki" }),
)

const nodeX25519: X25519 = {
  publicKey: remembered((secret: Uint8Array) =>
    new Uint8Array(createPublicKey(privateKey(X25519_PRIVATE, secret)).export({ format: "der", type: "spki" })).slice(12),
  ),
  shared: (secret, key) =>
    diffieHellman({ privateKey: privateKey(X25519_PRIVATE, secret), publicKey: publicKey(X25519_PUBLIC, key) }),
}

function remembered<Args extends Uint8Array[], Result>(compute: (...args: Args) => Result): (...args: Args) => Result {
  const results = new Map<string, Result>()
  return (...args) => {
    const key = args.map(toHex).join()
    let result = results.get(key)
    if (result === undefined) results.set(key, (result = compute(...args)))
    return result
  }
}

function hmacSha256(key: Uint8Array, ...data: Uint8Array[]): Uint8Array {
  const mac = createHmac("sha256", key)
  for (const part of data) mac.update(part)
  return new Uint8Array(mac.digest())
}

function expandSha256(prk: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  const blocks: Uint8Array[] = []
  for (let i = 1; (i - 1) * 32 < length; i++) blocks.push(hmacSha256(prk, blocks.at(-1) ?? new Uint8Array(), info, new Uint8Array([i])))
  return concat(...blocks).slice(0, length)
}

/**
 * Suite 1 or 3 for simulations of many members: curves and hashes by Node, which takes a tenth of noble's time, and what all members
 * compute alike (verifying, deriving) computed once. Every byte is the same.
 */
export function createFastSuite(suite: 1 | 3, random: Random): CiphersuiteImpl {
  const ours = createClassicalSuite(suite, random, createDhkem(nodeX25519))
  return {
    ...ours,
    hash: { ...ours.hash, digest: async (data) => new Uint8Array(hash("sha256", data, "buffer")) },
    kdf: {
      ...ours.kdf,
      extract: async (salt, ikm) => hmacSha256(salt, ikm),
      expand: async (prk, info, length) => expandSha256(prk, info, length),
    },
    signature: {
      ...ours.signature,
      sign: async (seed, message) => new Uint8Array(sign(null, message, privateKey(ED25519_PRIVATE, seed))),
      verify: remembered(async (key: Uint8Array, message: Uint8Array, signature: Uint8Array) =>
        verify(null, message, publicKey(ED25519_PUBLIC, key), signature),
      ),
    },
    hpke: { ...ours.hpke, deriveKeyPair: remembered(ours.hpke.deriveKeyPair) },
  }
}
