import { numberOption } from "../arguments.ts"
import { withConversation } from "../at-rest.ts"
import type { Command } from "../command.ts"
import { listed, messageObject } from "../message-line.ts"
import { jsonLine } from "../output.ts"

const PAGE = 50
const PAGE_MOST = 200

export const messages: Command = {
  usage: "CONTACT|GROUP [--limit N] [--before POSITION] [--ids]",
  summary: "Prints the latest messages with a contact or in a group, or those before a position, and marks none as read; needs no network.",
  words: [1, 1],
  options: { limit: "value", before: "value", ids: "flag" },
  async run(call) {
    const limit = numberOption(call.args, "limit", PAGE, 1, PAGE_MOST)
    const before = numberOption(call.args, "before", 0, 1, Number.MAX_SAFE_INTEGER)
    await withConversation(call, async (messenger, { id }) => {
      const view = await messenger.run("view", {})
      const page = await messenger.run("messages", { conversation: id, limit, ...(before > 0 && { before }) })
      for (const message of page.messages) {
        const { position, problem } = message
        if (call.json) call.print(jsonLine({ ...messageObject(message, view), position, problem }))
        else call.print(`${listed(message, view, call.args.options.has("ids"))}${message.state === null ? "" : ` (${message.state})`}`)
      }
      const first = page.messages[0]
      if (page.more && first && !call.json) call.note(`There are earlier ones: --before ${first.position}`)
    })
  },
}
