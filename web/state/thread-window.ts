/** The part of a conversation that the page holds. Pure; `state.ts` keeps it. */
import type { MessageView, QuoteView } from "../../messenger/api.ts"
import { excerpt } from "../../messenger/message-view.ts"

/** Messages without gaps between them, around the place that is on the screen: never more than the page can bear. */
export interface Thread {
  readonly messages: readonly MessageView[]
  /** Older ones are in the store. */
  readonly more: boolean
  /** Later ones are in the store. */
  readonly newer: boolean
  /** False until the first page is there. */
  readonly loaded: boolean
}

/** Messages as they were fetched: the latest, those before or behind the ones that are there, or those around another place. */
export type Page =
  | { readonly at: "latest" | "older"; readonly messages: readonly MessageView[]; readonly more: boolean }
  | { readonly at: "newer"; readonly messages: readonly MessageView[]; readonly newer: boolean }
  | { readonly at: "place"; readonly messages: readonly MessageView[]; readonly more: boolean; readonly newer: boolean }

/** So many are held: some screens up and down, and few enough that a browser lays them out within a frame. */
export const HELD = 100

export const NO_THREAD: Thread = { messages: [], more: false, newer: false, loaded: false }


/** What answers a message quotes it as it is now, as the engine does: it tells of the message alone. */
function quoting(messages: readonly MessageView[], id: string, quoted: MessageView | null): readonly MessageView[] {
  if (!messages.some(({ quote }) => quote?.message === id)) return messages
  const text = excerpt(quoted?.text ?? "")
  const file = quoted?.attachment
  const quote: QuoteView =
    quoted === null ? { message: id, there: "missing", position: null, own: null, from: null, text }
    : { message: id, there: quoted.deleted === undefined ? "shown" : "deleted", position: quoted.position, own: quoted.own, from: quoted.from, text, ...(file && { attachment: { name: file.name, mediaType: file.mediaType } }) }
  return messages.map((one) => (one.quote?.message === id ? { ...one, quote } : one))
}

/** A message that is new or changed. One that stands outside the held part has its time when its page is fetched. */
export function arrive(before: Thread, message: MessageView): Thread {
  const messages = quoting(before.messages, message.id, message)
  const thread = messages === before.messages ? before : { ...before, messages }
  const { more, newer, loaded } = thread
  const [first, last] = [messages[0], messages.at(-1)]
  const isKnown = messages.some(({ id }) => id === message.id)
  if (loaded && more && first !== undefined && message.position < first.position) return thread
  if (loaded && newer && !isKnown && last !== undefined && message.position > last.position) return thread
  return dropOldest({ ...thread, messages: place(messages, message) })
}

export const leave = (thread: Thread, id: string): Thread => ({ ...thread, messages: quoting(thread.messages.filter((one) => one.id !== id), id, null) })

/** A page and what is there already; what came by event while the page was fetched is newer than the page. */
export function join(thread: Thread, page: Page): Thread {
  if (page.at === "place") return { messages: page.messages, more: page.more, newer: page.newer, loaded: true }
  if (page.at === "newer") return dropOldest({ ...thread, messages: both(thread.messages, page.messages), newer: page.newer })
  if (page.at === "older") return dropLatest({ ...thread, messages: both(thread.messages, page.messages), more: page.more })
  const first = page.messages[0]?.position ?? -Infinity
  const there = thread.newer ? [] : thread.messages.filter(({ position }) => !page.more || position >= first)
  return { messages: both(there, page.messages), more: page.more, newer: false, loaded: true }
}

function both(there: readonly MessageView[], page: readonly MessageView[]): readonly MessageView[] {
  const known = new Set(there.map(({ id }) => id))
  return [...page.filter(({ id }) => !known.has(id)), ...there].sort((a, b) => a.position - b.position)
}

const dropOldest = (thread: Thread): Thread => (thread.messages.length <= HELD ? thread : { ...thread, messages: thread.messages.slice(-HELD), more: true })
const dropLatest = (thread: Thread): Thread => (thread.messages.length <= HELD ? thread : { ...thread, messages: thread.messages.slice(0, HELD), newer: true })

/** The message in its place by position; one that is already there is replaced. Almost always it is the last or near it. */
function place(messages: readonly MessageView[], message: MessageView): MessageView[] {
  const at = messages.findLastIndex(({ id }) => id === message.id)
  if (at >= 0 && messages[at]?.position === message.position) return messages.with(at, message)
  const others = at >= 0 ? messages.toSpliced(at, 1) : messages
  const before = others.findLastIndex(({ position }) => position <= message.position)
  return others.toSpliced(before + 1, 0, message)
}
