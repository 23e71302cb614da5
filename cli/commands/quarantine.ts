import type { QuarantineReason } from "../../messenger/quarantine.ts"
import { atRest } from "../at-rest.ts"
import type { Command } from "../command.ts"
import { findContact } from "../engine.ts"
import { isoTime, jsonLine, localTime, plainName, table } from "../output.ts"

const reasons: Record<QuarantineReason, string> = {
  blocked: "came while they were blocked",
  unsealed: "no key of theirs opens it",
  malformed: "is not of its format",
  unreadable: "cannot be decrypted, or its signature is wrong",
  replayed: "was decrypted before",
  foreign: "is another device's",
  duplicate: "is there already",
  lying: "confirms what was not sent",
  stranger: "a device of somebody else",
  unfit: "changes what they may not change",
  revoked: "by a device that is theirs no more",
  flood: "was more than is taken at a time",
}

export const quarantine: Command = {
  usage: "[CONTACT] [--clear]",
  summary: "Prints what was kept out, by contact and reason, latest first; --clear forgets it afterwards. Needs no network.",
  words: [0, 1],
  options: { clear: "flag" },
  async run(call) {
    await atRest(call, async (messenger) => {
      const view = await messenger.run("view", {})
      const [word] = call.args.words
      const of = word === undefined ? {} : { contact: findContact(view, word).id }
      const { lines } = await messenger.run("quarantine", of)
      const nameOf = (id: string) => view.contacts.find((one) => one.id === id)?.name ?? "?"
      if (call.json) {
        for (const { contact, reason, count, first, last } of lines)
          call.print(jsonLine({ contact, name: nameOf(contact), reason, count, first: isoTime(first), last: isoTime(last) }))
      } else for (const row of table(lines.map(({ contact, reason, count, last }) => [plainName(nameOf(contact)), String(count), reasons[reason], localTime(last)]))) call.print(row)
      if (call.args.options.has("clear")) await messenger.run("clear-quarantine", of)
      if (lines.length === 0 && !call.json) call.note("Nothing was kept out.")
    })
  },
}
