/** Which messages of the open conversation are picked, to be copied, forwarded or deleted together. */
import { shallowReactive, shallowRef } from "vue"
import type { MessageView, MessengerEvent } from "../../messenger/api.ts"

/** The conversation in which messages are being picked. */
export const selecting = shallowRef<string | null>(null)

/** The messages themselves: one that was scrolled far away stays picked. */
export const picked = shallowReactive(new Map<string, MessageView>())

export function endSelecting(): void {
  selecting.value = null
  picked.clear()
}

/** Picks a message, or no longer; the first one begins. */
export function pick(message: MessageView): void {
  if (selecting.value !== message.conversation) endSelecting()
  selecting.value = message.conversation
  if (!picked.delete(message.id)) picked.set(message.id, message)
}

/** What is picked stays as it is now: one that goes, or is deleted for everyone, is picked no more. */
export function followPicked(event: MessengerEvent): void {
  if (event.type === "message-deleted") picked.delete(event.message)
  if (event.type !== "message") return
  const { message } = event
  const before = picked.get(message.id)
  if (before === undefined) return
  if (message.deleted !== undefined && before.deleted === undefined) picked.delete(message.id)
  else picked.set(message.id, message)
}

export const pickedInOrder = (): MessageView[] => [...picked.values()].sort((a, b) => a.position - b.position)
