/** What a message says, in words, whatever it is. */
import type { LineView, MentionView, MessageView, QuoteView } from "../../messenger/api.ts"
import { authorOf, contactOf, memberName, nameOf, titleOf } from "./names.ts"
import { fileWords } from "./file-kind.ts"
import type { Written } from "./mentioning.ts"
import { state } from "./state.ts"
import { t } from "../text/text.ts"
import { lasting, remaining } from "../text/time.ts"

/** The line of somebody who has set how long messages last. */
export function timerLine(own: boolean, seconds: number | null, name: string): string {
  const words = t.value.acts
  if (seconds === null) return own ? words.lineOwnOff : words.lineTheirsOff(name)
  const time = lasting(t.value.tag, seconds * 1000)
  return own ? words.lineOwn(time) : words.lineTheirs(name, time)
}

/** It stands among messages, and is none. */
export const isLine = ({ timer, line }: MessageView): boolean => timer !== undefined || line !== undefined

/** In one line: its text and what it brings, or what stands in the place of them. */
export function saying(message: MessageView): string {
  const { damaged, deleted, timer, own, line, attachment } = message
  if (damaged === true) return t.value.damage.message
  if (line !== undefined) return changeLine(line, message)
  if (deleted !== undefined) return own ? t.value.acts.deletedOwn : t.value.acts.deleted
  return timer === undefined ? beside(spoken(message), attachment) : timerLine(own, timer, authorOf(message))
}

/** A change in a group, in words. */
function changeLine(line: LineView, message: MessageView): string {
  const { lines, roles, you } = t.value.groups
  const { introductions, past } = t.value
  const name = (member: string | null, said: string) => (member === null ? you : memberName(member, said))
  switch (line.kind) {
    case "founded":
      return lines.founded(line.name)
    case "invited":
      return lines.invited(authorOf(message), line.name)
    case "joined":
      return line.who === null ? lines.joinedOwn(name(line.by, line.byName)) : line.by === null ? lines.joinedByOwn(name(line.who, line.whoName)) : lines.joined(name(line.who, line.whoName), name(line.by, line.byName))
    case "removed":
      return line.who === null ? lines.removedOwn(name(line.by, line.byName)) : line.by === null ? lines.removedByOwn(name(line.who, line.whoName)) : lines.removed(name(line.who, line.whoName), name(line.by, line.byName))
    case "left":
      return line.who === null ? lines.leftOwn : lines.left(name(line.who, line.whoName))
    case "renamed":
      return line.by === null ? lines.renamedOwn(line.name) : lines.renamed(name(line.by, line.byName), line.name)
    case "pictured":
      return pictureLine(line.removed, line.by === null ? null : name(line.by, line.byName))
    case "role":
      return line.who === null ? lines.roleOwn(name(line.by, line.byName), roles[line.role]) : line.by === null ? lines.roleByOwn(name(line.who, line.whoName), roles[line.role]) : lines.role(name(line.who, line.whoName), roles[line.role], name(line.by, line.byName))
    case "called":
      return line.who === null ? lines.calledOwn(line.name) : lines.called(name(line.who, line.whoName), line.name)
    case "past":
      return past.lines.past(name(line.who, line.whoName), line.count)
    case "past-broken":
      return past.lines.broken(name(line.who, line.whoName))
    case "gave":
      return past.lines.gave(line.name, line.count)
    case "introduction":
      return introductions.lines[line.step](titleOf(message.conversation), line.name)
  }
}

function pictureLine(removed: boolean, by: string | null): string {
  const { pictured, picturedOwn, unpictured, unpicturedOwn } = t.value.naming
  if (by === null) return removed ? unpicturedOwn : picturedOwn
  return removed ? unpictured(by) : pictured(by)
}

const ownName = (conversation: string): string => state.members.get(conversation)?.find(({ own }) => own)?.name ?? state.profile?.name ?? t.value.common.you

function knownName(conversation: string, member: string): string | null {
  const contact = contactOf(member)
  return contact === null ? (state.members.get(conversation)?.find(({ id }) => id === member)?.name ?? null) : nameOf(contact)
}

/** A text as this user reads it: who is named in it by the name that this user knows. */
export function spoken(message: MessageView): string {
  return named(message).map((piece) => piece.text).join("")
}

/** The same, and where in it somebody is named. */
export function spokenOf(message: MessageView): Written {
  const mentions: MentionView[] = []
  let text = ""
  for (const piece of named(message)) {
    if (piece.member !== undefined) mentions.push({ member: piece.member, from: text.length, to: text.length + piece.text.length })
    text += piece.text
  }
  return { text, mentions }
}

export interface Named {
  readonly text: string
  /** Who is named here, and their id (null: this user's). */
  readonly who?: "own" | "other"
  readonly member?: string | null
}

/** The same in pieces. The name is the one that this user knows, and not what the sender says; who is neither in the group nor a contact is nobody. */
export function named({ text, mentions = [], conversation }: MessageView): Named[] {
  const pieces: Named[] = []
  let at = 0
  for (const { member, from, to } of mentions) {
    const name = member === null ? ownName(conversation) : knownName(conversation, member)
    if (name === null) continue
    pieces.push({ text: text.slice(at, from) }, { text: `@${name}`, who: member === null ? "own" : "other", member })
    at = to
  }
  return [...pieces, { text: text.slice(at) }].filter((piece) => piece.text !== "")
}

const beside = (text: string, file: MessageView["attachment"] | QuoteView["attachment"]) => [...(file ? [fileWords(file)] : []), ...(text === "" ? [] : [text])].join(" · ")

export function quoteText({ there, text, attachment }: QuoteView): string {
  if (there === "shown") return beside(text, attachment)
  return there === "deleted" ? t.value.acts.quoteDeleted : t.value.acts.quoteMissing
}

/** When a message goes: as short as a time, and as a sentence. Null where it stays. */
export function going({ ends, lasts, own }: MessageView, now: number): { readonly short: string; readonly long: string } | null {
  const { tag, acts } = t.value
  if (ends !== undefined) {
    const left = remaining(tag, ends, now)
    return { short: left ?? "", long: left === null ? acts.goesNow : acts.goesIn(left) }
  }
  if (lasts === undefined) return null
  const short = lasting(tag, lasts)
  return { short, long: own ? acts.goesAfterStoring(short) : acts.goesAfterReading(short) }
}
