import { atRest } from "../at-rest.ts"
import type { Command } from "../command.ts"
import { Failure } from "../failure.ts"
import { jsonLine } from "../output.ts"
import { codeSentence } from "./add.ts"

export const check: Command = {
  usage: "CODE",
  summary: "Says whether a contact code or link can be entered, without doing so; needs no network.",
  words: [1, 100],
  options: {},
  async run(call) {
    await atRest(call, async (messenger) => {
      const found = await messenger.run("check-code", { code: call.args.words.join(" ") })
      if (call.json) return call.print(jsonLine(found))
      const { network, contacts } = await messenger.run("view", {})
      if (!found.ok) throw new Failure(codeSentence(found, network.name, contacts))
      call.print("This code can be entered.")
    })
  },
}
