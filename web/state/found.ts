/** Whoever shows messages that were found is told what becomes of them. */
import type { MessageView, MessengerEvent } from "../../messenger/api.ts"

type Gone = (id: string, now: MessageView | null) => void
const watching = new Set<Gone>()

/** Told of each message that has gone, or changed; returns the way to stop that. */
export function whenGone(told: Gone): () => void {
  watching.add(told)
  return () => watching.delete(told)
}

/** What was found stays as it was found, but what goes, or is deleted for everyone, is found no more. */
export function followFound(event: MessengerEvent): void {
  if (event.type === "message-deleted") watching.forEach((told) => told(event.message, null))
  else if (event.type === "message") watching.forEach((told) => told(event.message.id, event.message))
}
