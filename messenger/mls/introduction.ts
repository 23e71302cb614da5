import type { LeafNode } from "ts-mls/leafNode.js"
import { decodeLeafNode, encodeLeafNode } from "ts-mls/leafNode.js"
import { Reader, WireError, Writer } from "../../shared/bytes.ts"
import { KEY_LENGTH } from "../../shared/geometry.ts"
import { utf8 } from "../../shared/text.ts"
import { decodeExactly } from "./codec.ts"
import type { Greeting } from "./mls.ts"
import { MlsError } from "./mls.ts"

/**
 * The GroupInfo extension by which a guest introduces itself (private use range of RFC 9420 section 17.3):
 * version 1 ‖ length 2 and leaf node ‖ length 2 and name ‖ recovery secret 32.
 * It stands in for the ratchet_tree extension, which would repeat the joiner's own leaf and would not leave room for the rest in one box.
 */
export const INTRODUCTION = 0xf0a2

export const NAME_BYTES_MAX = 64
const VERSION = 1
const LEAF_MAX = 4096

export interface Introduction {
  /** The guest's leaf, unchecked. */
  readonly leaf: LeafNode
  readonly greeting: Greeting
}

/** Throws MlsError where the greeting is not one. */
export function encodeIntroduction({ leaf, greeting }: Introduction): Uint8Array {
  if (utf8(greeting.name).length > NAME_BYTES_MAX) throw new MlsError("the name is too long")
  if (greeting.recoverySecret.length !== KEY_LENGTH) throw new MlsError("the recovery secret has a wrong length")
  return new Writer()
    .u8(VERSION)
    .bytes16(encodeLeafNode(leaf))
    .text16(greeting.name)
    .put(greeting.recoverySecret)
    .done()
}

/** Throws WireError. */
export function decodeIntroduction(bytes: Uint8Array): Introduction {
  const reader = new Reader(bytes)
  if (reader.u8() !== VERSION) throw new WireError()
  const leaf = decodeExactly(decodeLeafNode, encodeLeafNode, reader.bytes16(), LEAF_MAX)
  const name = reader.text16(NAME_BYTES_MAX)
  const recoverySecret = reader.take(KEY_LENGTH)
  reader.end()
  return { leaf, greeting: { name, recoverySecret } }
}
