import type { ClientState } from "ts-mls/clientState.js"
import { decodeGroupState } from "ts-mls/clientState.js"
import type { CreateCommitOptions } from "ts-mls/createCommit.js"
import { createCommit, joinGroupExternal } from "ts-mls/createCommit.js"
import type { Commit } from "ts-mls/commit.js"
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js"
import { createContentCommitSignature } from "ts-mls/framedContent.js"
import { decodeGroupInfo } from "ts-mls/groupInfo.js"
import type { LeafNode } from "ts-mls/leafNode.js"
import { encodeMlsMessage } from "ts-mls/message.js"
import { protect } from "ts-mls/messageProtection.js"
import type { PublicMessage } from "ts-mls/publicMessage.js"
import type { RatchetTree } from "ts-mls/ratchetTree.js"
import { toLeafIndex } from "ts-mls/treemath.js"
import type { UpdatePath } from "ts-mls/updatePath.js"
import { createUpdatePath } from "ts-mls/updatePath.js"
import { encodeCommitSays } from "../../messenger/mls/commit.ts"
import type { OwnKeyPackage } from "../../messenger/mls/keypackage.ts"
import { clientConfig } from "../../messenger/mls/members.ts"
import { NOW } from "./support.ts"

/** The library as it comes: it takes any credential and tells no devices apart. */
export const lax = {
  ...clientConfig(NOW),
  authService: { validateCredential: async () => true },
  keyPackageEqualityConfig: { compareKeyPackages: () => false, compareKeyPackageToLeafNode: () => false },
}

export function at(state: ClientState, currentTime: bigint): ClientState {
  return { ...state, clientConfig: { ...lax, lifetimeConfig: { ...lax.lifetimeConfig, currentTime } } }
}

export function libraryState(bytes: Uint8Array): ClientState {
  return { ...decodeGroupState(bytes.slice(1), 0)![0], clientConfig: lax }
}

export function withLeaf(state: ClientState, leaf: number, change: (leaf: LeafNode) => LeafNode): ClientState {
  const node = state.ratchetTree[2 * leaf]
  if (node?.nodeType !== "leaf") throw new Error("no leaf there")
  return { ...state, ratchetTree: state.ratchetTree.with(2 * leaf, { nodeType: "leaf", leaf: change(node.leaf) }) }
}

export type ForgedOptions = CreateCommitOptions & { forceUpdatePath?: boolean }

/** A commit by the library alone, from a state that may have been tampered with: whole and consistent in itself. */
export async function commitByLibrary(suite: CiphersuiteImpl, state: ClientState, options: ForgedOptions = {}): Promise<Uint8Array> {
  const all: ForgedOptions = { authenticatedData: encodeCommitSays(NOW), forceUpdatePath: true, ...options }
  const { commit } = await createCommit({ state, cipherSuite: suite }, all)
  return encodeMlsMessage(commit)
}

export interface Content {
  readonly commit: Commit
  readonly authenticatedData?: Uint8Array
  readonly groupId?: Uint8Array
  readonly epoch?: bigint
  readonly leaf?: number
  readonly signatureKey?: Uint8Array
}

/** A commit with any content, signed and encrypted as by a member; its confirmation tag is wrong. */
export async function commitOfContent(suite: CiphersuiteImpl, state: ClientState, content: Content): Promise<Uint8Array> {
  const { commit, authenticatedData = encodeCommitSays(NOW), leaf = state.privatePath.leafIndex } = content
  const { groupId = state.groupContext.groupId, epoch = state.groupContext.epoch } = content
  const context = { ...state.groupContext, groupId, epoch }
  const { signature, framedContent } = await createContentCommitSignature(
    context,
    "mls_private_message",
    commit,
    { senderType: "member", leafIndex: leaf },
    authenticatedData,
    content.signatureKey ?? state.signaturePrivateKey,
    suite.signature,
  )
  const { privateMessage } = await protect(
    state.keySchedule.senderDataSecret,
    authenticatedData,
    context,
    state.secretTree,
    { ...framedContent, auth: { contentType: "commit", signature, confirmationTag: new Uint8Array(32) } },
    leaf,
    { kind: "alwaysPad", paddingLength: 0 },
    suite,
  )
  return encodeMlsMessage({ version: "mls10", wireformat: "mls_private_message", privateMessage })
}

export async function pathOf(suite: CiphersuiteImpl, state: ClientState, tree: RatchetTree = state.ratchetTree): Promise<UpdatePath> {
  const leaf = toLeafIndex(state.privatePath.leafIndex)
  const [, path] = await createUpdatePath(tree, leaf, state.groupContext, state.signaturePrivateKey, suite)
  return path
}

/** An external commit by the library alone; `replace` is the leaf it removes, if any. */
export async function rejoinByLibrary(
  suite: CiphersuiteImpl,
  groupInfo: Uint8Array,
  own: OwnKeyPackage,
  replace: ((leaf: LeafNode) => boolean) | null,
  authenticatedData = encodeCommitSays(NOW),
): Promise<PublicMessage> {
  const [info] = decodeGroupInfo(groupInfo.slice(), 0)!
  const config = {
    ...lax,
    keyPackageEqualityConfig: { compareKeyPackages: () => false, compareKeyPackageToLeafNode: (_: unknown, leaf: LeafNode) => replace!(leaf) },
  }
  const { publicPackage, privatePackage } = own
  const isResync = replace !== null
  const joined = await joinGroupExternal(info, publicPackage, privatePackage, isResync, suite, undefined, config, authenticatedData)
  return joined.publicMessage
}

export function encodePublic(publicMessage: PublicMessage): Uint8Array {
  return encodeMlsMessage({ version: "mls10", wireformat: "mls_public_message", publicMessage })
}

/** The same external commit with other content, signed again; its confirmation tag is wrong. */
export async function resigned(
  suite: CiphersuiteImpl,
  state: ClientState,
  own: OwnKeyPackage,
  message: PublicMessage,
  change: (commit: Commit) => Commit,
): Promise<Uint8Array> {
  if (message.content.contentType !== "commit") throw new Error("not a commit")
  const { signature, framedContent } = await createContentCommitSignature(
    state.groupContext,
    "mls_public_message",
    change(message.content.commit),
    { senderType: "new_member_commit" },
    message.content.authenticatedData,
    own.privatePackage.signaturePrivateKey,
    suite.signature,
  )
  const auth = { contentType: "commit", signature, confirmationTag: new Uint8Array(32) } as const
  return encodePublic({ senderType: "new_member_commit", content: framedContent, auth })
}
