import { utf8 } from "../../shared/text.ts"
import { DISPOSITION } from "./content.ts"
import type { MimiContent, Part, SinglePart } from "./content.ts"
import { plainText } from "./text.ts"

/** Text in which people are named, as the draft has it (section 5.2): Markdown with a link to the URI of each, and everything else escaped. */
const MARKDOWN = "text/markdown;variant=GFM-MIMI"
/** What Markdown could take for formatting, and `<`, which would begin HTML. */
const FORMATTING = /[\\`*_{}[\]()#+\-.!|~<>&:@=^$"']/g
/** A link to a MIMI URI whose text is a name behind an @. What is escaped is passed over. */
const MENTION = /\\[^]|\[@((?:\\.|[^\\[\]\n])*)\]\((mimi:\/\/[^\s()<>\\]+)\)/g
/** Beyond that many links of one text none is looked at. */
const MENTIONS_MOST = 100

/** A text, or somebody who is named in it. */
export type Spoken = string | Mention

export interface Mention {
  readonly name: string
  readonly uri: string
}

/** One part of text with names in it. */
export function spokenPart(spoken: readonly Spoken[]): SinglePart {
  const text = spoken.map((piece) => (typeof piece === "string" ? escaped(piece) : `[@${escaped(piece.name)}](${piece.uri})`)).join("")
  return { kind: "single", disposition: DISPOSITION.render, language: "", contentType: MARKDOWN, content: utf8(text) }
}

/** Who is named in a message, in their order and each once. The URI says who: a name is whatever its sender likes. */
export function mentionsIn({ body }: Pick<MimiContent, "body">): readonly Mention[] {
  const found = new Map<string, Mention>()
  for (const text of markdownIn(body))
    for (const [, name, uri] of text.matchAll(MENTION)) {
      if (name === undefined || uri === undefined || found.has(uri)) continue
      if (found.size >= MENTIONS_MOST) return [...found.values()]
      found.set(uri, { name: name.replace(/\\(.)/g, "$1"), uri })
    }
  return [...found.values()]
}

const escaped = (text: string) => text.replace(FORMATTING, "\\$&")

function markdownIn(part: Part): string[] {
  if (part.kind === "multi") return part.parts.flatMap(markdownIn)
  if (part.kind !== "single" || !part.contentType.toLowerCase().startsWith("text/markdown")) return []
  return plainText({ body: part }).flatMap((piece) => (piece.kind === "text" ? [piece.text] : []))
}
