import { atRest } from "../at-rest.ts"
import type { Command } from "../command.ts"
import { Failure } from "../failure.ts"
import { jsonLine } from "../output.ts"

export const deleteMessage: Command = {
  usage: "ID",
  summary: "Deletes a message on this device, and on no other; \"sotto messages --ids\" shows ids. Needs no network.",
  words: [1, 1],
  options: {},
  async run(call) {
    await atRest(call, async (messenger) => {
      const [id] = call.args.words as [string]
      const { message } = await messenger.run("message", { message: id })
      if (message === null) throw new Failure("There is no message of this id; \"sotto messages CONTACT --ids\" shows ids.")
      await messenger.run("delete-message", { message: id })
      call.print(call.json ? jsonLine({ id, deleted: true }) : "Deleted on this device.")
    })
  },
}
