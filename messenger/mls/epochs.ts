import type { GroupState } from "ts-mls/clientState.js"
import type { EpochReceiverData } from "ts-mls/epochReceiverData.js"
import type { RatchetTree } from "ts-mls/ratchetTree.js"
import type { GenerationSecret, SecretTree } from "ts-mls/secretTree.js"
import { nodeToLeafIndex, toNodeIndex } from "ts-mls/treemath.js"
import { sameBytes } from "../../shared/bytes.ts"
import { EPOCHS } from "./members.ts"

const NOTHING = new Uint8Array()
const NO_RATCHET: GenerationSecret = { secret: NOTHING, generation: 0, unusedGenerations: {} }

/** The library makes ratchets for inner nodes and blank leaves too, which nobody ever uses. */
function usedRatchets(secretTree: SecretTree, tree: RatchetTree, keepHandshake: boolean): SecretTree {
  return secretTree.map(({ handshake, application }, index) => {
    if (tree[index]?.nodeType !== "leaf") return { handshake: NO_RATCHET, application: NO_RATCHET }
    return { handshake: keepHandshake ? handshake : NO_RATCHET, application }
  })
}

/** What is needed to read late messages of an epoch and no more: of its tree the leaves' signature keys, a hundredth of the whole. */
function pastEpoch({ groupContext, ratchetTree, secretTree, keySchedule }: GroupState): EpochReceiverData {
  return {
    groupContext,
    senderDataSecret: keySchedule.senderDataSecret,
    resumptionPsk: NOTHING,
    secretTree: usedRatchets(secretTree, ratchetTree, false),
    ratchetTree: ratchetTree.map((node) => {
      if (node?.nodeType !== "leaf") return undefined
      const credential = { credentialType: "basic", identity: NOTHING } as const
      return { nodeType: "leaf", leaf: { ...node.leaf, hpkePublicKey: NOTHING, signature: NOTHING, credential } }
    }),
  }
}

/** Private keys of nodes that have been blanked since open nothing any more and must not stay. */
function withoutStaleKeys({ privatePath, ratchetTree }: GroupState): GroupState["privatePath"] {
  const kept = Object.entries(privatePath.privateKeys).filter(([node]) => ratchetTree[Number(node)] !== undefined)
  return { ...privatePath, privateKeys: Object.fromEntries(kept) }
}

/** A new epoch's state as it is to be stored: nothing in it that is of no use, and with the epochs of `before`. */
export function settled(next: GroupState, before: GroupState | null): GroupState {
  const { groupContext, keySchedule, ratchetTree, signaturePrivateKey, unappliedProposals, confirmationTag, groupActiveState } = next
  return {
    groupContext,
    keySchedule,
    ratchetTree,
    signaturePrivateKey,
    unappliedProposals,
    confirmationTag,
    groupActiveState,
    secretTree: usedRatchets(next.secretTree, ratchetTree, true),
    privatePath: withoutStaleKeys(next),
    historicalReceiverData: before === null ? new Map() : pastEpochs(before),
  }
}

/** What is left of `state` without the message keys of epochs that their leaves have left, and those keys; null where all are needed. */
export function narrowed(state: GroupState, isNeeded: (leaf: number, epoch: number) => boolean): { readonly next: GroupState; readonly consumed: readonly Uint8Array[] } | null {
  const consumed: Uint8Array[] = []
  const past = new Map<bigint, EpochReceiverData>()
  for (const [epoch, keys] of state.historicalReceiverData) {
    const isLeft = (node: number) => keys.ratchetTree[node]?.nodeType === "leaf" && !isNeeded(nodeToLeafIndex(toNodeIndex(node)), Number(epoch))
    const left = keys.ratchetTree.flatMap((_, node) => (isLeft(node) ? [node] : []))
    for (const node of left) consumed.push(...keysOf(keys.secretTree[node]!.application))
    if (left.length === keys.ratchetTree.filter((node) => node?.nodeType === "leaf").length) continue
    const kept = <T>(values: readonly T[], nothing: T) => values.map((value, node) => (left.includes(node) ? nothing : value))
    const none = { handshake: NO_RATCHET, application: NO_RATCHET }
    past.set(epoch, left.length === 0 ? keys : { ...keys, secretTree: kept(keys.secretTree, none), ratchetTree: kept(keys.ratchetTree, undefined) })
  }
  return consumed.length === 0 ? null : { next: { ...state, historicalReceiverData: past }, consumed }
}

function keysOf({ secret, unusedGenerations }: GenerationSecret): Uint8Array[] {
  return [secret, ...Object.values(unusedGenerations)].filter(({ length }) => length > 0)
}

function pastEpochs(state: GroupState): Map<bigint, EpochReceiverData> {
  const all = [...state.historicalReceiverData, [state.groupContext.epoch, pastEpoch(state)] as const]
  return new Map(all.sort(([a], [b]) => (a < b ? -1 : 1)).slice(-EPOCHS))
}

/**
 * `pending` with the message keys of earlier epochs as they are in `current`. Throws where `pending` does not come after `current`, which is
 * our own bug.
 */
export function adopted(current: GroupState, pending: GroupState): GroupState {
  if (!sameBytes(current.groupContext.groupId, pending.groupContext.groupId)) throw new Error("a pending state of another group")
  if (current.groupContext.epoch >= pending.groupContext.epoch) throw new Error("the pending state is not of a later epoch")
  return settled(pending, current)
}
