import type { Random } from "../shared/random.ts"
import { exponential, uniform } from "../shared/random.ts"
import type { Rhythm } from "./rhythm.ts"
import { NOT_THERE } from "./rhythm.ts"
import type { StoredDecoyTalk, StoredTurn } from "./stored-decoy.ts"
import { ABSENT_AFTER, DAY } from "./timing.ts"

export type Side = 0 | 1

/** Who comes back, or was not there when it was time to say something, says it after so long, on average; ms. */
const SOON = 60_000
/** So many things are said as fast as people say them, and then one in so long, ms: who writes by the thousand shall not have decoys that do. */
const BURST = 30
const SUSTAINED = 2 * 60_000

export interface TurnParts {
  readonly random: Random
  readonly rhythm: Pick<Rhythm, "next">
  readonly talk: () => StoredDecoyTalk
  readonly save: (change: Pick<StoredDecoyTalk, "turn" | "away">) => void
}

export const other = (side: Side): Side => (side === 0 ? 1 : 0)

export function isAway({ away }: Pick<StoredDecoyTalk, "away">, side: Side, now: number): boolean {
  return away[side].some(({ from, until }) => from <= now && now < until)
}

/**
 * Who says something next in a decoy conversation, and when: as the rhythm has it. While this client is away, or a side of the conversation,
 * nothing can be said, and when it is back, not all at once.
 */
export class DecoyTurns {
  readonly #parts: TurnParts
  /** When this was asked last; nothing is known of the time before a start. */
  #woken = -Infinity
  /** When the last thing would have been said, had all been said at the sustained pace; ms. */
  #paced = -Infinity

  constructor(parts: TurnParts) {
    this.#parts = parts
  }

  /** Asked before every slot: what is said now, if anything. What comes next is drawn then. `mean`: see Rhythm. */
  async take(now: number, mean: number): Promise<StoredTurn | null> {
    // Nobody was here: what was to be said is said soon, and not all at once.
    if (now - this.#woken > ABSENT_AFTER) this.#put(now)
    this.#woken = now
    const { turn } = this.#parts.talk()
    if (turn !== null && turn.at > now) return null
    await this.#draw(turn ?? { at: now, gap: DAY, side: uniform(this.#parts.random) < 0.5 ? 0 : 1, bytes: 0 }, now, mean)
    return turn
  }

  #put(now: number): void {
    const { turn, away } = this.#parts.talk()
    if (turn !== null && turn.at < now) this.#parts.save({ turn: { ...turn, at: now + exponential(this.#parts.random, SOON) }, away })
  }

  async #draw(last: StoredTurn, now: number, mean: number): Promise<void> {
    const { random, rhythm, talk, save } = this.#parts
    const reader = other(last.side)
    const { gap, isSame, bytes, unread } = await rhythm.next({ at: now, gap: last.gap, isUnread: isAway(talk(), reader, now) }, mean)
    const { away } = talk()
    const side = isSame ? last.side : reader
    const spans = away.map((some) => some.filter(({ until }) => until > now))
    const back = Math.max(0, ...spans[side]!.map(({ until }) => until))
    this.#paced = Math.max(this.#paced + SUSTAINED, now - BURST * SUSTAINED)
    const earliest = Math.max(now + gap, this.#paced)
    // Who is not there says it when they are back.
    const at = earliest > back ? earliest : back + exponential(random, SOON)
    const busy = Math.max(now, ...spans[other(side)]!.map(({ until }) => until))
    if (unread > NOT_THERE && busy < at) spans[other(side)]!.push({ from: busy + uniform(random) * (at - busy), until: at + unread })
    save({ turn: { at, gap: at - now, side, bytes }, away: [spans[0]!, spans[1]!] })
  }
}
