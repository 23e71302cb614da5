import { verifyWrite } from "../shared/box.ts"
import { sameBytes, WireError } from "../shared/bytes.ts"
import { isPrimeOrderPoint } from "../shared/ed25519.ts"
import type { NodeId, Surb } from "../shared/names.ts"
import type { Random } from "../shared/random.ts"
import { exponential } from "../shared/random.ts"
import type { Reply, Request, Status } from "../shared/request.ts"
import { noContent, noSignature } from "../shared/request.ts"
import { challenge, decodeStamp, encodeTerms, hourAt, workOf } from "../shared/stamp.ts"
import type { BoxStore, Stored } from "./boxes.ts"
import type { HeldRead } from "./held-reads.ts"
import { HeldReads } from "./held-reads.ts"
import { bitsAsked, WriteRate } from "./price.ts"

const HOURS_PER_DAY = 24
/** Nobody waits longer for it than for some answers. */
const EXPIRE_AT_ONCE = 500
const COUNTED_EVERY = 60_000
/** Writes older than this say nothing of the rate of now. */
const HOURS_REMEMBERED = 6

export interface ShardParts {
  readonly boxes: BoxStore
  readonly random: Random
}

/** What the front tells a shard with each call: the shard itself knows neither directory nor settings. */
export interface ShardRules {
  readonly dropbox: NodeId
  /** Boxes that the shard may hold, and reads. */
  readonly room: number
  readonly heldReads: number
  readonly boxDays: number
  /** ms */
  readonly meanDelay: number
  /** Seconds. */
  readonly maxHold: number
  readonly stampBits: number
}

/** A reply, and the SURB through which it goes. */
export interface Answer {
  readonly surb: Surb
  readonly reply: Reply
}

/** What everybody may know: counts as of the last full minute only, for who could count from one moment to the next would see single writes. */
export interface ShardState {
  readonly boxes: number
  readonly heldReads: number
  /** As replies say it now. */
  readonly stampBits: number
}

/** One part of a dropbox's boxes, with the reads that wait for them and the price of a write. Every request is answered once, now or later. */
export class Shard {
  readonly #boxes: BoxStore
  readonly #random: Random
  readonly #reads = new HeldReads()
  #rate: WriteRate | null = null
  #rules: ShardRules | null = null
  #counts = { boxes: 0, heldReads: 0 }
  #minute = -1

  constructor({ boxes, random }: ShardParts) {
    this.#boxes = boxes
    this.#random = random
  }

  /** When onWake has to be called, or soon after; Infinity where no read waits. */
  get nextDue(): number {
    return this.#reads.nextDue
  }

  /** When onExpiry has to be called, at any time after; Infinity where there is no box. */
  get nextExpiry(): number {
    return this.#boxes.nextExpiry * 3_600_000
  }

  /** Reads that wait now. */
  get heldReads(): number {
    return this.#reads.size
  }

  /** Answers what can be answered now, in the order of the requests. */
  async onRequests(requests: readonly Request[], rules: ShardRules, now: number): Promise<Answer[]> {
    this.#rules = rules
    this.#count(now)
    const answers: Answer[] = []
    for (const request of requests) {
      if (request.operation === "write") answers.push({ surb: request.surb, reply: await this.#write(request, rules, now) })
      else answers.push(...this.#read(request, rules, now))
    }
    return answers
  }

  /** Deletes some of the boxes whose time is over: nextExpiry says whether there are more. */
  onExpiry(now: number): void {
    this.#count(now)
    this.#boxes.expire(hourAt(now), EXPIRE_AT_ONCE)
  }

  /** Answers the reads that are due. */
  onWake(now: number): Answer[] {
    this.#count(now)
    const rules = this.#rules
    return rules === null ? [] : this.#reads.takeDue(now).map((read) => this.#atLast(read, rules, now))
  }

  state(rules: ShardRules, now: number): ShardState {
    this.#count(now)
    return { ...this.#counts, stampBits: this.#asked(rules, now) }
  }

  /** Nothing has changed since the minute began when this is called for the first time in it. */
  #count(now: number): void {
    const minute = Math.floor(now / COUNTED_EVERY)
    if (minute === this.#minute) return
    this.#minute = minute
    this.#counts = { boxes: this.#boxes.size, heldReads: this.#reads.size }
  }

  /** The cheap checks first: what is refused for its stamp has cost a lookup and the hash of its content. */
  async #write(request: Request, rules: ShardRules, now: number): Promise<Reply> {
    const { box, signature, content } = request
    const known = this.#known(request, rules, now)
    if (known !== null) return known
    const work = workIn(request, rules.dropbox, now)
    // Under an id that is not of prime order, others than who made it could sign; a verifier would not notice.
    const isGood = this.#hasRoomFor(work, rules, now) && (await verifyWrite(box, content, signature)) && isPrimeOrderPoint(box)
    if (!isGood) return this.#reply("refused", null, rules, now)
    // Others may have come first meanwhile. From here to put nothing is awaited.
    const late = this.#known(request, rules, now)
    if (late !== null) return late
    if (!this.#hasRoomFor(work, rules, now)) return this.#reply("refused", null, rules, now)
    this.#boxes.put(box, signature, content, hourAt(now) + rules.boxDays * HOURS_PER_DAY)
    this.#rateAt(rules, now).add(now)
    this.#reads.hasten(box, now, () => Math.ceil(exponential(this.#random, rules.meanDelay)))
    return this.#reply("stored", null, rules, now)
  }

  /** The answer to a write where something is there already: it needs neither stamp nor signature. */
  #known({ box, content }: Request, rules: ShardRules, now: number): Reply | null {
    const there = this.#boxes.get(box)
    if (there === null) return null
    return sameBytes(there.content, content) ? this.#reply("stored", null, rules, now) : this.#reply("taken", there, rules, now)
  }

  #hasRoomFor(work: number, rules: ShardRules, now: number): boolean {
    return this.#boxes.size < rules.room && work >= this.#asked(rules, now)
  }

  #read({ box, surb, hold }: Request, rules: ShardRules, now: number): Answer[] {
    const there = this.#boxes.get(box)
    if (there !== null || hold === 0) return [{ surb, reply: this.#contentOf(there, rules, now) }]
    const seconds = Math.min(hold, rules.maxHold)
    const displaced = this.#reads.hold(box, surb, now + 1000 * seconds, rules.heldReads)
    return displaced === null ? [] : [this.#atLast(displaced, rules, now)]
  }

  #atLast({ box, surb }: HeldRead, rules: ShardRules, now: number): Answer {
    return { surb, reply: this.#contentOf(this.#boxes.get(box), rules, now) }
  }

  #contentOf(there: Stored | null, rules: ShardRules, now: number): Reply {
    return this.#reply(there === null ? "empty" : "content", there, rules, now)
  }

  #reply(status: Status, there: Stored | null, rules: ShardRules, now: number): Reply {
    const stampTerms = encodeTerms({ bits: this.#asked(rules, now), hour: hourAt(now) })
    return { status, stampTerms, signature: there?.signature ?? noSignature(), content: there?.content ?? noContent() }
  }

  #asked(rules: ShardRules, now: number): number {
    const { room, boxDays, stampBits } = rules
    return bitsAsked(stampBits, { perHour: this.#rateAt(rules, now).perHour(now), boxes: this.#boxes.size, room, boxDays })
  }

  /** After a restart the rate of before is read from what was stored in the last hours. */
  #rateAt({ boxDays }: ShardRules, now: number): WriteRate {
    if (this.#rate === null) {
      const latest = hourAt(now) + boxDays * HOURS_PER_DAY
      const since = Array.from({ length: HOURS_REMEMBERED }, (_, i) => this.#boxes.countFrom(latest - i))
      this.#rate = new WriteRate(
        since.map((count, i) => count - (since[i - 1] ?? 0)),
        now,
      )
    }
    return this.#rate
  }
}

/** Zero bits of a write's stamp; -1 where it is none, or of another hour than the last, this and the next. */
function workIn({ stamp, box, content }: Request, dropbox: NodeId, now: number): number {
  try {
    const { hour, nonce } = decodeStamp(stamp)
    if (Math.abs(hour - hourAt(now)) > 1) return -1
    return workOf(challenge(dropbox, hour, box, content), nonce)
  } catch (error) {
    if (error instanceof WireError) return -1
    throw error
  }
}
