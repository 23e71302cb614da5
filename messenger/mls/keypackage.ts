import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js"
import type { KeyPackage, PrivateKeyPackage } from "ts-mls/keyPackage.js"
import { decodeKeyPackage, encodeKeyPackage, generateKeyPackageWithKey, verifyKeyPackage } from "ts-mls/keyPackage.js"
import type { LeafNode } from "ts-mls/leafNode.js"
import { verifyLeafNodeSignatureKeyPackage } from "ts-mls/leafNode.js"
import { Reader, sameBytes, WireError, Writer } from "../../shared/bytes.ts"
import { newStreamKey } from "../../shared/box.ts"
import { KEY_LENGTH } from "../../shared/geometry.ts"
import type { Random } from "../../shared/random.ts"
import { CIPHERSUITE_NAME } from "./ciphersuite.ts"
import { decodeExactly } from "./codec.ts"
import type { Claims } from "./credential.ts"
import { checkCredential, createCredential, isValidAt, validityFrom } from "./credential.ts"
import { isUsableKey } from "./kem.ts"
import type { DeviceKeys } from "./mls.ts"
import { MlsError } from "./mls.ts"
import { ROOM } from "./room.ts"

const LIFETIME_DAYS = 90
/** A day before and one after allow for clocks that differ and for rounding. */
const LIFETIME_DAYS_MAX = LIFETIME_DAYS + 2
/** Above what a KeyPackage of ours takes (2,883); larger ones are not looked at. */
export const KEY_PACKAGE_MAX = 4096

export interface OwnKeyPackage {
  readonly publicPackage: KeyPackage
  readonly privatePackage: PrivateKeyPackage
  readonly streamScalar: Uint8Array
}

/** Fresh init, leaf and signature keys, and a fresh stream key. Throws MlsError where the device's own certificate is not valid. */
export async function createKeyPackage(
  device: DeviceKeys,
  suite: CiphersuiteImpl,
  random: Random,
  now: number,
): Promise<OwnKeyPackage> {
  const signatureKeys = await suite.signature.keygen()
  const { scalar, stream } = newStreamKey(random)
  const identity = createCredential(device, signatureKeys.publicKey, stream)
  const claims = checkCredential(identity, signatureKeys.publicKey, now)
  if (claims === null) throw new MlsError("the device certificate is not valid")
  const lifetime = validityFrom(now, LIFETIME_DAYS)
  const made = await generateKeyPackageWithKey(
    { credentialType: "basic", identity },
    { versions: ["mls10"], ciphersuites: [CIPHERSUITE_NAME], extensions: [ROOM], proposals: [], credentials: ["basic"] },
    { notBefore: BigInt(lifetime.notBefore), notAfter: BigInt(Math.min(lifetime.notAfter, claims.validity.notAfter)) },
    [],
    signatureKeys,
    suite,
  )
  return { ...made, streamScalar: scalar }
}

/** Throws WireError. */
export function parseKeyPackage(bytes: Uint8Array): KeyPackage {
  return decodeExactly(decodeKeyPackage, encodeKeyPackage, bytes, KEY_PACKAGE_MAX)
}

/**
 * What a leaf from a KeyPackage must fulfil before it is trusted, its own signature and its place in a tree aside: kind, keys that can be
 * used, no extensions, capabilities, lifetime and credential. null where anything is wrong; never throws.
 */
export function checkLeaf(leaf: LeafNode, now: number): Claims | null {
  if (leaf.leafNodeSource !== "key_package" || leaf.extensions.length !== 0) return null
  const { versions, ciphersuites, credentials } = leaf.capabilities
  if (!versions.includes("mls10") || !ciphersuites.includes(CIPHERSUITE_NAME) || !credentials.includes("basic")) return null
  const lifetime = { notBefore: Number(leaf.lifetime.notBefore), notAfter: Number(leaf.lifetime.notAfter) }
  if (!isValidAt(lifetime, now, LIFETIME_DAYS_MAX)) return null
  if (leaf.credential.credentialType !== "basic" || !("identity" in leaf.credential)) return null
  if (!isUsableKey(leaf.hpkePublicKey)) return null
  return checkCredential(leaf.credential.identity, leaf.signaturePublicKey, now)
}

/** Everything that can be checked of a foreign KeyPackage (RFC 9420 section 10.1 and our credential). null where anything is wrong. */
export async function checkKeyPackage(keyPackage: KeyPackage, suite: CiphersuiteImpl, now: number): Promise<Claims | null> {
  const { version, cipherSuite, initKey, leafNode, extensions } = keyPackage
  if (version !== "mls10" || cipherSuite !== CIPHERSUITE_NAME || extensions.length !== 0) return null
  if (!isUsableKey(initKey) || sameBytes(initKey, leafNode.hpkePublicKey)) return null
  const claims = checkLeaf(leafNode, now)
  if (claims === null) return null
  if (!(await verifyLeafNodeSignatureKeyPackage(leafNode, suite.signature))) return null
  return (await verifyKeyPackage(keyPackage, suite.signature)) ? claims : null
}

const SECRETS_VERSION = 1

/** secrets = version 1 ‖ init key 32 ‖ leaf key 32 ‖ signature key 32 ‖ stream scalar 32 */
export function encodeSecrets({ privatePackage, streamScalar }: OwnKeyPackage): Uint8Array {
  return new Writer()
    .u8(SECRETS_VERSION)
    .put(privatePackage.initPrivateKey)
    .put(privatePackage.hpkePrivateKey)
    .put(privatePackage.signaturePrivateKey)
    .put(streamScalar)
    .done()
}

/** Throws WireError. */
export function decodeSecrets(bytes: Uint8Array): { privatePackage: PrivateKeyPackage; streamScalar: Uint8Array } {
  const reader = new Reader(bytes)
  if (reader.u8() !== SECRETS_VERSION) throw new WireError()
  const privatePackage = {
    initPrivateKey: reader.take(KEY_LENGTH),
    hpkePrivateKey: reader.take(KEY_LENGTH),
    signaturePrivateKey: reader.take(KEY_LENGTH),
  }
  const streamScalar = reader.take(KEY_LENGTH)
  reader.end()
  return { privatePackage, streamScalar }
}
