import type { Conversations, Talk } from "./conversations.ts"
import type { StoredMessage } from "./stored.ts"
import { keys } from "./stored.ts"

/**
 * Takes one message away from this device, and from nobody else's. What is not sealed yet is never sent; what is sealed may still arrive, but is not
 * sealed anew. Its id stays known: where it comes once more, it is dropped as before.
 */
export async function deleteMessage(conversations: Conversations, talk: Talk, message: StoredMessage): Promise<void> {
  const { messages, changes } = conversations.parts
  const { position, own } = message
  messages.delete(message)
  if (own && talk.outgoing.delete(position)) {
    changes.delete(keys.outgoing(talk.stored.id, position))
    if (![...talk.outgoing.values()].includes(null)) talk.waitingSince = null
  }
  const { seen, unread, unreadBytes = 0 } = talk.stored
  const wasUnread = !own && position > seen && unread > 0
  if (position === talk.last?.position) await conversations.showBefore(talk, position)
  const left = wasUnread ? { unread: unread - 1, unreadBytes: unread === 1 ? 0 : Math.max(0, unreadBytes - message.content.length) } : {}
  conversations.save(talk, { ...talk.stored, ...left })
}
