import { concat, Reader, WireError, Writer } from "../../shared/bytes.ts"
import { KEY_LENGTH, SIGNATURE_LENGTH } from "../../shared/geometry.ts"
import { ROOM_NAME_MAX } from "../mls/room.ts"
import { merkleRoot } from "./merkle.ts"

const VERSION = 1
const GROUP_ID_LENGTH = 16
const CONTENT_MAX = 20_000
export const HISTORY_MOST = 100
/** Under which the leaf of whoever makes a pack signs it. */
export const HISTORY_LABEL = "v1 history"

/** identity key of who wrote it 32 ‖ when, u64 ms ‖ length 2 and what they were called ‖ length 2 and content */
export interface PastMessage {
  readonly from: Uint8Array
  readonly sent: number
  readonly name: string
  /**
   * MIMI content, as it is now. The id follows from it (content/message-id.ts), so that what was never edited is named as by all others, and nothing can be put in
   * the place of a message that is still to come.
   */
  readonly content: Uint8Array
}

/**
 * Messages from before somebody came into a group, by an admin for them: version 1 ‖ group id 16 ‖ signature 64 ‖ count u8 ‖ of each its bytes behind a length of 2. The signature covers
 * group id ‖ count u32 ‖ root of the Merkle tree over the bytes of each.
 */
export interface HistoryPack {
  readonly groupId: Uint8Array
  readonly signature: Uint8Array
  readonly entries: readonly Uint8Array[]
}

export function historyMessage(groupId: Uint8Array, entries: readonly Uint8Array[]): Uint8Array {
  return concat(groupId, new Writer().u32(entries.length).done(), merkleRoot(entries))
}

export function encodePast({ from, sent, name, content }: PastMessage): Uint8Array {
  return new Writer().put(from).u64(sent).text16(name).bytes16(content).done()
}

/** Throws WireError. */
export function decodePast(bytes: Uint8Array): PastMessage {
  const reader = new Reader(bytes)
  const past = { from: reader.take(KEY_LENGTH).slice(), sent: reader.u64(), name: reader.text16(ROOM_NAME_MAX), content: reader.bytes16(CONTENT_MAX).slice() }
  reader.end()
  return past
}

export function encodePack({ groupId, signature, entries }: HistoryPack): Uint8Array {
  const writer = new Writer().u8(VERSION).put(groupId).put(signature).u8(entries.length)
  for (const one of entries) writer.bytes16(one)
  return writer.done()
}

/** Throws WireError. */
export function decodePack(bytes: Uint8Array): HistoryPack {
  const reader = new Reader(bytes)
  if (reader.u8() !== VERSION) throw new WireError()
  const [groupId, signature, count] = [reader.take(GROUP_ID_LENGTH).slice(), reader.take(SIGNATURE_LENGTH).slice(), reader.u8()]
  if (count === 0 || count > HISTORY_MOST) throw new WireError()
  const entries = Array.from({ length: count }, () => reader.bytes16(CONTENT_MAX + 256).slice())
  reader.end()
  return { groupId, signature, entries }
}
