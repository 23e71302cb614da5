/**
 * End-to-end groups as the messenger needs them (RFC 9420), whatever library does the work. A state is opaque bytes:
 * it is stored as it is, and every operation returns the next one. Who has the next state deletes the one before (and, having joined,
 * the KeyPackage's secrets): only then are the keys that were used up gone.
 *
 * Cipher suite: X-Wing, AES-128-GCM, SHA-256, Ed25519 (design.md section 9). All times are milliseconds since 1970.
 */

import type { Room } from "./room.ts"

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
  /** What the group is called, and who is what in it; null of a conversation of two. */
  readonly room: Room | null
  /** MLS-Exporter("sotto box", "", 32) of this epoch. */
  readonly boxContext: Uint8Array
}

export interface Founded extends GroupState {
  readonly streamScalar: Uint8Array
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
 * - malformed: not ours, damaged, not signed by its sender, or more than 64 messages ahead
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

/** What a commit is to change beside its maker's own leaf key, which every commit renews. */
export type Change =
  | { readonly kind: "add"; readonly keyPackage: Uint8Array }
  /** `left`: its own signature that it wants to leave (`leaveMessage`). */
  | { readonly kind: "remove"; readonly leaf: number; readonly left?: Uint8Array }
  | { readonly kind: "room"; readonly room: Room }

export interface Committed {
  /**
   * The present state, with the key that this commit was encrypted with used up: store it, as with `seal`. It stays the state for messages
   * of either way until the commit has won (then `adopt`) or lost (then `process` the winner's, and forget `next`).
   */
  readonly state: Uint8Array
  /** MLSMessage with a PrivateMessage. */
  readonly commit: Uint8Array
  /** The state after the commit, pending. */
  readonly next: GroupState
  /** MLS Welcome with the ratchet tree for those who are added (`enter`), or null. To be sent when the commit has won. */
  readonly welcome: Uint8Array | null
}

export interface CommitChanges {
  /** A rejoin is an external commit: one device's leaf gives way to a new one of the same device. */
  readonly kind: "commit" | "rejoin"
  /** As they were in the epoch before; of a rejoin, the leaf replaced. */
  readonly removed: readonly Member[]
  /** As they are in the next epoch; of a rejoin, the new leaf. None of both: an update. */
  readonly added: readonly Member[]
  /** Of those removed, the leaves that have asked for it themselves. */
  readonly left?: readonly number[]
}

/** Whether members may do this here (roles). Must say the same to every member: it is asked before a commit is skipped or followed. */
export type CommitPolicy = (sender: number, changes: CommitChanges) => boolean

/**
 * - skip: not a good commit, by what every member sees alike: all skip it
 * - other-epoch: of this group, but not of this epoch; nothing of it has been checked
 * - own: good, and made with this leaf: `adopt` what is pending. If nothing is, or another, somebody else has this leaf's keys (a backup
 *   was restored): rejoin
 * - removed: good, and this leaf is not in the next epoch (also the old state of a device that has rejoined)
 * - broken: good by what everybody sees, but this leaf cannot follow: rejoin
 */
export type CommitProblem = "skip" | "other-epoch" | "own" | "removed" | "broken"

export type Processed =
  | { readonly ok: true; readonly next: GroupState; readonly sender: number; readonly changes: CommitChanges }
  /** Of one that removes this leaf it is known who did, and what else. */
  | { readonly ok: false; readonly problem: CommitProblem; readonly sender?: number; readonly changes?: CommitChanges }

export interface Rejoined {
  /** MLSMessage with a PublicMessage: the external commit. */
  readonly commit: Uint8Array
  /** Pending until the commit has won. To read late messages of earlier epochs with an old state's keys, `adopt` it from there. */
  readonly next: GroupState
  readonly streamScalar: Uint8Array
  /** The leaf of this device that gives way. */
  readonly replaced: Member
}

export interface Entered extends GroupState {
  readonly streamScalar: Uint8Array
}

export interface WelcomeParts {
  readonly common: Uint8Array
  /** In the order of the KeyPackages. */
  readonly own: readonly Uint8Array[]
}

export interface Mls {
  /** Resolves once all the code is there. What returns promises waits for it by itself. */
  ready(): Promise<void>
  /** A device certificate, signed by the identity key: valid from `now` for a year. */
  certify(identitySecret: Uint8Array, devicePublic: Uint8Array, now: number): Uint8Array
  createKeyPackage(device: DeviceKeys, now: number): Promise<KeyPackageMade>
  /** Checks a foreign KeyPackage and its credential; null where anything is wrong with it. */
  inspectKeyPackage(keyPackage: Uint8Array, now: number): Promise<Omit<Member, "leaf"> | null>
  /** Makes a group and adds the owner of `keyPackage`. Throws MlsError when the KeyPackage or the greeting is not acceptable. */
  invite(device: DeviceKeys, keyPackage: Uint8Array, greeting: Greeting, now: number): Promise<Invited>
  /** Makes a group of many with its founder alone in it, as its owner. Throws MlsError where the own certificate is not valid. */
  found(device: DeviceKeys, room: Pick<Room, "name" | "picture">, ownName: string, now: number): Promise<Founded>
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
  /**
   * Destroys the message keys of earlier epochs that are not needed any more, leaf by leaf. The same bytes where all are; else the next state, to be stored in
   * the place of the one before.
   */
  narrow(state: Uint8Array, isNeeded: (leaf: number, epoch: number) => boolean): Promise<Uint8Array>
  /** A commit that renews the own leaf key and makes `changes`, if any. Throws MlsError where they are not possible. */
  commit(state: Uint8Array, changes: readonly Change[], now: number): Promise<Committed>
  /**
   * Follows a commit of somebody else into the next epoch. Knows no time, as members read at different times and must judge alike: leaves
   * that come in are judged at the time that the commit states. Never throws on hostile bytes; `state` stays good in every case.
   */
  process(state: Uint8Array, commit: Uint8Array, allows?: CommitPolicy): Promise<Processed>
  /**
   * The state after an own commit that has won: `pending` with the message keys of earlier epochs as they are in `state` now. Messages that were
   * sealed or opened meanwhile stay used up. Throws an Error where `pending` is not of a later epoch of the same group.
   */
  adopt(state: Uint8Array, pending: Uint8Array): Promise<GroupState>
  /** GroupInfo with tree and external key: who has it, and is a member by its credential, can `rejoin`. */
  groupInfo(state: Uint8Array): Promise<Uint8Array>
  /**
   * Takes this device's leaf back with fresh keys, a fresh P and the certificate in `device` (so a certificate is renewed: no other commit can).
   * null where the GroupInfo is not acceptable or has no leaf of this device and identity. Throws MlsError where the own certificate is not valid.
   */
  rejoin(device: DeviceKeys, groupInfo: Uint8Array, now: number): Promise<Rejoined | null>
  /** Joins by the Welcome of a commit that added `keyPackage`; null where it is not for these secrets or anything is wrong with it. */
  enter(keyPackage: Uint8Array, secrets: Uint8Array, welcome: Uint8Array, now: number): Promise<Entered | null>
  /**
   * A Welcome in parts: what it says to all whom it lets in (GroupInfo with the tree, sealed), and to each owner of these KeyPackages alone (the key to that).
   * Both are Welcomes again, with nothing in the place of the other part. Throws MlsError where it is not for them.
   */
  splitWelcome(welcome: Uint8Array, keyPackages: readonly Uint8Array[]): Promise<WelcomeParts>
  /** A Welcome for one, of the parts; null where they are none. */
  joinWelcome(common: Uint8Array, own: Uint8Array): Promise<Uint8Array | null>
  /** epoch_authenticator, 32 bytes: equal for all who are in one state, and no secret. */
  authenticator(state: Uint8Array): Promise<Uint8Array>
  /**
   * The place of a commit in the fixed order among those of one epoch, whose state is `state`: the greatest by `compareBytes` wins. Removes before
   * Adds before all others. Two commits by one leaf may be equal: then their bytes decide, since a leaf outdoes nobody but itself.
   */
  commitRank(state: Uint8Array, sender: number, changes: CommitChanges): Promise<Uint8Array>
  /**
   * Who made a commit, what it changes and its place in the fixed order, by the checks that all members make alike; also of own commits and of those that
   * this leaf cannot follow. null where it is not a good commit of this epoch.
   */
  judge(state: Uint8Array, commit: Uint8Array, allows?: CommitPolicy): Promise<{ readonly sender: number; readonly changes: CommitChanges; readonly rank: Uint8Array } | null>
  /** A signature with this leaf's key; `label` must not be the beginning of another. */
  signAs(state: Uint8Array, label: string, bytes: Uint8Array): Promise<Uint8Array>
  /** Whether the leaf of this epoch signed; false where there is none. */
  verifyAs(state: Uint8Array, leaf: number, label: string, bytes: Uint8Array, signature: Uint8Array): Promise<boolean>
  /** A fresh pair of keys outside any group, of X-Wing. Not before `ready`. */
  createKeyPair(): { readonly secretKey: Uint8Array; readonly publicKey: Uint8Array }
  /** Seals to such a public key (HPKE, base mode): the encapsulation and what is sealed. Throws where it is no key. */
  sealTo(publicKey: Uint8Array, plaintext: Uint8Array, info: Uint8Array): Promise<Uint8Array>
  /** null where it was not sealed to this key. */
  openWith(secretKey: Uint8Array, sealed: Uint8Array, info: Uint8Array): Promise<Uint8Array | null>
}

/** A mistake of the caller or a KeyPackage that must not be used; says nothing of keys or people. */
export class MlsError extends Error {
  override readonly name = "MlsError"
}
