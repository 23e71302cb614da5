/** What was written and not sent yet, for each conversation. It lies in the engine's store, sealed like all else. */
import { shallowReactive } from "vue"

const FORMER = "draft:"
/** Typing is no reason to write to the disk with each letter. */
const PAUSE = 400
const drafts = shallowReactive(new Map<string, string>())
const timers = new Map<string, ReturnType<typeof setTimeout>>()
/** On their way to the disk. */
const storing = new Set<Promise<void>>()
let store: (conversation: string, text: string) => Promise<void> = () => Promise.resolve()

export const draft = (conversation: string): string => drafts.get(conversation) ?? ""

export function keepDraft(conversation: string, text: string): void {
  drafts.set(conversation, text)
  clearTimeout(timers.get(conversation))
  timers.set(conversation, setTimeout(() => void save(conversation), PAUSE))
}

function save(conversation: string): Promise<void> {
  clearTimeout(timers.get(conversation))
  timers.delete(conversation)
  const stored = store(conversation, draft(conversation)).finally(() => storing.delete(stored))
  storing.add(stored)
  return stored
}

/** Stores at once what still waits for a pause in typing; fulfils when that, and what was under way already, is on the disk. */
export async function storeDrafts(): Promise<void> {
  for (const conversation of [...timers.keys()]) void save(conversation)
  await Promise.all(storing)
}

/** Takes up what is stored. Drafts of before, which the browser kept in the clear, go into the store. */
export function loadDrafts(stored: Readonly<Record<string, string>>, keep: (conversation: string, text: string) => Promise<void>): void {
  store = keep
  for (const [conversation, text] of Object.entries(stored)) drafts.set(conversation, text)
  for (const key of Object.keys(localStorage).filter((one) => one.startsWith(FORMER))) {
    const conversation = key.slice(FORMER.length)
    if (!drafts.has(conversation)) keepDraft(conversation, localStorage.getItem(key) ?? "")
    localStorage.removeItem(key)
  }
}

/** Behind a locked door nothing of them is in the page. */
export function forgetDrafts(): void {
  void storeDrafts()
  drafts.clear()
}
