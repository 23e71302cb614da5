import { WireError } from "../../shared/bytes.ts"
import { HASH_LENGTH, KEY_LENGTH } from "../../shared/geometry.ts"
import type { Source } from "./attachment.ts"
import { CborReader } from "./cbor-reader.ts"
import { CborWriter } from "./cbor-writer.ts"
import { DISPOSITION, NO_EXTENSIONS } from "./content.ts"
import type { MessageId, MimiContent } from "./content.ts"
import { U32_MAX } from "./limits.ts"

/** A type of our own, of version 1: whoever has a message asks its author for the file once more, by an empty array; who has it says where it lies now. */
export const AGAIN_TYPE = "application/vnd.sotto.again+cbor;v=1"
const SOURCE_ITEMS = 3

/** Asks for the file of a message, or says where it lies now. */
export function againMessage(target: MessageId, source: Source | null, salt: Uint8Array): MimiContent {
  const writer = new CborWriter()
  if (source === null) writer.array(0)
  else writer.array(SOURCE_ITEMS).bytes(source.secret).bytes(source.placement).uint(source.expires)
  const body = { kind: "single", disposition: DISPOSITION.session, language: "", contentType: AGAIN_TYPE, content: writer.done() } as const
  return { salt, replaces: null, topicId: new Uint8Array(0), expires: null, inReplyTo: target, extensions: NO_EXTENSIONS, body }
}

/** Undefined where a message is something else, null where it asks. Throws WireError where it is none of its version. */
export function againOf({ body }: Pick<MimiContent, "body">): Source | null | undefined {
  if (body.kind !== "single" || body.contentType !== AGAIN_TYPE) return undefined
  const reader = new CborReader(body.content)
  const items = reader.array()
  if (items !== 0 && items !== SOURCE_ITEMS) throw new WireError()
  const source = items === 0 ? null : { secret: reader.bytes(KEY_LENGTH, KEY_LENGTH), placement: reader.bytes(HASH_LENGTH, HASH_LENGTH), expires: reader.uint(U32_MAX) }
  reader.end()
  return source
}
