/** A text in which people are named, while it is written. A name is a part of the text; what is kept beside is where it stands, and who that is. Pure. */
import type { MentionView } from "../../messenger/api.ts"
import { fold } from "../../messenger/folded-text.ts"

export interface Written {
  readonly text: string
  /** In the order of their places. */
  readonly mentions: readonly MentionView[]
}

export const NOTHING: Written = { text: "", mentions: [] }

/** An @ and what stands behind it: the beginning of a name. */
export interface Sought {
  readonly from: number
  readonly to: number
  readonly words: string
}

/** At the start or behind white space, so that addresses of mail are none; names may have a few words. The wide one is that of input methods. */
const BEGUN = /(?:^|\s)([@＠])((?:[^\s@＠]{1,40}(?: [^\s@＠]{1,40}){0,3} ?)?)$/u
/** More than that is no beginning of a name. */
const LOOKED_AT = 200

/** What is looked for where the caret stands; null where that is no name, or one that was picked already. */
export function soughtAt({ text, mentions }: Written, caret: number): Sought | null {
  const found = BEGUN.exec(text.slice(Math.max(0, caret - LOOKED_AT), caret))
  if (found === null) return null
  const words = found[2]!
  const from = caret - words.length - 1
  return mentions.some((one) => one.from === from) ? null : { from, to: caret, words }
}

/** Whether somebody may be meant: each word begins one of the name. */
export function isMeant(name: string, words: string): boolean {
  const parts = fold(name).split(/\s+/u)
  return fold(words).split(/\s+/u).every((word) => word === "" || parts.some((part) => part.startsWith(word)))
}

/** Somebody is named in the place of what was looked for; and where the caret stands then. */
export function withName(written: Written, { from, to }: Pick<Sought, "from" | "to">, member: string | null, name: string): { readonly written: Written; readonly caret: number } {
  const shown = `@${name}`
  const space = /^\s/u.test(written.text.slice(to)) ? "" : " "
  const text = `${written.text.slice(0, from)}${shown}${space}${written.text.slice(to)}`
  const moved = changed(written, text, from + shown.length + space.length)
  const mentions = [...moved.mentions, { member, from, to: from + shown.length }].sort((a, b) => a.from - b.from)
  return { written: { text, mentions }, caret: from + shown.length + 1 }
}

/**
 * The text was changed in one place, behind which the caret stands now: names beside it go with their text, and one whose letters were changed is a name no more but text. The
 * caret tells which of several equal letters came or went.
 */
export function changed({ text: before, mentions }: Written, text: string, caret: number): Written {
  if (mentions.length === 0 || before === text) return { text, mentions }
  const most = Math.min(before.length, text.length)
  let end = 0
  for (const behind = Math.min(most, text.length - caret); end < behind && before.at(-1 - end) === text.at(-1 - end); ) end++
  let begin = 0
  while (begin < most - end && before[begin] === text[begin]) begin++
  const by = text.length - before.length
  return {
    text,
    mentions: mentions.flatMap((one) => {
      if (one.to <= begin) return [one]
      return one.from >= before.length - end ? [{ ...one, from: one.from + by, to: one.to + by }] : []
    }),
  }
}

/** The name that the caret stands behind (-1) or before (1): as a whole it goes with one key. */
export function nameAt({ mentions }: Written, caret: number, side: -1 | 1): MentionView | null {
  return mentions.find(({ from, to }) => caret === (side === -1 ? to : from)) ?? null
}

/** Without white space around it. */
export function trimmed({ text, mentions }: Written): Written {
  const by = text.length - text.trimStart().length
  return { text: text.trim(), mentions: mentions.map((one) => ({ ...one, from: one.from - by, to: one.to - by })) }
}

/** Whoever is not among these is named no more. */
export function namingOnly({ text, mentions }: Written, isThere: (member: string | null) => boolean): Written {
  return { text, mentions: mentions.filter(({ member }) => isThere(member)) }
}

export function isSame(a: Written, b: Written): boolean {
  const places = ({ mentions }: Written) => JSON.stringify(mentions.map(({ member, from, to }) => [member, from, to]))
  return a.text === b.text && places(a) === places(b)
}

/** In pieces, of which some are names. */
export function writtenPieces({ text, mentions }: Written): readonly { readonly text: string; readonly isName: boolean }[] {
  const edges = [0, ...mentions.flatMap(({ from, to }) => [from, to]), text.length]
  return edges.slice(1).map((edge, i) => ({ text: text.slice(edges[i], edge), isName: i % 2 === 1 }))
}
