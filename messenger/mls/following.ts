import type { ClientState, GroupState } from "ts-mls/clientState.js"
import {
  applyProposals,
  throwIfDefined,
  validateLeafNodeCredentialAndKeyUniqueness,
  validateLeafNodeUpdateOrCommit,
} from "ts-mls/clientState.js"
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js"
import { acceptAll } from "ts-mls/incomingMessageAction.js"
import { processMessage } from "ts-mls/processMessages.js"
import { emptyPskIndex } from "ts-mls/pskIndex.js"
import { addLeafNode } from "ts-mls/ratchetTree.js"
import { leafToNodeIndex, toLeafIndex } from "ts-mls/treemath.js"
import { applyUpdatePath } from "ts-mls/updatePath.js"
import { sameBytes, WireError } from "../../shared/bytes.ts"
import { decodeCommitSays, leafAt } from "./commit.ts"
import type { CommitFrame } from "./commit-frame.ts"
import { openCommit, parseCommit } from "./commit-frame.ts"
import { requireMemberCommit, requirePathForm, requireRejoin, requireSoundTree } from "./commit-rules.ts"
import { settled } from "./epochs.ts"
import { publicKeyOf } from "./kem.ts"
import { ANY_TIME, clientConfig, memberOf, membersOf } from "./members.ts"
import type { CommitChanges, CommitPolicy, CommitProblem } from "./mls.ts"
import { roomIn } from "./room.ts"
import { requireLeaves, requireRoomRules } from "./room-rules.ts"

type Followed = { readonly ok: true; readonly next: GroupState; readonly sender: number; readonly changes: CommitChanges }
type Problem = { readonly ok: false; readonly problem: CommitProblem } & Partial<Pick<Followed, "sender" | "changes">>

interface Judged {
  readonly sender: number
  readonly changes: CommitChanges
  /** Whether the sender is a member whose leaf this state has. */
  readonly isOwn: boolean
}

/** All checks that every member makes alike, the library's public ones among them. Throws where one fails; `full` is left as it was. */
async function judge(suite: CiphersuiteImpl, full: ClientState, frame: CommitFrame): Promise<Judged> {
  const { ratchetTree, groupContext, clientConfig: config, privatePath } = full
  const content = await openCommit(suite, full, frame)
  const says = decodeCommitSays(content.authenticatedData)
  const read = { commit: content.commit, time: says.time }
  const room = roomIn(groupContext.extensions)
  const isMember = content.sender.senderType === "member"
  const member = content.sender.senderType === "member" ? toLeafIndex(content.sender.leafIndex) : undefined
  const rejoin = member === undefined ? requireRejoin(ratchetTree, read) : null
  const path = member === undefined ? rejoin!.path : await requireMemberCommit(suite, ratchetTree, member, read, room !== null)

  const applied = await applyProposals(full, content.commit.proposals, member, emptyPskIndex, false, suite)
  const { additionalResult: result, tree: before } = applied
  if (result.kind === "reinit" || isMember !== (result.kind === "memberCommit")) throw new WireError()
  const sender = result.kind === "externalCommit" ? toLeafIndex(result.newMemberLeafIndex) : member!
  throwIfDefined(await validateLeafNodeUpdateOrCommit(path.leafNode, sender, groupContext, config.authService, suite.signature))
  throwIfDefined(await validateLeafNodeCredentialAndKeyUniqueness(before, path.leafNode, sender))
  const withSender = isMember ? before : addLeafNode(before, path.leafNode)[0]
  const newcomers = result.kind === "memberCommit" ? result.addedLeafNodes.map(([leaf]) => leaf) : []
  requirePathForm(withSender, sender, path, newcomers.map(leafToNodeIndex))
  const tree = await applyUpdatePath(withSender, sender, path, suite.hash, !isMember)
  requireSoundTree(tree)

  const removed = (
    rejoin
      ? [rejoin.replaced]
      : applied.allProposals.flatMap(({ proposal }) => (proposal.proposalType === "remove" ? [proposal.remove.removed] : []))
  ).map((leaf) => memberOf(leafAt(ratchetTree, leaf)!, leaf))
  const added = rejoin ? [sender] : newcomers
  if (says.leaves.length > 0 && (room === null || rejoin !== null)) throw new WireError()
  const left = await requireLeaves(suite, full, says, removed)
  if (room !== null && result.kind === "memberCommit") {
    const after = roomIn(result.extensions)
    if (after === null) throw new WireError()
    requireRoomRules({ before: room, after, by: memberOf(leafAt(ratchetTree, sender)!, sender).identity, removed, left, members: membersOf(tree) })
  }
  return {
    sender,
    isOwn: member === privatePath.leafIndex,
    changes: {
      kind: rejoin ? "rejoin" : "commit",
      removed,
      added: added.map((leaf) => memberOf(leafAt(tree, leaf)!, leaf)),
      ...(left.length > 0 && { left }),
    },
  }
}

/**
 * RFC 9420 section 7.5: the private keys that a path secret leads to must be those of the public keys in the path. The library does not compare
 * them; who had others could not read the next commit.
 */
export function fitsItsTree({ privatePath, ratchetTree }: GroupState): boolean {
  return Object.entries(privatePath.privateKeys).every(([index, secretKey]) => {
    const node = ratchetTree[Number(index)]
    if (node === undefined) return true
    const publicKey = node.nodeType === "leaf" ? node.leaf.hpkePublicKey : node.parent.hpkePublicKey
    return sameBytes(publicKeyOf(secretKey), publicKey)
  })
}

/** What every member sees of a commit alike; null where it is not a good one of this epoch. Never throws on hostile bytes. */
export async function judgeCommit(
  suite: CiphersuiteImpl,
  state: GroupState,
  bytes: Uint8Array,
  allows: CommitPolicy,
): Promise<{ readonly sender: number; readonly changes: CommitChanges } | null> {
  try {
    const frame = parseCommit(state.groupContext.groupId, bytes)
    if (frame.epoch !== state.groupContext.epoch) return null
    const { sender, changes } = await judge(suite, { ...state, clientConfig: clientConfig(ANY_TIME) }, frame)
    return allows(sender, changes) ? { sender, changes } : null
  } catch {
    return null
  }
}

/** Follows a commit by somebody else into the next epoch. Never throws on hostile bytes; `state` is left as it was. */
export async function follow(
  suite: CiphersuiteImpl,
  state: GroupState,
  bytes: Uint8Array,
  allows: CommitPolicy,
): Promise<Followed | Problem> {
  const problem = (name: CommitProblem): Problem => ({ ok: false, problem: name })
  const full = { ...state, clientConfig: clientConfig(ANY_TIME) }
  let frame: CommitFrame
  let judged: Judged
  try {
    frame = parseCommit(state.groupContext.groupId, bytes)
    if (frame.epoch !== state.groupContext.epoch) return problem("other-epoch")
    judged = await judge(suite, full, frame)
  } catch {
    return problem("skip")
  }
  const { sender, changes, isOwn } = judged
  if (!allows(sender, changes)) return problem("skip")
  if (isOwn) return problem("own")
  if (changes.removed.some(({ leaf }) => leaf === state.privatePath.leafIndex)) return { ...problem("removed"), sender, changes }
  try {
    const result = await processMessage(frame.message, full, emptyPskIndex, acceptAll, suite)
    if (result.kind !== "newState" || result.newState.groupContext.epoch !== state.groupContext.epoch + 1n) return problem("broken")
    const next = settled(result.newState, state)
    return fitsItsTree(next) ? { ok: true, next, sender, changes } : problem("broken")
  } catch {
    return problem("broken")
  }
}
