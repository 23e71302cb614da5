import type { MessageView, MessengerView } from "../messenger/api.ts"
import { isoTime, localTime, plain, plainName } from "./output.ts"

const DAMAGED = "[damaged: this message cannot be read any more]"

/** A message as a program reads it: who wrote it to whom, by name, and when. */
export function messageObject(message: MessageView, view: MessengerView): object {
  const { id, own } = message
  const text = message.damaged === true ? null : message.text
  const times = { sent: isoTime(message.sent), received: isoTime(message.received) }
  const other = otherOf(message, view)
  return own ? { id, from: null, to: other, text, ...times, state: message.state } : { id, from: other, text, ...times }
}

/** The same for a person at a terminal. */
export function messageLine(message: MessageView, view: MessengerView): string {
  const name = plainName(otherOf(message, view))
  const who = message.own ? `to ${name}` : name
  return `${localTime(message.sent)}  ${who}: ${message.damaged === true ? DAMAGED : plain(message.text).replaceAll("\n", "\n    ")}`
}

function otherOf({ own, conversation, from }: MessageView, { contacts, conversations }: MessengerView): string {
  const id = own ? conversations.find((one) => one.id === conversation)?.contact : from
  return contacts.find((contact) => contact.id === id)?.name ?? "?"
}
