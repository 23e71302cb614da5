import type { Engine } from "./engine.ts"
import type { StoredContact } from "./stored.ts"
import { keys, unpackAll } from "./stored.ts"
import type { StoredConversation } from "./stored-conversation.ts"

/** Contacts and conversations go on from what is stored. */
export async function loadConversations(engine: Engine): Promise<void> {
  const { contacts, conversations, commits, sealing, reading, inviting, answering, recovery } = engine
  const { store } = engine.parts
  const all = unpackAll<StoredContact>(await store.list(keys.contacts))
  contacts.load(all)
  for (const stored of unpackAll<StoredConversation>(await store.list(keys.conversations))) {
    const state = contacts.get(stored.id)?.state
    const isIn = state === "answered" || state === "ready"
    const talk = await conversations.load(stored, isIn && stored.isCopy !== true)
    if (!isIn) continue
    if (talk.open) sealing.resume(talk)
    await commits.load(talk)
    if (stored.isReplaced !== true) reading.begin(talk)
    // Let in and not yet told so, for we stopped before: nothing else says it to somebody who has not written.
    if (stored.writing.index === 0 && stored.epochs.length === 1 && contacts.get(stored.id)?.role === "inviter") conversations.confirmSoon(talk)
  }
  await recovery.load()
  for (const contact of all) {
    if (contact.role === "inviter") inviting.resume(contact)
    else answering.resume(contact)
  }
}
