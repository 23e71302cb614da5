import type { GroupState } from "ts-mls/clientState.js"
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js"
import type { EpochReceiverData } from "ts-mls/epochReceiverData.js"
import { decodeMlsMessage, encodeMlsMessage } from "ts-mls/message.js"
import { unprotectPrivateMessage } from "ts-mls/messageProtection.js"
import type { PrivateMessage } from "ts-mls/privateMessage.js"
import { decryptSenderData } from "ts-mls/privateMessage.js"
import { leafToNodeIndex, toLeafIndex } from "ts-mls/treemath.js"
import { wireformats } from "ts-mls/wireformat.js"
import { Reader, sameBytes, WireError } from "../../shared/bytes.ts"
import { decodeExactly } from "./codec.ts"
import { GENERATIONS, KEY_RETENTION } from "./members.ts"
import type { OpenProblem } from "./mls.ts"

/** Far above a block; larger messages are not looked at. */
const MESSAGE_MAX = 1 << 20
const MLS_1_0 = 1

type Classified = { readonly ok: true; readonly message: PrivateMessage } | Problem
interface Problem {
  readonly ok: false
  readonly problem: OpenProblem
}

function problem(name: OpenProblem): Problem {
  return { ok: false, problem: name }
}

/** The header is read first, so that only the one kind of message whose decoder is simple and fast gets there. Throws WireError. */
function classify(bytes: Uint8Array): Classified {
  const reader = new Reader(bytes)
  if (reader.u16() !== MLS_1_0) throw new WireError()
  const wireformat = reader.u16()
  if (!Object.values<number>(wireformats).includes(wireformat)) throw new WireError()
  if (wireformat !== wireformats.mls_private_message) return problem("not-a-message")
  const decoded = decodeExactly(decodeMlsMessage, encodeMlsMessage, bytes, MESSAGE_MAX)
  if (decoded.wireformat !== "mls_private_message") throw new WireError()
  return { ok: true, message: decoded.privateMessage }
}

interface Epoch {
  readonly keys: EpochReceiverData
  /** The state once this epoch's secret tree has moved on. */
  next(secretTree: EpochReceiverData["secretTree"]): GroupState
}

function epochOf(state: GroupState, epoch: bigint): Epoch | null {
  if (epoch === state.groupContext.epoch) {
    const { groupContext, ratchetTree, secretTree, keySchedule } = state
    const { senderDataSecret, resumptionPsk } = keySchedule
    return {
      keys: { groupContext, ratchetTree, secretTree, senderDataSecret, resumptionPsk },
      next: (moved) => ({ ...state, secretTree: moved }),
    }
  }
  const keys = state.historicalReceiverData.get(epoch)
  if (keys === undefined) return null
  return {
    keys,
    next: (moved) => ({
      ...state,
      historicalReceiverData: new Map(state.historicalReceiverData).set(epoch, { ...keys, secretTree: moved }),
    }),
  }
}

export interface OpenedByLibrary {
  readonly ok: true
  readonly next: GroupState
  /** Keys that were used up, to be overwritten once `next` stands. */
  readonly consumed: readonly Uint8Array[]
  readonly sender: number
  readonly epoch: number
  readonly plaintext: Uint8Array
  readonly authenticatedData: Uint8Array
}

/**
 * Opens an application message: RFC 9420 section 6.3. `state` is left as it was. Throws whatever the library throws where sender
 * data, tag or signature are wrong. Commits are not for here: following.ts.
 */
export async function openMessage(suite: CiphersuiteImpl, state: GroupState, bytes: Uint8Array): Promise<OpenedByLibrary | Problem> {
  const classified = classify(bytes)
  if (!classified.ok) return classified
  const { message } = classified
  if (!sameBytes(message.groupId, state.groupContext.groupId)) throw new WireError()
  if (message.contentType !== "application") return problem("not-a-message")
  const epoch = epochOf(state, message.epoch)
  if (epoch === null) return problem("other-epoch")
  const { secretTree, ratchetTree, groupContext, senderDataSecret } = epoch.keys

  const sender = await decryptSenderData(message, senderDataSecret, suite)
  if (sender === undefined) throw new WireError()
  const node = leafToNodeIndex(toLeafIndex(sender.leafIndex))
  const ratchet = secretTree[node]?.application
  if (ratchet === undefined || ratchetTree[node]?.nodeType !== "leaf") throw new WireError()
  if (sender.generation > ratchet.generation + GENERATIONS) throw new WireError()
  if (sender.generation < ratchet.generation && ratchet.unusedGenerations[sender.generation] === undefined) return problem("replayed")

  const { content, tree, consumed } = await unprotectPrivateMessage(
    senderDataSecret,
    message,
    secretTree,
    ratchetTree,
    groupContext,
    KEY_RETENTION,
    suite,
  )
  if (content.content.contentType !== "application") throw new WireError()
  return {
    ok: true,
    next: epoch.next(tree),
    consumed,
    sender: sender.leafIndex,
    epoch: Number(message.epoch),
    // Copies: the decoder's views would keep the whole message alive.
    plaintext: content.content.applicationData.slice(),
    authenticatedData: content.content.authenticatedData.slice(),
  }
}
