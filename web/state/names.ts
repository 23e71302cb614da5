import { computed } from "vue"
import type { ContactView, ConversationView, MessageView, QuoteView } from "../../messenger/api.ts"
import { isVisible, NAME_MAX, plainName } from "../../messenger/name.ts"
import { state } from "./state.ts"
import { t } from "../text/text.ts"

export const isSomeName = (name: string): boolean => isVisible(plainName(name))

/** As much of it as can be a name, without cutting a character in two. */
export function fitName(typed: string): string {
  const encoder = new TextEncoder()
  let [fitting, bytes] = ["", 0]
  for (const { segment } of new Intl.Segmenter().segment(plainName(typed))) {
    bytes += encoder.encode(segment).length
    if (bytes > NAME_MAX) break
    fitting += segment
  }
  return plainName(fitting)
}

/** Who was not given a name, and has not said theirs yet, still needs something to be called by. */
export const nameOf = ({ name, theirName }: ContactView): string => name || theirName || t.value.unnamed

/** What a conversation is called: as its other side, or as its members have named it; an introduction as whom it is about. */
export function titleOf(id: string): string {
  const contact = state.contacts.get(id)
  return contact ? nameOf(contact) : (state.conversations.get(id)?.title ?? state.introductions.get(id)?.name ?? "")
}

export const isGroup = (conversation: ConversationView | null | undefined): boolean => conversation?.kind === "group"

/** Contacts by what groups call them. Two conversations may be with one person: the one that both are in comes first. */
const byMember = computed(() => {
  const found = new Map<string, ContactView>()
  for (const contact of state.contacts.values()) {
    const isIn = contact.state === "ready" || contact.state === "answered"
    if (contact.member !== null && isIn && found.get(contact.member)?.state !== "ready") found.set(contact.member, contact)
  }
  return found
})

export const contactOf = (member: string): ContactView | null => byMember.value.get(member) ?? null

/** A member of a group: as this user calls them if they are a contact; else as they call themselves, and marked so, for anybody can call themselves anything. */
export function memberName(member: string, said?: string): string {
  const contact = contactOf(member)
  if (contact !== null) return nameOf(contact)
  return said === undefined ? t.value.groups.somebody : t.value.groups.selfNamed(said)
}

type Written = Pick<MessageView, "conversation" | "own" | "from" | "fromName">

/** Who wrote a message. */
export function authorOf({ conversation, own, from, fromName }: Written): string {
  if (own) return t.value.common.you
  return from !== null && fromName !== undefined ? memberName(from, fromName) : titleOf(conversation)
}

/** Who wrote what is quoted; null where that is not known any more. */
export function quotedOf({ own, from, fromName }: QuoteView, conversation: string): string | null {
  return own === null ? null : authorOf({ conversation, own, from, ...(fromName !== undefined && { fromName }) })
}

/** Somebody who is named by their id alone: a contact in a conversation of two, a member of a group. */
export function namedIn(conversation: string, id: string): string {
  const contact = state.contacts.get(id)
  if (contact) return nameOf(contact)
  return memberName(id, state.members.get(conversation)?.find((one) => one.id === id)?.name)
}
