import { actOf } from "./content/acts.ts"
import { decodeContent } from "./content/codec.ts"
import type { Conversations, Talk } from "./conversations.ts"
import { DAMAGED } from "./ports.ts"
import { isQuiet } from "./saying.ts"
import type { StoredMessage } from "./stored.ts"
import { keys } from "./stored.ts"
import type { StoredConversation } from "./stored-conversation.ts"

/** So many messages go at once whose time has come: no packet waits for more. */
const ENDED_AT_ONCE = 8

/**
 * Takes one message away from this device, and from nobody else's. What is not sealed yet is never sent; what is sealed may still arrive, but is not
 * sealed anew. Its id stays known: where it comes once more, it is dropped as before.
 */
export async function deleteMessage(conversations: Conversations, talk: Talk, message: StoredMessage): Promise<void> {
  const { position, own } = message
  conversations.parts.messages.delete(message)
  // Whose a damaged one was is not known; it could not be sealed any more.
  if (own || message.content === DAMAGED) {
    dropOutgoing(conversations, talk, position)
    await dropEdits(conversations, talk, position)
  }
  const { seen, unread, unreadBytes = 0, unreadLines = 0 } = talk.stored
  const wasUnread = !own && position > seen && unread > 0
  if (position === talk.last?.position) await conversations.showBefore(talk, position)
  const lines = unreadLines - Number(isQuiet(message))
  const left = wasUnread ? { unread: unread - 1, unreadBytes: unread === 1 ? 0 : Math.max(0, unreadBytes - message.content.length), unreadLines: unread === 1 ? 0 : Math.max(0, lines) } : {}
  conversations.save(talk, { ...unnamed(talk.stored, position), ...left })
}

/** What named this user there is gone. */
export function unnamed(stored: StoredConversation, position: number): StoredConversation {
  const { named, ...rest } = stored
  return named === position ? rest : stored
}

/** What waits under this position is not sealed any more. */
export function dropOutgoing({ parts }: Conversations, talk: Talk, position: number): void {
  if (!talk.outgoing.delete(position)) return
  parts.changes.delete(keys.outgoing(talk.stored.id, position))
  if (![...talk.outgoing.values()].includes(null)) talk.waitingSince = null
}

/** Own edits of a message that goes are not kept for their sending, for they say what it said. */
export async function dropEdits(conversations: Conversations, talk: Talk, about: number): Promise<void> {
  const { messages, changes } = conversations.parts
  for (const position of [...talk.outgoing.keys()]) {
    const act = await messages.act(talk.stored.id, position)
    if (act?.about !== about || actOf(decodeContent(act.content))?.kind !== "edit") continue
    dropOutgoing(conversations, talk, position)
    changes.delete(keys.act(talk.stored.id, position))
  }
}

/** Messages whose time has come go, a few at a time; true where there are more. */
export async function deleteEnded(conversations: Conversations, most = ENDED_AT_ONCE): Promise<boolean> {
  const { messages, now } = conversations.parts
  const due = messages.lifetimes.due(now(), most)
  for (const { conversation, position } of due) {
    const talk = conversations.get(conversation)
    const message = await messages.at(conversation, position)
    messages.lifetimes.forget(conversation, position)
    if (talk !== null && message !== null) await deleteMessage(conversations, talk, message)
  }
  return due.length === most
}
