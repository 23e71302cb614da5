/**
 * End-to-end groups as the messenger needs them (RFC 9420), whatever library does the work. A state is opaque bytes:
 * it is stored as it is, and every operation returns the next one; nothing is kept in between.
 *
 * Cipher suite: X-Wing, AES-128-GCM, SHA-256, Ed25519 (design.md section 9).
 */

/** One device's keys, made once per profile. All 32 bytes; the certificate as in docs/protocol.md. */
export interface DeviceKeys {
  readonly identityPublic: Uint8Array
  readonly deviceSecret: Uint8Array
  readonly devicePublic: Uint8Array
  readonly certificate: Uint8Array
}

/** What a credential was found to say, once all its signatures have been checked. */
export interface Member {
  readonly leaf: number
  readonly identity: Uint8Array
  readonly device: Uint8Array
  /** The stream key P of this leaf (Ed25519, prime order, checked). */
  readonly stream: Uint8Array
}

export interface KeyPackageMade {
  /** The public KeyPackage, encoded as RFC 9420 KeyPackage (no MLSMessage around it). */
  readonly keyPackage: Uint8Array
  /** Secret: what joining needs later (init key, leaf keys), and the stream scalar s of this leaf, 32 bytes little-endian. */
  readonly secrets: Uint8Array
  readonly streamScalar: Uint8Array
}

/** A group that was made or joined. */
export interface GroupState {
  readonly state: Uint8Array
  readonly groupId: Uint8Array
  readonly epoch: number
  readonly ownLeaf: number
  readonly members: readonly Member[]
  /** MLS-Exporter("sotto box", "", 32) of this epoch. */
  readonly boxContext: Uint8Array
}

export interface Invited extends GroupState {
  /** MLS Welcome for the one KeyPackage added, without the ratchet tree but with what the joiner needs inside (see docs/protocol.md). */
  readonly welcome: Uint8Array
  readonly streamScalar: Uint8Array
}

/** What the guest says to the inviter inside the Welcome: readable by the KeyPackage's owner only. */
export interface Greeting {
  readonly name: string
  readonly recoverySecret: Uint8Array
}

export type Opened =
  | { readonly ok: true; readonly state: Uint8Array; readonly sender: number; readonly plaintext: Uint8Array }
  | { readonly ok: false; readonly problem: "malformed" | "replayed" | "other-epoch" | "not-a-message" }

export interface Mls {
  /** A device certificate, signed by the identity key: valid from `now` for a year. `now` in ms. */
  certify(identitySecret: Uint8Array, devicePublic: Uint8Array, now: number): Uint8Array
  createKeyPackage(device: DeviceKeys, now: number): Promise<KeyPackageMade>
  /** Checks a foreign KeyPackage and its credential; null where anything is wrong with it. */
  inspectKeyPackage(keyPackage: Uint8Array, now: number): Promise<Omit<Member, "leaf"> | null>
  /** Makes a group and adds the owner of `keyPackage`. Throws MlsError when the KeyPackage is not acceptable. */
  invite(device: DeviceKeys, keyPackage: Uint8Array, greeting: Greeting, now: number): Promise<Invited>
  /** Joins from a Welcome made by `invite`; null where it is not for these secrets or anything is wrong with it. */
  join(keyPackage: Uint8Array, secrets: Uint8Array, welcome: Uint8Array, now: number): Promise<(GroupState & { greeting: Greeting }) | null>
  /** Encrypts an application message; authenticated data is empty for now. */
  seal(state: Uint8Array, plaintext: Uint8Array): Promise<{ state: Uint8Array; message: Uint8Array }>
  open(state: Uint8Array, message: Uint8Array): Promise<Opened>
}

/** A mistake of the caller or a KeyPackage that must not be used; says nothing of keys or people. */
export class MlsError extends Error {
  override readonly name = "MlsError"
}
