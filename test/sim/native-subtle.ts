import type { KeyObject, webcrypto } from "node:crypto"
import { createPrivateKey, createPublicKey, diffieHellman, hash, sign, verify } from "node:crypto"
import { fromHex, sameBytes, toHex } from "../../shared/bytes.ts"

/**
 * Replaces those methods of WebCrypto that packets, boxes and links use by the same functions of node:crypto. WebCrypto hands each call to
 * another thread, which costs several times what is computed there; and so the order of what happens in a simulation does not depend on
 * threads. OpenSSL does the work in both, so every byte is the same; whatever is not known here goes to WebCrypto itself.
 */
export function installNativeSubtle(): void {
  const { subtle } = globalThis.crypto
  if (subtle instanceof Native) return
  Object.defineProperty(globalThis.crypto, "subtle", { value: new Native(subtle), configurable: true })
}

type Curve = "X25519" | "Ed25519"

const PRIVATE: Record<Curve, Uint8Array> = { X25519: fromHex("302e020100300506032b656e04220420"), Ed25519: fromHex("302e020100300506032b657004220420") }
const SPKI_PREFIX_LENGTH = 12
const KEY_LENGTH = 32
/** Public keys are used over and over: those of nodes, of boxes that are asked for again. */
const KEPT = 2048
/** What one node has signed others verify at once. */
const KNOWN = 1024

interface NativeKey {
  readonly curve: Curve
  readonly key: KeyObject
  /** The public key, in hex. */
  readonly name: string
}

class Native {
  readonly #subtle: webcrypto.SubtleCrypto
  readonly #publicKeys = new Map<string, NativeKey>()
  /** What was signed or verified here lately, by public key and signature: that it verifies need not be computed again. */
  readonly #known = new Map<string, Uint8Array>()

  constructor(subtle: webcrypto.SubtleCrypto) {
    this.#subtle = subtle
  }

  async importKey(format: string, data: Uint8Array<ArrayBuffer>, algorithm: { name: string } | string, extractable: boolean, usages: webcrypto.KeyUsage[]): Promise<object> {
    const curve = typeof algorithm === "string" ? algorithm : algorithm.name
    if (!isCurve(curve) || extractable) return this.#subtle.importKey(format as "raw", data, algorithm, extractable, usages)
    if (format === "pkcs8" && startsWith(data, PRIVATE[curve]) && data.length === PRIVATE[curve].length + KEY_LENGTH) {
      // OpenSSL takes bare keys, as JWK hands them over, in two thirds of the time that it takes to look for their kind in DER. Of a private key it reads `d` alone.
      const key = createPrivateKey({ key: { kty: "OKP", crv: curve, x: "", d: base64url(data.subarray(PRIVATE[curve].length)) }, format: "jwk" })
      return { curve, key, name: curve === "Ed25519" ? publicOf(key) : "" } satisfies NativeKey
    }
    if (format === "raw" && data.length === KEY_LENGTH) return this.#publicKey(curve, data)
    return this.#subtle.importKey(format as "raw", data, algorithm, extractable, usages)
  }

  async deriveBits(algorithm: { name: string; public?: unknown }, key: object, length: number): Promise<ArrayBuffer> {
    if (!isNative(key)) return this.#subtle.deriveBits(algorithm as webcrypto.EcdhKeyDeriveParams, key as webcrypto.CryptoKey, length)
    try {
      return new Uint8Array(diffieHellman({ privateKey: key.key, publicKey: (algorithm.public as NativeKey).key })).buffer
    } catch {
      throw new DOMException("The operation failed for an operation-specific reason", "OperationError")
    }
  }

  async sign(algorithm: webcrypto.AlgorithmIdentifier, key: object, message: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
    if (!isNative(key)) return this.#subtle.sign(algorithm, key as webcrypto.CryptoKey, message)
    const signature = new Uint8Array(sign(null, message, key.key))
    keep(this.#known, `${key.name} ${toHex(signature)}`, message.slice(), KNOWN)
    return signature.buffer
  }

  async verify(algorithm: webcrypto.AlgorithmIdentifier, key: object, signature: Uint8Array<ArrayBuffer>, message: Uint8Array<ArrayBuffer>): Promise<boolean> {
    if (!isNative(key)) return this.#subtle.verify(algorithm, key as webcrypto.CryptoKey, signature, message)
    const name = `${key.name} ${toHex(signature)}`
    const known = this.#known.get(name)
    if (known !== undefined && sameBytes(known, message)) return true
    const isValid = verify(null, message, key.key, signature)
    if (isValid) keep(this.#known, name, message.slice(), KNOWN)
    return isValid
  }

  async digest(algorithm: webcrypto.AlgorithmIdentifier, message: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
    return algorithm === "SHA-256" ? new Uint8Array(hash("sha256", message, "buffer")).buffer : this.#subtle.digest(algorithm, message)
  }

  #publicKey(curve: Curve, data: Uint8Array): NativeKey {
    const name = `${curve} ${toHex(data)}`
    const kept = this.#publicKeys.get(name)
    if (kept !== undefined) return kept
    const key = createPublicKey({ key: { kty: "OKP", crv: curve, x: base64url(data) }, format: "jwk" })
    const made = { curve, key, name: toHex(data) }
    keep(this.#publicKeys, name, made, KEPT)
    return made
  }
}

/** Puts in the newest, and lets go of the oldest. */
function keep<Value>(map: Map<string, Value>, name: string, value: Value, most: number): void {
  map.set(name, value)
  for (const oldest of map.keys()) {
    if (map.size <= most) return
    map.delete(oldest)
  }
}

function base64url(data: Uint8Array): string {
  return Buffer.from(data).toString("base64url")
}

function publicOf(key: KeyObject): string {
  return toHex(new Uint8Array(createPublicKey(key).export({ format: "der", type: "spki" })).subarray(SPKI_PREFIX_LENGTH))
}

function isCurve(name: string): name is Curve {
  return name === "X25519" || name === "Ed25519"
}

function isNative(key: object): key is NativeKey {
  return "curve" in key
}

function startsWith(bytes: Uint8Array, beginning: Uint8Array): boolean {
  return beginning.every((byte, i) => bytes[i] === byte)
}
