import type { Random } from "../shared/random.ts"
import { below, uniform } from "../shared/random.ts"
import type { Conversations } from "./conversations.ts"
import type { StoredMessage } from "./stored.ts"
import type { StoredConversation } from "./stored-conversation.ts"
import { DAY } from "./timing.ts"

/** A pause is longer than what lies between the messages of people who are talking; ms. */
const PAUSE = 3 * 60_000
/** What was not read for so long found nobody there; ms. */
export const NOT_THERE = 5 * 60_000
/** So many messages are looked at each time, and so many gaps are kept in memory. */
const PAGE = 24
const KEPT = 300
/** As many gaps of nobody's are among those that are drawn from. */
const OTHERS = 20
/** So far apart two times of day are alike no more; ms. */
const HOURS_ALIKE = 45 * 60_000
/** What is of another kind counts so much. */
const UNLIKE = 1 / 20
/** So many decoy conversations talk as much as people do; more of them say no more in all, for of many conversations most rest. */
const TALKING = 2

/** What is known of what was said last, and when somebody who talks may say something next. */
export interface Past {
  /** ms; since the message before it. */
  readonly at: number
  readonly gap: number
  /** It found nobody there. */
  readonly isUnread: boolean
}

/** What comes next in a conversation. */
export interface Next {
  /** ms after what was said last. */
  readonly gap: number
  /** The same side says it. */
  readonly isSame: boolean
  readonly bytes: number
  /** How long it is not read, ms. */
  readonly unread: number
}

interface Sample extends Next {
  readonly past: Past
}

/**
 * How people talk: when the next message follows the last, whose it is, and how long it lies there. Drawn from what this client's own
 * conversations were like, since what decoys imitate is these: any rhythm that was thought up would be told from them. What is drawn is one gap at a
 * time, changed a little, so that no conversation is repeated.
 */
export class Rhythm {
  readonly #random: Random
  readonly #conversations: Conversations
  /** How many decoy conversations there are. */
  readonly #count: () => number
  readonly #samples: Sample[] = []

  constructor(random: Random, conversations: Conversations, count: () => number) {
    this.#random = random
    this.#conversations = conversations
    this.#count = count
  }

  /** `mean`: ms between the boxes of a stream where nothing is known yet. */
  async next(past: Past, mean: number): Promise<Next> {
    await this.#look()
    const next = this.#draw(past, mean)
    return next.gap < PAUSE ? next : { ...next, gap: next.gap * Math.max(1, this.#count() / TALKING) }
  }

  #draw(past: Past, mean: number): Next {
    const { length } = this.#samples
    if (uniform(this.#random) * (length + OTHERS) < OTHERS) return this.#unknown(past, mean)
    const sample = this.#like(past)
    return { ...sample, gap: sample.gap * this.#changed(1.5), unread: sample.unread * this.#changed(1.5) }
  }

  /** One of those that are known, the more likely the more its past is like this one. */
  #like(past: Past): Sample {
    const weights = this.#samples.map((sample) => likeness(sample.past, past))
    let at = uniform(this.#random) * weights.reduce((sum, weight) => sum + weight, 0)
    return this.#samples.find((_, i) => (at -= weights[i]!) < 0) ?? this.#samples.at(-1)!
  }

  /** From 1/most to most. */
  #changed(most: number): number {
    return most ** (2 * uniform(this.#random) - 1)
  }

  #logNormal(median: number, sigma: number): number {
    const normal = Math.sqrt(-2 * Math.log(1 - uniform(this.#random))) * Math.cos(2 * Math.PI * uniform(this.#random))
    return median * Math.exp(sigma * normal)
  }

  /** Of somebody who has not talked yet: talks of some messages, with pauses between them. */
  #unknown({ gap }: Past, mean: number): Next {
    const bytes = Math.ceil(this.#logNormal(90, 0.8))
    // As many messages as confirmations; both streams speak.
    const goesOn = uniform(this.#random) < (gap < PAUSE ? 0.85 : 0.7)
    if (goesOn) return { gap: this.#logNormal(mean / 10, 0.9), isSame: uniform(this.#random) < 0.35, bytes, unread: 0 }
    const isAway = uniform(this.#random) < 0.3
    return { gap: this.#logNormal(1.6 * mean, 1.3), isSame: uniform(this.#random) < 0.5, bytes, unread: isAway ? this.#logNormal(3 * mean, 1.2) : 0 }
  }

  /** Some messages in a row, anywhere, but not in groups: what many say to each other is no rhythm of two. */
  async #look(): Promise<void> {
    const { talks, parts } = this.#conversations
    const all = [...talks.values()].filter(({ stored }) => stored.group === undefined)
    const count = all.reduce((sum, { stored }) => sum + lengthOf(stored), 0)
    // What is known already is made new slowly.
    if (count === 0 || (this.#samples.length >= KEPT / 2 && uniform(this.#random) < 3 / 4)) return
    let at = below(this.#random, count)
    for (const { stored } of all) {
      const length = lengthOf(stored)
      if (at < length) {
        const { messages } = await parts.messages.page(stored.id, stored.position - length + Math.max(at + 2, Math.min(PAGE, length + 1)), PAGE)
        for (let i = 2; i < messages.length; i++) this.#add(messages[i - 2]!, messages[i - 1]!, messages[i]!)
        return
      }
      at -= length
    }
  }

  #add(first: StoredMessage, last: StoredMessage, next: StoredMessage): void {
    const [before, after] = [unread(last), unread(next)]
    // Of what was deleted for everyone nothing is left, not even how long it was.
    if (before === null || after === null || next.content.length === 0) return
    const past = { at: last.sent, gap: Math.max(0, last.sent - first.sent), isUnread: before > NOT_THERE }
    this.#samples.push({ past, gap: Math.max(0, next.sent - last.sent), isSame: next.own === last.own, bytes: next.content.length, unread: after > NOT_THERE ? after : 0 })
    if (this.#samples.length > KEPT) this.#samples.shift()
  }
}

/** Since this user came: what was said before is no example of how they talk. */
const lengthOf = ({ position, entered = 0 }: StoredConversation) => position - entered

/** How long a message lay there, by the clocks of those who wrote and read it; null where it is not known to be read. */
function unread({ own, sent, received, times, past }: StoredMessage): number | null {
  if (past !== undefined) return null
  if (!own) return received === null ? null : Math.max(0, received - sent)
  return times.received === undefined ? null : Math.max(0, times.received - (times.dropbox ?? sent))
}

/** Above 0, and 1 for the same. Of pasts that are unlike in all ways the one at the nearest time of day counts most: decoys sleep when people do. */
function likeness(a: Past, b: Past): number {
  const apart = Math.abs((a.at % DAY) - (b.at % DAY))
  const hours = Math.exp(-Math.min(apart, DAY - apart) / HOURS_ALIKE)
  return hours * (a.isUnread === b.isUnread ? 1 : UNLIKE) * (a.gap < PAUSE === b.gap < PAUSE ? 1 : UNLIKE)
}
