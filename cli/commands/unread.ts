import { numberOption } from "../arguments.ts"
import { atRest } from "../at-rest.ts"
import type { Command } from "../command.ts"
import { messageLine, messageObject } from "../message-line.ts"
import { jsonLine } from "../output.ts"

const PAGE_MOST = 200

export const unread: Command = {
  usage: "[--limit N]",
  summary: "Prints what has come and is not marked as read, oldest first, and marks nothing; needs no network.",
  words: [0, 0],
  options: { limit: "value" },
  async run(call) {
    const limit = numberOption(call.args, "limit", PAGE_MOST, 1, PAGE_MOST)
    await atRest(call, async (messenger) => {
      const view = await messenger.run("view", {})
      for (const message of (await messenger.run("unread", { limit })).messages)
        call.print(call.json ? jsonLine({ ...messageObject(message, view), position: message.position }) : messageLine(message, view))
    })
  },
}
