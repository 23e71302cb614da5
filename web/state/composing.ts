/** What the field below a conversation is for just now, where that is not simply a new message. */
import { shallowReactive, watch } from "vue"
import type { MessageView } from "../../messenger/api.ts"
import { run } from "./engine.ts"
import { state } from "./state.ts"

export interface Composing {
  readonly kind: "reply" | "edit"
  /** What is answered, or written anew. */
  readonly message: MessageView
}

const all = shallowReactive(new Map<string, Composing>())

export const composingIn = (conversation: string): Composing | null => all.get(conversation) ?? null

export const compose = (kind: Composing["kind"], message: MessageView): void => void all.set(message.conversation, { kind, message })

export const endComposing = (conversation: string): void => void all.delete(conversation)

// Behind the locked door nothing of it is in the page.
watch(
  () => state.engine.status,
  (status) => {
    if (status !== "running") all.clear()
  },
)

/** Stores what was written. Rejects where the engine refuses it. */
export async function say(conversation: string, text: string, composing: Composing | null): Promise<void> {
  if (composing?.kind !== "edit") await run("send", { conversation, text, ...(composing && { replyTo: composing.message.id }) })
  // What was not changed is no change.
  else if (text !== composing.message.text.trim()) await run("edit", { message: composing.message.id, text })
}
