import { withMessage } from "../at-rest.ts"
import type { Command } from "../command.ts"
import { jsonLine } from "../output.ts"

export const deleteForEveryone: Command = {
  usage: "ID",
  summary: "Deletes an own message here, and asks every other device to; that leaves while sotto runs. Needs no network.",
  words: [1, 1],
  options: {},
  async run(call) {
    await withMessage(call, async (messenger, { id }) => {
      await messenger.run("delete-for-everyone", { message: id })
      const { message } = await messenger.run("message", { message: id })
      if (call.json) call.print(jsonLine({ id, deleted: true, sent: message !== null }))
      else call.print(message === null ? "Deleted; it had not left." : "Deleted; the others are told while sotto runs.")
    })
  },
}
