/** What can be done with messages: with one in its sheet, with several in the bar of those that are picked. */
import type { MessageView } from "../../messenger/api.ts"
import type { IconName } from "../components/icons.ts"
import { asked } from "./asking.ts"
import { send } from "./attaching.ts"
import { compose } from "./composing.ts"
import { run } from "./engine.ts"
import { bringsFile } from "./file-kind.ts"
import { fileOf } from "./files.ts"
import { authorOf } from "./names.ts"
import { isLine } from "./saying.ts"
import { pick } from "./selecting.ts"
import { state } from "./state.ts"
import { t } from "../text/text.ts"
import { clockTime, fullDate } from "../text/time.ts"

export type MessageAction = "reply" | "react" | "edit" | "copy" | "forward" | "pick" | "delete"

interface Action {
  readonly name: MessageAction
  readonly icon: IconName
  /** Not for several at once. */
  readonly onlyOne?: boolean
  readonly fits: (message: MessageView) => boolean
}

/** It says something, and is neither a line nor the place of what is gone. */
export const isSaid = (message: MessageView): boolean => message.damaged !== true && message.deleted === undefined && !isLine(message)
/** There are words in it that can go elsewhere. */
export const hasText = (message: MessageView): boolean => isSaid(message) && message.text !== ""
/** What can go elsewhere: words, or a file, which must be here for that. */
export const isForwardable = (message: MessageView): boolean => hasText(message) || bringsFile(message)
const isOpen = (message: MessageView) => isSaid(message) && isWritable(message.conversation)

export const ACTIONS: readonly Action[] = [
  { name: "reply", icon: "reply", onlyOne: true, fits: isOpen },
  { name: "react", icon: "react", onlyOne: true, fits: isOpen },
  { name: "edit", icon: "edit", onlyOne: true, fits: (message) => message.own && isOpen(message) },
  { name: "copy", icon: "copy", fits: hasText },
  { name: "forward", icon: "share", fits: isForwardable },
  { name: "pick", icon: "check", onlyOne: true, fits: (message) => !isLine(message) },
  { name: "delete", icon: "trash", fits: () => true },
]

export const fits = (wanted: MessageAction, message: MessageView): boolean => ACTIONS.some(({ name, fits }) => name === wanted && fits(message))

/** Everybody else is asked to delete them, too. */
export const isEveryones = (message: MessageView): boolean => fits("edit", message)

/** What leads somewhere else: to the field below, to a dialog, to picking. */
export function begin(name: "reply" | "react" | "edit" | "pick" | "delete", message: MessageView): void {
  if (!fits(name, message)) return
  if (name === "pick") pick(message)
  else if (name === "reply" || name === "edit") compose(name, message)
  else asked.value = { dialog: name, message }
}

/** One message is its text; of several it is said who wrote each, and when. */
export function copyText(messages: readonly MessageView[]): string {
  if (messages.length === 1) return messages[0]!.text
  return messages
    .filter(isSaid)
    .map((message) => `${authorOf(message)}, ${fullDate(t.value.tag, message.sent)}, ${clockTime(t.value.tag, message.sent)}\n${message.text}`)
    .join("\n\n")
}

/** Where something can be written: to somebody who is let in, whose key is accepted, in a group that this user is in; from a device that writes there. */
export const isWritable = (id: string): boolean => {
  const contact = state.contacts.get(id)
  const conversation = state.conversations.get(id)
  if (conversation?.group !== undefined) return conversation.group.standing === "in" && conversation.stopped === null
  return contact !== undefined && !contact.blocked && contact.identityChange === null && (state.conversations.get(id)?.stopped ?? null) === null
}

/** One conversation that something is forwarded to, and how many of the messages are stored there so far: who tries again goes on behind them. */
export interface Target {
  readonly conversation: string
  done: number
}

/** Texts and files, as messages of this user's own: nothing says where they come from. A file is read and handed over anew, and so gets keys and boxes of its own. False where one was not stored. */
export async function forward(messages: readonly MessageView[], targets: readonly Target[]): Promise<boolean> {
  try {
    for (const target of targets)
      for (; target.done < messages.length; target.done++) await forwardOne(messages[target.done]!, target.conversation)
    return true
  } catch {
    return false
  }
}

async function forwardOne(message: MessageView, conversation: string): Promise<void> {
  if (!bringsFile(message)) return void (await run("send", { conversation, text: message.text }))
  const { name, mediaType, thumbnail } = message.attachment
  const file = await fileOf(message)
  if (file !== null) await send(conversation, { file, name, mediaType, thumbnail }, message.text, null)
}

/** False where one of them could not be. One that was deleted meanwhile is. */
export async function deleteForEveryone(messages: readonly MessageView[]): Promise<boolean> {
  let done = true
  for (const { id } of messages) {
    const refused = await run("delete-for-everyone", { message: id }).then(() => false, () => true)
    const { message } = refused ? await run("message", { message: id }) : { message: null }
    if (message !== null && message.deleted === undefined) done = false
  }
  return done
}

/** On this device only. One that has gone meanwhile is gone. */
export async function deleteHere(messages: readonly MessageView[]): Promise<void> {
  for (const { id } of messages) await run("delete-message", { message: id }).catch(() => undefined)
}
