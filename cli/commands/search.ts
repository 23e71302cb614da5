import type { CommandOutput, MessageKind, SearchMark } from "../../messenger/api.ts"
import { numberOption } from "../arguments.ts"
import { atRest } from "../at-rest.ts"
import type { Command } from "../command.ts"
import { findContact } from "../engine.ts"
import { Failure } from "../failure.ts"
import { listed, messageObject } from "../message-line.ts"
import { jsonLine } from "../output.ts"

const FOUND = 20
const FOUND_MOST = 10_000
const PAGE_MOST = 200
const KINDS: readonly MessageKind[] = ["media", "files", "links"]

export const search: Command = {
  usage: "[TEXT] [--kind media|files|links] [--with CONTACT] [--limit N] [--ids]",
  summary: "Prints the latest messages that have all words of a text, whatever their case and accents, or those that bring pictures and videos, other files, or links; needs no network.",
  words: [0, 1],
  options: { kind: "value", with: "value", limit: "value", ids: "flag" },
  async run(call) {
    const limit = numberOption(call.args, "limit", FOUND, 1, FOUND_MOST)
    const name = call.args.options.get("with")
    const wanted = call.args.options.get("kind")
    const kind = KINDS.find((one) => one === wanted)
    if (wanted !== undefined && kind === undefined) throw new Failure(`The option --kind takes ${KINDS.slice(0, -1).join(", ")} or ${KINDS.at(-1)}.`)
    if (kind === undefined && call.args.words.length === 0) throw new Failure("A search needs words or a --kind.")
    await atRest(call, async (messenger) => {
      const view = await messenger.run("view", {})
      const within = name === undefined ? {} : { conversation: findContact(view, name).id }
      const [text = ""] = call.args.words
      let left = limit
      // An empty mark is the beginning.
      let from: SearchMark | null = []
      while (from !== null && left > 0 && !call.deadline.aborted) {
        const { hits, next }: CommandOutput<"search"> = await messenger.run("search", { text, ...within, ...(kind !== undefined && { kind }), from, limit: Math.min(left, PAGE_MOST) })
        for (const message of hits) {
          if (call.json) call.print(jsonLine({ ...messageObject(message, view), position: message.position }))
          else call.print(listed(message, view, call.args.options.has("ids")))
        }
        left -= hits.length
        from = next
      }
      if (from !== null && left > 0) throw new Failure("Time was up before everything was looked through; --timeout gives more.")
      if (left === limit) call.note("Nothing was found.")
    })
  },
}
