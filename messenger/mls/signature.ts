import { ed25519 } from "@noble/curves/ed25519.js"

/** RFC 8032 with canonical encodings only and no keys of small order; never throws. */
export function verifySignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: false })
  } catch {
    return false
  }
}
