import type { CodeProblem, ContactProblem, Messenger } from "../../messenger/api.ts"
import type { Command } from "../command.ts"
import { contactById, freshName, until, whyLate, withMessenger } from "../engine.ts"
import { Failure } from "../failure.ts"
import { jsonLine, plainName } from "../output.ts"
import { openProfile } from "../profile.ts"

export const add: Command = {
  usage: "CODE [--as NAME]",
  summary: "Enters a contact code or link, and returns when the answer to it is stored.",
  // A code copied from the screen stands in four lines of four groups.
  words: [1, 100],
  options: { as: "value" },
  async run(call) {
    const profile = await openProfile(call.folder, call)
    const given = call.args.options.get("as")
    await withMessenger(profile, { online: true, speed: call.speed }, async (messenger) => {
      const view = await messenger.run("view", {})
      const added = await messenger.run("add", { code: call.args.words.join(" "), name: freshName(view, given) })
      if (!added.ok) throw new Failure(codeSentence(added, view.network.name, view.contacts))
      await profile.decisions.decide(added.contact, { letIn: true, takeName: given === undefined })
      const done = await until(messenger, call.deadline, () => answered(messenger, added.contact))
      if (done === null) throw await whyLate(messenger, "The answer could not be stored")
      if (done.problem !== null) {
        // The code is of no more use, and the name shall be free for the next.
        await messenger.run("remove", { contact: added.contact })
        await profile.decisions.forget(added.contact)
        throw new Failure(problems[done.problem])
      }
      const contact = await contactById(messenger, added.contact)
      if (call.json) call.print(jsonLine({ contact: contact.id, name: contact.name, state: contact.state }))
      else call.print(`"${plainName(contact.name)}" has your answer waiting, and can be written to.`)
    })
  },
}

/** The contact as soon as the answer is stored or cannot be; null before. */
async function answered(messenger: Messenger, id: string): Promise<{ problem: ContactProblem | null } | null> {
  const { state, problem } = await contactById(messenger, id)
  if (state === "failed") return { problem: problem ?? "not-genuine" }
  return state === "answered" || state === "ready" ? { problem: null } : null
}

const problems: Record<ContactProblem, string> = {
  used: "Somebody has used this code before; ask for a new one.",
  "not-found": "Nothing is stored under this code, or no more; ask for a new one.",
  "not-genuine": "What is stored under this code is not what the code was made for; ask for a new one.",
  expired: "This code has expired; ask for a new one.",
  clock: "What is stored under this code is not valid yet: your clock or theirs is wrong. Set yours right, then ask for a new code.",
}

/** Why a code that was entered cannot be answered. */
export function codeSentence(found: CodeProblem, network: string, contacts: readonly { id: string; name: string }[]): string {
  switch (found.problem) {
    case "too-short":
      return "This code is too short: a part is missing."
    case "too-long":
      return "This code is too long."
    case "not-a-code":
      return "This is not a contact code."
    case "typo":
      return `There is a typing mistake in line ${found.part} of the code (lines have 16 characters).`
    case "version":
      return "This code was made by a newer version of Sotto."
    case "other-network":
      return `This code belongs to another network than "${network}".`
    case "own":
      return "This is a code of your own; give it to somebody else."
    case "known":
      return `This code was entered before, for "${plainName(contacts.find(({ id }) => id === found.contact)?.name ?? found.contact)}".`
  }
}
