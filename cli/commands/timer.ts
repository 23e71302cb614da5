import { withConversation } from "../at-rest.ts"
import type { Command } from "../command.ts"
import { Failure } from "../failure.ts"
import { jsonLine, plainName } from "../output.ts"
import { lasting, secondsOf } from "../lasting.ts"

export const timer: Command = {
  usage: "CONTACT|GROUP [off|5m|1h|1d|1w|...]",
  summary: "Prints how long new messages of a conversation last, or sets it for all: seconds, or a number with m, h, d or w. Needs no network.",
  words: [1, 2],
  options: {},
  async run(call) {
    await withConversation(call, async (messenger, { id, name }) => {
      const word = call.args.words[1]
      if (word !== undefined) await messenger.run("timer", { conversation: id, seconds: secondsOf(word) })
      const conversation = (await messenger.run("view", {})).conversations.find((one) => one.id === id)
      if (conversation === undefined) throw new Failure(`There is no conversation with "${plainName(name)}" yet.`)
      const seconds = conversation.timer ?? null
      call.print(call.json ? jsonLine({ contact: id, seconds }) : `Messages with "${plainName(name)}" ${lasting(seconds)}.`)
    })
  },
}
