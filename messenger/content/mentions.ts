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
/** What a backslash may escape: all signs of ASCII (CommonMark section 2.4). */
const ESCAPED = /^\\[!-/:-@[-`{-~]$/
/** Beyond that many links of one text none is looked at. */
const MENTIONS_MOST = 100

/** A text, or somebody who is named in it. */
export type Spoken = string | Mention

export interface Mention {
  readonly name: string
  readonly uri: string
}

/** Somebody is named in a text as it is read, from one place to another; counted in UTF-16. */
export interface NamedAt {
  readonly uri: string
  readonly from: number
  readonly to: number
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

/** Such a text as it is read: without what escapes, and with the names of the links. And where in it somebody is named. */
export function readMarkdown(markdown: string): { readonly text: string; readonly named: readonly NamedAt[] } {
  const named: NamedAt[] = []
  let [text, at] = ["", 0]
  for (const { 0: whole, 1: name, 2: uri, index } of markdown.matchAll(MENTION)) {
    text += markdown.slice(at, index)
    at = index + whole.length
    if (name === undefined || uri === undefined) text += ESCAPED.test(whole) ? whole.slice(1) : whole
    else if (named.length >= MENTIONS_MOST) text += whole
    else {
      const shown = `@${name.replace(/\\(.)/g, "$1")}`
      named.push({ uri, from: text.length, to: text.length + shown.length })
      text += shown
    }
  }
  return { text: text + markdown.slice(at), named }
}

/** Whether a part is Markdown of the draft's kind, which is the only one that is looked into. */
export function isMimiMarkdown(contentType: string): boolean {
  return contentType.toLowerCase().replaceAll(" ", "") === MARKDOWN.toLowerCase()
}

const escaped = (text: string) => text.replace(FORMATTING, "\\$&")

function markdownIn(part: Part): string[] {
  if (part.kind === "multi") return part.parts.flatMap(markdownIn)
  if (part.kind !== "single" || !part.contentType.toLowerCase().startsWith("text/markdown")) return []
  return plainText({ body: part }).flatMap((piece) => (piece.kind === "text" ? [piece.text] : []))
}
