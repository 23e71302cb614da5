import { codeLink } from "../../messenger/contact-code.ts"
import type { Command } from "../command.ts"
import { contactById, freshName, until, whyLate, withMessenger } from "../engine.ts"
import { Failure } from "../failure.ts"
import { jsonLine } from "../output.ts"
import { openProfile } from "../profile.ts"

export const code: Command = {
  usage: "[--as NAME] [--ask]",
  summary: "Prints a contact code once it can be given away. Whoever answers it first is let in, or with --ask by \"sotto accept\".",
  words: [0, 0],
  options: { as: "value", ask: "flag" },
  async run(call) {
    const profile = await openProfile(call.folder, call)
    const given = call.args.options.get("as")
    const ask = call.args.options.has("ask")
    await withMessenger(profile, { online: true, speed: call.speed }, async (messenger) => {
      const name = freshName(await messenger.run("view", {}), given)
      const { contact: id } = await messenger.run("invite", { name })
      await profile.decisions.decide(id, { letIn: !ask, takeName: given === undefined })
      const ready = await until(messenger, call.deadline, async () => {
        const contact = await contactById(messenger, id)
        if (contact.state === "failed") throw new Failure("The code could not be stored in the network.")
        return contact.code === null || contact.state === "publishing" ? null : contact
      })
      if (ready === null) throw await whyLate(messenger, "The code could not be stored")
      const link = codeLink(profile.app() ?? "web+sotto:", ready.code!)
      if (call.json) return call.print(jsonLine({ code: ready.code, link, contact: id }))
      call.print(ready.code!)
      call.note(`As a link: ${link}`)
      call.note(
        ask
          ? `Whoever answers waits as "${name}" until "sotto accept".`
          : `Whoever answers first is let in as "${name}", known by only a link; --ask would ask you first.`,
      )
    })
  },
}
