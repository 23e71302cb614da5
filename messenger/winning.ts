import { commitBodyBox, commitBox, openBlock, sealBlock } from "../shared/box.ts"
import { concat, sameBytes, WireError } from "../shared/bytes.ts"
import { verifyEd25519 } from "../shared/ed25519.ts"
import type { BoxId } from "../shared/names.ts"
import { sized } from "../shared/names.ts"
import { utf8 } from "../shared/text.ts"
import type { Claim } from "./claim.ts"
import { bodyCount, CLAIM_LABEL, claimMessage, commitOf, decodeClaim, REJOIN_LABEL } from "./claim.ts"
import type { Conversations, Talk } from "./conversations.ts"
import type { Entering } from "./entering.ts"
import type { CommitProblem } from "./mls/mls.ts"
import type { Replicas } from "./places.ts"
import { placementHash } from "./places.ts"
import { blockOf, soleRecord } from "./records.ts"
import { epochOf } from "./stored-conversation.ts"
import { BODY_PATIENCE, LOOK_AGAIN } from "./timing.ts"
import type { Found } from "./watches.ts"

/** What is known of the commit box that a conversation looks into. */
interface Looking {
  readonly epoch: number
  readonly attempt: number
  /** Until something lies there, or only whether something does. */
  wait: boolean
  claim: Claim | null
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
  /** This leaf has given way to another: of the same device, or to nobody. */
  readonly removed: (talk: Talk) => Promise<void>
  /** Somebody else's commit was followed. */
  readonly followed: (talk: Talk) => Promise<void>
}

/** Finds out whose commit has won an epoch, and follows it. Everything is read in ordinary slots. design.md section 7. */
export class Winning {
  readonly #conversations: Conversations
  readonly #entering: Entering
  readonly #outcomes: Outcomes
  readonly #looking = new Map<string, Looking>()

  constructor(conversations: Conversations, entering: Entering, outcomes: Outcomes) {
    this.#conversations = conversations
    this.#entering = entering
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
    const looking: Looking = { epoch, attempt, wait, claim: null, since: 0, body: new Map(), notBefore: 0 }
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
    if (looking === undefined || looking.claim === null) return
    const now = this.#conversations.parts.now()
    if (looking.body.size === bodyCount(looking.claim)) {
      if (looking.notBefore <= now) await this.#complete(talk, looking)
    } else if (now - looking.since >= BODY_PATIENCE) this.#fill(talk, looking)
  }

  #isCurrent(talk: Talk, looking: Looking): boolean {
    return this.#looking.get(talk.stored.id) === looking
  }

  /** The first replica decides, so it alone is asked. */
  #places(talk: Talk, box: BoxId): Replicas {
    const places = this.#conversations.parts.places.among(box, epochOf(talk.stored).placement)
    return () => places().slice(0, 1)
  }

  #readClaim(talk: Talk, looking: Looking): void {
    const box = commitBox(epochOf(talk.stored).context, looking.attempt)
    const id = `${prefix(talk.stored.id)}claim`
    this.#conversations.parts.watches.begin({
      id,
      box,
      places: this.#places(talk, box.id),
      found: async (found) => {
        if (!this.#isCurrent(talk, looking)) return
        const claim = await this.#genuine(talk, looking, found)
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

  /** null where it is no claim, or not signed by whom it names. */
  async #genuine(talk: Talk, { epoch, attempt }: Looking, found: Found): Promise<Claim | null> {
    const { stored } = talk
    const record = recordIn(openBlock(commitBox(epochOf(stored).context, attempt), found.content), "claim")
    if (record === null) return null
    try {
      const claim = decodeClaim(record)
      const message = claimMessage(stored.groupId, epoch, attempt, claim)
      const isSigned = claim.kind === "member" ? await this.#conversations.parts.mls.verifyAs(stored.mls, claim.leaf, CLAIM_LABEL, message, claim.signature) : await this.#isOfDevice(talk, claim, message)
      return isSigned ? claim : null
    } catch (error) {
      if (error instanceof WireError) return null
      throw error
    }
  }

  async #isOfDevice({ stored }: Talk, { leaf, signature }: Claim, message: Uint8Array): Promise<boolean> {
    const { device, mls } = this.#conversations.parts
    const member = (await mls.read(stored.mls)).members.find((one) => one.leaf === leaf)
    const key = leaf === stored.ownLeaf ? device() : member?.device
    return key !== undefined && verifyEd25519(key, concat(utf8(REJOIN_LABEL), message), sized("Signature", signature))
  }

  /** A piece is good wherever it lies, for the claim has its hash; that there is none is for the first replica to say. */
  #readBody(talk: Talk, looking: Looking, claim: Claim, i: number, decided = false): void {
    const box = commitBodyBox(claim.seed, i)
    const { watches, places } = this.#conversations.parts
    watches.begin({
      id: `${prefix(talk.stored.id)}body/${i}`,
      box,
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
      looking.notBefore = now() + LOOK_AGAIN
      return
    }
    const body = [...looking.body].sort(([a], [b]) => a - b).map(([, piece]) => piece)
    const commit = commitOf(claim, body)
    const processed = commit === null ? null : await mls.process(talk.stored.mls, commit)
    if (processed === null) return this.#void(talk)
    if (!processed.ok) return this.#problem(talk, processed.problem)
    const { next, sender, changes } = processed
    const isClaimed = claim.kind === "rejoin" ? changes.kind === "rejoin" && changes.removed[0]?.leaf === claim.leaf : changes.kind === "commit" && sender === claim.leaf
    if (!isClaimed) return this.#void(talk)
    this.end(talk)
    await this.#outcomes.followed(talk)
    await this.#entering.enter(talk, next, { hash: claim.hash, placement, own: false, scalar: null })
  }

  /** null where our directories never had such a list. */
  #placement(talk: Talk, hash: Uint8Array): readonly Uint8Array[] | null {
    const present = epochOf(talk.stored).placement
    return sameBytes(placementHash(present), hash) ? present : this.#conversations.parts.places.byHash(hash)
  }

  async #problem(talk: Talk, problem: CommitProblem): Promise<void> {
    if (problem === "skip" || problem === "other-epoch") return this.#void(talk)
    this.end(talk)
    if (problem === "own") await this.#outcomes.copied(talk)
    else if (problem === "removed") await this.#outcomes.removed(talk)
    else await this.#outcomes.broken(talk)
  }

  /** What lies there counts for nobody, and all see that alike: the next attempt has a box of its own. */
  #void(talk: Talk): void {
    this.end(talk)
    this.#conversations.save(talk, { ...talk.stored, attempt: talk.stored.attempt + 1 })
    this.look(talk, talk.waiting.size > 0)
  }
}

function prefix(conversation: string): string {
  return `commit-box/${conversation}/`
}

function voidId(conversation: string): string {
  return `void/${conversation}`
}

function recordIn(block: ReturnType<typeof openBlock>, type: "claim" | "body"): Uint8Array | null {
  if (block === null) return null
  try {
    return soleRecord(block, type)
  } catch (error) {
    if (error instanceof WireError) return null
    throw error
  }
}
