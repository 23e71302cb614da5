import { atRest } from "../at-rest.ts"
import type { Command } from "../command.ts"
import { findConversation } from "../engine.ts"
import { jsonLine, plain, plainName } from "../output.ts"

export const draft: Command = {
  usage: "[CONTACT TEXT]",
  summary: "Keeps a text for a contact without sending it (the empty text forgets it), or prints what is kept; needs no network.",
  words: [0, 2],
  options: {},
  async run(call) {
    await atRest(call, async (messenger) => {
      const view = await messenger.run("view", {})
      const [name, text] = call.args.words
      if (name !== undefined) {
        await messenger.run("keep-draft", { conversation: findConversation(view, name).id, text: text ?? "" })
        return
      }
      const { drafts } = await messenger.run("drafts", {})
      for (const [id, kept] of Object.entries(drafts)) {
        const to = view.contacts.find((contact) => contact.id === id)?.name ?? view.conversations.find((one) => one.id === id)?.title ?? "?"
        call.print(call.json ? jsonLine({ to, text: kept }) : `${plainName(to)}: ${plain(kept)}`)
      }
    })
  },
}
