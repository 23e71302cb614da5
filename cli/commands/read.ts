import type { MessageView, Messenger, MessengerView } from "../../messenger/api.ts"
import { catchUp } from "../catch-up.ts"
import type { Call, Command } from "../command.ts"
import { until, withMessenger } from "../engine.ts"
import { messageLine, messageObject } from "../message-line.ts"
import { jsonLine } from "../output.ts"
import { openProfile } from "../profile.ts"
import { differentNetworks } from "../warnings.ts"

const PAGE = 200

export const read: Command = {
  usage: "[--follow] [--all]",
  summary: "Fetches and prints what has come, oldest first; --follow goes on until it is ended; --all prints what was printed before, and own messages.",
  words: [0, 0],
  options: { follow: "flag", all: "flag" },
  async run(call) {
    const profile = await openProfile(call.folder, call)
    await withMessenger(profile, { online: true, speed: call.speed }, async (messenger, door) => {
      if (call.args.options.has("all")) await printAll(messenger, call)
      await printNew(messenger, call)
      if (call.args.options.has("follow")) {
        await until(messenger, call.interrupted, () => printNew(messenger, call))
        return
      }
      await catchUp(messenger, door, call.deadline, () => printNew(messenger, call))
      for (const sentence of differentNetworks((await messenger.run("view", {})).contacts)) call.note(sentence)
    })
  },
}

/** Prints what is not marked as read, and marks it. What was printed twice, for a crash in between, has the same id. */
async function printNew(messenger: Messenger, call: Call): Promise<null> {
  for (;;) {
    const { messages } = await messenger.run("unread", { limit: PAGE })
    if (messages.length === 0) return null
    const view = await messenger.run("view", {})
    for (const message of messages) {
      call.print(line(message, view, call.json))
      await messenger.run("mark-read", { conversation: message.conversation, position: message.position })
    }
  }
}

async function printAll(messenger: Messenger, call: Call): Promise<void> {
  const view = await messenger.run("view", {})
  const all: MessageView[] = []
  for (const conversation of view.conversations) {
    let before: number | undefined
    for (;;) {
      const page = await messenger.run("messages", { conversation: conversation.id, limit: PAGE, ...(before === undefined ? {} : { before }) })
      all.push(...page.messages)
      before = page.messages[0]?.position
      if (!page.more || before === undefined) break
    }
    const last = Math.max(...all.filter((message) => message.conversation === conversation.id).map(({ position }) => position))
    if (Number.isFinite(last)) await messenger.run("mark-read", { conversation: conversation.id, position: last })
  }
  const time = (message: MessageView) => (message.own ? message.sent : (message.received ?? message.sent))
  all.sort((a, b) => time(a) - time(b))
  for (const message of all) call.print(line(message, view, call.json))
}

function line(message: MessageView, view: MessengerView, json: boolean): string {
  return json ? jsonLine(messageObject(message, view)) : messageLine(message, view)
}
