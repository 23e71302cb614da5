import type { Trust } from "../../messenger/api.ts"
import { withContact } from "../at-rest.ts"
import type { Command } from "../command.ts"
import { Failure } from "../failure.ts"
import { jsonLine, plainName } from "../output.ts"
import { trusts } from "./list.ts"

/** That a key has changed is found out, not chosen. */
const CHOICES = Object.keys(trusts).filter((word) => word !== "changed")

export const trust: Command = {
  usage: "CONTACT met|compared|introduced|link",
  summary: "Notes how sure you are of a contact, say after comparing safety numbers; needs no network.",
  words: [2, 2],
  options: {},
  async run(call) {
    const word = call.args.words[1]!
    if (!CHOICES.includes(word)) throw new Failure(`A contact is known by ${CHOICES.join(", ")}; "${word}" is none of them.`)
    await withContact(call, async (messenger, { id, name }) => {
      await messenger.run("trust-contact", { contact: id, trust: word as Trust })
      if (call.json) call.print(jsonLine({ contact: id, trust: word }))
      else call.print(`"${plainName(name)}": ${trusts[word as Trust]}.`)
    })
  },
}
