/**
 * End-to-end groups as the messenger needs them (RFC 9420), whatever library does the work. A state is opaque bytes:
 * it is stored as it is, and every operation returns the next one. Who has the next state deletes the one before (and, having joined,
 * the KeyPackage's secrets): only then are the keys that were used up gone.
 *
 * Cipher suite: X-Wing, AES-128-GCM, SHA-256, Ed25519 (design.md section 9). All times are milliseconds since 1970.
 */

/** One device's keys, made once per profile. All 32 bytes (the secrets are Ed25519 seeds); the certificate comes from `certify`. */
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
  /** The stream key P of this leaf (Ed25519, prime order, checked; no other leaf has it). */
  readonly stream: Uint8Array
}

export interface KeyPackageMade {
  /** The public KeyPackage, encoded as RFC 9420 KeyPackage (no MLSMessage around it). Good for one guest, for 90 days. */
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
  /** MLS Welcome for the one KeyPackage added, without the ratchet tree but with what the joiner needs inside (introduction.ts). */
  readonly welcome: Uint8Array
  readonly streamScalar: Uint8Array
}

export interface Joined extends GroupState {
  readonly greeting: Greeting
  readonly streamScalar: Uint8Array
}

/** What the guest says to the inviter inside the Welcome: readable by the KeyPackage's owner only. */
export interface Greeting {
  /** At most 64 bytes of UTF-8. */
  readonly name: string
  /** 32 bytes. */
  readonly recoverySecret: Uint8Array
}

/**
 * - malformed: not ours, damaged, not signed by its sender, or more than 1,000 messages ahead
 * - replayed: the key of this message was used or is no longer kept; also for own messages that come back
 * - other-epoch: of an epoch that is not this one nor one of the last five; a later one is to be kept until its commit is there
 * - not-a-message: well formed, but a commit, proposal, Welcome, GroupInfo or KeyPackage
 */
export type OpenProblem = "malformed" | "replayed" | "other-epoch" | "not-a-message"

export interface OpenedMessage {
  readonly ok: true
  readonly state: Uint8Array
  /** The leaf whose signature the message bears, in the epoch that it was written in. */
  readonly sender: number
  readonly epoch: number
  readonly plaintext: Uint8Array
  readonly authenticatedData: Uint8Array
}

export type Opened = OpenedMessage | { readonly ok: false; readonly problem: OpenProblem }

export interface Mls {
  /** A device certificate, signed by the identity key: valid from `now` for a year. */
  certify(identitySecret: Uint8Array, devicePublic: Uint8Array, now: number): Uint8Array
  createKeyPackage(device: DeviceKeys, now: number): Promise<KeyPackageMade>
  /** Checks a foreign KeyPackage and its credential; null where anything is wrong with it. */
  inspectKeyPackage(keyPackage: Uint8Array, now: number): Promise<Omit<Member, "leaf"> | null>
  /** Makes a group and adds the owner of `keyPackage`. Throws MlsError when the KeyPackage or the greeting is not acceptable. */
  invite(device: DeviceKeys, keyPackage: Uint8Array, greeting: Greeting, now: number): Promise<Invited>
  /** Joins from a Welcome made by `invite`; null where it is not for these secrets or anything is wrong with it. */
  join(keyPackage: Uint8Array, secrets: Uint8Array, welcome: Uint8Array, now: number): Promise<Joined | null>
  /** What is known of a stored state; the same values as when it was made or joined. */
  read(state: Uint8Array): Promise<GroupState>
  /**
   * Encrypts an application message. `authenticatedData` is signed and goes in the clear within the message (boxes seal it). The next state
   * must be stored before the message leaves: sealing twice from one state uses one key for two messages.
   */
  seal(state: Uint8Array, plaintext: Uint8Array, authenticatedData?: Uint8Array): Promise<{ state: Uint8Array; message: Uint8Array }>
  /** Never throws on hostile bytes; `state` stays good when it fails. */
  open(state: Uint8Array, message: Uint8Array): Promise<Opened>
}

/** A mistake of the caller or a KeyPackage that must not be used; says nothing of keys or people. */
export class MlsError extends Error {
  override readonly name = "MlsError"
}
