import { xchacha20poly1305 } from "@noble/ciphers/chacha.js"
import { hkdf } from "@noble/hashes/hkdf.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { concat, Writer } from "../../shared/bytes.ts"
import { KEY_LENGTH } from "../../shared/geometry.ts"
import type { Random } from "../../shared/random.ts"
import { utf8 } from "../../shared/text.ts"
import type { Stretching, Wrap } from "./header.ts"
import { encodeStretching } from "./header.ts"
import { NONCE_LENGTH } from "./sealed-record.ts"

/** What opens a vault: the stretched passphrase (argon2.ts), or what a passkey gave (WebAuthn PRF, 32 bytes). */
export type Secret = { readonly way: "passphrase" | "passkey"; readonly key: Uint8Array }

/** A way in that is to be added, with the secret that will open it. */
export type NewWay =
  | { readonly way: "passphrase"; readonly stretching: Stretching; readonly key: Uint8Array }
  | { readonly way: "passkey"; readonly credential: Uint8Array; readonly salt: Uint8Array; readonly key: Uint8Array }

export function wrapFor(id: Uint8Array, data: Uint8Array, way: NewWay, random: Random): Wrap {
  if (way.way === "passphrase") {
    const { stretching } = way
    return { way: "passphrase", stretching, wrapped: seal(way.key, data, about(id, "passphrase", encodeStretching(stretching)), random) }
  }
  const { credential, salt } = way
  return { way: "passkey", credential, salt, wrapped: seal(keyOfPasskey(way.key, salt), data, about(id, "passkey", salt), random) }
}

/** The data key, or null where the secret is not the one of this wrap. */
export function unwrap(id: Uint8Array, wrap: Wrap, secret: Secret): Uint8Array | null {
  if (wrap.way === "open" || wrap.way !== secret.way) return null
  if (wrap.way === "passphrase") return open(secret.key, wrap.wrapped, about(id, "passphrase", encodeStretching(wrap.stretching)))
  return open(keyOfPasskey(secret.key, wrap.salt), wrap.wrapped, about(id, "passkey", wrap.salt))
}

/** The data key of the generation before, under the next one. */
export function wrapOld(id: Uint8Array, next: Uint8Array, old: Uint8Array, random: Random): Uint8Array {
  return seal(next, old, about(id, "old", new Uint8Array()), random)
}

export function unwrapOld(id: Uint8Array, next: Uint8Array, wrapped: Uint8Array): Uint8Array | null {
  return open(next, wrapped, about(id, "old", new Uint8Array()))
}

function seal(key: Uint8Array, data: Uint8Array, associated: Uint8Array, random: Random): Uint8Array {
  const nonce = random(NONCE_LENGTH)
  return concat(nonce, xchacha20poly1305(key, nonce, associated).encrypt(data))
}

function open(key: Uint8Array, wrapped: Uint8Array, associated: Uint8Array): Uint8Array | null {
  try {
    return xchacha20poly1305(key, wrapped.subarray(0, NONCE_LENGTH), associated).decrypt(wrapped.subarray(NONCE_LENGTH))
  } catch {
    return null
  }
}

const about = (id: Uint8Array, use: string, terms: Uint8Array) => new Writer().put(utf8("sotto v1 vault key")).put(id).text16(use).put(terms).done()
const keyOfPasskey = (prf: Uint8Array, salt: Uint8Array) => hkdf(sha256, prf, salt, utf8("sotto v1 vault passkey"), KEY_LENGTH)
