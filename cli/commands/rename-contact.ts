import { withContact } from "../at-rest.ts"
import type { Command } from "../command.ts"
import { freshName } from "../engine.ts"
import { jsonLine, plainName } from "../output.ts"

export const renameContact: Command = {
  usage: "CONTACT NAME",
  summary: "Changes the name by which you know a contact; nobody else learns of it. Needs no network.",
  words: [2, 2],
  options: {},
  async run(call) {
    await withContact(call, async (messenger, { id, name: before }) => {
      const view = await messenger.run("view", {})
      const others = { ...view, contacts: view.contacts.filter((one) => one.id !== id) }
      const name = freshName(others, call.args.words[1]!)
      await messenger.run("rename-contact", { contact: id, name })
      if (call.json) call.print(jsonLine({ contact: id, name }))
      else call.print(`"${plainName(before)}" is now "${plainName(name)}".`)
    })
  },
}
