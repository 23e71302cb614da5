import type { Command } from "../command.ts"
import { contactById, findContact, freshName, until, whyLate, withMessenger } from "../engine.ts"
import { Failure } from "../failure.ts"
import { jsonLine, plainName } from "../output.ts"
import { openProfile } from "../profile.ts"

export const accept: Command = {
  usage: "CONTACT [--met] [--as NAME]",
  summary: "Lets in whoever answered the code made for CONTACT: as met in person, or else as known by only a link.",
  words: [1, 1],
  options: { met: "flag", as: "value" },
  async run(call) {
    const profile = await openProfile(call.folder, call)
    await withMessenger(profile, { online: true, speed: call.speed }, async (messenger) => {
      const view = await messenger.run("view", {})
      const { id, name, state } = findContact(view, call.args.words[0]!)
      if (state === "ready") throw new Failure(`"${plainName(name)}" is let in already.`)
      if (state === "reading" || state === "answering" || state === "answered") throw new Failure(`It is for "${plainName(name)}" to let you in.`)
      const given = call.args.options.get("as")
      const rename = given === undefined ? {} : { name: freshName(view, given) }
      const answered = await until(messenger, call.deadline, async () => {
        const contact = await contactById(messenger, id)
        return contact.state === "ask" || contact.state === "ready" ? contact : null
      })
      if (answered === null) throw await whyLate(messenger, `Nobody has answered the code for "${plainName(name)}"`)
      const trust = call.args.options.has("met") ? "met" : "link"
      if (answered.state === "ask") await messenger.run("accept", { contact: id, trust, ...rename })
      const contact = await contactById(messenger, id)
      if (call.json) call.print(jsonLine({ contact: id, name: contact.name, state: contact.state, trust: contact.trust }))
      else call.print(`"${plainName(contact.name)}" is let in, known ${trust === "met" ? "in person" : "by only a link"}.`)
    })
  },
}
