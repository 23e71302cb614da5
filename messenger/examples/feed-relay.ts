import type { MessageView, Messenger } from "@sotto/messenger"
import type { FeedEntry } from "./feed.ts"

/** A new contact gets no more of what was there before. */
const FIRST = 3
/** What a feed holds beyond is old, or its whole archive. */
const NEWEST = 50
const PAGE = 200

/**
 * Posts to every contact what they have not got yet, the oldest first. The memory is the conversation itself: what stands among its
 * latest messages was posted, so that a crash at any place loses nothing and repeats nothing. Returns how many were posted.
 */
export async function relay(messenger: Messenger, entries: readonly FeedEntry[]): Promise<number> {
  let posted = 0
  for (const { id } of (await messenger.run("view", {})).conversations) {
    const { messages } = await messenger.run("messages", { conversation: id, limit: PAGE })
    for (const text of news(messages, entries)) {
      await messenger.run("send", { conversation: id, text })
      posted++
    }
  }
  return posted
}

function news(messages: readonly MessageView[], entries: readonly FeedEntry[]): string[] {
  const said = messages.filter(({ own }) => own).map(({ text }) => text)
  const known = new Set(said.flatMap((text) => [text, text.split("\n").at(-1)!]))
  const newest = entries.slice(0, said.length === 0 ? FIRST : NEWEST)
  // By its link, or where it has none by its title: titles are corrected.
  return newest.filter(({ title, link }) => !known.has(link ?? title)).map(({ title, link }) => [title, link].filter(Boolean).join("\n")).reverse()
}
