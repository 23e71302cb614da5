import type { AttachmentView, LineView, MessageView, MessengerView } from "../messenger/api.ts"
import { sizeText } from "./file-size.ts"
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
  if (message.line !== undefined) return { id, line: message.line, ...times }
  const object = own ? { id, from: null, to: other, text, ...times, state: message.state } : { id, from: other, text, ...times }
  return { ...object, ...become(message) }
}

/** In a list, with its id where `--ids` asks for it. */
export function listed(message: MessageView, view: MessengerView, ids: boolean): string {
  return `${ids ? `${message.id}  ` : ""}${messageLine(message, view)}`
}

/** The same for a person at a terminal. */
export function messageLine(message: MessageView, view: MessengerView): string {
  const name = plainName(otherOf(message, view))
  const who = message.own ? `to ${name}` : message.line === undefined ? name : plainName(placeOf(message, view))
  return `${localTime(message.sent)}  ${who}: ${said(message)}${marks(message)}`
}

function said({ damaged, deleted, timer, text, quote, line, attachment }: MessageView): string {
  if (damaged === true) return DAMAGED
  if (line !== undefined) return `[${changeOf(line)}]`
  if (deleted !== undefined) return DELETED
  if (timer !== undefined) return `[from here on messages ${lasting(timer)}]`
  const answered = quote === undefined ? "" : `[re: ${quote.there === "shown" ? plainName(quote.text) : quote.there}] `
  const file = attachment === undefined ? "" : `[${fileText(attachment)}]${text === "" ? "" : " "}`
  return answered + file + plain(text).replaceAll("\n", "\n    ")
}

/** "holiday.webp, 240 kB: fetching, 20 of 64". */
export function fileText({ name, mediaType, size, state, done, of }: AttachmentView): string {
  const isUnderWay = ["sending", "fetching", "paused"].includes(state)
  return `${plainName(name === "" ? mediaType : name)}, ${sizeText(size)}: ${state}${isUnderWay ? `, ${done} of ${of}` : ""}`
}

function marks({ edited, reactions = [] }: MessageView): string {
  return (edited === undefined ? "" : " (edited)") + reactions.map(({ text, count }) => ` [${plainName(text)} ${count}]`).join("")
}

/** What became of it, as far as anything did. */
function become({ quote, edited, deleted, reactions, timer, ends, attachment }: MessageView): object {
  return {
    ...(attachment !== undefined && { file: fileObject(attachment) }),
    ...(quote !== undefined && { answers: quote.message }),
    ...(edited !== undefined && { edited: isoTime(edited) }),
    ...(deleted !== undefined && { deleted: isoTime(deleted) }),
    ...(reactions !== undefined && { reactions: reactions.map(({ text, count, own }) => ({ text, count, own })) }),
    ...(timer !== undefined && { timer }),
    ...(ends !== undefined && { ends: isoTime(ends) }),
  }
}

function fileObject({ name, mediaType, size, state, done, of, expires }: AttachmentView): object {
  return { name, type: mediaType, size, state, done, of, expires: isoTime(expires) }
}

/** A change in a group, in words. */
function changeOf(line: LineView): string {
  const name = (id: string | null, called: string) => (id === null ? "you" : plainName(called))
  switch (line.kind) {
    case "founded":
      return `you made the group ${plainName(line.name)}`
    case "invited":
      return `invites you into the group ${plainName(line.name)}: sotto group accept or decline`
    case "joined":
      return `${name(line.who, line.whoName)} let in by ${name(line.by, line.byName)}`
    case "removed":
      return `${name(line.who, line.whoName)} taken out by ${name(line.by, line.byName)}`
    case "left":
      return `${name(line.who, line.whoName)} left`
    case "renamed":
      return `called ${plainName(line.name)} by ${name(line.by, line.byName)}`
    case "pictured":
      return `${line.removed ? "picture taken away" : "another picture"} by ${name(line.by, line.byName)}`
    case "role":
      return `${name(line.who, line.whoName)} made ${line.role} by ${name(line.by, line.byName)}`
    case "called":
      return `${name(line.who, line.whoName)} is now called ${plainName(line.name)}`
    case "past":
      return `${name(line.who, line.whoName)} gave you ${line.count} messages from before you came; nobody else vouches for them`
    case "past-broken":
      return `what ${name(line.who, line.whoName)} gave you from before you came is broken`
    case "gave":
      return `you gave them ${line.count} messages of ${plainName(line.name)} from before they came`
    case "introduction":
      return introduced(line.step, plainName(line.name))
  }
}

function introduced(step: Extract<LineView, { kind: "introduction" }>["step"], name: string): string {
  switch (step) {
    case "offered":
      return `would introduce you to ${name}: sotto introduction list`
    case "wanted":
      return `would be introduced by you to ${name}: sotto introduction list`
    case "asked":
      return `you asked to be introduced to ${name}`
    case "introduced":
      return `you introduce them and ${name} to each other`
  }
}

function placeOf({ conversation }: MessageView, { contacts, conversations }: MessengerView): string {
  return contacts.find(({ id }) => id === conversation)?.name ?? conversations.find(({ id }) => id === conversation)?.title ?? "?"
}

function otherOf(message: MessageView, view: MessengerView): string {
  const { own, conversation, from } = message
  const place = placeOf(message, view)
  const isGroup = view.conversations.find((one) => one.id === conversation)?.kind === "group"
  if (!isGroup) return own ? place : (view.contacts.find(({ id }) => id === from)?.name ?? "?")
  return own ? place : `${message.fromName ?? "?"} in ${place}`
}
