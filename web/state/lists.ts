/** What the list of conversations shows, in its order. */
import { computed } from "vue"
import type { ContactView, ConversationView, IntroductionView, MessageView } from "../../messenger/api.ts"
import type { Route } from "./address.ts"
import { titleOf } from "./names.ts"
import { state } from "./state.ts"

export interface Row {
  readonly id: string
  /** Null of a group, and of an introduction. */
  readonly contact: ContactView | null
  /** That waits for this user. */
  readonly introduction?: IntroductionView
  readonly conversation: ConversationView | null
  /** By which rows are ordered, newest first. */
  readonly time: number
}

/** Contacts that one cannot write to yet: a code that waits, an answer that asks, a code being followed. */
export const isPending = ({ state }: ContactView): boolean => state !== "ready" && state !== "answered" && state !== "answering"

/** Where one meets somebody: the conversation, or how far they are from one. */
export const routeTo = (contact: ContactView): Route => (isPending(contact) ? { page: "contact", id: contact.id } : { page: "conversation", id: contact.id, message: null })

export const routeToRow = ({ id, contact, introduction }: Row): Route => (introduction ? { page: "introduction", id } : contact === null ? { page: "conversation", id, message: null } : routeTo(contact))
export const rowName = ({ id }: Pick<Row, "id">): string => titleOf(id)
export const isBlocked = ({ contact }: Row): boolean => contact?.blocked === true

/** A group that this user has not said yet whether they want to be in it. */
export const isInvited = (conversation: ConversationView | null): boolean => conversation?.group?.standing === "invited"

/** Somebody waits for this user. */
export const asks = ({ contact, conversation, introduction }: Row): boolean => introduction !== undefined || contact?.state === "ask" || isInvited(conversation)

/** What others say of the time does not move them up or down. */
const arrived = (last: MessageView | null | undefined): number | undefined => (last?.damaged === true ? undefined : last?.own === false ? (last.received ?? last.sent) : last?.sent)

function rows(pending: boolean): Row[] {
  const found: Row[] = []
  for (const contact of state.contacts.values()) {
    if (isPending(contact) !== pending) continue
    const conversation = state.conversations.get(contact.id) ?? null
    found.push({ id: contact.id, contact, conversation, time: arrived(conversation?.last) ?? contact.created })
  }
  for (const conversation of state.conversations.values()) {
    const { id, group, last } = conversation
    if (group !== undefined && isInvited(conversation) === pending) found.push({ id, contact: null, conversation, time: arrived(last) ?? group.since })
  }
  for (const introduction of pending ? state.introductions.values() : []) {
    const { id, at, state: how, by } = introduction
    if ((how === "offered" || how === "wanted") && state.contacts.get(by ?? "")?.blocked === false) found.push({ id, contact: null, conversation: null, introduction, time: at })
  }
  return found.sort((a, b) => Number(asks(b)) - Number(asks(a)) || b.time - a.time)
}

export const pendingRows = computed(() => rows(true))
export const conversationRows = computed(() => rows(false))

/** What came there is not counted, nor told of. */
const isQuiet = (row: Row): boolean => isBlocked(row) || row.conversation?.group?.muted === true
export const unreadTotal = computed(() => conversationRows.value.reduce((sum, row) => sum + (isQuiet(row) ? 0 : (row.conversation?.unread ?? 0)), 0))
