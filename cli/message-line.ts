import type { MessageView, MessengerView } from "../messenger/api.ts"
import { lasting } from "./lasting.ts"
import { isoTime, localTime, plain, plainName } from "./output.ts"

const DAMAGED = "[damaged: this message cannot be read any more]"

const DELETED = "[deleted by who wrote it]"

/** A message as a program reads it: who wrote it to whom, by name, and when. */
export function messageObject(message: MessageView, view: MessengerView): object {
  const { id, own } = message
  const text = message.damaged === true ? null : message.text
  const times = { sent: isoTime(message.sent), received: isoTime(message.received) }
  const other = otherOf(message, view)
  const object = own ? { id, from: null, to: other, text, ...times, state: message.state } : { id, from: other, text, ...times }
  return { ...object, ...become(message) }
}

/** The same for a person at a terminal. */
export function messageLine(message: MessageView, view: MessengerView): string {
  const name = plainName(otherOf(message, view))
  const who = message.own ? `to ${name}` : name
  return `${localTime(message.sent)}  ${who}: ${said(message)}${marks(message)}`
}

function said({ damaged, deleted, timer, text, quote }: MessageView): string {
  if (damaged === true) return DAMAGED
  if (deleted !== undefined) return DELETED
  if (timer !== undefined) return `[from here on messages ${lasting(timer)}]`
  const answered = quote === undefined ? "" : `[re: ${quote.there === "shown" ? plainName(quote.text) : quote.there}] `
  return answered + plain(text).replaceAll("\n", "\n    ")
}

function marks({ edited, reactions = [] }: MessageView): string {
  return (edited === undefined ? "" : " (edited)") + reactions.map(({ text, count }) => ` [${plainName(text)} ${count}]`).join("")
}

/** What became of it, as far as anything did. */
function become({ quote, edited, deleted, reactions, timer, ends }: MessageView): object {
  return {
    ...(quote !== undefined && { answers: quote.message }),
    ...(edited !== undefined && { edited: isoTime(edited) }),
    ...(deleted !== undefined && { deleted: isoTime(deleted) }),
    ...(reactions !== undefined && { reactions: reactions.map(({ text, count, own }) => ({ text, count, own })) }),
    ...(timer !== undefined && { timer }),
    ...(ends !== undefined && { ends: isoTime(ends) }),
  }
}

function otherOf({ own, conversation, from }: MessageView, { contacts, conversations }: MessengerView): string {
  const id = own ? conversations.find((one) => one.id === conversation)?.contact : from
  return contacts.find((contact) => contact.id === id)?.name ?? "?"
}
