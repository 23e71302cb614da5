import type { AuthenticationService } from "ts-mls/authenticationService.js"
import type { ClientConfig } from "ts-mls/clientConfig.js"
import type { Credential } from "ts-mls/credential.js"
import type { LeafNode } from "ts-mls/leafNode.js"
import type { RatchetTree } from "ts-mls/ratchetTree.js"
import { sameBytes } from "../../shared/bytes.ts"
import { checkCredential, claimsOf } from "./credential.ts"
import type { Member } from "./mls.ts"

/**
 * Keys of messages that were skipped are kept this long, and a message may be this far ahead. In a stream nothing is skipped but what
 * was damaged, and each key costs work: a block full of messages that skip 1,000 each would keep a phone busy for seconds.
 */
export const GENERATIONS = 64
/**
 * Messages of this many epochs before the present one can be read, each leaf's until its stream has left the epoch: in a group whose members change all the time some
 * are read hours later.
 */
export const EPOCHS = 32

/**
 * Credentials are checked in all but their validity: of leaves that are in a group already, whose certificates may have ended since, and of
 * those in commits that commit-rules.ts has judged.
 */
export const ANY_TIME = "any time"

export const KEY_RETENTION = {
  retainKeysForGenerations: GENERATIONS,
  maximumForwardRatchetSteps: GENERATIONS,
  retainKeysForEpochs: EPOCHS,
}

// The library asks for every leaf that comes into a tree, at every door: Welcome, commit, external commit, proposal.
function authentication(now: number | typeof ANY_TIME | null): AuthenticationService {
  return {
    async validateCredential(credential, signaturePublicKey) {
      if (now === null || credential.credentialType !== "basic") return false
      return checkCredential(credential.identity, signaturePublicKey, now === ANY_TIME ? null : now) !== null
    },
  }
}

function sameDevice(a: Credential, b: Credential): boolean {
  if (a.credentialType !== "basic" || b.credentialType !== "basic") return false
  try {
    return sameBytes(claimsOf(a.identity).device, claimsOf(b.identity).device)
  } catch {
    return false
  }
}

/**
 * What the library is to hold to. `now` in ms; null where no leaf can come in, and then none is accepted. Two leaves are one client's where
 * the device key is the same: the default, the signature key, is fresh in every conversation and would find nothing.
 */
export function clientConfig(now: number | typeof ANY_TIME | null): ClientConfig {
  return {
    keyRetentionConfig: KEY_RETENTION,
    lifetimeConfig: {
      maximumTotalLifetime: 0n, // the library never reads it; keypackage.ts checks
      validateLifetimeOnReceive: now !== ANY_TIME,
      currentTime: BigInt(Math.floor((typeof now === "number" ? now : 0) / 1000)),
    },
    keyPackageEqualityConfig: {
      compareKeyPackages: (a, b) => sameDevice(a.leafNode.credential, b.leafNode.credential),
      compareKeyPackageToLeafNode: (a, b) => sameDevice(a.leafNode.credential, b.credential),
    },
    // Messages only travel in boxes, which all have one size: padding would hide nothing.
    paddingConfig: { kind: "alwaysPad", paddingLength: 0 },
    authService: authentication(now),
  }
}

/** Throws where the leaf's credential was not checked before it came into a tree. */
export function memberOf(leaf: LeafNode, index: number): Member {
  if (leaf.credential.credentialType !== "basic") throw new Error("a leaf without a basic credential was let in")
  const { identity, device, stream } = claimsOf(leaf.credential.identity)
  return { leaf: index, identity, device, stream }
}

/** The members of a tree whose credentials have been checked. */
export function membersOf(tree: RatchetTree): Member[] {
  const members: Member[] = []
  tree.forEach((node, index) => {
    if (node?.nodeType === "leaf") members.push(memberOf(node.leaf, index / 2))
  })
  return members
}

/** Whether no device has two leaves and no stream key two writers. MLS itself knows of neither. */
export function areDistinct(members: readonly Member[]): boolean {
  return members.every((a, i) =>
    members.slice(i + 1).every((b) => !sameBytes(a.stream, b.stream) && !sameBytes(a.device, b.device)),
  )
}
