/** What the field below a conversation is for just now, where that is not simply a new message. */
import { shallowReactive, watch } from "vue"
import type { MessageView } from "../../messenger/api.ts"
import { draftAbout, keepAbout } from "./drafts.ts"
import { run } from "./engine.ts"
import { state } from "./state.ts"

export interface Composing {
  readonly kind: "reply" | "edit"
  /** What is answered, or written anew. */
  readonly message: MessageView
  /** It was begun before the page was loaded. */
  readonly resumed?: boolean
}

const all = shallowReactive(new Map<string, Composing>())

export const composingIn = (conversation: string): Composing | null => all.get(conversation) ?? null

export function compose(kind: Composing["kind"], message: MessageView): void {
  const { conversation, id, text } = message
  all.set(conversation, { kind, message })
  keepAbout(conversation, { kind, message: id, ...(kind === "edit" && { text }) })
}

export function endComposing(conversation: string): void {
  all.delete(conversation)
  keepAbout(conversation, null)
}

/** An edit, as far as it was written. */
export const editOf = ({ conversation, text }: MessageView): string => draftAbout(conversation)?.text ?? text

export const keepEdit = ({ conversation, id }: MessageView, text: string): void => keepAbout(conversation, { kind: "edit", message: id, text })

/** What was begun before the page was loaded goes on, where the message is still there. */
export async function resumeComposing(conversation: string): Promise<void> {
  const about = draftAbout(conversation)
  if (about === null || all.has(conversation)) return
  const { message } = await run("message", { message: about.message })
  if (draftAbout(conversation) !== about || all.has(conversation)) return
  if (message === null || message.deleted !== undefined || message.conversation !== conversation) keepAbout(conversation, null)
  else all.set(conversation, { kind: about.kind, message, resumed: true })
}

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
