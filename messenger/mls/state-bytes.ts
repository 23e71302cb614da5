import type { GroupState } from "ts-mls/clientState.js"
import { encode } from "ts-mls/codec/tlsEncoder.js"
import type { EpochReceiverData } from "ts-mls/epochReceiverData.js"
import { groupActiveStateEncoder } from "ts-mls/groupActiveState.js"
import { encodeGroupContext } from "ts-mls/groupContext.js"
import { encodeKeySchedule } from "ts-mls/keySchedule.js"
import { privateKeyPathEncoder } from "ts-mls/privateKeyPath.js"
import { encodeRatchetTree } from "ts-mls/ratchetTree.js"
import type { GenerationSecret, SecretTree } from "ts-mls/secretTree.js"
import { unappliedProposalsEncoder } from "ts-mls/unappliedProposals.js"
import { Writer } from "../../shared/bytes.ts"

const encodePrivatePath = encode(privateKeyPathEncoder)
const encodeProposals = encode(unappliedProposalsEncoder)
const encodeActive = encode(groupActiveStateEncoder)

/**
 * What is public, and stays the same from commit to commit: most of a large group's state. Secrets are never kept here, for used ones are overwritten
 * where they lie.
 */
function keeping<T extends object>(encodePublic: (value: T) => Uint8Array): (value: T) => Uint8Array {
  const kept = new WeakMap<T, Uint8Array>()
  return (value) => {
    const before = kept.get(value)
    if (before !== undefined) return before
    const bytes = encodePublic(value)
    kept.set(value, bytes)
    return bytes
  }
}

const treeBytes = keeping(encodeRatchetTree)
const contextBytes = keeping(encodeGroupContext)

/** RFC 9420 section 2.1.2: the length of a vector. */
function putLength(writer: Writer, length: number): Writer {
  if (length < 1 << 6) return writer.u8(length)
  if (length < 1 << 14) return writer.u16(0x4000 + length)
  return writer.u32(0x80000000 + length)
}

const putVector = (writer: Writer, bytes: Uint8Array): Writer => putLength(writer, bytes.length).put(bytes)

/** Of inner nodes and blank leaves (epochs.ts). */
const NO_RATCHET = new Uint8Array(6)

function putRatchet(writer: Writer, { secret, generation, unusedGenerations }: GenerationSecret): void {
  const unused = Object.entries(unusedGenerations)
  if (secret.length === 0 && generation === 0 && unused.length === 0) return void writer.put(NO_RATCHET)
  putVector(writer, secret).u32(generation)
  if (unused.length === 0) return void writer.u8(0)
  const keys = new Writer()
  for (const [number, key] of unused) putVector(keys.u32(Number(number)), key)
  putVector(writer, keys.done())
}

function secretTreeBytes(tree: SecretTree): Uint8Array {
  const ratchets = new Writer()
  for (const { handshake, application } of tree) {
    putRatchet(ratchets, handshake)
    putRatchet(ratchets, application)
  }
  return ratchets.done()
}

function putEpoch(writer: Writer, { resumptionPsk, secretTree, ratchetTree, senderDataSecret, groupContext }: EpochReceiverData): void {
  putVector(putVector(writer, resumptionPsk), secretTreeBytes(secretTree)).put(treeBytes(ratchetTree))
  putVector(writer, senderDataSecret).put(contextBytes(groupContext))
}

/** The library's encoding of a state (`encodeGroupState`), behind `version`. What has not changed since the last time is not encoded again. */
export function stateBytes(version: number, state: GroupState): Uint8Array {
  const epochs = new Writer()
  for (const [epoch, keys] of state.historicalReceiverData) putEpoch(epochs.u64(Number(epoch)), keys)
  const writer = new Writer().u8(version).put(contextBytes(state.groupContext)).put(encodeKeySchedule(state.keySchedule))
  putVector(writer, secretTreeBytes(state.secretTree)).put(treeBytes(state.ratchetTree)).put(encodePrivatePath(state.privatePath))
  putVector(writer, state.signaturePrivateKey).put(encodeProposals(state.unappliedProposals))
  putVector(putVector(writer, state.confirmationTag), epochs.done()).put(encodeActive(state.groupActiveState))
  return writer.done()
}
