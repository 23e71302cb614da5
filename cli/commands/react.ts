import { withMessage } from "../at-rest.ts"
import type { Command } from "../command.ts"
import { jsonLine, plain } from "../output.ts"

export const react: Command = {
  usage: "ID [SIGN]",
  summary: "Sets what you think of a message, several signs with spaces between them, or takes it back; it leaves while sotto runs. Needs no network.",
  words: [1, 2],
  options: {},
  async run(call) {
    await withMessage(call, async (messenger, { id }) => {
      const reactions = (call.args.words[1] ?? "").split(/\s+/u).filter((sign) => sign !== "")
      await messenger.run("react", { message: id, reactions })
      if (call.json) call.print(jsonLine({ id, reactions }))
      else call.print(reactions.length === 0 ? "Taken back; that leaves while sotto runs." : `Set to ${plain(reactions.join(" "))}; it leaves while sotto runs.`)
    })
  },
}
