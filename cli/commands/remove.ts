import { withContact } from "../at-rest.ts"
import type { Command } from "../command.ts"
import { jsonLine, plainName } from "../output.ts"

export const remove: Command = {
  usage: "CONTACT",
  summary: "Forgets a contact with the code and the conversation, for good; needs no network.",
  words: [1, 1],
  options: {},
  async run(call) {
    await withContact(call, async (messenger, { id, name }, profile) => {
      await messenger.run("remove", { contact: id })
      await profile.decisions.forget(id)
      if (call.json) call.print(jsonLine({ contact: id, removed: true }))
      else call.print(`"${plainName(name)}" is forgotten, with all that you wrote to each other.`)
    })
  },
}
