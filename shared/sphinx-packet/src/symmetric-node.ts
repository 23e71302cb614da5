import type { Symmetric } from "./symmetric.ts"

/** What is needed of node:crypto, so that this compiles without any platform's types. */
export interface NodeCrypto {
  hkdfSync(digest: string, secret: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): ArrayBuffer
  createHmac(algorithm: string, key: Uint8Array): { update(data: Uint8Array): { digest(): Uint8Array } }
  createCipheriv(algorithm: "aes-128-ctr", key: Uint8Array, counter: Uint8Array): { update(data: Uint8Array): Uint8Array }
}

const FIRST_COUNTER = new Uint8Array(16)

/** A Buffer's `slice` does not copy, so that nobody gets to see one. */
function bare({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length)
}

/** HKDF, HMAC and AES-CTR of node:crypto, which Node and Workers have: synchronous, native and several times as fast as noble's. */
export function nodeSymmetric(crypto: NodeCrypto) {
  return {
    hkdfSha256: (secret, salt, info, length) => new Uint8Array(crypto.hkdfSync("sha256", secret, salt, info, length)),
    hmacSha256: (key, data) => bare(crypto.createHmac("sha256", key).update(data).digest()),
    aes128Ctr: (key: Uint8Array, length: number): Uint8Array => bare(crypto.createCipheriv("aes-128-ctr", key, FIRST_COUNTER).update(new Uint8Array(length))),
  } satisfies Symmetric
}
