import { isName, NAME_MAX } from "../../messenger/name.ts"
import { atRest } from "../at-rest.ts"
import type { Command } from "../command.ts"
import { Failure } from "../failure.ts"
import { jsonLine, plainName } from "../output.ts"

export const rename: Command = {
  usage: "NAME",
  summary: "Changes your own name, for contacts to come and in groups; needs no network.",
  words: [1, 1],
  options: {},
  async run(call) {
    const name = call.args.words[0]!.trim()
    if (!isName(name)) throw new Failure(`A name has 1 to ${NAME_MAX} bytes of UTF-8, and no line breaks or invisible marks.`)
    await atRest(call, (messenger) => messenger.run("rename", { name }))
    if (call.json) call.print(jsonLine({ name }))
    else call.print(`New contacts will see you as "${plainName(name)}".`)
  },
}
