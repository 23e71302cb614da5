import type { CommandOutput, SearchMark } from "../../messenger/api.ts"
import { numberOption } from "../arguments.ts"
import { atRest } from "../at-rest.ts"
import type { Command } from "../command.ts"
import { findContact } from "../engine.ts"
import { Failure } from "../failure.ts"
import { messageLine, messageObject } from "../message-line.ts"
import { jsonLine } from "../output.ts"

const FOUND = 20
const FOUND_MOST = 10_000
const PAGE_MOST = 200

export const search: Command = {
  usage: "TEXT [--with CONTACT] [--limit N] [--ids]",
  summary: "Prints the latest messages that have all words of a text, whatever their case and accents; needs no network.",
  words: [1, 1],
  options: { with: "value", limit: "value", ids: "flag" },
  async run(call) {
    const limit = numberOption(call.args, "limit", FOUND, 1, FOUND_MOST)
    const name = call.args.options.get("with")
    await atRest(call, async (messenger) => {
      const view = await messenger.run("view", {})
      const within = name === undefined ? {} : { conversation: findContact(view, name).id }
      const text = call.args.words[0]!
      let left = limit
      // An empty mark is the beginning.
      let from: SearchMark | null = []
      while (from !== null && left > 0 && !call.deadline.aborted) {
        const { hits, next }: CommandOutput<"search"> = await messenger.run("search", { text, ...within, from, limit: Math.min(left, PAGE_MOST) })
        for (const message of hits) {
          if (call.json) call.print(jsonLine({ ...messageObject(message, view), position: message.position }))
          else call.print(`${call.args.options.has("ids") ? `${message.id}  ` : ""}${messageLine(message, view)}`)
        }
        left -= hits.length
        from = next
      }
      if (from !== null && left > 0) throw new Failure("Time was up before everything was looked through; --timeout gives more.")
      if (left === limit) call.note("Nothing was found.")
    })
  },
}
