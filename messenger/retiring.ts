import type { Conversations, Talk } from "./conversations.ts"
import { keys } from "./stored.ts"

/** This state writes nothing any more, also after a restart: it is a copy, or cannot follow. What it had to say waits. design.md section 7. */
export function retire(conversations: Conversations, talk: Talk): void {
  talk.open = false
  conversations.save(talk, { ...talk.stored, isCopy: true })
  conversations.dropBoxes(talk)
  conversations.sealAnew(talk)
}

/** This device goes on elsewhere, with another leaf: what was to be said here was not said. */
export async function replaced(conversations: Conversations, talk: Talk): Promise<void> {
  const { messages, watches, changes, now } = conversations.parts
  const { id } = talk.stored
  retire(conversations, talk)
  conversations.save(talk, { ...talk.stored, isReplaced: true })
  watches.endAll(`stream/${id}/`)
  for (const position of talk.outgoing.keys()) {
    changes.delete(keys.outgoing(id, position))
    await messages.change(id, position, (one) => ({ ...one, state: "failed", problem: "contact-failed", times: { ...one.times, failed: now() } }))
    await conversations.refreshLast(talk, position)
  }
  talk.outgoing.clear()
  talk.waitingSince = null
}
