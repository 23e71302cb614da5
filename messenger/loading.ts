import type { Engine } from "./engine.ts"
import type { StoredContact, StoredMessage } from "./stored.ts"
import { deleteEnded } from "./deleting.ts"
import { byConversation, keys, unpackAll } from "./stored.ts"
import type { StoredEnding } from "./stored-acts.ts"
import type { StoredCommit } from "./stored-commit.ts"
import type { StoredBox, StoredConversation, StoredOutgoing } from "./stored-conversation.ts"

/** Contacts and conversations as they are stored, so that they can be shown. What they were at goes on with `resumeConversations`. */
export async function loadConversations(engine: Engine): Promise<void> {
  const { contacts, conversations } = engine
  const { store } = engine.parts
  contacts.load(unpackAll<StoredContact>(await store.list(keys.contacts)))
  // A profile may have thousands of conversations: one query for each kind of record, and none for each conversation.
  const outgoings = byConversation<StoredOutgoing>(await store.list(keys.allOutgoings))
  const boxes = byConversation<StoredBox>(await store.list(keys.allBoxes))
  const lasts = byConversation<StoredMessage>(await store.list(keys.lasts))
  for (const stored of unpackAll<StoredConversation>(await store.list(keys.conversations))) {
    const { id } = stored
    await conversations.load(stored, isIn(engine, stored) && stored.isCopy !== true, { outgoings: outgoings.get(id) ?? [], boxes: boxes.get(id) ?? [], last: lasts.get(id)?.[0] })
  }
  // What has ended meanwhile is gone before anything is shown.
  conversations.parts.messages.lifetimes.load(unpackAll<StoredEnding>(await store.list(keys.allEndings)))
  while (await deleteEnded(conversations)) continue
}

/** Nothing has changed since they were loaded. */
export async function resumeConversations(engine: Engine): Promise<void> {
  const { contacts, conversations, commits, boxes, reading, inviting, answering, recovery, groups } = engine.correspondence
  const commitsOf = byConversation<StoredCommit>(await engine.parts.store.list(keys.allCommits))
  for (const talk of conversations.talks.values()) {
    const { id, isReplaced, writing, epochs } = talk.stored
    if (!isIn(engine, talk.stored)) continue
    if (talk.open) boxes.resume(talk)
    commits.load(talk, commitsOf.get(id) ?? [])
    if (isReplaced !== true) reading.begin(talk)
    // Let in and not yet told so, for we stopped before: nothing else says it to somebody who has not written.
    if (writing.index === 0 && epochs.length === 1 && contacts.get(id)?.role === "inviter") conversations.confirmSoon(talk)
  }
  await recovery.load()
  await groups.load()
  for (const contact of contacts.all()) {
    if (contact.role === "inviter") inviting.resume(contact)
    else answering.resume(contact)
  }
}

/** Whether anything is read and written there. */
function isIn({ contacts }: Engine, { id, group }: StoredConversation): boolean {
  if (group !== undefined) return group.standing === "in" || group.standing === "leaving"
  const state = contacts.get(id)?.state
  return state === "answered" || state === "ready"
}
