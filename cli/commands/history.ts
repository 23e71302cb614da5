import { withMessage } from "../at-rest.ts"
import type { Command } from "../command.ts"
import { isoTime, jsonLine, localTime, plain } from "../output.ts"

export const history: Command = {
  usage: "ID",
  summary: "Prints what a message was before it was edited, the first version first. Needs no network.",
  words: [1, 1],
  options: {},
  async run(call) {
    await withMessage(call, async (messenger, { id }) => {
      const { versions } = await messenger.run("history", { message: id })
      for (const { text, sent } of versions) call.print(call.json ? jsonLine({ id, text, sent: isoTime(sent) }) : `${localTime(sent)}  ${plain(text).replaceAll("\n", "\n    ")}`)
    })
  },
}
