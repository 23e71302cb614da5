/** Signs that people set under messages. */
import type { MessageView, ReactionView } from "../../messenger/api.ts"
import { REACTIONS_MAX } from "../../messenger/content/limits.ts"
import { run } from "./engine.ts"
import { namedIn } from "./names.ts"
import { locale } from "../text/format.ts"
import { isolate } from "../text/isolate.ts"
import { t } from "../text/text.ts"

/** Those that most people want most often. */
export const COMMON = ["👍", "❤️", "😂", "😮", "😢", "🙏"] as const

/** Everybody who has set a sign, in words. */
export function whoSet({ own, from }: ReactionView, conversation: string): string {
  const others = from.map((id) => namedIn(conversation, id))
  const { tag, direction, common } = t.value
  return new Intl.ListFormat(locale(tag)).format((own ? [common.you, ...others] : others).map((name) => isolate(name, direction)))
}

/** Sets a sign, or takes it back. False where the message cannot be reacted to any more, or the sign is none. */
export async function toggleSign({ id, reactions = [] }: MessageView, sign: string): Promise<boolean> {
  const mine = reactions.filter(({ own }) => own).map(({ text }) => text)
  const wanted = mine.includes(sign) ? mine.filter((one) => one !== sign) : [...mine, sign].slice(-REACTIONS_MAX)
  return run("react", { message: id, reactions: wanted }).then(
    () => true,
    () => false,
  )
}
