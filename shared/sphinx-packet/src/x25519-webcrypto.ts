import { expectLength, isZero, sameSecret } from "./bytes.ts"
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
    algorithm: string,
    extractable: boolean,
    usages: "deriveBits"[],
  ): Promise<unknown>
  deriveBits(algorithm: { name: string; public: unknown }, baseKey: unknown, length: number): Promise<ArrayBuffer>
}

const ALGORITHM = "X25519"
const USES: "deriveBits"[] = ["deriveBits"]
const NO_USES: "deriveBits"[] = []
/** RFC 8410: PrivateKeyInfo, version 0, id-X25519, an OCTET STRING of 32 bytes in an OCTET STRING. */
const PKCS8_PREFIX = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 4, 0x22, 4, 0x20)

/** X25519 of the platform: native, constant in time, and with keys that cannot be taken out again. */
export function webCryptoX25519(subtle: SubtleX25519): X25519 {
  const encoded = new Uint8Array([...PKCS8_PREFIX, ...new Uint8Array(KEY_LENGTH)])
  const encodedSecret = encoded.subarray(PKCS8_PREFIX.length)

  /** WebCrypto takes a copy of what it imports before it returns, so that one buffer does for all. */
  function importSecret(scalar: Uint8Array): Promise<unknown> {
    encodedSecret.set(expectLength(scalar, KEY_LENGTH, "a secret"))
    // Clamping clears these three bits (RFC 7748, section 5). WebKitGTK refuses secrets whose first byte is 0: one of 32 packets would hold one.
    encodedSecret[0]! |= 7
    const key = subtle.importKey("pkcs8", encoded, ALGORITHM, false, USES)
    encodedSecret.fill(0)
    return key
  }

  const importPoint = (point: Uint8Array) => subtle.importKey("raw", expectLength(point, KEY_LENGTH, "a public key") as Uint8Array<ArrayBuffer>, ALGORITHM, false, NO_USES)

  async function agree(key: unknown, peer: unknown): Promise<Uint8Array> {
    let shared: Uint8Array
    try {
      shared = new Uint8Array(await subtle.deriveBits({ name: ALGORITHM, public: peer }, key, 8 * KEY_LENGTH))
    } catch (error) {
      // The specification's answer to an all-zero result. Anything else is a fault of the platform or ours.
      if ((error as { name?: unknown } | undefined)?.name === "OperationError") throw new SphinxError("alpha")
      throw error
    }
    if (isZero(shared)) throw new SphinxError("alpha")
    return shared
  }

  async function multiplyBy(scalar: Uint8Array) {
    const key = await importSecret(scalar)
    return async (point: Uint8Array) => agree(key, await importPoint(point))
  }

  return {
    publicKey: async (secret) => (await multiplyBy(secret))(BASE_POINT),
    sharedSecret: async (secret, point) => (await multiplyBy(secret))(point),
    async prepare(secret) {
      const key = await importSecret(secret)
      const sharedSecret = async (point: Uint8Array) => agree(key, await importPoint(point))
      return {
        publicKey: await sharedSecret(BASE_POINT),
        sharedSecret,
        async meet(point) {
          const peer = await importPoint(point)
          return { sharedSecret: await agree(key, peer), times: async (other) => agree(await importSecret(other), peer) }
        },
      }
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
