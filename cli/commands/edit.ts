import { withMessage } from "../at-rest.ts"
import type { Command } from "../command.ts"
import { jsonLine } from "../output.ts"

export const edit: Command = {
  usage: "ID TEXT",
  summary: "Writes an own message anew, for everyone; it leaves while sotto runs. Needs no network.",
  words: [2, 2],
  options: {},
  async run(call) {
    await withMessage(call, async (messenger, { id }) => {
      await messenger.run("edit", { message: id, text: call.args.words[1]! })
      call.print(call.json ? jsonLine({ id, edited: true }) : "Edited; it leaves while sotto runs.")
    })
  },
}
