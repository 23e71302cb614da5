import type { MessageKind, MessageView, SearchMark } from "./api.ts"
import type { Conversations, Talk } from "./conversations.ts"
import { hasWords, soughtWords } from "./folded-text.ts"
import type { StoredMessage } from "./stored.ts"

/** So many messages are opened in one go, and a page costs as much as that many: other work waits no longer than for a page of messages. */
const LOOKED_MOST = 200
const PAGE = 40
const PAGE_COST = 8

/** One conversation in a search: what lies before `before` has not been looked at, and came at `time` at the latest. */
interface Lane {
  readonly talk: Talk
  before: number | null
  time: number
}

/** What is looked for: all words of a text, in messages of a kind or (null) in all. */
interface Sought {
  readonly text: string
  readonly kind: MessageKind | null
}

/** When it came here. What others say of the time moves nothing up or down. */
const cameAt = ({ own, sent, received }: MessageView): number => (own ? sent : (received ?? sent))

/**
 * Looks through decrypted texts, the newest first over all conversations together, a bounded number at a time. Nothing is kept
 * between two times: the mark says how far each conversation was read, and a hit whose turn has not come is found once more.
 */
export class Search {
  readonly #conversations: Conversations

  constructor(conversations: Conversations) {
    this.#conversations = conversations
  }

  async find({ text, kind }: Sought, within: readonly Talk[], mark: SearchMark | null, limit: number): Promise<{ hits: MessageView[]; next: SearchMark | null }> {
    const words = soughtWords(text)
    const lanes = words.length === 0 && kind === null ? [] : within.map((talk) => laneOf(talk, mark)).filter((lane) => lane !== null)
    const hits: MessageView[] = []
    for (let cost = 0; cost < LOOKED_MOST && hits.length < limit; ) {
      lanes.sort((a, b) => b.time - a.time)
      const [lane, next] = lanes
      if (lane === undefined) break
      cost += await this.#advance(lane, { words, kind }, next?.time ?? -Infinity, hits, limit)
      if (lane.time === -Infinity) lanes.shift()
    }
    return { hits, next: lanes.length === 0 ? null : markOf(within, lanes) }
  }

  /** Reads a page of one conversation; hits that came after `until` are the newest there are. What it has cost. */
  async #advance(lane: Lane, { words, kind }: { words: readonly string[]; kind: MessageKind | null }, until: number, hits: MessageView[], limit: number): Promise<number> {
    const { messages } = this.#conversations.parts
    const { messages: page, from, more } = await this.#page(lane, kind)
    for (const stored of page.reverse()) {
      const view = messages.bare(stored)
      if (words.length === 0 || hasWords(`${view.text} ${view.attachment?.name ?? ""}`, words)) {
        const time = cameAt(view)
        if (time < until || hits.length >= limit) {
          lane.before = stored.position + 1
          lane.time = time
          return PAGE_COST + page.length
        }
        hits.push(await messages.view(stored))
      }
      lane.before = stored.position
      // A damaged record has no time, and what lies before it may be as late as what lies behind.
      if (view.damaged !== true) lane.time = Math.min(lane.time, cameAt(view))
    }
    lane.before = from ?? lane.before
    if (!more) lane.time = -Infinity
    return PAGE_COST + page.length
  }

  /** The next messages of one conversation, in their order; of a kind by the shelf alone. `from`: where what was looked at begins. */
  async #page({ talk, before }: Lane, kind: MessageKind | null): Promise<{ messages: StoredMessage[]; from: number | null; more: boolean }> {
    const { messages } = this.#conversations.parts
    const { id } = talk.stored
    if (kind === null) {
      const page = await messages.page(id, before, PAGE)
      return { ...page, from: page.messages[0]?.position ?? null }
    }
    const { positions, from, more } = await messages.shelf.page(id, kind, before, PAGE)
    const found: StoredMessage[] = []
    for (const position of positions.reverse()) {
      const message = await messages.at(id, position)
      if (message !== null) found.push(message)
    }
    return { messages: found, from, more }
  }
}

/** Null where nothing is left to be read. */
function laneOf(talk: Talk, mark: SearchMark | null): Lane | null {
  // When a damaged one came is not known: its page says it of the others.
  const latest = talk.last === null ? null : talk.last.damaged === true ? Number.MAX_SAFE_INTEGER : cameAt(talk.last)
  const place = mark?.find(({ conversation }) => conversation === talk.stored.id)
  if (place !== undefined) return place.done === true ? null : { talk, before: place.before, time: place.time }
  return latest === null ? null : { talk, before: null, time: latest }
}

/** Conversations that were not begun need no place: they begin with their latest message. */
function markOf(within: readonly Talk[], lanes: readonly Lane[]): SearchMark {
  const open = new Map(lanes.map((lane) => [lane.talk, lane]))
  return within.flatMap((talk) => {
    const lane = open.get(talk)
    const conversation = talk.stored.id
    if (lane === undefined) return [{ conversation, before: 0, time: 0, done: true as const }]
    return lane.before === null ? [] : [{ conversation, before: lane.before, time: lane.time }]
  })
}
