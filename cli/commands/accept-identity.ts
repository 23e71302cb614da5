import { withContact } from "../at-rest.ts"
import type { Command } from "../command.ts"
import { Failure } from "../failure.ts"
import { jsonLine, plainName } from "../output.ts"

export const acceptIdentity: Command = {
  usage: "CONTACT",
  summary: "Takes a contact's new identity key for theirs: until then nothing is sent to them, and nothing of them read. Needs no network.",
  words: [1, 1],
  options: {},
  async run(call) {
    await withContact(call, async (messenger, { id, name, identityChange }) => {
      if (identityChange === null) throw new Failure(`The identity key of "${plainName(name)}" has not changed.`)
      await messenger.run("accept-identity", { contact: id, compared: false, safetyNumber: identityChange.safetyNumber })
      if (call.json) call.print(jsonLine({ contact: id, safetyNumber: identityChange.safetyNumber }))
      else call.print(`The new key of "${plainName(name)}" is taken. Compare the safety number with them: ${identityChange.safetyNumber}`)
    })
  },
}
