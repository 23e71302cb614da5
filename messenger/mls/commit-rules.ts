import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js"
import type { Commit } from "ts-mls/commit.js"
import { encodeKeyPackage } from "ts-mls/keyPackage.js"
import type { LeafNode, LeafNodeCommit } from "ts-mls/leafNode.js"
import { encodeLeafNode } from "ts-mls/leafNode.js"
import type { Proposal } from "ts-mls/proposal.js"
import type { RatchetTree } from "ts-mls/ratchetTree.js"
import { filteredDirectPathAndCopathResolution } from "ts-mls/ratchetTree.js"
import { toLeafIndex } from "ts-mls/treemath.js"
import type { UpdatePath } from "ts-mls/updatePath.js"
import { sameBytes, WireError } from "../../shared/bytes.ts"
import { CIPHERSUITE_NAME } from "./ciphersuite.ts"
import { leafAt } from "./commit.ts"
import { checkCredential } from "./credential.ts"
import { checkKeyPackage, KEY_PACKAGE_MAX } from "./keypackage.ts"
import { isUsableKey } from "./kem.ts"
import { MEMBERS_MAX } from "./limits.ts"
import { areDistinct, memberOf, membersOf } from "./members.ts"
import { roomIn } from "./room.ts"

/**
 * The rules that the library does not make (design.md sections 7 and 9, feasibility.md 1). All of them read what every member sees
 * alike: the decoded commit, the tree before it, and the time that the commit states. All throw WireError where broken.
 */
export interface CommitRead {
  readonly commit: Commit
  /** As stated in the commit, in ms. */
  readonly time: number
}

const KEM_OUTPUT_LENGTH = 1120
/** A path secret of 32 bytes and the tag. */
const PATH_SECRET_LENGTH = 32 + 16

function must(condition: boolean): asserts condition {
  if (!condition) throw new WireError()
}

/** Proposals are never sent alone, so none is referred to. */
function inlineProposals(commit: Commit): Proposal[] {
  return commit.proposals.map((entry) => {
    must(entry.proposalOrRefType === "proposal")
    return entry.proposal
  })
}

function identityOf(leaf: LeafNode): Uint8Array {
  must(leaf.credential.credentialType === "basic")
  return leaf.credential.identity
}

function requireLeafForm(leaf: LeafNode): void {
  must(encodeLeafNode(leaf).length <= KEY_PACKAGE_MAX)
  const { versions, ciphersuites, credentials } = leaf.capabilities
  must(leaf.extensions.length === 0)
  must(versions.includes("mls10") && ciphersuites.includes(CIPHERSUITE_NAME) && credentials.includes("basic"))
  must(isUsableKey(leaf.hpkePublicKey))
}

/** An update changes the leaf's HPKE key and nothing else: neither identity nor device nor P nor the signature key. */
function requireSameLeaf(old: LeafNode, fresh: LeafNodeCommit): void {
  requireLeafForm(fresh)
  must(sameBytes(identityOf(old), identityOf(fresh)))
  must(sameBytes(old.signaturePublicKey, fresh.signaturePublicKey))
  must(!sameBytes(old.hpkePublicKey, fresh.hpkePublicKey))
  must(JSON.stringify(old.capabilities) === JSON.stringify(fresh.capabilities))
}

/**
 * A commit by a member: Adds and Removes of others, where the group has a room perhaps another one, and a path that changes nothing of its leaf but
 * the key.
 */
export async function requireMemberCommit(
  suite: CiphersuiteImpl,
  tree: RatchetTree,
  sender: number,
  { commit, time }: CommitRead,
  hasRoom: boolean,
): Promise<UpdatePath> {
  const { path } = commit
  const own = leafAt(tree, sender)
  must(path !== undefined && own !== null)
  const proposals = inlineProposals(commit)
  must(proposals.length <= 2 * MEMBERS_MAX)
  requireSameLeaf(own, path.leafNode)
  const removed = new Set<number>()
  for (const proposal of proposals) {
    if (proposal.proposalType === "remove") {
      const leaf = proposal.remove.removed
      must(leaf !== sender && !removed.has(leaf) && leafAt(tree, leaf) !== null)
      removed.add(leaf)
    } else if (proposal.proposalType === "group_context_extensions") {
      // The library refuses a second one.
      must(hasRoom && roomIn(proposal.groupContextExtensions.extensions) !== null)
    } else {
      // No Update (the path is one), PreSharedKey, ReInit, ExternalInit, and none that we do not know.
      must(proposal.proposalType === "add")
      const { keyPackage } = proposal.add
      // What comes alone is bounded when it is parsed. A leaf of any size could be too much for some members and not for others.
      must(encodeKeyPackage(keyPackage).length <= KEY_PACKAGE_MAX)
      must((await checkKeyPackage(keyPackage, suite, time)) !== null)
    }
  }
  return path
}

/** An external commit: a device takes its own leaf back, with fresh keys and a fresh P, and changes nothing else. */
export function requireRejoin(tree: RatchetTree, { commit, time }: CommitRead): { path: UpdatePath; replaced: number } {
  const { path } = commit
  const [remove, init, ...more] = inlineProposals(commit)
  must(path !== undefined && more.length === 0)
  must(remove?.proposalType === "remove" && init?.proposalType === "external_init")
  must(init.externalInit.kemOutput.length === KEM_OUTPUT_LENGTH)
  const replaced = remove.remove.removed
  const old = leafAt(tree, replaced)
  must(old !== null)
  requireLeafForm(path.leafNode)
  const claims = checkCredential(identityOf(path.leafNode), path.leafNode.signaturePublicKey, time)
  must(claims !== null)
  // The library would let in anybody who has a GroupInfo.
  const former = memberOf(old, replaced)
  must(sameBytes(claims.device, former.device) && sameBytes(claims.identity, former.identity))
  must(!sameBytes(claims.stream, former.stream))
  must(!sameBytes(path.leafNode.signaturePublicKey, old.signaturePublicKey))
  return { path, replaced }
}

function keysOf(tree: RatchetTree): Uint8Array[] {
  const keys: Uint8Array[] = []
  for (const node of tree) {
    if (node?.nodeType === "leaf") keys.push(node.leaf.hpkePublicKey)
    else if (node) keys.push(node.parent.hpkePublicKey)
  }
  return keys
}

/**
 * The path fits the tree: usable keys, and a ciphertext of the right length for each node that is to learn the secret. Otherwise only the
 * one who misses its own would notice. `newcomers` learn it from their Welcome.
 */
export function requirePathForm(tree: RatchetTree, committer: number, path: UpdatePath, newcomers: readonly number[]): void {
  const expected = filteredDirectPathAndCopathResolution(toLeafIndex(committer), tree)
  must(path.nodes.length === expected.length)
  path.nodes.forEach(({ hpkePublicKey, encryptedPathSecret }, level) => {
    must(isUsableKey(hpkePublicKey))
    const recipients = expected[level]!.resolution.filter((node) => !newcomers.includes(node))
    must(encryptedPathSecret.length === recipients.length)
    for (const { kemOutput, ciphertext } of encryptedPathSecret) {
      must(kemOutput.length === KEM_OUTPUT_LENGTH && ciphertext.length === PATH_SECRET_LENGTH)
    }
  })
}

/** What must hold of the tree that a commit leads to. */
export function requireSoundTree(tree: RatchetTree): void {
  const members = membersOf(tree)
  must(members.length <= MEMBERS_MAX && areDistinct(members))
  // RFC 9420 section 7.3; who joins later would refuse the tree.
  const keys = keysOf(tree)
  must(keys.every((a, i) => keys.slice(i + 1).every((b) => !sameBytes(a, b))))
}
