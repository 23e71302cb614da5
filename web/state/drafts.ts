/** What was written and not sent yet, for each conversation. It moves into the engine's store when that is encrypted. */
import { shallowReactive } from "vue"

const KEY = "draft:"
const drafts = shallowReactive(new Map<string, string>())

export function draft(conversation: string): string {
  const known = drafts.get(conversation) ?? localStorage.getItem(KEY + conversation) ?? ""
  return known
}

export function keepDraft(conversation: string, text: string): void {
  drafts.set(conversation, text)
  if (text.trim() === "") localStorage.removeItem(KEY + conversation)
  else localStorage.setItem(KEY + conversation, text)
}
