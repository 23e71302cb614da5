import { sameBytes } from "../shared/bytes.ts"
import { exponential } from "../shared/random.ts"
import { Committing } from "./committing.ts"
import type { Conversations, Talk } from "./conversations.ts"
import { Entering } from "./entering.ts"
import { Forks } from "./forks.ts"
import type { Maker } from "./groups/hooks.ts"
import type { Reading } from "./reading.ts"
import { replaced, retire } from "./retiring.ts"
import type { StoredCommit } from "./stored-commit.ts"
import { Snapshots } from "./snapshots.ts"
import { epochOf, waitedFor } from "./stored-conversation.ts"
import { ABSENT_AFTER, COMMIT_BACKOFF, epochLeast, LOOK_AGAIN, LOOK_PATIENCE, STUCK_PATIENCE } from "./timing.ts"
import { areMostAhead, Winning } from "./winning.ts"

/** The epoch that a group of two begins with. */
const FIRST_EPOCH = 1

/** When conversations go into their next epochs: own leaves are renewed in time, and the commits of others followed. */
export class Commits {
  readonly #conversations: Conversations
  readonly #entering: Entering
  readonly committing: Committing
  readonly #winning: Winning
  readonly forks: Forks
  /** When the next own commit may begin, by conversation. */
  readonly #notBefore = new Map<string, number>()
  /** Since when conversations wait to be looked at after an absence. */
  readonly #absent = new Map<string, number>()

  /** Since when conversations wait for a commit that others speak of, or that cannot be followed. */
  readonly #stalled = new Map<string, number>()
  /** When the last reply came. */
  #heard = -Infinity

  constructor(conversations: Conversations, reading: Reading) {
    this.#conversations = conversations
    const snapshots = new Snapshots(conversations)
    this.#entering = new Entering(conversations, reading, snapshots)
    this.committing = new Committing(conversations, this.#entering, snapshots, (talk, { kind }) => {
      // Who is not in the group cannot follow the winner: what is answered to the plea next will tell.
      if (kind === "member") this.#winning.look(talk, true)
    })
    this.#winning = new Winning(conversations, this.#entering, snapshots, {
      isPending: (talk, hash) => sameBytes(this.committing.pending(talk)?.hash ?? new Uint8Array(), hash),
      copied: async (talk) => this.stranded(talk),
      broken: async (talk) => this.stranded(talk),
      removed: (talk, maker) => this.#removed(talk, maker),
      followed: (talk) => this.#followed(talk),
    })
    this.forks = new Forks(conversations, this.#entering, snapshots, {
      claimOf: (talk, epoch, hash) => this.committing.claimOf(talk, epoch, hash),
      back: async (talk, epoch) => {
        this.#winning.end(talk)
        this.#reset(talk)
        this.committing.back(talk, epoch)
      },
      followed: (talk) => {
        this.#winning.end(talk)
        return this.#followed(talk)
      },
      stranded: async (talk) => this.stranded(talk),
      removed: (talk, maker) => this.#removed(talk, maker),
    })
  }

  /** Goes on with what is stored. */
  load(talk: Talk, commits: readonly StoredCommit[]): void {
    // The others are to learn in which epoch we are, and perhaps we stopped before we could say it.
    if (talk.open && talk.stored.writing.epoch < epochOf(talk.stored).epoch) this.#conversations.confirmSoon(talk)
    this.committing.load(talk, commits)
  }

  /** Somebody has gone into an epoch that is not known here: who has won the present one is found out. */
  behind(talk: Talk): void {
    if (talk.stored.isCopy !== true) this.#winning.look(talk, true)
  }

  /** This state is a copy, or cannot follow the others: it writes nothing any more. */
  stranded(talk: Talk): void {
    this.end(talk)
    retire(this.#conversations, talk)
  }

  /** A reply came. */
  heard(): void {
    this.#heard = this.#conversations.parts.now()
  }

  /** A new session: after an absence, true, what came meanwhile is looked at before anything is sealed. */
  linked(): boolean {
    this.#conversations.came = 0
    const now = this.#conversations.parts.now()
    if (now - this.#heard <= ABSENT_AFTER) return false
    for (const talk of this.#conversations.talks.values()) {
      if (!talk.open) continue
      this.#absent.set(talk.stored.id, now)
      this.#winning.look(talk, false)
    }
    return true
  }

  /** Whether something may be sealed. */
  isReady(talk: Talk): boolean {
    const { id } = talk.stored
    const since = this.#absent.get(id)
    if (since === undefined) return true
    const { now, watches } = this.#conversations.parts
    const isLooking = this.#winning.isLooking(talk) || watches.isFresh(`stream/${id}/`)
    if (isLooking && now() - since < LOOK_PATIENCE) return false
    this.#absent.delete(id)
    // Its dropbox may be dead: then this look would take the slots of all others. Whoever hears of a next epoch looks again.
    this.#winning.giveUp(talk)
    return true
  }

  /** Asked before every slot; with `calm` there is time for the work of a commit. */
  async wake(calm: boolean): Promise<void> {
    for (const talk of this.#conversations.talks.values()) {
      this.isReady(talk)
      await this.committing.wake(talk)
      if (isBeaten(talk) && talk.open && !this.#winning.isLooking(talk)) this.#winning.look(talk, true)
      await this.#winning.wake(talk)
      await this.forks.wake(talk)
      this.#stall(talk)
      if (calm && this.#isTime(talk)) {
        this.#notBefore.delete(talk.stored.id)
        await this.committing.begin(talk)
        return
      }
    }
  }

  /** Written down, so that whoever starts often waits no longer than others for what never comes. */
  #stall(talk: Talk): void {
    const { id, stalled } = talk.stored
    const now = this.#conversations.parts.now()
    if (!this.#winning.isOpen(talk)) return void this.#stalled.delete(id)
    const since = this.#stalled.get(id) ?? now
    this.#stalled.set(id, since)
    if (stalled === undefined && now - since >= LOOK_AGAIN) this.#conversations.save(talk, { ...talk.stored, stalled: since })
  }

  /**
   * Whether somebody may have won the present epoch who has to be followed first. A few who name a commit that is nowhere hold up nobody for ever: what is true
   * lies in the commit box, where an own claim comes second.
   */
  #isLed(talk: Talk): boolean {
    const { stalled = Infinity } = talk.stored
    const isLong = this.#conversations.parts.now() - stalled >= STUCK_PATIENCE
    return this.#winning.isOpen(talk) && (!isLong || this.#winning.hasClaim(talk) || areMostAhead(talk))
  }

  /** The user wants something of the group: it waits no longer than a commit has to. */
  hurry(talk: Talk): void {
    this.#notBefore.delete(talk.stored.id)
  }

  /** Nothing of this conversation is committed or looked for any more. */
  end(talk: Talk): void {
    this.#reset(talk)
    this.#winning.end(talk)
    this.forks.end(talk)
  }

  /** The conversation is removed. */
  forget(conversation: string): void {
    const talk = this.#conversations.get(conversation)
    if (talk === null) return
    this.#winning.end(talk)
    this.forks.end(talk)
    this.committing.forget(talk)
  }

  #reset(talk: Talk): void {
    this.committing.drop(talk)
    this.#notBefore.delete(talk.stored.id)
  }

  async #followed(talk: Talk): Promise<void> {
    await this.committing.lose(talk)
    this.#reset(talk)
    // Others may have gone on for many epochs, and nobody keeps keys for all of those.
    if (this.#absent.has(talk.stored.id)) this.#absent.set(talk.stored.id, this.#conversations.parts.now())
  }

  async #removed(talk: Talk, maker: Maker | null): Promise<void> {
    this.end(talk)
    if (talk.stored.group === undefined) await replaced(this.#conversations, talk)
    else await this.#conversations.parts.groups.removed(talk, maker)
  }

  #isTime(talk: Talk): boolean {
    const { now, random, door, groups } = this.#conversations.parts
    const { stored } = talk
    const wish = groups.due(talk)
    if ((!stored.renewal.due && wish === null) || !talk.open) return false
    // Another commit box comes after this one only if it turns out to be void.
    if (isBeaten(talk)) return false
    if (this.committing.pending(talk) !== null || this.#isLed(talk) || this.forks.isOpen(talk) || !this.isReady(talk)) return false
    // Who has never been heard may not be there yet; and for who is not let in nothing is done.
    const others = waitedFor(stored)
    const isThere = stored.group === undefined ? others.some(({ at }) => at.index > 0 || at.epoch > FIRST_EPOCH) : others.length > 0 || wish !== null
    if (!isThere || door(stored.id) !== "show") return false
    const known = this.#notBefore.get(stored.id)
    // Where many are due for the same, one of them is as soon there as one alone.
    const many = wish === "urgent" || stored.group === undefined ? 1 : Math.max(1, others.length)
    const from = known ?? Math.max(now(), epochOf(stored).since + epochLeast(others.length)) + exponential(random, many * COMMIT_BACKOFF)
    if (known === undefined) this.#notBefore.set(stored.id, from)
    return from <= now()
  }
}

/** Somebody else's claim was in the commit box before ours, and it is not known yet what came of it. */
function isBeaten({ stored }: Talk): boolean {
  return epochOf(stored).lost === stored.attempt
}
