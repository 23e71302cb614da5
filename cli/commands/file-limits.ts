import { atRest } from "../at-rest.ts"
import type { Command } from "../command.ts"
import { sizeOf, sizeText } from "../file-size.ts"
import { jsonLine } from "../output.ts"

export const fileLimits: Command = {
  usage: "[--fetch SIZE] [--again SIZE]",
  summary: "Prints or sets up to which size files are fetched by themselves, and how much of own files is sent once more in a day to somebody who asks (0 for none). Needs no network.",
  words: [0, 0],
  options: { fetch: "value", again: "value" },
  async run(call) {
    await atRest(call, async (messenger) => {
      const { files } = (await messenger.run("view", {})).profile!
      const given = (name: keyof typeof files) => (call.args.options.has(name) ? sizeOf(call.args.options.get(name)!) : files[name])
      const limits = { fetch: given("fetch"), again: given("again") }
      if (call.args.options.size > 0) await messenger.run("file-limits", limits)
      if (call.json) return call.print(jsonLine(limits))
      call.print(`Files of up to ${sizeText(limits.fetch)} are fetched by themselves; of own ones ${sizeText(limits.again)} a day are sent once more in a conversation.`)
    })
  },
}
