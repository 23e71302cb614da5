/** What can be done with messages: with one in its sheet, with several in the bar of those that are picked. */
import type { MessageView } from "../../messenger/api.ts"
import type { IconName } from "../components/icons.ts"
import { run } from "./engine.ts"
import { nameOf } from "./names.ts"
import { state } from "./state.ts"
import { t } from "../text/text.ts"
import { clockTime, fullDate } from "../text/time.ts"

export type MessageAction = "copy" | "forward" | "pick" | "delete"
export const ACTIONS: readonly { readonly name: MessageAction; readonly icon: IconName; readonly onlyOne?: boolean }[] = [
  { name: "copy", icon: "copy" },
  { name: "forward", icon: "share" },
  { name: "pick", icon: "check", onlyOne: true },
  { name: "delete", icon: "trash" },
]

/** One message is its text; of several it is said who wrote each, and when. */
export function copyText(messages: readonly MessageView[]): string {
  if (messages.length === 1) return messages[0]!.text
  return messages
    .map(({ own, conversation, sent, text }) => {
      const contact = state.contacts.get(conversation)
      const author = own || contact === undefined ? t.value.common.you : nameOf(contact)
      return `${author}, ${fullDate(t.value.tag, sent)}, ${clockTime(t.value.tag, sent)}\n${text}`
    })
    .join("\n\n")
}

/** Where something can be written: to somebody who is let in, whose key is accepted, from a device that writes there. */
export const isWritable = (id: string): boolean => {
  const contact = state.contacts.get(id)
  return contact !== undefined && !contact.blocked && contact.identityChange === null && (state.conversations.get(id)?.stopped ?? null) === null
}

/** One conversation that something is forwarded to, and how many of the messages are stored there so far: who tries again goes on behind them. */
export interface Target {
  readonly conversation: string
  done: number
}

/** The texts alone, as messages of this user's own: nothing says where they come from. False where one was not stored. */
export async function forward(messages: readonly MessageView[], targets: readonly Target[]): Promise<boolean> {
  try {
    for (const target of targets)
      for (; target.done < messages.length; target.done++) await run("send", { conversation: target.conversation, text: messages[target.done]!.text })
    return true
  } catch {
    return false
  }
}

/** On this device only. One that has gone meanwhile is gone. */
export async function deleteHere(messages: readonly MessageView[]): Promise<void> {
  for (const { id } of messages) await run("delete-message", { message: id }).catch(() => undefined)
}
