import { fromUtf8, utf8 } from "../../shared/text.ts"
import { DISPOSITION, NO_EXTENSIONS } from "./content.ts"
import type { Expiration, MessageId, MimiContent, Part } from "./content.ts"

/**
 * What people type is plain text. The draft's other type that every client must read, `text/markdown;variant=GFM-MIMI`
 * (section 7.1), would turn typed stars, underscores and numbers into formatting that nobody asked for, and needs `<`
 * to be escaped before sending; it is right where an editor makes Markdown on purpose.
 */
export const PLAIN_TEXT = "text/plain;charset=utf-8"

/** Where a text stands in its conversation. */
export interface TextOptions {
  readonly inReplyTo?: MessageId
  readonly replaces?: MessageId
  readonly expires?: Expiration
  readonly topicId?: Uint8Array
  /** Language tags of RFC 5646, comma-separated. */
  readonly language?: string
}

/** A message of one text. `salt` is 16 fresh random bytes. */
export function textMessage(text: string, salt: Uint8Array, options: TextOptions = {}): MimiContent {
  return {
    salt,
    replaces: options.replaces ?? null,
    topicId: options.topicId ?? new Uint8Array(0),
    expires: options.expires ?? null,
    inReplyTo: options.inReplyTo ?? null,
    extensions: NO_EXTENSIONS,
    body: {
      kind: "single",
      disposition: DISPOSITION.render,
      language: options.language ?? "",
      contentType: PLAIN_TEXT,
      content: utf8(text),
    },
  }
}

/** One piece of a message that a screen without pictures can show. */
export type TextPiece =
  | { readonly kind: "text"; readonly text: string; readonly disposition: number; readonly contentType: string }
  /** Something that this version cannot show: the screen has a sentence for it, with the media type as its name. */
  | { readonly kind: "placeholder"; readonly contentType: string; readonly disposition: number }

/**
 * What to show of a message as text, in its order; nothing for a deletion. Markdown is shown as it was written, which
 * the draft allows (section 7.1). Of alternatives the first that is text is taken; a unit of which one part cannot be
 * shown becomes one placeholder (section 4.4).
 */
export function plainText(content: Pick<MimiContent, "body">): readonly TextPiece[] {
  return pieces(content.body)
}

function pieces(part: Part): readonly TextPiece[] {
  switch (part.kind) {
    case "null":
      return []
    case "single":
      return [singlePiece(part.contentType, part.content, part.disposition)]
    case "external":
      return [placeholder(part.contentType, part.disposition)]
    case "multi": {
      const each = part.parts.map(pieces)
      if (part.semantics === "processAll") return each.flat()
      if (part.semantics === "chooseOne") return each.find(isText) ?? each.find((some) => some.length > 0) ?? []
      const all = each.flat()
      const missing = all.find(({ kind }) => kind === "placeholder")
      return missing === undefined ? all : [missing]
    }
  }
}

function isText(some: readonly TextPiece[]): boolean {
  return some.length > 0 && some.every(({ kind }) => kind === "text")
}

function singlePiece(contentType: string, content: Uint8Array, disposition: number): TextPiece {
  if (!isReadable(contentType)) return placeholder(contentType, disposition)
  try {
    return { kind: "text", text: fromUtf8(content), disposition, contentType }
  } catch {
    return placeholder(contentType, disposition)
  }
}

function placeholder(contentType: string, disposition: number): TextPiece {
  return { kind: "placeholder", contentType, disposition }
}

/** Media types and their parameters are compared without case (RFC 2045 section 5.1). US-ASCII is a part of UTF-8. */
export function isReadable(contentType: string): boolean {
  const [type, ...parameters] = contentType.toLowerCase().split(";").map((piece) => piece.trim())
  if (type !== "text/plain" && type !== "text/markdown") return false
  const charset = parameters.find((parameter) => parameter.startsWith("charset="))?.slice("charset=".length).replaceAll('"', "")
  return charset === undefined || charset === "utf-8" || charset === "us-ascii"
}
