import { sha256 } from "@noble/hashes/sha2.js"
import { Reader, WireError, Writer } from "../../shared/bytes.ts"
import type { MessageId } from "./content.ts"
import { MESSAGE_ID_LENGTH, MESSAGE_ID_SHA256, SALT_LENGTH } from "./limits.ts"

const MEMBERS = "mimi://sotto.invalid/u/"
/** How every encoded message begins: an array of seven, then a byte string of 16, the salt. */
const ARRAY_OF_SEVEN = 0x87
const BYTES_OF_SIXTEEN = 0x50

/**
 * The id of an encoded message (draft-ietf-mimi-content-08 section 3.3):
 *
 *   1 ‖ first 31 bytes of SHA-256( u16 length ‖ sender URI ‖ u16 length ‖ room URI ‖ message ‖ salt )
 *
 * Both URIs must be what the reader knows of sender and room from MLS, never what the message says of itself: so an id
 * names one text of one person in one conversation, and nobody can make a message that takes another's place.
 * Throws WireError where the bytes do not begin as a message, and a RangeError for a URI above 65,535 bytes.
 */
export function messageId(message: Uint8Array, senderUri: string, roomUri: string): MessageId {
  const reader = new Reader(message)
  if (reader.u8() !== ARRAY_OF_SEVEN || reader.u8() !== BYTES_OF_SIXTEEN) throw new WireError()
  const salt = reader.take(SALT_LENGTH)
  const hash = sha256(new Writer().text16(senderUri).text16(roomUri).put(message).put(salt).done())
  return new Writer().u8(MESSAGE_ID_SHA256).put(new Reader(hash).take(MESSAGE_ID_LENGTH - 1)).done()
}

/** Everybody has one URI, in message ids and where they are named in a text. `member`: their identity key, as members of groups are named (hex). */
export const memberUri = (member: string): string => `${MEMBERS}${member}`

/** The other way round; null where it is nobody's. */
export function memberBy(uri: string): string | null {
  const member = uri.slice(MEMBERS.length)
  return uri.startsWith(MEMBERS) && /^[0-9a-f]{64}$/.test(member) ? member : null
}
