import { sameBytes, toHex } from "../shared/bytes.ts"
import type { NodeEntry } from "../shared/directory/descriptor.ts"
import { sized } from "../shared/names.ts"
import { encodeTold } from "./claim.ts"
import type { Conversations, Talk } from "./conversations.ts"
import type { Entering } from "./entering.ts"
import type { Commit, Making } from "./making.ts"
import { blank, claimIn, isPublished, ownCommit, storedCommit } from "./making.ts"
import type { Snapshots } from "./snapshots.ts"
import { keys } from "./stored.ts"
import type { StoredCommit, StoredCommitBox } from "./stored-commit.ts"
import type { StoredTold } from "./stored-conversation.ts"
import { epochAt, epochOf, waitedFor } from "./stored-conversation.ts"
import { COPY_PATIENCE, EMPTY_TRIES } from "./timing.ts"
import { leading } from "./watch.ts"

/**
 * Own commits: the body is written, then the claim into the commit box, where the first replica decides; when both replicas show it, the
 * commit has won. Everything goes out in ordinary slots. design.md section 7.
 */
export class Committing {
  readonly #conversations: Conversations
  readonly #entering: Entering
  readonly #snapshots: Snapshots
  /** Another claim lies in the commit box. */
  readonly #lost: (talk: Talk, commit: StoredCommit) => void
  /** Those that have not won yet, by conversation. */
  readonly #pending = new Map<string, Commit>()
  /** Those that have won, until everybody has followed. */
  readonly #won = new Map<string, readonly Commit[]>()

  constructor(conversations: Conversations, entering: Entering, snapshots: Snapshots, lost: (talk: Talk, commit: StoredCommit) => void) {
    this.#conversations = conversations
    this.#entering = entering
    this.#snapshots = snapshots
    this.#lost = lost
  }

  /** Goes on with what is stored. */
  load(talk: Talk, commits: readonly StoredCommit[]): void {
    for (const stored of commits) {
      // Of a state that is a copy nothing goes out but what takes it back.
      if (talk.stored.isCopy === true && stored.kind === "member") continue
      const commit = blank(stored)
      if (stored.boxes.at(-1)!.at.length > 0) commit.claimed = this.#conversations.parts.now()
      if (commit.stored.pending !== null) this.#pending.set(talk.stored.id, commit)
      else this.#keep(commit)
      this.#write(talk, commit)
    }
  }

  pending(talk: Talk): StoredCommit | null {
    return this.#pending.get(talk.stored.id)?.stored ?? null
  }

  /** Makes a commit. */
  async begin(talk: Talk): Promise<void> {
    const making = await ownCommit(this.#conversations, talk)
    if (making !== null) await this.make(talk, making)
  }

  async make(talk: Talk, making: Making): Promise<void> {
    const stored = await storedCommit(this.#conversations, talk.stored.id, making)
    this.#conversations.parts.changes.put(keys.commit(stored.conversation, stored.epoch), stored)
    const made = blank(stored)
    this.#pending.set(stored.conversation, made)
    this.#write(talk, made)
  }

  /** Another commit has won, as far as we know. */
  async lose(talk: Talk): Promise<void> {
    const pending = this.#pending.get(talk.stored.id)
    if (pending === undefined) return
    await this.#snapshots.lose(talk, pending.stored)
    this.drop(talk)
  }

  /** The conversation goes back to this epoch: commits that ended it, or later ones, count no more. */
  back(talk: Talk, epoch: number): void {
    this.drop(talk)
    const won = this.#won.get(talk.stored.id) ?? []
    for (const { stored } of won) if (stored.epoch >= epoch) this.#forget(stored)
    this.#won.set(talk.stored.id, won.filter(({ stored }) => stored.epoch < epoch))
  }

  /** The claim of a commit that has won; null where it is not our own. */
  claimOf({ stored }: Talk, epoch: number, hash: Uint8Array): StoredTold | null {
    const won = this.#won.get(stored.id)?.find((one) => one.stored.epoch === epoch && sameBytes(one.stored.hash, hash))
    const context = epochAt(stored, epoch)?.context
    return won === undefined || context === undefined ? null : claimIn(won.stored, context)
  }

  /** Nothing of it goes on. */
  drop(talk: Talk): void {
    const pending = this.#pending.get(talk.stored.id)
    if (pending === undefined) return
    this.#pending.delete(talk.stored.id)
    this.#forget(pending.stored)
  }

  /** Asked before every slot: a replica that does not answer is not waited for for ever. */
  async wake(talk: Talk): Promise<void> {
    this.#settle(talk)
    const commit = this.#pending.get(talk.stored.id)
    if (commit === undefined) return
    if (isPublished(commit.stored) && commit.stored.boxes.slice(0, -1).every(({ at }) => at.length > 0)) return this.#publish(talk, commit)
    if (commit.claimed === null) return
    const isLate = this.#conversations.parts.now() - commit.claimed >= COPY_PATIENCE
    // Both may have had it before a restart: then nothing is written, and no answer comes.
    const of = this.#replicas(commit)().length
    if (of > 0 && (isLate || commit.stored.boxes.at(-1)!.at.length >= of)) this.#ask(talk, commit)
    if (commit.asked !== null) await this.#decide(talk, commit, isLate)
  }

  /** What was stored before `since` (ms) lies nowhere any more: written again, and no sooner, or nothing would come of it. */
  renew(talk: Talk, since: number): void {
    const { changes, writes } = this.#conversations.parts
    for (const commit of this.#won.get(talk.stored.id) ?? []) {
      const key = keys.commit(talk.stored.id, commit.stored.epoch)
      const isLost = ({ at, stored = 0 }: StoredCommitBox) => at.length > 0 && stored <= since
      if (!commit.stored.boxes.some(isLost)) continue
      commit.stored.boxes.forEach((box, i) => isLost(box) && commit.written.delete(i) && writes.remove(`${key}/${i}`))
      commit.stored = { ...commit.stored, boxes: commit.stored.boxes.map((box) => (isLost(box) ? { ...box, at: [] } : box)) }
      changes.put(key, commit.stored)
      this.#write(talk, commit)
    }
  }

  /** The conversation goes on without all of them, or not at all. */
  forget(talk: Talk): void {
    this.drop(talk)
    for (const { stored } of this.#won.get(talk.stored.id) ?? []) this.#forget(stored)
    this.#won.delete(talk.stored.id)
  }

  #keep(commit: Commit): void {
    const { conversation } = commit.stored
    this.#won.set(conversation, [...(this.#won.get(conversation) ?? []), commit])
  }

  /** What everybody has followed need not be kept any more. */
  #settle({ stored }: Talk): void {
    const won = this.#won.get(stored.id)
    if (won === undefined) return
    const waited = waitedFor(stored)
    // Nobody has come into this group yet, but somebody may.
    if (waited.length === 0 && stored.readers.length > 0) return
    const isFollowed = (commit: Commit) => waited.every(({ at }) => at.epoch > commit.stored.epoch) || commit.stored.epoch < stored.epochs[0]!.epoch
    for (const commit of won.filter(isFollowed)) this.#forget(commit.stored)
    const left = won.filter((commit) => !isFollowed(commit))
    if (left.length > 0) this.#won.set(stored.id, left)
    else this.#won.delete(stored.id)
  }

  #forget(commit: StoredCommit): void {
    const { changes, writes, watches } = this.#conversations.parts
    const key = keys.commit(commit.conversation, commit.epoch)
    changes.delete(key)
    commit.boxes.forEach((_, i) => writes.remove(`${key}/${i}`))
    watches.endAll(`${key}/`)
  }

  /** The body first, and the claim when every box of it is stored somewhere. */
  #write(talk: Talk, commit: Commit): void {
    const { writes, places, changes, now } = this.#conversations.parts
    const { conversation, epoch, placement, boxes } = commit.stored
    const key = keys.commit(conversation, epoch)
    const last = boxes.length - 1
    const isBodyStored = boxes.slice(0, last).every(({ at }) => at.length > 0)
    boxes.forEach(({ box, content, signature, at }, i) => {
      if (commit.written.has(i) || (i === last && (!isBodyStored || isPublished(commit.stored)))) return
      commit.written.add(i)
      const address = sized("BoxId", box)
      writes.add({
        id: `${key}/${i}`,
        box: address,
        content: sized("Content", content),
        signature: sized("Signature", signature),
        places: places.among(address, placement),
        firstDecides: true,
        at,
        stored: async (_, spread) => {
          commit.stored = { ...commit.stored, boxes: commit.stored.boxes.map((one, at) => (at === i ? { ...one, at: spread.at, stored: now() } : one)) }
          if (!this.#isKept(commit)) return
          changes.put(key, commit.stored)
          if (i < last) return this.#write(talk, commit)
          commit.claimed ??= now()
          if (spread.at.length >= spread.of) this.#ask(talk, commit)
        },
        // Nobody knows the boxes of a body before the claim is there; then they may be filled in our place.
        taken: async () => this.#beaten(talk, commit),
      })
    })
  }

  #isKept(commit: Commit): boolean {
    const { conversation } = commit.stored
    return this.#pending.get(conversation) === commit || this.#won.get(conversation)?.includes(commit) === true
  }

  async #beaten(talk: Talk, commit: Commit): Promise<void> {
    if (this.#pending.get(talk.stored.id) !== commit) return
    await this.lose(talk)
    this.#lost(talk, commit.stored)
  }

  /** Whether both replicas show our claim: one that equivocates would have told others the same. */
  #ask(talk: Talk, commit: Commit): void {
    if (this.#pending.get(talk.stored.id) !== commit || commit.asked !== null) return
    commit.asked = new Map()
    this.#askNext(talk, commit)
  }

  /** One after the other: a box has one read of ours under way at a time. */
  #askNext(talk: Talk, commit: Commit): void {
    const { asked } = commit
    if (this.#pending.get(talk.stored.id) !== commit || asked === null) return
    const { watches } = this.#conversations.parts
    const { conversation, epoch, boxes } = commit.stored
    const claim = boxes.at(-1)!
    const replicas = this.#replicas(commit)
    const node = replicas().find(({ id }) => !asked.has(toHex(id)))?.id
    if (node !== undefined) {
      const id = `${keys.commit(conversation, epoch)}/ask/${toHex(node)}`
      let empty = 0
      const answered = async (isOurs: boolean) => {
        asked.set(toHex(node), isOurs)
        await this.#decide(talk, commit, false)
        this.#askNext(talk, commit)
      }
      watches.begin({
        id,
        box: { id: sized("BoxId", claim.box), key: new Uint8Array() },
        places: () => replicas().filter((one) => sameBytes(one.id, node)),
        quickOnly: true,
        order: leading,
        found: (found) => answered(sameBytes(found.content, claim.content)),
        // It has lost what it took, or was never given it: it shows nothing else at least.
        empty: () => {
          if (++empty < EMPTY_TRIES) return
          watches.end(id)
          asked.set(toHex(node), true)
          this.#askNext(talk, commit)
        },
      })
    }
  }

  #replicas({ stored }: Commit): () => readonly NodeEntry[] {
    return this.#conversations.parts.places.among(sized("BoxId", stored.boxes.at(-1)!.box), stored.placement)
  }

  /** `late`: who has not answered by now is not waited for, if it is not the first. */
  async #decide(talk: Talk, commit: Commit, late: boolean): Promise<void> {
    if (this.#pending.get(talk.stored.id) !== commit || commit.asked === null) return
    const [first, ...others] = this.#replicas(commit)().map(({ id }) => commit.asked!.get(toHex(id)))
    if (first === false) return this.#beaten(talk, commit)
    if (first === true && (late || others.every((one) => one !== undefined))) await this.#adopt(talk, commit)
  }

  /** No box decides any more: others learn of it by our stream, and of several commits the fixed order takes one. */
  async #publish(talk: Talk, commit: Commit): Promise<void> {
    const { epoch } = commit.stored
    const told = claimIn(commit.stored, epochOf(talk.stored).context)
    if (told === null) throw new Error("an own claim that is none")
    this.#conversations.save(talk, { ...talk.stored, telling: [...(talk.stored.telling ?? []), { epoch, bytes: encodeTold(epoch, told) }] })
    await this.#adopt(talk, commit)
  }

  async #adopt(talk: Talk, commit: Commit): Promise<void> {
    const { mls, changes, watches } = this.#conversations.parts
    const { conversation, epoch, pending, scalar, rank, hash, nextPlacement, welcome = null, left = [], ...kept } = commit.stored
    const key = keys.commit(conversation, epoch)
    this.#pending.delete(conversation)
    watches.endAll(`${key}/`)
    const group = scalar === null ? await mls.adopt(talk.stored.mls, pending!) : await mls.read(pending!)
    commit.stored = { ...kept, conversation, epoch, rank, hash, nextPlacement, pending: null, scalar: null }
    changes.put(key, commit.stored)
    this.#keep(commit)
    await this.#entering.enter(talk, group, { hash, rank, placement: nextPlacement, own: true, scalar, maker: { by: this.#conversations.parts.own(), left }, welcome })
  }
}
