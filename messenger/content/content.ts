/**
 * Message content in the terms of draft-ietf-mimi-content-08 (MIMI), as typed values. codec.ts turns them into bytes
 * and back. The draft's number is pinned: a later one may change the array.
 */
export interface MimiContent {
  /** 16 random bytes, fresh for each message (section 4.1). */
  readonly salt: Uint8Array
  /** The message that this one edits or deletes. */
  readonly replaces: MessageId | null
  /** Groups messages into a topic; empty for none. */
  readonly topicId: Uint8Array
  readonly expires: Expiration | null
  readonly inReplyTo: MessageId | null
  readonly extensions: Extensions
  readonly body: Part
}

/** 32 bytes: 1 for SHA-256, then 31 bytes of the hash; see messageId(). */
export type MessageId = Uint8Array

/** A hint: `time` is in seconds, after the message was read, or since 1970. */
export interface Expiration {
  readonly relative: boolean
  readonly time: number
}

export interface Extensions {
  readonly senderUri: string | null
  readonly roomUri: string | null
  /** All others, as they came. */
  readonly unknown: readonly UnknownExtension[]
}

export interface UnknownExtension {
  /** Registered keys are positive; negative ones and texts of 1 to 255 bytes are for private use (section 4.3). */
  readonly key: number | string
  /** One item of deterministic CBOR, as bytes: what is not understood must not change on its way through. */
  readonly value: Uint8Array
}

/** Values of `disposition` (section 8.2.2). Others up to 255 are kept and treated as `render` (section 9.1). */
export const DISPOSITION = {
  unspecified: 0,
  render: 1,
  reaction: 2,
  profile: 3,
  inline: 4,
  icon: 5,
  attachment: 6,
  session: 7,
  preview: 8,
} as const

export type Part = NullPart | SinglePart | ExternalPart | MultiPart

interface PartCommon {
  /** What the part is for: see DISPOSITION. */
  readonly disposition: number
  /** Language tags of RFC 5646, comma-separated, or empty. */
  readonly language: string
}

/** No content: the body of a deletion. */
export interface NullPart extends PartCommon {
  readonly kind: "null"
}

export interface SinglePart extends PartCommon {
  readonly kind: "single"
  /** A media type with its parameters. */
  readonly contentType: string
  readonly content: Uint8Array
}

/** Content that lies elsewhere (section 4.5). Empty byte strings, empty texts and zeros mean "none". */
export interface ExternalPart extends PartCommon {
  readonly kind: "external"
  readonly contentType: string
  readonly url: string
  /** Seconds since 1970. */
  readonly expires: number
  /** Bytes of the content. */
  readonly size: number
  /** IANA AEAD algorithm. */
  readonly encAlg: number
  readonly key: Uint8Array
  readonly nonce: Uint8Array
  readonly aad: Uint8Array
  /** IANA named information hash algorithm. */
  readonly hashAlg: number
  readonly contentHash: Uint8Array
  readonly description: string
  readonly filename: string
}

export interface MultiPart extends PartCommon {
  readonly kind: "multi"
  readonly semantics: PartSemantics
  /** At least two. */
  readonly parts: readonly Part[]
}

/** In the order of their numbers: one of the parts is to be shown, or all or nothing, or each by itself (section 4.4). */
export const PART_SEMANTICS = ["chooseOne", "singleUnit", "processAll"] as const
export type PartSemantics = (typeof PART_SEMANTICS)[number]

/** A message without extensions: what is said of the sender and the room is derived from MLS, not from the message. */
export const NO_EXTENSIONS: Extensions = { senderUri: null, roomUri: null, unknown: [] }
