import { concat, Reader, WireError, Writer } from "../../shared/bytes.ts"
import { isPrimeOrderPoint, signEd25519 } from "../../shared/ed25519.ts"
import { KEY_LENGTH, SIGNATURE_LENGTH } from "../../shared/geometry.ts"
import { utf8 } from "../../shared/text.ts"
import type { DeviceKeys } from "./mls.ts"
import { verifySignature } from "./signature.ts"

/** certificate = version 1 ‖ device key 32 ‖ not before 8 ‖ not after 8 ‖ signature by the identity key 64; in seconds */
export const CERTIFICATE_LENGTH = 1 + KEY_LENGTH + 8 + 8 + SIGNATURE_LENGTH // 113
/** credential = version 1 ‖ identity key 32 ‖ certificate ‖ stream key P 32 ‖ signature by the device key 64 */
export const CREDENTIAL_LENGTH = 1 + KEY_LENGTH + CERTIFICATE_LENGTH + KEY_LENGTH + SIGNATURE_LENGTH // 242

const VERSION = 1
const DAY = 86_400
const CERTIFICATE_DAYS = 365
/** Above the lifetime of a KeyPackage, which ends with its certificate. */
const FRESH_DAYS = 100
/** A day before and one after allow for clocks that differ and for rounding. */
const CERTIFICATE_DAYS_MAX = CERTIFICATE_DAYS + 2

// Neither label begins the other, and all that follows has a fixed length, so no signed message can be read as another.
const CERTIFICATE_LABEL = utf8("sotto v1 device certificate")
const LEAF_LABEL = utf8("sotto v1 leaf credential")

export interface Validity {
  /** Seconds since 1970, both inclusive. */
  readonly notBefore: number
  readonly notAfter: number
}

/** What a credential says. */
export interface Claims {
  readonly identity: Uint8Array
  readonly device: Uint8Array
  readonly stream: Uint8Array
  readonly validity: Validity
}

/** Whole days around `now` (ms), so that neither seconds of making are told nor a clock a few hours behind refuses it. */
export function validityFrom(now: number, days: number): Validity {
  const today = Math.floor(now / 1000 / DAY) * DAY
  return { notBefore: Math.max(0, today - DAY), notAfter: today + days * DAY }
}

/** `now` in ms; `daysMax` is the longest that the whole validity may be. */
export function isValidAt(validity: Validity, now: number, daysMax: number): boolean {
  const seconds = Math.floor(now / 1000)
  const { notBefore, notAfter } = validity
  return notBefore <= seconds && seconds <= notAfter && notAfter - notBefore <= daysMax * DAY
}

/** Not so near its end that what is made with it would not last. `now` in ms. */
export function isFreshAt(validity: Validity, now: number): boolean {
  return isValidAt(validity, now, CERTIFICATE_DAYS_MAX) && Math.floor(now / 1000) + FRESH_DAYS * DAY <= validity.notAfter
}

function certificateMessage(identity: Uint8Array, device: Uint8Array, { notBefore, notAfter }: Validity): Uint8Array {
  return new Writer().put(CERTIFICATE_LABEL).put(identity).put(device).u64(notBefore).u64(notAfter).done()
}

function leafMessage(identity: Uint8Array, certificate: Uint8Array, leafKey: Uint8Array, stream: Uint8Array): Uint8Array {
  return concat(LEAF_LABEL, identity, certificate, leafKey, stream)
}

/** A device certificate by the identity key's seed (32 bytes), valid at `now` (ms) and for a year. */
export function certify(identitySecret: Uint8Array, identity: Uint8Array, device: Uint8Array, now: number): Uint8Array {
  const validity = validityFrom(now, CERTIFICATE_DAYS)
  return new Writer()
    .u8(VERSION)
    .put(device)
    .u64(validity.notBefore)
    .u64(validity.notAfter)
    .put(signEd25519(identitySecret, certificateMessage(identity, device, validity)))
    .done()
}

interface Certificate {
  readonly device: Uint8Array
  readonly validity: Validity
  readonly signature: Uint8Array
}

/** Throws WireError. Checks no signature. */
function decodeCertificate(bytes: Uint8Array): Certificate {
  const reader = new Reader(bytes)
  if (reader.u8() !== VERSION) throw new WireError()
  const device = reader.take(KEY_LENGTH)
  const validity = { notBefore: reader.u64(), notAfter: reader.u64() }
  const signature = reader.take(SIGNATURE_LENGTH)
  reader.end()
  return { device, validity, signature }
}

/** When a certificate is valid. Throws WireError; checks no signature. */
export function certificateValidity(certificate: Uint8Array): Validity {
  return decodeCertificate(certificate).validity
}

/** The identity of a basic credential for a leaf with this signature key and stream key P. */
export function createCredential(keys: DeviceKeys, leafKey: Uint8Array, stream: Uint8Array): Uint8Array {
  const message = leafMessage(keys.identityPublic, keys.certificate, leafKey, stream)
  return new Writer()
    .u8(VERSION)
    .put(keys.identityPublic)
    .put(keys.certificate)
    .put(stream)
    .put(signEd25519(keys.deviceSecret, message))
    .done()
}

interface Credential extends Claims {
  readonly certificate: Uint8Array
  readonly certificateSignature: Uint8Array
  readonly signature: Uint8Array
}

function decodeCredential(bytes: Uint8Array): Credential {
  const reader = new Reader(bytes)
  if (reader.u8() !== VERSION) throw new WireError()
  const identity = reader.take(KEY_LENGTH)
  const certificate = reader.take(CERTIFICATE_LENGTH)
  const stream = reader.take(KEY_LENGTH)
  const signature = reader.take(SIGNATURE_LENGTH)
  reader.end()
  const { device, validity, signature: certificateSignature } = decodeCertificate(certificate)
  return { identity, device, stream, validity, certificate, certificateSignature, signature }
}

/** What the credential of a leaf says that was checked before it came into a tree of ours. Throws WireError; checks no signature. */
export function claimsOf(credential: Uint8Array): Claims {
  return decodeCredential(credential)
}

/**
 * Everything that one leaf's credential must fulfil: form and version, both signatures, the certificate's validity at `now` (ms;
 * null where a member's certificate may be over), the leaf's signature key as the device signed it, P canonical and of prime
 * order. null where anything is wrong; never throws.
 */
export function checkCredential(bytes: Uint8Array, leafKey: Uint8Array, now: number | null): Claims | null {
  try {
    const credential = decodeCredential(bytes)
    const { identity, device, stream, validity, certificate } = credential
    if (now !== null && !isValidAt(validity, now, CERTIFICATE_DAYS_MAX)) return null
    if (!verifySignature(identity, certificateMessage(identity, device, validity), credential.certificateSignature)) return null
    if (leafKey.length !== KEY_LENGTH) return null
    if (!verifySignature(device, leafMessage(identity, certificate, leafKey, stream), credential.signature)) return null
    if (!isPrimeOrderPoint(stream)) return null
    return { identity, device, stream, validity }
  } catch {
    return null
  }
}
