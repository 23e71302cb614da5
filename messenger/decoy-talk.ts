import { recoveryBox } from "../shared/box.ts"
import * as geometry from "../shared/geometry.ts"
import { exponential, uniform } from "../shared/random.ts"
import { DecoyCommit } from "./decoy-commit.ts"
import type { DecoyParts, Heard } from "./decoy-stream.ts"
import { DecoyStream } from "./decoy-stream.ts"
import type { Side } from "./decoy-turns.ts"
import { DecoyTurns, isAway, other } from "./decoy-turns.ts"
import type { Rhythm } from "./rhythm.ts"
import type { StoredDecoy, StoredDecoyTalk } from "./stored-decoy.ts"
import type { StoredRenewal } from "./stored-conversation.ts"
import { ABSENT_AFTER, CLOSE_MEAN, COMMIT_BACKOFF, CONFIRM_MEAN, DAY, EPOCH_LEAST, LOOK_PATIENCE, PLEA_LOOK_FIRST, PLEA_LOOK_MEAN, RENEW_AFTER, RENEW_MESSAGES } from "./timing.ts"

const SIDES: readonly Side[] = [0, 1]

/** What MLS and a record add to a message, and what a block has room for beside a confirmation. */
const MESSAGE_OVERHEAD = 190
const ROOM = geometry.BLOCK_LENGTH - 60
const BOXES_AT_ONCE = 3
/** As in conversations. */
const WINDOW = 4

export interface TalkParts extends DecoyParts {
  readonly rhythm: Rhythm
  /** Nothing else waits to be written or sealed: what people wrote goes first. */
  readonly isFree: () => boolean
}

/**
 * A conversation of nobody with nobody: this client is both its sides. They say something as the rhythm has it, confirm, renew their keys by commits, are
 * away and come back, as the two clients of a conversation would, so that a dropbox, which does not know who asks, sees the same. What
 * real ones do, and in which files, stands beside each part.
 */
export class DecoyTalk {
  readonly #parts: TalkParts
  readonly streams: readonly [DecoyStream, DecoyStream]
  #commit!: DecoyCommit
  #commitFrom: number | null = null
  /** Bytes that a side has to write, and when it confirms. */
  readonly #bytes: [number, number] = [0, 0]
  readonly #confirmAt: [number, number] = [Infinity, Infinity]
  /** Since when a side is not there to read. */
  readonly #resting: [number | null, number | null] = [null, null]
  /** Since when a side that has come back looks around before it writes. */
  readonly #looking: [number | null, number | null] = [null, null]
  readonly #recoveryDue: [number | null, number | null] = [null, null]
  readonly #turns: DecoyTurns

  constructor(stored: readonly [StoredDecoy, StoredDecoy], parts: TalkParts) {
    this.#parts = parts
    this.#turns = new DecoyTurns({ random: parts.random, rhythm: parts.rhythm, talk: () => this.#talk, save: (change) => this.#save(change) })
    this.streams = [new DecoyStream(stored[0], parts, (heard) => this.#heard(1, heard)), new DecoyStream(stored[1], parts, (heard) => this.#heard(0, heard))]
    if (stored[0].talk === undefined) this.streams[0].save({ talk: blank(parts) })
    // A commit that was under way is another attempt now: what it wrote is not known any more.
    else if (this.#talk.committing === true) this.#save({ committing: false, attempt: this.#talk.attempt + 1 })
    this.#renewCommit()
    for (const side of SIDES) {
      this.streams[side].resume()
      if (this.#isAway(side)) this.#resting[side] = parts.now()
      else this.streams[other(side)].follow()
      if (this.streams[side].isEnded) this.#landed(other(side))
    }
  }

  /** Asked before every slot. `mean`: ms between the boxes of a stream, as long as no rhythm is known. */
  async wake(mean: number): Promise<void> {
    const now = this.#parts.now()
    const turn = await this.#turns.take(now, mean)
    if (turn !== null) this.#bytes[turn.side] += turn.bytes + MESSAGE_OVERHEAD
    this.#commit.wake()
    for (const side of SIDES) {
      if (!this.streams[side].giveUp()) return this.#anew()
      this.#come(side, now)
      if (!this.#isAway(side)) this.#lookForPleas(side, now)
    }
    for (const side of SIDES) if (this.#parts.isFree() && this.#isReady(side, now)) this.#write(side, now)
    this.#beginCommit(now)
  }

  /** This client was away, and is back. */
  returned(): void {
    this.#look(0)
  }

  get #talk(): StoredDecoyTalk {
    return this.streams[0].stored.talk!
  }

  #save(change: Partial<StoredDecoyTalk>): void {
    this.streams[0].save({ talk: { ...this.#talk, ...change } })
  }

  #isAway(side: Side): boolean {
    return isAway(this.#talk, side, this.#parts.now())
  }

  /** Goes, and comes back: a messenger that is closed and opened. */
  #come(side: Side, now: number): void {
    const isAway = this.#isAway(side)
    const since = this.#resting[side]
    if (isAway === (since !== null)) return
    const read = this.streams[other(side)]
    this.#resting[side] = isAway ? now : null
    if (since === null) return read.rest()
    read.follow()
    if (now - since > ABSENT_AFTER) this.#look(side)
  }

  /** `commits.ts`: after an absence the commit box is looked at, and nothing written before. */
  #look(side: Side): void {
    if (this.#isAway(side)) return
    this.#looking[side] = this.#parts.now()
    this.#commit.look(side)
  }

  #isReady(side: Side, now: number): boolean {
    if (this.#isAway(side) || this.streams[side].underWay >= WINDOW) return false
    const since = this.#looking[side]
    if (since === null) return true
    const isLooking = this.#commit.isLooking(side) || this.streams[other(side)].isFresh
    if (isLooking && now - since < LOOK_PATIENCE) return false
    this.#looking[side] = null
    this.#commit.giveUp(side)
    return true
  }

  /** `sealing.ts`: what waits goes into the next boxes, with what was read; in a new epoch the stream of the last is closed first. */
  #write(side: Side, now: number): void {
    const bytes = this.#bytes[side]
    if (bytes === 0 && this.#confirmAt[side] > now) return
    const stream = this.streams[side]
    const { next, renewals } = this.#talk
    const told = this.streams[other(side)].reading
    const count = Math.max(1, Math.ceil(bytes / ROOM))
    const boxes = Math.min(count, BOXES_AT_ONCE)
    const pretence = (i: number) => (bytes === 0 ? "nothing" : i < boxes - 1 ? "piece" : "message")
    for (let i = 0; i < boxes; i++) {
      const isClosing = next !== undefined && next.known[side] && stream.writing.epoch < next.epoch
      stream.write(isClosing && boxes > 1 ? "nothing" : pretence(i), told)
      if (isClosing) stream.close(next.context, next.placement)
    }
    this.#bytes[side] = count > boxes ? bytes - boxes * ROOM : 0
    this.#confirmAt[side] = Infinity
    if (bytes > 0) this.#save({ renewals: replaced(renewals, side, afterMessage(renewals[side], now)) })
  }

  /** `reading.ts`: `side` has read a box of the other. */
  #heard(side: Side, { pretence, told, closed }: Heard): void {
    const { random, now } = this.#parts
    if (pretence === "message") this.#confirmAt[side] = Math.min(this.#confirmAt[side], now() + exponential(random, CONFIRM_MEAN))
    if (told !== null) this.streams[side].confirmed(told)
    if (closed) this.#landed(side)
  }

  /** The stream of the other side goes on in the next epoch: who does not know it yet finds out whose commit has won. */
  #landed(side: Side): void {
    const { next } = this.#talk
    const pass = () => {
      this.streams[other(side)].pass()
      if (this.#resting[side] === null) this.streams[other(side)].follow()
      this.#settle()
    }
    if (next === undefined) return this.#anew()
    if (next.known[side]) return pass()
    this.#commit.follow(() => {
      this.#save({ next: { ...next, known: [true, true] } })
      this.#confirmAt[side] = Math.min(this.#confirmAt[side], this.#parts.now() + exponential(this.#parts.random, CLOSE_MEAN))
      pass()
    })
  }

  /** Both streams are in the next epoch, which is the present one now. */
  #settle(): void {
    const { next } = this.#talk
    if (next === undefined || this.streams.some(({ reading }) => reading.epoch < next.epoch)) return
    const { next: _, ...rest } = this.#talk
    this.#commit.end()
    this.streams[0].save({ talk: rest })
    this.#renewCommit()
  }

  /** `commits.ts`: own keys are renewed by a commit with the first message, and after a day or a hundred. */
  #beginCommit(now: number): void {
    const { renewals, next, committing, since, attempt } = this.#talk
    const side = SIDES.find((one) => renewals[one].due && !this.#isAway(one))
    if (side === undefined || next !== undefined || committing === true || this.#looking[side] !== null) return
    const { index, epoch } = this.streams[other(side)].reading
    // Who was never heard may not be there yet.
    if (index === 0 && epoch === 0) return
    this.#commitFrom ??= Math.max(now, since + EPOCH_LEAST) + exponential(this.#parts.random, COMMIT_BACKOFF)
    if (this.#commitFrom > now || !this.#parts.isFree()) return
    this.#commitFrom = null
    const { random, places } = this.#parts
    const seed = random(32)
    this.#save({ committing: true })
    this.#renewCommit(seed)
    const won = () => {
      const known: [boolean, boolean] = side === 0 ? [true, false] : [false, true]
      const at = this.#parts.now()
      this.#save({
        committing: false,
        attempt: 0,
        since: at,
        next: { epoch: epoch + 1, context: random(32), placement: places.list(), seed, known },
        renewals: replaced(renewals, side, { at, messages: 0, due: false }),
      })
      this.#confirmAt[side] = at
    }
    if (attempt > 0) this.#commit.end()
    this.#commit.begin(won)
  }

  #renewCommit(seed = this.#talk.next?.seed ?? new Uint8Array(32)): void {
    this.#commit = new DecoyCommit(this.#parts, this.streams[0].stored.number, this.streams[0].stored, this.#talk.attempt, seed)
  }

  /** `mercy.ts`: recovery boxes of the other side, of today and yesterday, in slots that carry nothing else. */
  #lookForPleas(side: Side, now: number): void {
    const { random, watches, places } = this.#parts
    const due = this.#recoveryDue[side]
    if (due === null) this.#recoveryDue[side] = now + PLEA_LOOK_FIRST * uniform(random)
    if (due === null || due > now) return
    this.#recoveryDue[side] = now + exponential(random, PLEA_LOOK_MEAN)
    const today = Math.floor(now / DAY)
    for (const day of [today, today - 1]) {
      const id = `decoy/${this.streams[0].stored.number}/plea/${side}/${day}`
      const box = recoveryBox(this.#talk.recovery, other(side), day)
      watches.begin({ id, box, places: places.current(box.id), found: async () => {}, empty: () => watches.end(id) }, "spare")
    }
  }

  /** What cannot go on ends, and another begins in its place. */
  #anew(): void {
    const { random, places } = this.#parts
    this.#commit.end()
    const context = random(32)
    const epoch = Math.max(...this.streams.map(({ writing }) => writing.epoch)) + 1
    for (const stream of this.streams) stream.begin(epoch, context, places.list())
    this.streams[0].save({ talk: blank(this.#parts) })
    this.#renewCommit()
    for (const stream of this.streams) stream.follow()
    this.#resting.fill(null)
    this.#bytes.fill(0)
    this.#confirmAt.fill(Infinity)
    this.#looking.fill(null)
  }
}

function blank({ random, now }: Pick<DecoyParts, "random" | "now">): StoredDecoyTalk {
  const renewal: StoredRenewal = { at: null, messages: 0, due: false }
  return { recovery: random(32), since: now(), attempt: 0, renewals: [renewal, renewal], turn: null, away: [[], []] }
}

function replaced(renewals: StoredDecoyTalk["renewals"], side: Side, renewal: StoredRenewal): StoredDecoyTalk["renewals"] {
  return side === 0 ? [renewal, renewals[1]] : [renewals[0], renewal]
}

function afterMessage({ at, messages, due }: StoredRenewal, now: number): StoredRenewal {
  return { at, messages: messages + 1, due: due || at === null || now - at >= RENEW_AFTER || messages + 1 >= RENEW_MESSAGES }
}
