import { verifyWrite } from "../shared/box.ts"
import { sameBytes } from "../shared/bytes.ts"
import type { NodeEntry } from "../shared/directory/descriptor.ts"
import type { Random } from "../shared/random.ts"
import { exponential } from "../shared/random.ts"
import type { Reply } from "../shared/request.ts"
import type { StampTerms } from "../shared/stamp.ts"
import { hourAt } from "../shared/stamp.ts"
import type { Copy, WriteJob } from "./copies.ts"
import { Job } from "./copies.ts"
import type { Errand, Fate } from "./courier.ts"
import { BITS_MOST, fits, termsIn } from "./stamps.ts"
import { AGAIN_FIRST, AGAIN_MOST, FULL_FIRST, FULL_MOST, VOID_AFTER, VOID_TRIES } from "./timing.ts"

export type { Spread, WriteJob } from "./copies.ts"

/** Lost more often in a row, a copy waits behind the others: its dropbox may be down. */
const LOSSES_IN_PLACE = 1
/** Answers further apart than this are no sign that requests in between could be answered; ms. */
const HEARD_APART = 60_000

interface Parts {
  readonly random: Random
  readonly now: () => number
  /** Bits of work that this network asks for while there is room. */
  readonly stampBits: () => number
  /** Whether a dropbox answers, as far as is known. */
  readonly isGood: (dropbox: NodeEntry) => boolean
}

interface Waiting {
  readonly job: Job
  readonly copy: Copy
}

/** All writes that wait, in the order in which they came or failed last; each goes to every replica of its box. */
export class Writes {
  readonly #parts: Parts
  readonly #jobs = new Map<string, Job>()
  #order = 0
  /** Time for which requests were answered: what was not taken while nothing was says nothing of its dropboxes; ms. */
  #tried = 0
  #heardAt = -Infinity
  /** Of decoys and files. */
  #fileNext = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  add(job: WriteJob): void {
    this.#jobs.set(job.id, new Job(job, this.#order++))
  }

  remove(id: string): void {
    this.#jobs.delete(id)
  }

  /** Something can go out now. What has no dropbox, since the directory lists it no more, holds nobody up. */
  get waiting(): boolean {
    return this.#first((copy) => this.#isReady(copy)) !== null
  }

  /** Something new is on its way out, or being paid for; what waits for a dropbox that is down, full or dear does not count. */
  get busy(): boolean {
    return this.#first((copy, job) => job.job.bulk !== true && !isDelayed(copy) && !isSpare(copy, job)) !== null
  }

  /** What goes out next follows a copy of the same block: they leave one behind the other, the first time. */
  get following(): boolean {
    const next = this.#inTurn((copy) => this.#isReady(copy))
    return next !== null && next.job.job.bulk !== true && next.job.isBegun && next.copy.losses === 0 && !isDelayed(next.copy)
  }

  /** Jobs whose id begins so and that no dropbox has stored, without those that none takes: what a conversation has in flight. */
  count(prefix: string): number {
    let count = 0
    for (const [id, job] of this.#jobs) if (id.startsWith(prefix) && !job.isStored && !this.#isHopeless(job)) count++
    return count
  }

  /** The first of the jobs that `count` counts, or null. */
  oldest(prefix: string): string | null {
    for (const [id, job] of this.#jobs) if (id.startsWith(prefix) && !job.isStored && !this.#isHopeless(job)) return id
    return null
  }

  /** Some request of ours, cover included, was answered. */
  heard(): void {
    const now = this.#parts.now()
    this.#tried += Math.max(0, Math.min(now - this.#heardAt, HEARD_APART))
    this.#heardAt = now
  }

  /** Ids of jobs that begin so and that no replica takes: boxes that are void. */
  voided(prefix: string): string[] {
    return [...this.#jobs.values()].filter((job) => job.job.id.startsWith(prefix) && job.job.mayBeVoid === true && this.#isHopeless(job)).map(({ job }) => job.id)
  }

  #isHopeless(job: Job): boolean {
    if (!job.hasFailed(() => 1)) return false
    job.failingSince ??= this.#tried
    // One that answers nobody need not be asked as often for each box: in slots that are far apart that alone takes half an hour.
    const tries = (dropbox: NodeEntry) => (this.#parts.isGood(dropbox) ? VOID_TRIES : 1)
    return this.#tried - job.failingSince >= VOID_AFTER && job.hasFailed(tries)
  }

  /** Works on the stamps of what waits, for at most this many hashes. */
  work(tries: number): void {
    for (let left = tries; left > 0; ) {
      const next = this.#inTurn((copy) => !this.#isReady(copy))
      if (next === null) break
      left -= next.copy.work.advance(this.#terms(next.copy), left)
    }
  }

  next(): Errand | null {
    const next = this.#inTurn((copy) => this.#isReady(copy))
    if (next === null) return null
    const { job, copy } = next
    if (job.job.decoy === true) this.#fileNext = true
    else if (job.job.bulk === true) this.#fileNext = false
    copy.alive = true
    const { box, signature, content } = job.job
    return {
      carried: "write",
      operation: "write",
      hold: 0,
      box,
      dropbox: copy.dropbox,
      write: { signature, stamp: copy.work.stamp(), content },
      fate: this.#fate(job, copy),
    }
  }

  /**
   * Terms are said to one asker at a time. What was said of one box must not show in a request for another, or a dropbox that lies could
   * mark an answer and know its reader again: so each copy pays what the network asks, and more only after a refusal of its own.
   */
  #terms({ asked }: Copy): StampTerms {
    return { bits: Math.max(asked, this.#parts.stampBits()), hour: hourAt(this.#parts.now()) }
  }

  #isReady(copy: Copy): boolean {
    return copy.work.isReady(this.#terms(copy))
  }

  /** Decoys of somebody with many contacts have enough to say for every slot: what would go behind them goes in every second. */
  #inTurn(isFit: (copy: Copy, job: Job) => boolean): Waiting | null {
    const first = this.#first(isFit)
    if (first?.job.job.decoy !== true || !this.#fileNext) return first
    const second = this.#first((copy, job) => job.job.decoy !== true && isFit(copy, job))
    return second?.job.job.bulk === true ? second : first
  }

  /** The first in the queue that fits: what is no part of a file first; of that what was never lost twice or refused before what was, then what lies elsewhere already, and of those what costs least. */
  #first(isFit: (copy: Copy, job: Job) => boolean): Waiting | null {
    const now = this.#parts.now()
    let first: Waiting | null = null
    for (const [id, job] of this.#jobs) {
      if (job.isDone) this.#jobs.delete(id)
      for (const copy of job.open()) {
        if (copy.alive || this.#isLater(copy, now) || (first !== null && !isBefore({ job, copy }, first))) continue
        if (isFit(copy, job)) first = { job, copy }
      }
    }
    return first
  }

  #isLater({ notBefore, soonest, dropbox }: Copy, now: number): boolean {
    return notBefore > now && (soonest > now || !this.#parts.isGood(dropbox))
  }

  #fate(job: Job, copy: Copy): Fate {
    const { id, sent } = job.job
    const { paid } = copy.work
    // Given up, and perhaps sent again since: what comes now says nothing of the request that is under way.
    let late = false
    return {
      sent: async (trip) => sent?.(trip),
      replied: async (reply, trip) => {
        if (!late) copy.alive = false
        const taken = reply.status === "taken" && (await isOther(job.job, reply))
        if (this.#jobs.get(id) !== job) return
        if (taken && (job.job.firstDecides !== true || !job.isStored)) {
          this.#jobs.delete(id)
          await job.job.taken()
        } else if (reply.status === "stored" || taken) {
          // Taken: the first replica has decided otherwise, and what lies here counts for nobody.
          const before = job.spread
          job.stored(copy)
          if (job.isDone) this.#jobs.delete(id)
          await job.job.stored(trip, taken ? { ...before, of: before.of - 1 } : job.spread)
        } else if (!late) await this.#refused(job, copy, paid, reply)
      },
      lost: () => {
        late = true
        copy.alive = false
        this.#unanswered(copy)
      },
    }
  }

  #unanswered(copy: Copy): void {
    if (++copy.losses <= LOSSES_IN_PLACE) return
    this.#later(copy, Math.min(AGAIN_MOST, AGAIN_FIRST * 2 ** copy.losses))
    // Slots that would carry cover cost nothing: only a dropbox that answers nobody is asked less and less often.
    copy.soonest = Math.min(copy.notBefore, this.#parts.now() + exponential(this.#parts.random, AGAIN_FIRST))
  }

  /** Too little work: at once with more. Else there is no room: later. Anything but a refusal is no answer to a write. */
  async #refused(job: Job, copy: Copy, paid: StampTerms, { status, stampTerms }: Reply): Promise<void> {
    if (status !== "refused") return this.#unanswered(copy)
    const asked = termsIn(stampTerms)
    if (asked !== null && asked.bits > paid.bits && asked.bits <= BITS_MOST) {
      copy.asked = asked.bits
      return
    }
    // The hour has changed on the way, and the stamp is made anew.
    if (asked !== null && asked.bits <= paid.bits && !fits(paid.hour, hourAt(this.#parts.now()))) return
    this.#later(copy, Math.min(FULL_MOST, FULL_FIRST * 2 ** copy.refusals++))
    await job.job.full?.(job.spread)
  }

  #later(copy: Copy, mean: number): void {
    copy.order = this.#order++
    copy.notBefore = this.#parts.now() + exponential(this.#parts.random, mean)
    copy.soonest = copy.notBefore
  }
}

/** Also what a dropbox wants more work for: a high price that it said for one box must hold up no other. */
function isDelayed({ losses, refusals, asked }: Copy): boolean {
  return losses > LOSSES_IN_PLACE || refusals > 0 || asked > 0
}

/** It was sent and lost, or its answer was, and its block lies at another replica: whatever lies nowhere yet is more urgent. */
function isSpare({ losses }: Copy, job: Job): boolean {
  return losses > 0 && job.isStored && job.job.firstDecides !== true
}

function isBefore(a: Waiting, b: Waiting): boolean {
  const [first, second] = [rank(a), rank(b)]
  if (first !== second) return first < second
  return a.copy.asked === b.copy.asked ? a.copy.order < b.copy.order : a.copy.asked < b.copy.asked
}

function rank({ copy, job }: Waiting): number {
  return (job.job.bulk === true ? 3 : 0) + (isSpare(copy, job) ? 2 : isDelayed(copy) ? 1 : 0)
}

async function isOther({ box, content: own }: WriteJob, { content, signature }: Reply): Promise<boolean> {
  return !sameBytes(content, own) && (await verifyWrite(box, content, signature))
}
