import type { GroupState } from "ts-mls/clientState.js"
import type { CreateCommitOptions } from "ts-mls/createCommit.js"
import { createCommit } from "ts-mls/createCommit.js"
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js"
import type { MLSMessage } from "ts-mls/message.js"
import { encodeMlsMessage } from "ts-mls/message.js"
import type { Proposal } from "ts-mls/proposal.js"
import type { RatchetTree } from "ts-mls/ratchetTree.js"
import { ratchetUntil } from "ts-mls/secretTree.js"
import { leafToNodeIndex, toLeafIndex } from "ts-mls/treemath.js"
import { encodeWelcome } from "ts-mls/welcome.js"
import { Reader, sameBytes, WireError, Writer } from "../../shared/bytes.ts"
import { settled } from "./epochs.ts"
import { checkKeyPackage, parseKeyPackage } from "./keypackage.ts"
import { areDistinct, clientConfig, KEY_RETENTION, MEMBERS_MAX, membersOf } from "./members.ts"
import type { Change } from "./mls.ts"
import { MlsError } from "./mls.ts"

const VERSION = 1

/**
 * The authenticated data of every commit: version 1 ‖ the committer's time, seconds since 1970, 8. Leaves that come in are judged at this time and
 * not at each reader's own, so that all members, whenever they read the commit, judge alike.
 */
export function encodeCommitTime(now: number): Uint8Array {
  return new Writer().u8(VERSION).u64(Math.floor(now / 1000)).done()
}

/** In ms. Throws WireError. */
export function decodeCommitTime(authenticatedData: Uint8Array): number {
  const reader = new Reader(authenticatedData)
  if (reader.u8() !== VERSION) throw new WireError()
  const seconds = reader.u64()
  reader.end()
  return seconds * 1000
}

export function leafAt(tree: RatchetTree, leaf: number) {
  const node = Number.isInteger(leaf) && leaf >= 0 ? tree[leafToNodeIndex(toLeafIndex(leaf))] : undefined
  return node?.nodeType === "leaf" ? node.leaf : null
}

async function proposalOf(suite: CiphersuiteImpl, state: GroupState, change: Change, now: number): Promise<Proposal> {
  if (change.kind === "remove") {
    if (change.leaf === state.privatePath.leafIndex) throw new MlsError("no device removes itself")
    if (leafAt(state.ratchetTree, change.leaf) === null) throw new MlsError("there is no such leaf")
    return { proposalType: "remove", remove: { removed: change.leaf } }
  }
  let keyPackage
  try {
    keyPackage = parseKeyPackage(change.keyPackage)
  } catch {
    throw new MlsError("the KeyPackage is not acceptable")
  }
  if ((await checkKeyPackage(keyPackage, suite, now)) === null) throw new MlsError("the KeyPackage is not acceptable")
  return { proposalType: "add", add: { keyPackage } }
}

/**
 * The state with the key of the commit just made used up: another commit in the same epoch gets another one. The key is kept so that
 * one's own commit can be told from a forgery in one's name.
 */
async function advanced(suite: CiphersuiteImpl, state: GroupState): Promise<GroupState> {
  const own = leafToNodeIndex(toLeafIndex(state.privatePath.leafIndex))
  const node = state.secretTree[own]!
  const [handshake] = await ratchetUntil(node.handshake, node.handshake.generation + 1, KEY_RETENTION, suite.kdf)
  return { ...state, secretTree: state.secretTree.with(own, { ...node, handshake }) }
}

export interface CommitMade {
  readonly current: GroupState
  readonly next: GroupState
  readonly commit: Uint8Array
  readonly welcome: Uint8Array | null
}

/** A commit with an update path, whatever it changes. Throws MlsError where a change is not possible. `state` is left as it was. */
export async function makeCommit(
  suite: CiphersuiteImpl,
  state: GroupState,
  changes: readonly Change[],
  now: number,
): Promise<CommitMade> {
  const extraProposals: Proposal[] = []
  for (const change of changes) extraProposals.push(await proposalOf(suite, state, change, now))
  const options: CreateCommitOptions & { forceUpdatePath: boolean } = {
    extraProposals,
    ratchetTreeExtension: true,
    authenticatedData: encodeCommitTime(now),
    forceUpdatePath: true,
  }
  let made
  try {
    made = await createCommit({ state: { ...state, clientConfig: clientConfig(now) }, cipherSuite: suite }, options)
  } catch {
    // The library's own rules: the same leaf removed twice, a key that is in the tree already.
    throw new MlsError("the changes do not go together")
  }
  const { newState, commit, welcome } = made
  const members = membersOf(newState.ratchetTree)
  if (members.length > MEMBERS_MAX) throw new MlsError("there are too many members")
  if (!areDistinct(members)) throw new MlsError("the device is a member already")
  assertPath(state, newState)
  return {
    current: await advanced(suite, state),
    next: settled(newState, state),
    commit: encodeMlsMessage(commit satisfies MLSMessage),
    welcome: welcome === undefined ? null : encodeWelcome(welcome),
  }
}

/** A commit without a path would let those whom it removes read on (e2ee.md 1.2), and heals nobody. */
function assertPath(before: GroupState, after: GroupState): void {
  const leaf = before.privatePath.leafIndex
  const [old, fresh] = [leafAt(before.ratchetTree, leaf), leafAt(after.ratchetTree, leaf)]
  if (fresh?.leafNodeSource !== "commit" || old === null || sameBytes(old.hpkePublicKey, fresh.hpkePublicKey)) {
    throw new Error('a commit without an update path: ts-mls lacks the corrections in patches/, run "npm ci"')
  }
}
