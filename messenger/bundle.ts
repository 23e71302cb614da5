import { sha256 } from "@noble/hashes/sha2.js"
import { Reader, WireError, Writer } from "../shared/bytes.ts"
import { HASH_LENGTH, KEY_LENGTH, RECORD_BYTES_MAX } from "../shared/geometry.ts"
import { isName, NAME_MAX } from "./name.ts"

/** What the inviter leaves in a box for whoever has the contact code (design.md section 10). */
export interface InvitationBundle {
  /** 32 random bytes, so that the secrecy of the code does not rest on what else is random in the bundle. */
  readonly salt: Uint8Array
  /** Ed25519, 32 bytes. */
  readonly identityKey: Uint8Array
  readonly certificate: Uint8Array
  readonly name: string
  readonly keyPackage: Uint8Array
}

const VERSION = 1
const SALT_LENGTH = 32
/** One record of one box. */
export const BUNDLE_MAX = RECORD_BYTES_MAX

/**
 * bundle = version 1 ‖ salt 32 ‖ identity key 32 ‖ certificate ‖ name ‖ KeyPackage, the last three behind lengths of 2.
 * Throws a RangeError where it would not be readable or not fit into one box, for both are our own bug.
 */
export function encodeBundle(bundle: InvitationBundle): Uint8Array {
  const { salt, identityKey, certificate, name, keyPackage } = bundle
  if (salt.length !== SALT_LENGTH || identityKey.length !== KEY_LENGTH) throw new RangeError("salt or key of a wrong length")
  if (certificate.length === 0 || keyPackage.length === 0 || !isName(name)) throw new RangeError("bundle with an unusable field")
  const writer = new Writer().u8(VERSION).put(salt).put(identityKey)
  const bytes = writer.bytes16(certificate).text16(name).bytes16(keyPackage).done()
  if (bytes.length > BUNDLE_MAX) throw new RangeError("bundle too long")
  return bytes
}

/** Throws WireError for another version, an unusable name, an empty certificate or KeyPackage, or any wrong length. */
export function decodeBundle(bytes: Uint8Array): InvitationBundle {
  if (bytes.length > BUNDLE_MAX) throw new WireError()
  const reader = new Reader(bytes)
  if (reader.u8() !== VERSION) throw new WireError()
  const bundle: InvitationBundle = {
    salt: reader.take(SALT_LENGTH),
    identityKey: reader.take(KEY_LENGTH),
    certificate: reader.bytes16(),
    name: reader.text16(NAME_MAX),
    keyPackage: reader.bytes16(),
  }
  reader.end()
  if (bundle.certificate.length === 0 || bundle.keyPackage.length === 0 || !isName(bundle.name)) throw new WireError()
  return bundle
}

/** SHA-256 over the encoded bundle: what the contact code says, so nobody can put another bundle in its place. */
export function bundleHash(bytes: Uint8Array): Uint8Array {
  return new Reader(sha256(bytes)).take(HASH_LENGTH)
}
