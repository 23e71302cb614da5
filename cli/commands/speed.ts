import type { Speed } from "../../messenger/api.ts"
import { atRest } from "../at-rest.ts"
import type { Command } from "../command.ts"
import { Failure } from "../failure.ts"
import { jsonLine } from "../output.ts"

const every: Record<Speed, string> = { fast: "a packet a second", balanced: "a packet every 3 seconds", saver: "a packet every 15 seconds" }

export const speed: Command = {
  usage: "[fast|balanced|saver]",
  summary: "Says how often packets leave, or changes it; needs no network.",
  words: [0, 1],
  options: {},
  async run(call) {
    const [word] = call.args.words
    if (word !== undefined && !Object.hasOwn(every, word)) throw new Failure(`A speed is ${Object.keys(every).join(", ")}; "${word}" is none.`)
    const now = await atRest(call, async (messenger) => {
      if (word !== undefined) await messenger.run("speed", { speed: word as Speed })
      return (await messenger.run("view", {})).profile!.speed
    })
    if (call.json) call.print(jsonLine({ speed: now }))
    else call.print(`${now}: ${every[now]}, on average`)
  },
}
