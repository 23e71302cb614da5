import { fromHex, toHex, WireError } from "../../shared/bytes.ts"
import { HASH_LENGTH, KEY_LENGTH } from "../../shared/geometry.ts"
import { utf8 } from "../../shared/text.ts"
import { isFileName } from "../attachments/file-name.ts"
import { DISPOSITION, NO_EXTENSIONS } from "./content.ts"
import type { Expiration, ExternalPart, MessageId, MimiContent, Part, SinglePart } from "./content.ts"
import { CONTENT_TYPE_MAX } from "./limits.ts"
import { PLAIN_TEXT, plainText } from "./text.ts"

/** Where a file lies: in boxes that follow from the part's key, on the dropboxes of the list whose hash stands behind this, in hex. */
const URL_PREFIX = "mimi://sotto.invalid/b/1/"
/** AEAD_AES_256_GCM_SIV, of which every box has a key of its own (IANA's registry, RFC 8452); SHA-256 (RFC 6920). */
const ENC_ALG = 31
const HASH_ALG = 1
/** So big a picture in the message itself that it still takes one box. */
export const THUMBNAIL_MAX = 2048
const THUMBNAIL_TYPES: readonly string[] = ["image/webp", "image/jpeg", "image/png", "image/avif"]
const MEDIA_TYPE = /^[a-z0-9][\w!#$&^.+-]*\/[a-z0-9][\w!#$&^.+-]*(; ?[a-z0-9-]+=("[\w ,.+-]*"|[\w.+-]+))*$/i
/** Far more than any network lets through. */
const SIZE_MAX = 2 ** 32

export interface Thumbnail {
  readonly mediaType: string
  readonly bytes: Uint8Array
}

/** Where the boxes of a file lie, and until when. */
export interface Source {
  /** From which their ids and keys follow, 32 bytes, used for nothing else. */
  readonly secret: Uint8Array
  /** Hash of the list of dropboxes. */
  readonly placement: Uint8Array
  /** Seconds since 1970. */
  readonly expires: number
}

/** A file that is named in a message. */
export interface Attachment {
  readonly name: string
  readonly mediaType: string
  readonly size: number
  /** SHA-256 of the file. */
  readonly hash: Uint8Array
  readonly thumbnail: Thumbnail | null
  readonly source: Source
}

export interface AttachmentOptions {
  /** What is written beside it; empty for nothing. */
  readonly text: string
  readonly inReplyTo: MessageId | null
  readonly expires: Expiration | null
}

export const isMediaType = (type: string) => type.length <= CONTENT_TYPE_MAX && MEDIA_TYPE.test(type)
export const isThumbnail = ({ mediaType, bytes }: Thumbnail) => THUMBNAIL_TYPES.includes(mediaType) && bytes.length > 0 && bytes.length <= THUMBNAIL_MAX

/** A file with its thumbnail and what is written beside it, where there are any: each part stands for itself. */
export function attachmentMessage(attachment: Attachment, salt: Uint8Array, { text, inReplyTo, expires }: AttachmentOptions): MimiContent {
  const { thumbnail } = attachment
  const parts: Part[] = []
  if (text !== "") parts.push(single(DISPOSITION.render, PLAIN_TEXT, utf8(text)))
  if (thumbnail !== null) parts.push(single(DISPOSITION.preview, thumbnail.mediaType, thumbnail.bytes))
  parts.push(externalPart(attachment))
  const body: Part = parts.length === 1 ? parts[0]! : { kind: "multi", disposition: DISPOSITION.render, language: "", semantics: "processAll", parts }
  return { salt, replaces: null, topicId: new Uint8Array(0), expires, inReplyTo, extensions: NO_EXTENSIONS, body }
}

const single = (disposition: number, contentType: string, content: Uint8Array): SinglePart => ({ kind: "single", disposition, language: "", contentType, content })

function externalPart({ name, mediaType, size, hash, source }: Attachment): ExternalPart {
  return {
    kind: "external",
    disposition: DISPOSITION.attachment,
    language: "",
    contentType: mediaType,
    url: URL_PREFIX + toHex(source.placement),
    expires: source.expires,
    size,
    encAlg: ENC_ALG,
    key: source.secret,
    nonce: new Uint8Array(0),
    aad: new Uint8Array(0),
    hashAlg: HASH_ALG,
    contentHash: hash,
    description: "",
    filename: name,
  }
}

const isOurs = (part: Part): part is ExternalPart => part.kind === "external" && part.url.startsWith(URL_PREFIX)

/** The file that a message brings; null where it brings none that lies in boxes. Throws WireError where it is none that could be fetched or stored, or one of several. */
export function attachmentOf({ body }: Pick<MimiContent, "body">): Attachment | null {
  const parts = partsOf(body)
  const [part, ...others] = parts.filter(isOurs)
  if (part === undefined) return null
  const { contentType, url, size, encAlg, key, nonce, aad, hashAlg, contentHash, filename, expires } = part
  const placement = fromHex(url.slice(URL_PREFIX.length))
  const isKnown = encAlg === ENC_ALG && hashAlg === HASH_ALG && nonce.length === 0 && aad.length === 0
  const isSized = key.length === KEY_LENGTH && contentHash.length === HASH_LENGTH && placement.length === HASH_LENGTH && size > 0 && size < SIZE_MAX
  if (others.length > 0 || !isKnown || !isSized || !isMediaType(contentType) || !isFileName(filename)) throw new WireError()
  const thumbnails = parts.flatMap((one) => (one.kind === "single" && one.disposition === DISPOSITION.preview ? [{ mediaType: one.contentType, bytes: one.content }] : []))
  return {
    name: filename,
    mediaType: contentType,
    size,
    hash: contentHash,
    // What could be anything but a small picture is left out.
    thumbnail: thumbnails.find(isThumbnail) ?? null,
    source: { secret: key, placement, expires },
  }
}

/** What is written beside the file. */
export function captionOf({ body }: Pick<MimiContent, "body">): string {
  const texts = partsOf(body).filter((part) => part.disposition !== DISPOSITION.preview && !isOurs(part))
  return texts.flatMap((part) => plainText({ body: part })).map((piece) => (piece.kind === "text" ? piece.text : `[${piece.contentType}]`)).join("\n")
}

function partsOf(body: Part): readonly Part[] {
  return body.kind === "multi" && body.semantics === "processAll" ? body.parts : [body]
}

