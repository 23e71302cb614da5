import type { Engine } from "./engine.ts"
import type { StoredContact, StoredMessage } from "./stored.ts"
import { byConversation, keys, unpackAll } from "./stored.ts"
import type { StoredEnding } from "./stored-acts.ts"
import type { StoredCommit } from "./stored-commit.ts"
import type { StoredBox, StoredConversation, StoredOutgoing } from "./stored-conversation.ts"

/** Contacts and conversations as they are stored, so that they can be shown. What they were at goes on with `resumeConversations`. */
export async function loadConversations(engine: Engine): Promise<void> {
  const { contacts, conversations } = engine
  // A profile may have thousands of conversations: one query for each kind of record, and none for each conversation. All are asked at once: while one is opened the others are read.
  const kinds = [keys.contacts, keys.allOutgoings, keys.allBoxes, keys.lasts, keys.conversations, keys.allEndings] as const
  const [known, outgoing, written, latest, all, endings] = await Promise.all(kinds.map((kind) => engine.parts.store.list(kind)))
  contacts.load(unpackAll<StoredContact>(known!))
  const outgoings = byConversation<StoredOutgoing>(outgoing!)
  const boxes = byConversation<StoredBox>(written!)
  const lasts = byConversation<StoredMessage>(latest!)
  for (const stored of unpackAll<StoredConversation>(all!)) {
    const { id } = stored
    await conversations.load(stored, isIn(engine, stored) && stored.isCopy !== true, { outgoings: outgoings.get(id) ?? [], boxes: boxes.get(id) ?? [], last: lasts.get(id)?.[0] })
  }
  conversations.parts.messages.lifetimes.load(unpackAll<StoredEnding>(endings!))
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
