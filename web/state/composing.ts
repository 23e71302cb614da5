/** What the field below a conversation is for just now, where that is not simply a new message. */
import { shallowReactive, watch } from "vue"
import type { MessageView } from "../../messenger/api.ts"
import { draftAbout, keepAbout } from "./drafts.ts"
import { run } from "./engine.ts"
import type { Written } from "./mentioning.ts"
import { isSame, namingOnly, trimmed } from "./mentioning.ts"
import { spokenOf } from "./saying.ts"
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
  const { conversation, id } = message
  all.set(conversation, { kind, message })
  keepAbout(conversation, { kind, message: id, ...(kind === "edit" && spokenOf(message)) })
}

export function endComposing(conversation: string): void {
  all.delete(conversation)
  keepAbout(conversation, null)
}

/** An edit, as far as it was written. */
export function editOf(message: MessageView): Written {
  const { text, mentions = [] } = draftAbout(message.conversation) ?? {}
  return text === undefined ? spokenOf(message) : { text, mentions }
}

export const keepEdit = ({ conversation, id }: MessageView, written: Written): void => keepAbout(conversation, { kind: "edit", message: id, ...written })

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
export async function say(conversation: string, written: Written, composing: Composing | null): Promise<void> {
  const whole = trimmed(written)
  const members = state.members.get(conversation)
  // Who has left the group while this was written is a name in the text, and nobody more.
  const { text, mentions } = namingOnly(whole, (member) => members?.some(({ id, own }) => (member === null ? own : id === member)) === true)
  const said = { text, ...(mentions.length > 0 && { mentions }) }
  if (composing?.kind !== "edit") await run("send", { conversation, ...said, ...(composing && { replyTo: composing.message.id }) })
  // What was not changed is no change.
  else if (!isSame(whole, trimmed(spokenOf(composing.message)))) await run("edit", { message: composing.message.id, ...said })
}
