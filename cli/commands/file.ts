import { withMessage } from "../at-rest.ts"
import type { Command } from "../command.ts"
import { Failure } from "../failure.ts"
import { fileText } from "../message-line.ts"
import { jsonLine } from "../output.ts"

const ACTIONS = ["fetch", "pause", "resume", "cancel", "ask-again", "delete"] as const

export const file: Command = {
  usage: "ID [fetch|pause|resume|cancel|ask-again|delete]",
  summary: "Says how far the file of a message is, or has it fetched, stopped, continued or given up, or asks its sender for it once more; that goes on while sotto runs. Or deletes it from this device, while its message stays. Needs no network.",
  words: [1, 2],
  options: {},
  async run(call) {
    const action = ACTIONS.find((one) => one === call.args.words[1])
    if (call.args.words.length > 1 && action === undefined) throw new Failure(`A file can be told to ${ACTIONS.slice(0, -1).join(", ")} or ${ACTIONS.at(-1)}.`)
    await withMessage(call, async (messenger, { id }) => {
      if (action === "fetch") await messenger.run("fetch-attachment", { message: id })
      if (action === "pause" || action === "resume") await messenger.run("pause-attachment", { message: id, paused: action === "pause" })
      if (action === "cancel") await messenger.run("cancel-attachment", { message: id })
      if (action === "ask-again") await messenger.run("ask-again", { message: id })
      if (action === "delete") await messenger.run("delete-attachment", { message: id })
      const attachment = (await messenger.run("message", { message: id })).message?.attachment
      if (attachment === undefined && action !== "cancel") throw new Failure("This message brings no file.")
      if (call.json) call.print(jsonLine({ id, file: attachment === undefined ? null : { state: attachment.state, done: attachment.done, of: attachment.of } }))
      else call.print(attachment === undefined ? "Given up; its message is deleted." : fileText(attachment))
    })
  },
}
