import { stat } from "node:fs/promises"
import type { Speed } from "../../messenger/api.ts"
import { atRest } from "../at-rest.ts"
import type { Command } from "../command.ts"
import { durationText, sizeOf, sizeText } from "../file-size.ts"
import { jsonLine } from "../output.ts"

export const fileCost: Command = {
  usage: "FILE|SIZE",
  summary: "Says in how many packets and how much time a file, or one of a size such as 5MB, is sent and fetched at each speed. Needs no network.",
  words: [1, 1],
  options: {},
  async run(call) {
    const word = call.args.words[0]!
    const size = await stat(word).then(({ size }) => size, () => sizeOf(word))
    await atRest(call, async (messenger) => {
      const cost = await messenger.run("attachment-cost", { size: Math.max(1, size) })
      if (call.json) return call.print(jsonLine({ size, ...cost }))
      call.print(`${sizeText(size)}: ${cost.boxes} boxes, ${cost.packets} packets to send it, ${cost.reads} to fetch it.`)
      for (const speed of Object.keys(cost.sending) as Speed[]) call.print(`  ${speed.padEnd(9)} sent in ${durationText(cost.sending[speed])}, fetched in ${durationText(cost.fetching[speed])}`)
      if (size > cost.most) call.print(`This network lets at most ${sizeText(cost.most)} through.`)
    })
  },
}
