import type { Engine } from "./engine.ts"
import type { StoredContact, StoredMessage } from "./stored.ts"
import { deleteEnded } from "./deleting.ts"
import { byConversation, keys, unpackAll } from "./stored.ts"
import type { StoredEnding } from "./stored-acts.ts"
import type { StoredCommit } from "./stored-commit.ts"
import type { StoredBox, StoredConversation, StoredOutgoing } from "./stored-conversation.ts"

/** Contacts and conversations go on from what is stored. */
export async function loadConversations(engine: Engine): Promise<void> {
  const { contacts, conversations, commits, boxes: ownBoxes, reading, inviting, answering, recovery, groups } = engine
  const { store } = engine.parts
  const all = unpackAll<StoredContact>(await store.list(keys.contacts))
  const ready = all.length > 0 ? engine.parts.mls.ready() : Promise.resolve()
  // Heard below, unless the store fails before.
  ready.catch(() => undefined)
  contacts.load(all)
  // A profile may have thousands of conversations: one query for each kind of record, and none for each conversation.
  const outgoings = byConversation<StoredOutgoing>(await store.list(keys.allOutgoings))
  const boxes = byConversation<StoredBox>(await store.list(keys.allBoxes))
  const lasts = byConversation<StoredMessage>(await store.list(keys.lasts))
  const commitsOf = byConversation<StoredCommit>(await store.list(keys.allCommits))
  // Better not to start than to stop in the midst of a conversation.
  await ready
  for (const stored of unpackAll<StoredConversation>(await store.list(keys.conversations))) {
    const { id } = stored
    const state = contacts.get(id)?.state
    const standing = stored.group?.standing
    const isIn = standing === undefined ? state === "answered" || state === "ready" : standing === "in" || standing === "leaving"
    const talk = await conversations.load(stored, isIn && stored.isCopy !== true, { outgoings: outgoings.get(id) ?? [], boxes: boxes.get(id) ?? [], last: lasts.get(id)?.[0] })
    if (!isIn) continue
    if (talk.open) ownBoxes.resume(talk)
    commits.load(talk, commitsOf.get(id) ?? [])
    if (stored.isReplaced !== true) reading.begin(talk)
    // Let in and not yet told so, for we stopped before: nothing else says it to somebody who has not written.
    if (stored.writing.index === 0 && stored.epochs.length === 1 && contacts.get(id)?.role === "inviter") conversations.confirmSoon(talk)
  }
  // What has ended meanwhile is gone before anything is shown.
  conversations.parts.messages.lifetimes.load(unpackAll<StoredEnding>(await store.list(keys.allEndings)))
  while (await deleteEnded(conversations)) continue
  await recovery.load()
  await groups.load()
  for (const contact of all) {
    if (contact.role === "inviter") inviting.resume(contact)
    else answering.resume(contact)
  }
}
