import { concat, Reader, WireError, Writer } from "../shared/bytes.ts"
import { KEY_LENGTH, NODE_ID_LENGTH, SIGNATURE_LENGTH } from "../shared/geometry.ts"
import { utf8 } from "../shared/text.ts"

const VERSION = 1
const PLEA = utf8("sotto v1 plea")
/** What answers are sealed for. */
export const REPRIEVE_INFO = utf8("sotto v1 reprieve")
const GROUP_ID_LENGTH = 16
const HPKE_KEY_LENGTH = 1216
/** As many as have room in one block. */
export const PLEA_CONVERSATIONS_MAX = 100

/** A device's request to be taken back: in which conversations, and how it is to be answered. design.md section 7. */
export interface Plea {
  /** The device key: the plea is signed with it. */
  readonly device: Uint8Array
  /** HPKE key of the cipher suite under which answers are sealed. */
  readonly key: Uint8Array
  /** The boxes of the answers follow from it. */
  readonly seed: Uint8Array
  readonly groups: readonly Uint8Array[]
}

/** version 1 ‖ device key 32 ‖ HPKE key 1216 ‖ seed 32 ‖ count u8 ‖ group ids 16 each, and then the signature 64 */
function unsigned({ device, key, seed, groups }: Plea): Uint8Array {
  return new Writer().u8(VERSION).put(device).put(key).put(seed).u8(groups.length).put(concat(...groups)).done()
}

/** What the device signs: the plea holds in one direction and on one day only. */
export function pleaMessage(plea: Plea, direction: 0 | 1, day: number): Uint8Array {
  return concat(PLEA, new Writer().u8(direction).u32(day).done(), unsigned(plea))
}

export function encodePlea(plea: Plea, signature: Uint8Array): Uint8Array {
  return concat(unsigned(plea), signature)
}

/** Throws WireError. Checks no signature. */
export function decodePlea(bytes: Uint8Array): { plea: Plea; signature: Uint8Array } {
  const reader = new Reader(bytes)
  if (reader.u8() !== VERSION) throw new WireError()
  const [device, key, seed] = [reader.take(KEY_LENGTH), reader.take(HPKE_KEY_LENGTH), reader.take(KEY_LENGTH)]
  const count = reader.u8()
  if (count > PLEA_CONVERSATIONS_MAX) throw new WireError()
  const groups = Array.from({ length: count }, () => reader.take(GROUP_ID_LENGTH))
  const signature = reader.take(SIGNATURE_LENGTH)
  reader.end()
  return { plea: { device, key, seed, groups }, signature }
}

/** What a device needs to take its leaf back in one conversation. */
export interface Reprieve {
  readonly groupId: Uint8Array
  readonly epoch: number
  readonly attempt: number
  /** Of the commit box of this epoch and attempt. */
  readonly commitSeed: Uint8Array
  readonly commitKey: Uint8Array
  /** The list of dropboxes of the epoch. */
  readonly placement: readonly Uint8Array[]
  /** GroupInfo with the tree. */
  readonly groupInfo: Uint8Array
}

/** version 1 ‖ group id 16 ‖ epoch u64 ‖ attempt u32 ‖ commit box's seed 32 ‖ its key 32 ‖ count u8 ‖ node ids 32 each ‖ GroupInfo */
export function encodeReprieve({ groupId, epoch, attempt, commitSeed, commitKey, placement, groupInfo }: Reprieve): Uint8Array {
  const head = new Writer().u8(VERSION).put(groupId).u64(epoch).u32(attempt).put(commitSeed).put(commitKey)
  return head.u8(placement.length).put(concat(...placement)).put(groupInfo).done()
}

/** Throws WireError. */
export function decodeReprieve(bytes: Uint8Array): Reprieve {
  const reader = new Reader(bytes)
  if (reader.u8() !== VERSION) throw new WireError()
  const groupId = reader.take(GROUP_ID_LENGTH)
  const [epoch, attempt] = [reader.u64(), reader.u32()]
  const [commitSeed, commitKey] = [reader.take(KEY_LENGTH), reader.take(KEY_LENGTH)]
  const count = reader.u8()
  const placement = Array.from({ length: count }, () => reader.take(NODE_ID_LENGTH))
  const groupInfo = reader.take(reader.left)
  return { groupId, epoch, attempt, commitSeed, commitKey, placement, groupInfo }
}
