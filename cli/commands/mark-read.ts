import { withConversation } from "../at-rest.ts"
import type { Command } from "../command.ts"
import { Failure } from "../failure.ts"
import { jsonLine, plainName } from "../output.ts"

export const markRead: Command = {
  usage: "CONTACT|GROUP [POSITION]",
  summary: "Marks all messages of a contact or a group as read, or those up to a position; needs no network.",
  words: [1, 2],
  options: {},
  async run(call) {
    const word = call.args.words[1]
    if (word !== undefined && !/^\d{1,12}$/.test(word)) throw new Failure("A position is a whole number, as \"sotto messages --json\" shows it.")
    await withConversation(call, async (messenger, { id, name }) => {
      const find = async () => (await messenger.run("view", {})).conversations.find((one) => one.id === id)
      const conversation = await find()
      const position = word === undefined ? (conversation?.last?.position ?? 0) : Number(word)
      if (conversation) await messenger.run("mark-read", { conversation: conversation.id, position })
      const left = (await find())?.unread ?? 0
      if (call.json) call.print(jsonLine({ contact: id, unread: left }))
      else call.print(left === 0 ? `Nothing of "${plainName(name)}" is unread.` : `${left} of "${plainName(name)}" left unread.`)
    })
  },
}
