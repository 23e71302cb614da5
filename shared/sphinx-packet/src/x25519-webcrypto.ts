import { concat, expectLength, isZero, sameSecret } from "./bytes.ts"
import { KEY_LENGTH } from "./constants.ts"
import { SphinxError } from "./error.ts"
import { nobleX25519 } from "./x25519-noble.ts"
import type { X25519 } from "./x25519.ts"
import { BASE_POINT, sequentialChain } from "./x25519.ts"

/** What is needed of SubtleCrypto, so that this compiles without any platform's types. */
export interface SubtleX25519 {
  importKey(
    format: "raw" | "pkcs8",
    keyData: Uint8Array<ArrayBuffer>,
    algorithm: { name: string },
    extractable: boolean,
    usages: "deriveBits"[],
  ): Promise<unknown>
  deriveBits(algorithm: { name: string; public: unknown }, baseKey: unknown, length: number): Promise<ArrayBuffer>
}

const ALGORITHM = { name: "X25519" }
/** RFC 8410: PrivateKeyInfo, version 0, id-X25519, an OCTET STRING of 32 bytes in an OCTET STRING. */
const PKCS8_PREFIX = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 4, 0x22, 4, 0x20)

/** X25519 of the platform: native, constant in time, and with keys that cannot be taken out again. */
export function webCryptoX25519(subtle: SubtleX25519): X25519 {
  async function multiplyBy(scalar: Uint8Array) {
    const encoded = new Uint8Array(concat(PKCS8_PREFIX, expectLength(scalar, KEY_LENGTH, "a secret")))
    // Clamping clears these three bits (RFC 7748, section 5). WebKitGTK refuses secrets whose first byte is 0: one of 32 packets would hold one.
    encoded[PKCS8_PREFIX.length]! |= 7
    const key = await subtle.importKey("pkcs8", encoded, ALGORITHM, false, ["deriveBits"])
    encoded.fill(0)
    return async (point: Uint8Array): Promise<Uint8Array> => {
      const raw = new Uint8Array(expectLength(point, KEY_LENGTH, "a public key"))
      const peer = await subtle.importKey("raw", raw, ALGORITHM, false, [])
      let shared: Uint8Array
      try {
        shared = new Uint8Array(await subtle.deriveBits({ ...ALGORITHM, public: peer }, key, 8 * KEY_LENGTH))
      } catch (error) {
        // The specification's answer to an all-zero result. Anything else is a fault of the platform or ours.
        if ((error as { name?: unknown } | undefined)?.name === "OperationError") throw new SphinxError("alpha")
        throw error
      }
      if (isZero(shared)) throw new SphinxError("alpha")
      return shared
    }
  }

  return {
    publicKey: async (secret) => (await multiplyBy(secret))(BASE_POINT),
    sharedSecret: async (secret, point) => (await multiplyBy(secret))(point),
    async prepare(secret) {
      const sharedSecret = await multiplyBy(secret)
      return { publicKey: await sharedSecret(BASE_POINT), sharedSecret }
    },
    chain: sequentialChain(multiplyBy),
  }
}

/** RFC 7748, 6.1: Bob's secret, Alice's public key, and what they share. */
const KNOWN = {
  secret: bytes("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"),
  publicKey: bytes("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"),
  shared: bytes("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"),
}

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g)!, (pair) => Number.parseInt(pair, 16))
}

async function choose(): Promise<X25519> {
  const subtle = (globalThis as { crypto?: { subtle?: SubtleX25519 } }).crypto?.subtle
  if (subtle === undefined) return nobleX25519()
  try {
    const platform = webCryptoX25519(subtle)
    if (sameSecret(await platform.sharedSecret(KNOWN.secret, KNOWN.publicKey), KNOWN.shared)) return platform
  } catch {
    // Older browsers know the interface and not the algorithm.
  }
  return nobleX25519()
}

let chosen: Promise<X25519> | undefined

/** WebCrypto where the platform's X25519 proves right on a known value, else noble. Tried once. */
export function defaultX25519(): Promise<X25519> {
  chosen ??= choose()
  return chosen
}
