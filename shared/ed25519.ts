import { ed25519 } from "@noble/curves/ed25519.js"
import { sha512 } from "@noble/hashes/sha2.js"
import { concat } from "./bytes.ts"
import type { Signature } from "./names.ts"
import { sized } from "./names.ts"

// Every runtime of ours has WebCrypto's Ed25519. Verifying is a pure function, so it may be called from the core; and all
// parties must use the same verifier, since verifiers differ on points of small and mixed order (design.md section 7).
// Signing and hashing are here for speed: signatures and digests of RFC 8032 and SHA-256 are the same whoever makes them.
interface Subtle {
  importKey(format: "raw" | "pkcs8", key: Uint8Array, algorithm: "Ed25519", extractable: boolean, usages: ("verify" | "sign")[]): Promise<object>
  sign(algorithm: "Ed25519", key: object, message: Uint8Array): Promise<ArrayBuffer>
  digest(algorithm: "SHA-256", message: Uint8Array): Promise<ArrayBuffer>
  verify(algorithm: "Ed25519", key: object, signature: Uint8Array, message: Uint8Array): Promise<boolean>
}
declare const crypto: { readonly subtle: Subtle }

const { Point } = ed25519
export const GROUP_ORDER = Point.Fn.ORDER

/** True where `signature` (64 bytes) is by `publicKey` (32 bytes) over `message`: RFC 8032, as WebCrypto verifies. Never throws. */
export async function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"])
    return await crypto.subtle.verify("Ed25519", key, signature, message)
  } catch {
    return false
  }
}

/** RFC 8410: what stands before the seed in a PKCS #8 private key. */
const PKCS8 = Uint8Array.of(0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20)

/** signEd25519 by WebCrypto, thirty times as fast: for whoever signs all the time. The key is imported once. */
export function signerEd25519(seed: Uint8Array): (message: Uint8Array) => Promise<Signature> {
  const key = crypto.subtle.importKey("pkcs8", concat(PKCS8, seed), "Ed25519", false, ["sign"])
  return async (message) => sized("Signature", new Uint8Array(await crypto.subtle.sign("Ed25519", await key, message)))
}

/** SHA-256 by WebCrypto, for long messages. */
export async function digestSha256(message: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", message))
}

/** RFC 8032 signature by a 32-byte seed. */
export function signEd25519(seed: Uint8Array, message: Uint8Array): Signature {
  return sized("Signature", ed25519.sign(message, seed))
}

/** The public key of a 32-byte seed (RFC 8032). */
export function publicEd25519(seed: Uint8Array): Uint8Array {
  return ed25519.getPublicKey(seed)
}

/** 64 uniform bytes, little-endian, reduced modulo the group order. */
export function wideReduce(bytes: Uint8Array): bigint {
  if (bytes.length !== 64) throw new RangeError("wide reduction takes 64 bytes")
  return littleEndian(bytes) % GROUP_ORDER
}

export function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!)
  return value
}

/** A scalar as 32 bytes, little-endian. */
export function scalarBytes(scalar: bigint): Uint8Array {
  const bytes = new Uint8Array(32)
  let left = scalar
  for (let i = 0; i < 32; i++) {
    bytes[i] = Number(left & 0xffn)
    left >>= 8n
  }
  return bytes
}

/** scalar·B, encoded. */
export function basePoint(scalar: bigint): Uint8Array {
  return Point.BASE.multiply(scalar).toBytes()
}

/** The same for a scalar that nobody keeps and that opens nothing: half the work, without what hides a secret one. */
export function passingPoint(scalar: bigint): Uint8Array {
  return Point.BASE.multiplyUnsafe(scalar).toBytes()
}

/** scalar·P for an encoded P whose order was checked before. Throws where P is no point. */
export function multiplyPoint(point: Uint8Array, scalar: bigint): Uint8Array {
  return Point.fromBytes(point).multiply(scalar).toBytes()
}

/** Canonically encoded and of prime order: what a stream key and a box id must be, or others than who made it could sign under it. */
export function isPrimeOrderPoint(point: Uint8Array): boolean {
  try {
    const decoded = Point.fromBytes(point)
    return !decoded.is0() && decoded.isTorsionFree()
  } catch {
    return false
  }
}

/**
 * An Ed25519 signature by a bare scalar (a blinded key has no seed): verifies as RFC 8032 under scalar·B.
 * The nonce comes from label, scalar, fresh randomness and message, so neither a bad generator nor a repetition gives the scalar away.
 */
export function signWithScalar(scalar: bigint, publicKey: Uint8Array, nonceInput: readonly Uint8Array[], message: Uint8Array): Signature {
  const nonce = wideReduce(sha512(concat(...nonceInput)))
  const commitment = basePoint(nonce)
  const challenge = wideReduce(sha512(concat(commitment, publicKey, message)))
  const response = (nonce + challenge * scalar) % GROUP_ORDER
  return sized("Signature", concat(commitment, scalarBytes(response)))
}
