import { KEYSTREAM_LENGTH } from "./constants.ts"
import type { NodeCrypto } from "./symmetric-node.ts"
import { nodeSymmetric } from "./symmetric-node.ts"
import type { Symmetric } from "./symmetric.ts"

/** What is needed of SubtleCrypto, so that this compiles without any platform's types. */
export interface SubtleAes {
  importKey(format: "raw", keyData: Uint8Array<ArrayBuffer>, algorithm: string, extractable: boolean, usages: "encrypt"[]): Promise<unknown>
  encrypt(algorithm: { name: string; counter: Uint8Array<ArrayBuffer>; length: number }, key: unknown, data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>
}

const ALGORITHM = "AES-CTR"
const COUNTING = { name: ALGORITHM, counter: new Uint8Array(16), length: 64 }
const USES: "encrypt"[] = ["encrypt"]
const zeros = new Uint8Array(KEYSTREAM_LENGTH)

/**
 * What is quickest in Workers: HKDF and HMAC of node:crypto, and AES-CTR of WebCrypto, for a cipher of node:crypto is a stream there, and takes as long again to make.
 * (In Node it is the other way round: WebCrypto hands everything to other threads.)
 */
export function workerSymmetric(crypto: NodeCrypto, subtle: SubtleAes): Symmetric {
  return {
    ...nodeSymmetric(crypto),
    async aes128Ctr(key, length) {
      const imported = await subtle.importKey("raw", key as Uint8Array<ArrayBuffer>, ALGORITHM, false, USES)
      return new Uint8Array(await subtle.encrypt(COUNTING, imported, length > zeros.length ? new Uint8Array(length) : zeros.subarray(0, length)))
    },
  }
}
