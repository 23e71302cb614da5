import { toHex, WireError } from "../shared/bytes.ts"
import { presentContent } from "./becoming.ts"
import { timerOf } from "./content/acts.ts"
import { attachmentOf, captionOf } from "./content/attachment.ts"
import { decodeContent } from "./content/codec.ts"
import type { MimiContent } from "./content/content.ts"
import type { NamedAt } from "./content/mentions.ts"
import { isMimiMarkdown, readMarkdown } from "./content/mentions.ts"
import { plainText } from "./content/text.ts"
import type { AttachmentView } from "./attachment-view.ts"
import type { MessageView, QuoteView, ReactionView, VersionView } from "./message-view.ts"
import { excerpt } from "./message-view.ts"
import { asksUser } from "./groups/line-names.ts"
import { DAMAGED } from "./ports.ts"
import type { StoredMessage } from "./stored.ts"
import type { StoredReaction } from "./stored-acts.ts"

/** What a message says now, whom it names, and what it answers. */
export function saidIn(message: StoredMessage): Spoken & { inReplyTo: string | null } {
  if (message.deleted !== undefined) return { ...SILENT, inReplyTo: null }
  const first = decodeContent(message.content)
  const { inReplyTo } = first
  const content = (message.edits ?? []).length === 0 ? first : decodeContent(presentContent(message))
  return { ...(timerIn(content) === null ? spokenIn(content) : SILENT), inReplyTo: inReplyTo === null ? null : toHex(inReplyTo) }
}

/** What a message was, the first version first: its text, and when it became that. */
export function versionsOf(message: StoredMessage): VersionView[] {
  if (message.deleted !== undefined || message.content === DAMAGED) return []
  const { content, sent, edits = [] } = message
  return [{ content, sent }, ...edits].map((version) => ({ text: spokenIn(decodeContent(version.content)).text, sent: version.sent }))
}

interface Spoken {
  readonly text: string
  readonly named: readonly NamedAt[]
}

const SILENT: Spoken = { text: "", named: [] }

/** What cannot be shown is shown by its name; but a file stands beside the text. */
function spokenIn(content: MimiContent): Spoken {
  if (attachmentOf(content) !== null) return { text: captionOf(content), named: [] }
  const lines = plainText(content).map((piece): Spoken => {
    if (piece.kind !== "text") return { text: `[${piece.contentType}]`, named: [] }
    return isMimiMarkdown(piece.contentType) ? readMarkdown(piece.text) : { text: piece.text, named: [] }
  })
  return lines.slice(1).reduce(joined, lines[0] ?? SILENT)
}

function joined(before: Spoken, { text, named }: Spoken): Spoken {
  const by = before.text.length + 1
  return { text: `${before.text}\n${text}`, named: [...before.named, ...named.map(({ uri, from, to }) => ({ uri, from: from + by, to: to + by }))] }
}

/** It says how long messages last from now on. */
function isTimer({ content, deleted }: StoredMessage): boolean {
  return content !== DAMAGED && deleted === undefined && timerIn(decodeContent(content)) !== null
}

/** It stands among messages, and is none. */
export function isLine(message: StoredMessage): boolean {
  return message.line !== undefined || isTimer(message)
}

/** A line that nobody has to see at once. */
export function isQuiet(message: StoredMessage): boolean {
  return isLine(message) && (message.line === undefined || !asksUser(message.line))
}

function timerIn(content: MimiContent): number | null {
  try {
    return timerOf(content)?.seconds ?? null
  } catch (error) {
    if (error instanceof WireError) return null
    throw error
  }
}

/** What became of a message, as far as anything did. */
export function becomeView(message: StoredMessage): Partial<MessageView> {
  const { edits = [], reactions = [], deleted, doing, life, ends, line, past } = message
  const edited = edits.at(-1)?.sent
  const shown = reactionViews(reactions)
  const content = deleted === undefined ? decodeContent(message.content) : null
  const timer = content === null ? null : timerIn(content)
  const file = content === null ? null : attachmentView(content, message)
  return {
    ...(edited !== undefined && { edited }),
    ...(shown.length > 0 && { reactions: shown }),
    ...(deleted !== undefined && { deleted }),
    ...(doing !== undefined && { doing: doing.state }),
    ...(life !== undefined && { lasts: life }),
    ...(ends !== undefined && { ends }),
    ...(past !== undefined && { past }),
    ...(line !== undefined && { line }),
    ...(file !== null && { attachment: file }),
    ...(timer !== null && { timer: timer === 0 ? null : timer }),
  }
}

function attachmentView(content: MimiContent, { attachment: stored }: StoredMessage): AttachmentView | null {
  const named = stored === undefined ? null : attachmentOf(content)
  if (stored === undefined || named === null) return null
  const { name, mediaType, size, thumbnail, source } = named
  const { state, done, of } = stored
  return { name, mediaType, size, state, done, of, thumbnail, expires: (stored.source ?? source).expires * 1000 }
}

/** Those of most people first, and of as many in the order of their signs: the same whatever came first. */
function reactionViews(reactions: readonly StoredReaction[]): ReactionView[] {
  const views = new Map<string, { text: string; own: boolean; from: string[] }>()
  for (const { from, reactions: texts } of reactions)
    for (const text of texts) {
      const view = views.get(text) ?? { text, own: false, from: [] }
      views.set(text, view)
      if (from === null) view.own = true
      else view.from.push(from)
    }
  const count = ({ own, from }: { own: boolean; from: string[] }) => from.length + Number(own)
  return [...views.values()]
    .map((view) => ({ ...view, from: view.from.sort(), count: count(view) }))
    .sort((a, b) => b.count - a.count || (a.text < b.text ? -1 : 1))
}

/** A short piece of what is answered; null where it is not there. */
export function quoteOf(id: string, quoted: StoredMessage | null): QuoteView {
  if (quoted === null || quoted.content === DAMAGED) return { message: id, there: "missing", position: null, own: null, from: null, text: "" }
  const { own, position, conversation, deleted, from = conversation } = quoted
  const text = excerpt(saidIn(quoted).text)
  const file = deleted === undefined ? attachmentView(decodeContent(quoted.content), quoted) : null
  const named = quoted.fromName === undefined ? {} : { fromName: quoted.fromName }
  const view = { message: quoted.id, there: deleted === undefined ? "shown" : "deleted", position, own, from: own ? null : from, ...named, text } as const
  return file === null ? view : { ...view, attachment: { name: file.name, mediaType: file.mediaType } }
}
