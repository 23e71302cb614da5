import { sameBytes } from "../shared/bytes.ts"
import type { Conversations, Talk } from "./conversations.ts"
import { keys, unpackIfAny } from "./stored.ts"
import type { StoredCommit } from "./stored-commit.ts"
import type { StoredConversation, StoredEpoch, StoredLost, StoredLosts, StoredSnapshot } from "./stored-conversation.ts"
import { epochOf } from "./stored-conversation.ts"
import { SNAPSHOT_LIFE, SNAPSHOTS_MOST } from "./timing.ts"

/**
 * What a conversation needs to go back before the end of an epoch, where others have ended it by another commit: the group's state there,
 * and own commits that lost. Records of their own, kept until everybody has left that epoch, for a few epochs and some weeks at most;
 * `Conversations.save` deletes them with what is kept of their epochs.
 */
export class Snapshots {
  readonly #conversations: Conversations

  constructor(conversations: Conversations) {
    this.#conversations = conversations
  }

  /** The present epoch is left by a commit of this rank: how the conversation is kept then. */
  left({ stored }: Talk, rank: Uint8Array | null): StoredConversation {
    const { changes, now } = this.#conversations.parts
    const present = epochOf(stored)
    const { id: conversation, mls, renewal, readers, group } = stored
    const room = group === undefined ? {} : { room: group.room }
    if (rank !== null) changes.put(keys.snapshot(conversation, present.epoch), { conversation, epoch: present.epoch, mls, renewal, readers, ...room } satisfies StoredSnapshot)
    const epochs = stored.epochs.map((one) => (one === present && rank !== null ? { ...one, left: { rank, at: now() } } : one))
    const most = epochs.filter(({ left }) => left !== undefined).slice(-SNAPSHOTS_MOST)
    const isKept = (one: StoredEpoch) => most.includes(one) && now() - one.left!.at < SNAPSHOT_LIFE
    return { ...stored, epochs: epochs.map((one) => (one.left === undefined || isKept(one) ? one : withoutSnapshot(one))) }
  }

  async at({ stored }: Talk, epoch: number): Promise<StoredSnapshot | null> {
    const { changes, store } = this.#conversations.parts
    return unpackIfAny<StoredSnapshot>(await changes.get(store, keys.snapshot(stored.id, epoch)))
  }

  /** An own commit has lost the present epoch here; but a dropbox may have told others that it won. */
  async lose(talk: Talk, { epoch, attempt, hash, pending, rank, nextPlacement, welcome, left }: StoredCommit): Promise<void> {
    if (pending === null || rank === null || epochOf(talk.stored).epoch !== epoch) return
    const commits = [...(await this.#losts(talk, epoch)), { hash, pending, rank, placement: nextPlacement, ...(welcome !== undefined && { welcome }), ...(left !== undefined && { left }) }].slice(-SNAPSHOTS_MOST)
    this.#conversations.parts.changes.put(keys.lost(talk.stored.id, epoch), { commits } satisfies StoredLosts)
    const epochs = talk.stored.epochs.map((one) => (one.epoch === epoch ? { ...one, lost: attempt } : one))
    this.#conversations.save(talk, { ...talk.stored, epochs })
  }

  /** Of those, the one with this hash. */
  async lost(talk: Talk, epoch: number, hash: Uint8Array): Promise<StoredLost | null> {
    return (await this.#losts(talk, epoch)).find((one) => sameBytes(one.hash, hash)) ?? null
  }

  async #losts({ stored }: Talk, epoch: number): Promise<readonly StoredLost[]> {
    const { changes, store } = this.#conversations.parts
    return unpackIfAny<StoredLosts>(await changes.get(store, keys.lost(stored.id, epoch)))?.commits ?? []
  }
}

function withoutSnapshot({ left: _, lost: __, ...epoch }: StoredEpoch): StoredEpoch {
  return epoch
}
