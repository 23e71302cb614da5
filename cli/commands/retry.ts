import type { Messenger, MessageView } from "../../messenger/api.ts"
import { atRest } from "../at-rest.ts"
import type { Command } from "../command.ts"
import { Failure } from "../failure.ts"
import { jsonLine } from "../output.ts"

const PAGE = 200

export const retry: Command = {
  usage: "[ID]",
  summary: "Queues a failed message again, or all that failed; they leave while sotto runs. Needs no network.",
  words: [0, 1],
  options: {},
  async run(call) {
    await atRest(call, async (messenger) => {
      const [id] = call.args.words
      const found = id === undefined ? await allFailed(messenger) : [(await messenger.run("message", { message: id })).message]
      const failed = found.filter((one) => one !== null && hasFailed(one))
      if (id !== undefined && failed.length === 0) throw new Failure("There is no failed message of this id; \"sotto messages CONTACT --ids\" shows ids.")
      for (const one of failed) await messenger.run("retry", { message: one!.id })
      if (call.json) for (const one of failed) call.print(jsonLine({ id: one!.id, state: "queued" }))
      else call.print(failed.length === 0 ? "No message has failed." : `${failed.length} queued again.`)
    })
  },
}

/** It, or what was done to it. */
const hasFailed = ({ own, state, doing }: MessageView) => doing === "failed" || (own && state === "failed")

async function allFailed(messenger: Messenger): Promise<MessageView[]> {
  const failed: MessageView[] = []
  for (const { id } of (await messenger.run("view", {})).conversations) {
    for (let before: number | undefined, more = true; more; ) {
      const page = await messenger.run("messages", { conversation: id, limit: PAGE, ...(before !== undefined && { before }) })
      failed.push(...page.messages.filter(hasFailed))
      before = page.messages[0]?.position
      more = page.more && before !== undefined
    }
  }
  return failed
}
