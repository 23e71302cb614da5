import { commitBodyBox, commitBox, openBlock, sealBlock } from "../shared/box.ts"
import { sameBytes } from "../shared/bytes.ts"
import type { NodeEntry } from "../shared/directory/descriptor.ts"
import type { BoxId } from "../shared/names.ts"
import { isRevoked } from "./allow.ts"
import type { Claim } from "./claim.ts"
import { bodyCount, commitOf } from "./claim.ts"
import { genuineClaim, recordIn } from "./claim-check.ts"
import { namedBy } from "./close.ts"
import type { Conversations, Talk } from "./conversations.ts"
import type { Entering } from "./entering.ts"
import { makerOf } from "./entering.ts"
import type { Maker } from "./groups/hooks.ts"
import type { Processed } from "./mls/mls.ts"
import type { Replicas } from "./places.ts"
import { placementHash } from "./places.ts"
import { blockOf } from "./records.ts"
import type { Snapshots } from "./snapshots.ts"
import { epochOf } from "./stored-conversation.ts"
import { BODY_PATIENCE, LIST_PATIENCE, LOOK_AGAIN } from "./timing.ts"
import { leading } from "./watch.ts"

/** What is known of the commit box that a conversation looks into. */
interface Looking {
  readonly epoch: number
  readonly attempt: number
  /** Until something lies there, or only whether something does. */
  wait: boolean
  claim: Claim | null
  /** Replicas that show another claim than the one that was named to us, and do not decide. */
  readonly passed: NodeEntry[]
  /** When the claim was found. */
  since: number
  readonly body: Map<number, Uint8Array>
  /** Not to be processed again before: the list of dropboxes that it names is not known yet. */
  notBefore: number
}

/** What comes of a commit that was found. */
export interface Outcomes {
  /** Whether this is the own commit that is under way. */
  readonly isPending: (talk: Talk, hash: Uint8Array) => boolean
  /** Our own claim lies in the box, and it is not the one that is pending: another copy of this state has committed. */
  readonly copied: (talk: Talk) => Promise<void>
  /** Good for everybody else, but this leaf cannot follow. */
  readonly broken: (talk: Talk) => Promise<void>
  /** This leaf has given way to another of the same device (null), or somebody has taken it out. */
  readonly removed: (talk: Talk, maker: Maker | null) => Promise<void>
  /** Somebody else's commit was followed. */
  readonly followed: (talk: Talk) => Promise<void>
}

/** Finds out whose commit has won an epoch, and follows it. Everything is read in ordinary slots. design.md section 7. */
export class Winning {
  readonly #conversations: Conversations
  readonly #entering: Entering
  readonly #snapshots: Snapshots
  readonly #outcomes: Outcomes
  readonly #looking = new Map<string, Looking>()

  constructor(conversations: Conversations, entering: Entering, snapshots: Snapshots, outcomes: Outcomes) {
    this.#conversations = conversations
    this.#entering = entering
    this.#snapshots = snapshots
    this.#outcomes = outcomes
  }

  isLooking(talk: Talk): boolean {
    return this.#looking.has(talk.stored.id)
  }

  /** Whether it is not known yet that the present epoch has no winner. */
  isOpen(talk: Talk): boolean {
    const looking = this.#looking.get(talk.stored.id)
    return talk.waiting.size > 0 || (looking !== undefined && (looking.claim !== null || !looking.wait))
  }

  /** Whether a claim was found, so that it is void or followed in the end. */
  hasClaim(talk: Talk): boolean {
    return (this.#looking.get(talk.stored.id)?.claim ?? null) !== null
  }

  /** Looks into the commit box of the present epoch: once, or until something lies there. */
  look(talk: Talk, wait: boolean): void {
    const { id, attempt } = talk.stored
    const { epoch } = epochOf(talk.stored)
    const known = this.#looking.get(id)
    if (known !== undefined && known.epoch === epoch && known.attempt === attempt) {
      known.wait ||= wait
      return
    }
    this.end(talk)
    const looking: Looking = { epoch, attempt, wait, claim: null, passed: [], since: 0, body: new Map(), notBefore: 0 }
    this.#looking.set(id, looking)
    this.#readClaim(talk, looking)
  }

  /** Ends a look that nobody waits for and that has found nothing yet. */
  giveUp(talk: Talk): void {
    const looking = this.#looking.get(talk.stored.id)
    if (looking !== undefined && !looking.wait && looking.claim === null) this.end(talk)
  }

  end({ stored }: Talk): void {
    this.#looking.delete(stored.id)
    this.#conversations.parts.watches.endAll(prefix(stored.id))
    this.#conversations.parts.writes.remove(voidId(stored.id))
  }

  /** Asked before every slot. */
  async wake(talk: Talk): Promise<void> {
    const looking = this.#looking.get(talk.stored.id)
    if (looking === undefined) return
    // An own commit has won meanwhile.
    if (!this.#isCurrent(talk, looking)) return this.end(talk)
    if (looking.claim === null) return
    const now = this.#conversations.parts.now()
    if (looking.body.size === bodyCount(looking.claim)) {
      if (looking.notBefore <= now) await this.#complete(talk, looking)
    } else if (now - looking.since >= BODY_PATIENCE) this.#fill(talk, looking)
  }

  #isCurrent(talk: Talk, looking: Looking): boolean {
    return this.#looking.get(talk.stored.id) === looking && looking.epoch === epochOf(talk.stored).epoch && looking.attempt === talk.stored.attempt
  }

  /** The first replica decides, so it alone is asked. */
  #places(talk: Talk, box: BoxId): Replicas {
    const places = this.#conversations.parts.places.among(box, epochOf(talk.stored).placement)
    return () => places().slice(0, 1)
  }

  /**
   * The claim lies where the first replica has it. Somebody who has gone on has named the winner: that one's claim is taken from any
   * replica, since the first may be dead.
   */
  #readClaim(talk: Talk, looking: Looking): void {
    const { context, placement } = epochOf(talk.stored)
    const box = commitBox(context, looking.attempt)
    const all = this.#conversations.parts.places.among(box.id, placement)
    const isPassed = (node: NodeEntry) => looking.passed.some(({ id }) => sameBytes(id, node.id))
    this.#conversations.parts.watches.begin({
      id: `${prefix(talk.stored.id)}claim`,
      box,
      order: leading,
      places: () => (named(talk).length === 0 ? all().slice(0, 1) : all().filter((node) => !isPassed(node))),
      found: async (found) => {
        if (!this.#isCurrent(talk, looking)) return
        const { epoch, attempt } = looking
        const claim = await genuineClaim(this.#conversations, talk, { epoch, attempt, state: talk.stored.mls }, recordIn(openBlock(box, found.content), "claim"))
        const isNamed = claim !== null && named(talk).some((hash) => sameBytes(hash, claim.hash))
        if (!isNamed && all().findIndex(({ id }) => sameBytes(id, found.dropbox.id)) > 0) {
          looking.passed.push(found.dropbox)
          return this.#readClaim(talk, looking)
        }
        if (claim === null) return this.#void(talk)
        if (this.#outcomes.isPending(talk, claim.hash)) return this.end(talk)
        looking.claim = claim
        looking.since = this.#conversations.parts.now()
        for (let i = 0; i < bodyCount(claim); i++) this.#readBody(talk, looking, claim, i)
        await this.wake(talk)
      },
      empty: () => {
        if (this.#isCurrent(talk, looking) && !looking.wait) this.end(talk)
      },
    })
  }

  /** A piece is good wherever it lies, for the claim has its hash; that there is none is for the first replica to say. */
  #readBody(talk: Talk, looking: Looking, claim: Claim, i: number, decided = false): void {
    const box = commitBodyBox(claim.seed, i)
    const { watches, places } = this.#conversations.parts
    watches.begin({
      id: `${prefix(talk.stored.id)}body/${i}`,
      box,
      order: leading,
      places: decided ? this.#places(talk, box.id) : places.among(box.id, epochOf(talk.stored).placement),
      found: async (found) => {
        if (!this.#isCurrent(talk, looking)) return
        const piece = recordIn(openBlock(box, found.content), "body")
        if (piece === null && !decided) return this.#readBody(talk, looking, claim, i, true)
        if (piece === null) return this.#void(talk)
        looking.body.set(i, piece)
        await this.wake(talk)
      },
    })
  }

  /** An hour after its claim a box of the body is still empty: filled, so that all see alike that this attempt is void. */
  #fill(talk: Talk, looking: Looking): void {
    const { writes, random } = this.#conversations.parts
    const missing = Array.from({ length: bodyCount(looking.claim!) }, (_, i) => i).find((i) => !looking.body.has(i))!
    const id = voidId(talk.stored.id)
    looking.since = this.#conversations.parts.now()
    const box = commitBodyBox(looking.claim!.seed, missing)
    const content = sealBlock(box, blockOf({ type: "nobody", bytes: new Uint8Array() }))
    // The box is read on all the while: whoever was first there is found by that.
    writes.add({ id, box: box.id, content, signature: box.sign(content, random), places: this.#conversations.parts.places.among(box.id, epochOf(talk.stored).placement), firstDecides: true, stored: async () => {}, taken: async () => {} })
  }

  async #complete(talk: Talk, looking: Looking): Promise<void> {
    const { mls, now } = this.#conversations.parts
    const claim = looking.claim!
    const placement = this.#placement(talk, claim.placement)
    if (placement === null) {
      const { stalled = now() } = talk.stored
      // Nobody will know it: the network's authorities never signed such a list.
      if (now() - stalled >= LIST_PATIENCE && !areMostAhead(talk)) return this.#void(talk)
      looking.notBefore = now() + LOOK_AGAIN
      return
    }
    const body = [...looking.body].sort(([a], [b]) => a - b).map(([, piece]) => piece)
    const commit = commitOf(claim, body)
    const processed = commit === null ? null : await mls.process(talk.stored.mls, commit)
    if (processed === null) return this.#void(talk)
    if (!processed.ok) return this.#problem(talk, processed, claim.hash)
    const { next, sender, changes } = processed
    const isClaimed = claim.kind === "rejoin" ? changes.kind === "rejoin" && changes.removed[0]?.leaf === claim.leaf : changes.kind === "commit" && sender === claim.leaf
    if (!isClaimed) return this.#void(talk)
    if (isByRevoked(this.#conversations, talk, claim.leaf)) {
      this.#conversations.parts.quarantine.add(talk.stored.id, "revoked")
      return this.#void(talk)
    }
    const rank = await mls.commitRank(talk.stored.mls, sender, changes)
    const maker = makerOf(talk.stored, this.#conversations.parts.own(), processed)
    this.end(talk)
    await this.#outcomes.followed(talk)
    await this.#entering.enter(talk, next, { hash: claim.hash, rank, placement, own: false, scalar: null, maker, welcome: null })
  }

  /** null where our directories never had such a list. */
  #placement(talk: Talk, hash: Uint8Array): readonly Uint8Array[] | null {
    const present = epochOf(talk.stored).placement
    return sameBytes(placementHash(present), hash) ? present : this.#conversations.parts.places.byHash(hash)
  }

  async #problem(talk: Talk, { problem, sender, changes }: Extract<Processed, { ok: false }>, hash: Uint8Array): Promise<void> {
    if (problem === "skip" || problem === "other-epoch") return this.#void(talk)
    this.end(talk)
    if (problem === "own") await this.#own(talk, hash)
    else if (problem === "removed") {
      const isTaken = sender !== undefined && changes?.kind === "commit"
      await this.#outcomes.removed(talk, isTaken ? makerOf(talk.stored, this.#conversations.parts.own(), { sender, changes }) : null)
    }
    else await this.#outcomes.broken(talk)
  }

  /** An own commit that we took for lost: a dropbox has said one thing and then another. Or one that was never ours. */
  async #own(talk: Talk, hash: Uint8Array): Promise<void> {
    const { mls } = this.#conversations.parts
    const lost = await this.#snapshots.lost(talk, epochOf(talk.stored).epoch, hash)
    if (lost === null) return this.#outcomes.copied(talk)
    await this.#outcomes.followed(talk)
    await this.#entering.enter(talk, await mls.adopt(talk.stored.mls, lost.pending), { ...lost, own: true, scalar: null, maker: { by: this.#conversations.parts.own(), left: lost.left ?? [] }, welcome: lost.welcome ?? null })
  }

  /** What lies there counts for nobody, and all see that alike: the next attempt has a box of its own. */
  #void(talk: Talk): void {
    this.end(talk)
    const { stalled: _, ...stored } = talk.stored
    this.#conversations.save(talk, { ...stored, attempt: stored.attempt + 1 })
    this.look(talk, talk.waiting.size > 0)
  }
}

function prefix(conversation: string): string {
  return `commit-box/${conversation}/`
}

function voidId(conversation: string): string {
  return `void/${conversation}`
}

/** Whether this leaf is of a device that its owner has said is theirs no more: it takes nobody along. */
export function isByRevoked({ parts }: Conversations, { stored }: Talk, leaf: number): boolean {
  return stored.readers.some((reader) => reader.leaf === leaf && reader.gone !== true && isRevoked(parts.contact(stored.id), reader.device))
}

/** Whether more than half of the others have gone on by commits that are not known here. Fewer may be wrong, or lie. */
export function areMostAhead({ stored, waiting }: Talk): boolean {
  return waiting.size * 2 > stored.readers.filter(({ gone }) => gone !== true).length
}

/** The hashes of the commit that ends the present epoch, by those who have left it: one, unless somebody lies. */
function named({ stored, waiting }: Talk): Uint8Array[] {
  const next = epochOf(stored).epoch + 1
  return [...waiting.values()].flatMap(({ close }) => namedBy(close, next) ?? [])
}
