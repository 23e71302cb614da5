import { compareBytes, WireError } from "../../shared/bytes.ts"
import { CborReader, KeyOrder } from "./cbor-reader.ts"
import { CborWriter } from "./cbor-writer.ts"
import { PART_SEMANTICS } from "./content.ts"
import type { Expiration, Extensions, ExternalPart, MessageId, MimiContent, MultiPart, Part, UnknownExtension } from "./content.ts"
import * as limits from "./limits.ts"

const CONTENT_ITEMS = 7
const EXPIRATION_ITEMS = 2
/** Kinds of parts by their number, "cardinality" in the draft. */
const KINDS = ["null", "single", "external", "multi"] as const
/** Items of a part's array: disposition, language and cardinality, and what its kind adds. */
const PART_ITEMS = { null: 3, single: 5, external: 15, multi: 5 } as const
const SENDER_URI = 1
const ROOM_URI = 2

/**
 * The bytes of a message: deterministic CBOR (draft-ietf-mimi-content-08 section 6).
 * Throws a RangeError for a message that decodeContent would refuse, for making one is our own bug.
 */
export function encodeContent(content: MimiContent): Uint8Array {
  const writer = new CborWriter().array(CONTENT_ITEMS).bytes(content.salt)
  writer.orNull(content.replaces, (id) => writer.bytes(id))
  writer.bytes(content.topicId)
  writer.orNull(content.expires, ({ relative, time }) => writer.array(EXPIRATION_ITEMS).bool(relative).uint(time))
  writer.orNull(content.inReplyTo, (id) => writer.bytes(id))
  writeExtensions(writer, content.extensions)
  writePart(writer, content.body)
  const bytes = writer.done()
  try {
    decodeContent(bytes)
  } catch {
    throw new RangeError("content out of bounds")
  }
  return bytes
}

/**
 * Throws WireError for what is not a message of draft-ietf-mimi-content-08: not deterministic CBOR, not of its schema
 * (appendix A.1), nested deeper or in more parts than sections 6.3 and 9.1 allow, or beyond limits.ts. The work is
 * linear in the length, whatever the bytes claim. Whether an expiry is plausible (9.1) is for those who have a clock.
 */
export function decodeContent(bytes: Uint8Array): MimiContent {
  if (bytes.length > limits.CONTENT_MAX) throw new WireError()
  const reader = new CborReader(bytes)
  expectItems(reader, CONTENT_ITEMS)
  const content: MimiContent = {
    salt: reader.bytes(limits.SALT_LENGTH, limits.SALT_LENGTH),
    replaces: reader.orNull(() => readMessageId(reader)),
    topicId: reader.bytes(limits.TOPIC_MAX),
    expires: reader.orNull(() => readExpiration(reader)),
    inReplyTo: reader.orNull(() => readMessageId(reader)),
    extensions: readExtensions(reader),
    body: readPart(reader, { left: limits.PARTS_MAX }, limits.PART_LEVELS),
  }
  reader.end()
  return content
}

function expectItems(reader: CborReader, count: number): void {
  if (reader.array() !== count) throw new WireError()
}

/** An id of an unknown hash algorithm is nonsense (section 9.1). */
function readMessageId(reader: CborReader): MessageId {
  const id = reader.bytes(limits.MESSAGE_ID_LENGTH, limits.MESSAGE_ID_LENGTH)
  if (id[0] !== limits.MESSAGE_ID_SHA256) throw new WireError()
  return id
}

function readExpiration(reader: CborReader): Expiration {
  expectItems(reader, EXPIRATION_ITEMS)
  return { relative: reader.bool(), time: reader.uint(limits.U32_MAX) }
}

function readExtensions(reader: CborReader): Extensions {
  const count = reader.map()
  if (count > limits.EXTENSIONS_MAX) throw new WireError()
  const order = new KeyOrder()
  const unknown: UnknownExtension[] = []
  let senderUri: string | null = null
  let roomUri: string | null = null
  for (let i = 0; i < count; i++) {
    const key = reader.key()
    order.next(encodedKey(key))
    if (key === SENDER_URI) senderUri = reader.text(limits.URI_MAX)
    else if (key === ROOM_URI) roomUri = reader.text(limits.URI_MAX)
    else {
      const value = reader.item(limits.EXTENSION_LEVELS)
      if (value.length > limits.EXTENSION_MAX) throw new WireError()
      unknown.push({ key, value })
    }
  }
  return { senderUri, roomUri, unknown }
}

function writeExtensions(writer: CborWriter, { senderUri, roomUri, unknown }: Extensions): void {
  const entries = unknown.map(({ key, value }) => ({ key: encodedKey(key), value }))
  if (senderUri !== null) entries.push({ key: encodedKey(SENDER_URI), value: new CborWriter().text(senderUri).done() })
  if (roomUri !== null) entries.push({ key: encodedKey(ROOM_URI), value: new CborWriter().text(roomUri).done() })
  entries.sort((a, b) => compareBytes(a.key, b.key))
  writer.map(entries.length)
  for (const { key, value } of entries) writer.item(key).item(value)
}

function encodedKey(key: number | string): Uint8Array {
  return new CborWriter().key(key).done()
}

/** `parts` counts down over the whole tree, `levels` towards its leaves. */
function readPart(reader: CborReader, parts: { left: number }, levels: number): Part {
  if (levels === 0 || parts.left-- === 0) throw new WireError()
  const items = reader.array()
  const common = { disposition: reader.uint(limits.U8_MAX), language: reader.text(limits.LANGUAGE_MAX) }
  const kind = KINDS[reader.uint(KINDS.length - 1)]!
  if (items !== PART_ITEMS[kind]) throw new WireError()
  switch (kind) {
    case "null":
      return { kind, ...common }
    case "single":
      return { kind, ...common, contentType: reader.text(limits.CONTENT_TYPE_MAX), content: reader.bytes(limits.CONTENT_MAX) }
    case "external":
      return readExternalPart(reader, common)
    case "multi":
      return readMultiPart(reader, common, parts, levels)
  }
}

type Common = Pick<Part, "disposition" | "language">

function readExternalPart(reader: CborReader, common: Common): ExternalPart {
  return {
    kind: "external",
    ...common,
    contentType: reader.text(limits.CONTENT_TYPE_MAX),
    url: reader.text(limits.URI_MAX),
    expires: reader.uint(limits.U32_MAX),
    size: reader.uint(),
    encAlg: reader.uint(limits.U16_MAX),
    key: reader.bytes(limits.KEY_MAX),
    nonce: reader.bytes(limits.KEY_MAX),
    aad: reader.bytes(limits.AAD_MAX),
    hashAlg: reader.uint(limits.U8_MAX),
    contentHash: reader.bytes(limits.KEY_MAX),
    description: reader.text(limits.DESCRIPTION_MAX),
    filename: reader.text(limits.FILENAME_MAX),
  }
}

function readMultiPart(reader: CborReader, common: Common, parts: { left: number }, levels: number): MultiPart {
  const semantics = PART_SEMANTICS[reader.uint(PART_SEMANTICS.length - 1)]!
  const count = reader.array()
  if (count < 2 || count > parts.left) throw new WireError()
  const nested: Part[] = []
  for (let i = 0; i < count; i++) nested.push(readPart(reader, parts, levels - 1))
  return { kind: "multi", ...common, semantics, parts: nested }
}

function writePart(writer: CborWriter, part: Part): void {
  writer.array(PART_ITEMS[part.kind]).uint(part.disposition).text(part.language).uint(KINDS.indexOf(part.kind))
  switch (part.kind) {
    case "null":
      return
    case "single":
      writer.text(part.contentType).bytes(part.content)
      return
    case "external":
      writer.text(part.contentType).text(part.url).uint(part.expires).uint(part.size)
      writer.uint(part.encAlg).bytes(part.key).bytes(part.nonce).bytes(part.aad)
      writer.uint(part.hashAlg).bytes(part.contentHash).text(part.description).text(part.filename)
      return
    case "multi":
      writer.uint(PART_SEMANTICS.indexOf(part.semantics)).array(part.parts.length)
      for (const nested of part.parts) writePart(writer, nested)
  }
}
