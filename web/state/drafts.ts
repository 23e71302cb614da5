/**
 * What was written and not sent yet, for each conversation, and which message it answers or edits. It lies in the engine's store, sealed like all else.
 */
import { shallowReactive } from "vue"
import type { CommandOutput, DraftAbout, MentionView } from "../../messenger/api.ts"
import type { Written } from "./mentioning.ts"

type Keep = (conversation: string, written: Written, about: DraftAbout | null) => Promise<void>

const FORMER = "draft:"
/** Typing is no reason to write to the disk with each letter. */
const PAUSE = 400
const drafts = shallowReactive(new Map<string, string>())
const mentions = new Map<string, readonly MentionView[]>()
const abouts = new Map<string, DraftAbout>()
const timers = new Map<string, ReturnType<typeof setTimeout>>()
/** On their way to the disk. */
const storing = new Set<Promise<void>>()
let store: Keep = () => Promise.resolve()

export const draft = (conversation: string): string => drafts.get(conversation) ?? ""
/** With who is named in it. */
export const draftWritten = (conversation: string): Written => ({ text: draft(conversation), mentions: mentions.get(conversation) ?? [] })
export const draftAbout = (conversation: string): DraftAbout | null => abouts.get(conversation) ?? null

export function keepDraft(conversation: string, { text, mentions: named }: Written): void {
  drafts.set(conversation, text)
  mentions.set(conversation, named)
  storeSoon(conversation)
}

/** What is written now is about this message, or simply a new one (null). */
export function keepAbout(conversation: string, about: DraftAbout | null): void {
  if (about !== null) abouts.set(conversation, about)
  else if (!abouts.delete(conversation)) return
  storeSoon(conversation)
}

function storeSoon(conversation: string): void {
  clearTimeout(timers.get(conversation))
  timers.set(conversation, setTimeout(() => void save(conversation), PAUSE))
}

function save(conversation: string): Promise<void> {
  clearTimeout(timers.get(conversation))
  timers.delete(conversation)
  const stored = store(conversation, draftWritten(conversation), draftAbout(conversation)).finally(() => storing.delete(stored))
  storing.add(stored)
  return stored
}

/** Stores at once what still waits for a pause in typing; fulfils when that, and what was under way already, is on the disk. */
export async function storeDrafts(): Promise<void> {
  for (const conversation of [...timers.keys()]) void save(conversation)
  await Promise.all(storing)
}

/** Takes up what is stored. Drafts of before, which the browser kept in the clear, go into the store. */
export function loadDrafts(stored: CommandOutput<"drafts">, keep: Keep): void {
  store = keep
  for (const [conversation, text] of Object.entries(stored.drafts)) drafts.set(conversation, text)
  for (const [conversation, named] of Object.entries(stored.mentions)) mentions.set(conversation, named)
  for (const [conversation, about] of Object.entries(stored.abouts)) abouts.set(conversation, about)
  for (const key of Object.keys(localStorage).filter((one) => one.startsWith(FORMER))) {
    const conversation = key.slice(FORMER.length)
    if (!drafts.has(conversation)) keepDraft(conversation, { text: localStorage.getItem(key) ?? "", mentions: [] })
    localStorage.removeItem(key)
  }
}

/** The conversation has gone, and what the engine kept of it. */
export function dropDraft(conversation: string): void {
  clearTimeout(timers.get(conversation))
  for (const map of [timers, drafts, mentions, abouts]) map.delete(conversation)
}

/** Behind a locked door nothing of them is in the page. */
export function forgetDrafts(): void {
  void storeDrafts()
  drafts.clear()
  mentions.clear()
  abouts.clear()
}
