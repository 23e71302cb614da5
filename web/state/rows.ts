/** What the list of messages shows beside each of them. Pure. */
import type { MessageView } from "../../messenger/api.ts"
import { isLine } from "./saying.ts"
import { daysBetween } from "../text/time.ts"

export interface MessageRow {
  readonly message: MessageView
  /** A day begins with it. */
  readonly opensDay: boolean
  /** First and last of what one person wrote in one go. */
  readonly starts: boolean
  readonly ends: boolean
  /** The line below a bubble is left out where the next bubble of the run says the same. */
  readonly quiet: boolean
}

/** What one person writes within this time stands closer together. */
const RUN = 5 * 60 * 1000

const sameDay = (a: MessageView, b: MessageView) => daysBetween(a.sent, b.sent) === 0
const sameRun = (a: MessageView | undefined, b: MessageView | undefined) => a !== undefined && b !== undefined && a.own === b.own && a.from === b.from && a.past === b.past && isTimed(a) && isTimed(b) && !isLine(a) && !isLine(b) && Math.abs(b.sent - a.sent) < RUN && sameDay(a, b)
/** Of what cannot be read no time is known: it stands among others, and on no day. */
const isTimed = ({ damaged }: MessageView) => damaged !== true
const settled = ({ state, doing, edited }: MessageView) => (state === null || state === "received") && doing === undefined && edited === undefined
/** They go at about the same time. */
const sameEnd = (a: MessageView, b: MessageView) => a.lasts === b.lasts && (a.ends === b.ends || Math.abs((a.ends ?? 0) - (b.ends ?? 0)) < 60_000)

export function messageRows(messages: readonly MessageView[]): MessageRow[] {
  /** The last whose day is known. */
  let timed: MessageView | undefined
  return messages.map((message, at) => {
    const [before, after] = [messages[at - 1], messages[at + 1]]
    const ends = !sameRun(message, after)
    const opensDay = isTimed(message) && (timed === undefined || !sameDay(timed, message))
    if (isTimed(message)) timed = message
    return {
      message,
      opensDay,
      starts: !sameRun(before, message),
      ends,
      quiet: !ends && settled(message) && message.reactions === undefined && after !== undefined && settled(after) && sameEnd(message, after),
    }
  })
}
