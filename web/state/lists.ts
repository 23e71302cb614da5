/** What the list of conversations shows, in its order. */
import { computed } from "vue"
import type { ContactView, ConversationView, MessageView } from "../../messenger/api.ts"
import type { Route } from "./address.ts"
import { state } from "./state.ts"

export interface Row {
  readonly id: string
  readonly contact: ContactView
  readonly conversation: ConversationView | null
  /** By which rows are ordered, newest first. */
  readonly time: number
}

/** Contacts that one cannot write to yet: a code that waits, an answer that asks, a code being followed. */
export const isPending = ({ state }: ContactView): boolean => state !== "ready" && state !== "answered" && state !== "answering"

/** Where one meets somebody: the conversation, or how far they are from one. */
export const routeTo = (contact: ContactView): Route => (isPending(contact) ? { page: "contact", id: contact.id } : { page: "conversation", id: contact.id, message: null })

/** What others say of the time does not move them up or down. */
const arrived = (last: MessageView | null | undefined): number | undefined => (last?.damaged === true ? undefined : last?.own === false ? (last.received ?? last.sent) : last?.sent)

function rows(pending: boolean): Row[] {
  const found: Row[] = []
  for (const contact of state.contacts.values()) {
    if (isPending(contact) !== pending) continue
    const conversation = state.conversations.get(contact.id) ?? null
    found.push({ id: contact.id, contact, conversation, time: arrived(conversation?.last) ?? contact.created })
  }
  // Those who ask come first: they wait for this user.
  return found.sort((a, b) => Number(b.contact.state === "ask") - Number(a.contact.state === "ask") || b.time - a.time)
}

export const pendingRows = computed(() => rows(true))
export const conversationRows = computed(() => rows(false))
export const unreadTotal = computed(() => conversationRows.value.reduce((sum, { conversation, contact }) => sum + (contact.blocked ? 0 : (conversation?.unread ?? 0)), 0))
