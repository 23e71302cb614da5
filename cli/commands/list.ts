import type { ContactState, Trust } from "../../messenger/api.ts"
import { atRest } from "../at-rest.ts"
import type { Command } from "../command.ts"
import { isoTime, jsonLine, plainName, table } from "../output.ts"

export const list: Command = {
  usage: "",
  summary: "Contacts with state and safety number; needs no network. With --json one object per line.",
  words: [0, 0],
  options: {},
  async run(call) {
    const { contacts } = await atRest(call, (messenger) => messenger.run("view", {}))
    if (call.json) {
      for (const { id, name, theirName, state, problem, trust, safetyNumber, code, blocked, created } of contacts)
        call.print(jsonLine({ id, name, theirName, state, problem, trust, safetyNumber, code, blocked, created: isoTime(created) }))
      return
    }
    const rows = contacts.map((contact) => [
      plainName(contact.name),
      contact.blocked ? "blocked" : states[contact.state],
      trusts[contact.trust],
      contact.safetyNumber ?? "",
    ])
    for (const line of table(rows)) call.print(line)
    if (contacts.length === 0) call.note("No contacts yet: \"sotto code\" prints a code to give away, \"sotto add\" enters one.")
  },
}

const states: Record<ContactState, string> = {
  publishing: "code not stored yet",
  waiting: "waiting for an answer",
  ask: "answered, to be let in",
  reading: "reading their code",
  answering: "answering",
  answered: "answered",
  ready: "ready",
  failed: "failed",
}

export const trusts: Record<Trust, string> = { met: "met in person", compared: "compared", introduced: "introduced", link: "only a link", changed: "KEY CHANGED" }
