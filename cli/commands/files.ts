import type { CommandOutput, FileMark } from "../../messenger/api.ts"
import { numberOption } from "../arguments.ts"
import { atRest } from "../at-rest.ts"
import type { Command } from "../command.ts"
import { findContact } from "../engine.ts"
import { sizeText } from "../file-size.ts"
import { listed, messageObject } from "../message-line.ts"
import { jsonLine } from "../output.ts"

const LISTED = 20
const LISTED_MOST = 10_000
const PAGE_MOST = 200

export const files: Command = {
  usage: "[--with CONTACT] [--largest] [--limit N] [--ids]",
  summary: "Lists the files that are on this device, the latest or the largest first, and says how much they take; \"sotto file ID delete\" deletes one. Needs no network.",
  words: [0, 0],
  options: { with: "value", largest: "flag", limit: "value", ids: "flag" },
  async run(call) {
    let left = numberOption(call.args, "limit", LISTED, 1, LISTED_MOST)
    const name = call.args.options.get("with")
    const by = call.args.options.has("largest") ? "largest" : "latest"
    await atRest(call, async (messenger) => {
      const view = await messenger.run("view", {})
      const within = name === undefined ? {} : { conversation: findContact(view, name).id }
      const totals = (await messenger.run("storage", {})).conversations.filter(({ conversation }) => within.conversation === undefined || conversation === within.conversation)
      const bytes = totals.reduce((sum, one) => sum + one.bytes, 0)
      if (call.json) call.print(jsonLine({ bytes, files: totals.reduce((sum, one) => sum + one.files, 0) }))
      else call.print(`Files take ${sizeText(bytes)}.`)
      let from: FileMark | null | undefined
      while (from !== null && left > 0) {
        const page: CommandOutput<"stored-files"> = await messenger.run("stored-files", { ...within, by, limit: Math.min(left, PAGE_MOST), ...(from !== undefined && { from }) })
        for (const message of page.files) {
          if (call.json) call.print(jsonLine(messageObject(message, view)))
          else call.print(listed(message, view, call.args.options.has("ids")))
        }
        left -= page.files.length
        from = page.next
      }
    })
  },
}
