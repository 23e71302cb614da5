import { withContact } from "../at-rest.ts"
import type { Call, Command } from "../command.ts"
import { jsonLine, plainName } from "../output.ts"

export const block: Command = {
  usage: "CONTACT",
  summary: "Drops what comes from a contact, unseen; they are not told. Needs no network.",
  words: [1, 1],
  options: {},
  run: (call) => setBlocked(call, true),
}

export const unblock: Command = {
  usage: "CONTACT",
  summary: "Shows again what comes from a contact from now on; needs no network.",
  words: [1, 1],
  options: {},
  run: (call) => setBlocked(call, false),
}

async function setBlocked(call: Call, blocked: boolean): Promise<void> {
  await withContact(call, async (messenger, { id, name }) => {
    await messenger.run("block", { contact: id, blocked })
    if (call.json) call.print(jsonLine({ contact: id, blocked }))
    else call.print(blocked ? `"${plainName(name)}" is blocked.` : `"${plainName(name)}" is not blocked any more.`)
  })
}
