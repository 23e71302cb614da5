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
import { SIGNATURE_LENGTH } from "../../shared/geometry.ts"
import { settled } from "./epochs.ts"
import { checkKeyPackage, parseKeyPackage } from "./keypackage.ts"
import { MEMBERS_MAX } from "./limits.ts"
import { areDistinct, clientConfig, KEY_RETENTION, membersOf } from "./members.ts"
import type { Change } from "./mls.ts"
import { roomExtension, roomIn } from "./room.ts"
import { requireRoomRules } from "./room-rules.ts"
import { MlsError } from "./mls.ts"

const VERSION = 1
/** With leaves that have asked to be taken out. */
const VERSION_LEAVES = 2

/** What a commit says beside its proposals, signed by its committer. */
export interface CommitSays {
  /** The committer's time, in ms. */
  readonly time: number
  /** Leaves that are removed because they have asked for it, each with its own signature. */
  readonly leaves: readonly Leave[]
}

export interface Leave {
  readonly leaf: number
  readonly signature: Uint8Array
}

/**
 * The authenticated data of every commit: version 1 ‖ the committer's time, seconds since 1970, 8; or version 2 ‖ time ‖ number of leaves 1 ‖ of each: leaf 4 ‖
 * signature 64. Leaves that come in are judged at this time and not at each reader's own, so that all members, whenever they read the commit, judge alike.
 */
export function encodeCommitSays(now: number, leaves: readonly Leave[] = []): Uint8Array {
  const writer = new Writer().u8(leaves.length === 0 ? VERSION : VERSION_LEAVES).u64(Math.floor(now / 1000))
  if (leaves.length === 0) return writer.done()
  writer.u8(leaves.length)
  for (const { leaf, signature } of leaves) writer.u32(leaf).put(signature)
  return writer.done()
}

/** Throws WireError. */
export function decodeCommitSays(authenticatedData: Uint8Array): CommitSays {
  const reader = new Reader(authenticatedData)
  const version = reader.u8()
  if (version !== VERSION && version !== VERSION_LEAVES) throw new WireError()
  const time = reader.u64() * 1000
  const leaves: Leave[] = []
  if (version === VERSION_LEAVES) {
    const count = reader.u8()
    if (count === 0 || count >= MEMBERS_MAX) throw new WireError()
    for (let i = 0; i < count; i++) leaves.push({ leaf: reader.u32(), signature: reader.take(SIGNATURE_LENGTH) })
  }
  reader.end()
  return { time, leaves }
}

export function leafAt(tree: RatchetTree, leaf: number) {
  const node = Number.isInteger(leaf) && leaf >= 0 ? tree[leafToNodeIndex(toLeafIndex(leaf))] : undefined
  return node?.nodeType === "leaf" ? node.leaf : null
}

async function proposalOf(suite: CiphersuiteImpl, state: GroupState, change: Change, now: number): Promise<Proposal> {
  if (change.kind === "room") return { proposalType: "group_context_extensions", groupContextExtensions: { extensions: [roomExtension(change.room)] } }
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
  const leaves = changes.flatMap((change) => (change.kind === "remove" && change.left !== undefined ? [{ leaf: change.leaf, signature: change.left }] : []))
  const options: CreateCommitOptions & { forceUpdatePath: boolean } = {
    extraProposals,
    ratchetTreeExtension: true,
    authenticatedData: encodeCommitSays(now, leaves),
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
  requireAllowed(state, newState, leaves)
  return {
    current: await advanced(suite, state),
    next: settled(newState, state),
    commit: encodeMlsMessage(commit satisfies MLSMessage),
    welcome: welcome === undefined ? null : encodeWelcome(welcome),
  }
}

/** What nobody would follow is not made. */
function requireAllowed(before: GroupState, after: GroupState, leaves: readonly Leave[]): void {
  try {
    const [room, next] = [roomIn(before.groupContext.extensions), roomIn(after.groupContext.extensions)]
    if (room === null && next === null) return
    const [members, removed] = [membersOf(after.ratchetTree), membersOf(before.ratchetTree).filter(({ stream }) => !membersOf(after.ratchetTree).some((one) => sameBytes(one.stream, stream)))]
    const own = members.find(({ leaf }) => leaf === before.privatePath.leafIndex)
    if (room === null || next === null || own === undefined) throw new WireError()
    requireRoomRules({ before: room, after: next, by: own.identity, removed, left: leaves.map(({ leaf }) => leaf), members })
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    throw new MlsError("the group does not allow this")
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
