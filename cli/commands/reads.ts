import type { ReadMode } from "../../messenger/api.ts"
import { atRest } from "../at-rest.ts"
import type { Command } from "../command.ts"
import { Failure } from "../failure.ts"
import { jsonLine } from "../output.ts"

const meanings: Record<ReadMode, string> = {
  waiting: "a message is here soon after it was written; who can write to you can, with your gateway's help, make packets return at times of their choosing",
  polling: "no packet goes or returns at another time because of what anybody writes; messages take longer",
}

export const reads: Command = {
  usage: "[waiting|polling]",
  summary: "Says how boxes are read that are not written yet, or changes it; needs no network.",
  words: [0, 1],
  options: {},
  async run(call) {
    const [word] = call.args.words
    if (word !== undefined && !Object.hasOwn(meanings, word)) throw new Failure(`Reads are ${Object.keys(meanings).join(" or ")}; "${word}" is none.`)
    const now = await atRest(call, async (messenger) => {
      if (word !== undefined) await messenger.run("reads", { mode: word as ReadMode })
      return (await messenger.run("view", {})).profile!.reads
    })
    if (call.json) call.print(jsonLine({ reads: now }))
    else call.print(`${now}: ${meanings[now]}`)
  },
}
