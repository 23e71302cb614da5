/** What a message says, in words, whatever it is. */
import type { MessageView, QuoteView } from "../../messenger/api.ts"
import { fileWords } from "./file-kind.ts"
import { t } from "../text/text.ts"
import { lasting, remaining } from "../text/time.ts"

/** The line of somebody who has set how long messages last. */
export function timerLine(own: boolean, seconds: number | null, name: string): string {
  const words = t.value.acts
  if (seconds === null) return own ? words.lineOwnOff : words.lineTheirsOff(name)
  const time = lasting(t.value.tag, seconds * 1000)
  return own ? words.lineOwn(time) : words.lineTheirs(name, time)
}

/** It stands among messages, and is none. */
export const isLine = ({ timer, line }: MessageView): boolean => timer !== undefined || line !== undefined

/** In one line: its text and what it brings, or what stands in the place of them. */
export function saying({ text, damaged, deleted, timer, own, line, attachment }: MessageView, name: string): string {
  if (damaged === true) return t.value.damage.message
  if (line?.kind === "invited") return t.value.acts.lineInvited(name, line.name)
  if (deleted !== undefined) return own ? t.value.acts.deletedOwn : t.value.acts.deleted
  return timer === undefined ? beside(text, attachment) : timerLine(own, timer, name)
}

const beside = (text: string, file: MessageView["attachment"] | QuoteView["attachment"]) => [...(file ? [fileWords(file)] : []), ...(text === "" ? [] : [text])].join(" · ")

export function quoteText({ there, text, attachment }: QuoteView): string {
  if (there === "shown") return beside(text, attachment)
  return there === "deleted" ? t.value.acts.quoteDeleted : t.value.acts.quoteMissing
}

/** When a message goes: as short as a time, and as a sentence. Null where it stays. */
export function going({ ends, lasts, own }: MessageView, now: number): { readonly short: string; readonly long: string } | null {
  const { tag, acts } = t.value
  if (ends !== undefined) {
    const left = remaining(tag, ends, now)
    return { short: left ?? "", long: left === null ? acts.goesNow : acts.goesIn(left) }
  }
  if (lasts === undefined) return null
  const short = lasting(tag, lasts)
  return { short, long: own ? acts.goesAfterStoring(short) : acts.goesAfterReading(short) }
}
