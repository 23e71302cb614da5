import { compareBytes, concat, sameBytes } from "../shared/bytes.ts"
import type { Close } from "./close.ts"
import { divergence, namedBy } from "./close.ts"
import { decodeClaim, decodeTold, encodeTold } from "./claim.ts"
import type { Conversations, Talk } from "./conversations.ts"
import type { Entering, Entry } from "./entering.ts"
import { makerOf } from "./entering.ts"
import type { Fetched } from "./fetching.ts"
import { Fetching } from "./fetching.ts"
import type { Maker } from "./groups/hooks.ts"
import type { GroupState } from "./mls/mls.ts"
import { placementHash } from "./places.ts"
import type { Snapshots } from "./snapshots.ts"
import type { StoredBranch, StoredConversation, StoredLeaving, StoredReader, StoredSnapshot, StoredTold } from "./stored-conversation.ts"
import { epochAt, epochOf } from "./stored-conversation.ts"
import { FORK_PATIENCE, LOOK_AGAIN, STUCK_PATIENCE } from "./timing.ts"
import { isByRevoked } from "./winning.ts"

export interface ForkOutcomes {
  /** The claim of the own commit of this hash that ended an epoch. */
  readonly claimOf: (talk: Talk, epoch: number, hash: Uint8Array) => StoredTold | null
  /** The conversation is about to go back to this epoch: own commits from there on count no more. */
  readonly back: (talk: Talk, epoch: number) => Promise<void>
  /** Somebody else's commit is about to be followed. */
  readonly followed: (talk: Talk) => Promise<void>
  /** It cannot go on from what is here. */
  readonly stranded: (talk: Talk) => Promise<void>
  readonly removed: (talk: Talk, maker: Maker | null) => Promise<void>
}

/** A commit by which others have ended an epoch, as it is judged from the state before. */
interface Rival extends Pick<Entry, "hash" | "placement" | "own" | "maker" | "welcome"> {
  readonly rank: Uint8Array
  readonly follow: () => Promise<GroupState | "removed" | "broken">
}

/**
 * Members who were led into different epochs of one number, by a dropbox that said one thing to some and another to others. Streams that both
 * sides follow show it; the fixed order of commits says who stays and who goes back. design.md section 7, e2ee.md section 1.7.
 */
export class Forks {
  readonly #conversations: Conversations
  readonly #entering: Entering
  readonly #snapshots: Snapshots
  readonly #fetching: Fetching
  readonly #outcomes: ForkOutcomes
  /** Not to be looked at again before: the list of dropboxes that a commit names is not known yet. */
  readonly #notBefore = new Map<string, number>()

  constructor(conversations: Conversations, entering: Entering, snapshots: Snapshots, outcomes: ForkOutcomes) {
    this.#conversations = conversations
    this.#entering = entering
    this.#snapshots = snapshots
    this.#fetching = new Fetching(conversations)
    this.#outcomes = outcomes
  }

  /** Whether it is not settled yet in which of two epochs this conversation is. A few who name what is nowhere hold up nobody for ever. */
  isOpen({ stored }: Talk): boolean {
    const open = stored.branches?.filter(({ epoch }) => epoch < epochOf(stored).epoch) ?? []
    const now = this.#conversations.parts.now()
    return open.some(({ since }) => now - since < STUCK_PATIENCE) || areMost(stored, open)
  }

  /** Somebody has closed their stream, at the place where `reader` is, into another epoch than ours of its number. */
  found(talk: Talk, { stream, at, unfinished }: StoredReader, close: Close): void {
    const ours = divergence(close, talk.stored.epochs)!
    const commit = namedBy(close, ours.epoch)!
    const epoch = ours.epoch - 1
    const known = branchOf(talk, stream, epoch, commit)
    this.#note(talk, { epoch, commit, stream, close: at, unfinished, told: known?.told ?? null, since: this.#since(talk, stream) })
  }

  /** Somebody says by which commit they have ended an epoch. Throws WireError. */
  told(talk: Talk, { stream }: StoredReader, bytes: Uint8Array): void {
    const { epoch, told } = decodeTold(bytes)
    const { hash } = decodeClaim(told.claim)
    const known = branchOf(talk, stream, epoch, hash)
    const left = epochAt(talk.stored, epoch + 1)
    if (left !== null && sameBytes(left.commit, hash)) return
    this.#note(talk, known === null ? { epoch, commit: hash, stream, close: null, unfinished: null, told, since: this.#since(talk, stream) } : { ...known, told })
  }

  /** Asked before every slot. */
  async wake(talk: Talk): Promise<void> {
    if (talk.stored.branches === undefined || talk.stored.isCopy === true || !talk.open) return
    for (const branch of talk.stored.branches) {
      const { epoch } = epochOf(talk.stored)
      if (branch.epoch > epoch) continue
      if (await (branch.epoch === epoch ? this.#join(talk, branch) : this.#settle(talk, branch))) return
    }
  }

  end(talk: Talk): void {
    this.#fetching.end(talk)
  }

  /** Whoever names one commit after the other is waited for no longer than for one. */
  #since({ stored }: Talk, stream: Uint8Array): number {
    return stored.branches?.find((one) => sameBytes(one.stream, stream))?.since ?? this.#conversations.parts.now()
  }

  /** One for each stream: who has come back from one branch may be on another. */
  #note(talk: Talk, branch: StoredBranch): void {
    const others = (talk.stored.branches ?? []).filter(({ stream }) => !sameBytes(stream, branch.stream))
    this.#conversations.save(talk, { ...talk.stored, branches: [...others, branch] })
  }

  #dismiss(talk: Talk, branch: StoredBranch): void {
    const { branches: all = [], ...stored } = talk.stored
    const branches = all.filter((one) => one !== branch)
    this.#conversations.save(talk, branches.length > 0 ? { ...stored, branches } : stored)
    if (branches.length === 0) this.#fetching.end(talk)
  }

  /** A commit that ends the present epoch was told of, and whoever made it has gone on: it is followed. True where it was. */
  async #join(talk: Talk, branch: StoredBranch): Promise<boolean> {
    const { mls } = this.#conversations.parts
    const { epoch, commit: hash, told } = branch
    const { mls: state, epochs } = talk.stored
    const isNamed = [...talk.waiting.values()].some(({ close }) => sameBytes(namedBy(close, epoch + 1) ?? new Uint8Array(), hash))
    if (told === null || !isNamed) return false
    const fetched = await this.#fetching.get(talk, { epoch: epochs.at(-1)!, state, hash, told })
    const placement = fetched === null ? null : this.#placement(talk, epoch, fetched)
    if (fetched === null || placement === null) return false
    const processed = await mls.process(state, fetched.commit)
    if (!processed.ok || !isClaimed(fetched, processed) || isByRevoked(this.#conversations, talk, fetched.claim.leaf)) {
      this.#dismiss(talk, branch)
      return true
    }
    const rank = await mls.commitRank(talk.stored.mls, processed.sender, processed.changes)
    const maker = makerOf(talk.stored, this.#conversations.parts.own(), processed)
    this.#fetching.end(talk)
    await this.#outcomes.followed(talk)
    await this.#entering.enter(talk, processed.next, { hash, rank, placement, own: false, scalar: null, maker, welcome: null })
    return true
  }

  /** True where the conversation is no more as it was. */
  async #settle(talk: Talk, branch: StoredBranch): Promise<boolean> {
    const { epoch, commit } = branch
    const ours = epochAt(talk.stored, epoch + 1)
    const left = epochAt(talk.stored, epoch)?.left
    const snapshot = left === undefined ? null : await this.#snapshots.at(talk, epoch)
    if (left === undefined || snapshot === null || ours === null) return this.#wait(talk, branch)
    this.#tell(talk, epoch, left, ours.commit)
    const rival = await this.#rival(talk, branch, snapshot)
    if (rival === null) return this.#wait(talk, branch)
    if (rival === "nobody's" || !isGreater(rival.rank, commit, left.rank, ours.commit)) {
      // They come to us.
      this.#dismiss(talk, branch)
      return true
    }
    await this.#change(talk, snapshot, rival)
    return true
  }

  /** Nobody else may be able to find our commit any more. */
  #tell(talk: Talk, epoch: number, left: StoredLeaving, hash: Uint8Array): void {
    if (left.told === true) return
    const told = this.#outcomes.claimOf(talk, epoch, hash)
    const epochs = talk.stored.epochs.map((one) => (one.epoch === epoch ? { ...one, left: { ...left, told: true } } : one))
    const telling = told === null ? talk.stored.telling : [...(talk.stored.telling ?? []), { epoch, bytes: encodeTold(epoch, told) }]
    this.#conversations.save(talk, { ...talk.stored, epochs, ...(telling !== undefined && { telling }) })
  }

  /** null where it is not here yet. */
  async #rival(talk: Talk, { epoch, commit: hash, told }: StoredBranch, snapshot: StoredSnapshot): Promise<Rival | "nobody's" | null> {
    const { mls, now, own } = this.#conversations.parts
    const lost = await this.#snapshots.lost(talk, epoch, hash)
    if (lost !== null) return { ...lost, own: true, maker: { by: own(), left: lost.left ?? [] }, welcome: lost.welcome ?? null, follow: () => mls.adopt(snapshot.mls, lost.pending) }
    if ((this.#notBefore.get(talk.stored.id) ?? 0) > now()) return null
    const fetched = await this.#fetching.get(talk, { epoch: epochAt(talk.stored, epoch)!, state: snapshot.mls, hash, told })
    if (fetched === null) return null
    const judged = await mls.judge(snapshot.mls, fetched.commit)
    if (judged === null || !isClaimed(fetched, judged) || isByRevoked(this.#conversations, talk, fetched.claim.leaf)) return "nobody's"
    const placement = this.#placement(talk, epoch, fetched)
    if (placement === null) {
      this.#notBefore.set(talk.stored.id, now() + LOOK_AGAIN)
      return null
    }
    const follow = async () => {
      const processed = await mls.process(snapshot.mls, fetched.commit)
      if (processed.ok) return processed.next
      return processed.problem === "removed" ? "removed" : "broken"
    }
    const maker = makerOf({ ...talk.stored, readers: snapshot.readers }, own(), judged)
    return { hash, placement, own: false, rank: judged.rank, follow, maker, welcome: null }
  }

  #placement(talk: Talk, epoch: number, { claim }: Fetched): readonly Uint8Array[] | null {
    const { placement } = epochAt(talk.stored, epoch)!
    return sameBytes(placementHash(placement), claim.placement) ? placement : this.#conversations.parts.places.byHash(claim.placement)
  }

  async #change(talk: Talk, snapshot: StoredSnapshot, rival: Rival): Promise<void> {
    const group = await rival.follow()
    if (group === "broken") return this.#outcomes.stranded(talk)
    if (group === "removed") return this.#outcomes.removed(talk, talk.stored.group === undefined ? null : rival.maker)
    // Else boxes and keys of the branch that is left would be used a second time.
    if (talk.stored.epochs.some(({ context }) => sameBytes(context, group.boxContext))) throw new Error("an epoch with the boxes of another")
    this.#fetching.end(talk)
    await this.#outcomes.back(talk, snapshot.epoch)
    await this.#entering.back(talk, snapshot, rival.hash)
    await this.#entering.enter(talk, group, { ...rival, scalar: null })
    this.#conversations.confirmSoon(talk)
  }

  /** The commit cannot be had. Who has waited in vain pleads, one after the other: who pleads last is answered by nobody. */
  async #wait(talk: Talk, branch: StoredBranch): Promise<boolean> {
    const { stored } = talk
    const others = stored.readers.filter(({ gone }) => gone !== true)
    const before = others.filter(({ leaf }) => leaf < stored.ownLeaf).length
    if (this.#conversations.parts.now() - branch.since < FORK_PATIENCE * (1 + before)) return false
    // One member who names what is nowhere makes nobody plead but, alone with us, ourselves.
    if (areMost(stored, stored.branches ?? [])) await this.#outcomes.stranded(talk)
    else this.#dismiss(talk, branch)
    return true
  }
}

/** Of one stream there is one branch at most. */
function areMost({ readers }: StoredConversation, branches: readonly StoredBranch[]): boolean {
  return branches.length * 2 > readers.filter(({ gone }) => gone !== true).length
}

function branchOf({ stored }: Talk, stream: Uint8Array, epoch: number, commit: Uint8Array): StoredBranch | null {
  return stored.branches?.find((one) => one.epoch === epoch && sameBytes(one.stream, stream) && sameBytes(one.commit, commit)) ?? null
}

function isClaimed({ claim }: Fetched, { sender, changes }: { sender: number; changes: { kind: string; removed: readonly { leaf: number }[] } }): boolean {
  return claim.kind === "rejoin" ? changes.kind === "rejoin" && changes.removed[0]?.leaf === claim.leaf : changes.kind === "commit" && sender === claim.leaf
}

/** The fixed order of the commits of one epoch: by rank, and of two commits of one leaf by hash. */
export function isGreater(rank: Uint8Array, hash: Uint8Array, otherRank: Uint8Array, otherHash: Uint8Array): boolean {
  return compareBytes(concat(rank, hash), concat(otherRank, otherHash)) > 0
}
