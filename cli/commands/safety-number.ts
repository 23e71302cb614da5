import { withContact } from "../at-rest.ts"
import type { Command } from "../command.ts"
import { Failure } from "../failure.ts"
import { jsonLine, plainName } from "../output.ts"

const digits = (text: string) => text.replace(/\s/g, "")

export const safetyNumber: Command = {
  usage: "CONTACT [NUMBER] [--qr]",
  summary: "Prints the number that a contact must see for you, too, or compares it with the one they see; with --qr the text of its QR code. Needs no network.",
  // A number that is copied stands in twelve groups.
  words: [1, 13],
  options: { qr: "flag" },
  async run(call) {
    const theirs = digits(call.args.words.slice(1).join(""))
    if (theirs !== "" && !/^\d{60}$/.test(theirs)) throw new Failure("A safety number has 60 digits.")
    await withContact(call, async (messenger, { id, name, safetyNumber: number }) => {
      if (number === null) throw new Failure(`There is no safety number yet: "${plainName(name)}" has not answered, or is not read.`)
      if (call.args.options.has("qr")) {
        const { text } = await messenger.run("safety-qr", { contact: id })
        return call.print(call.json ? jsonLine({ contact: id, qr: text }) : text!)
      }
      const same = theirs === "" ? null : theirs === digits(number)
      if (call.json) call.print(jsonLine({ contact: id, safetyNumber: number, same }))
      else if (same === null) call.print(number)
      if (same === false) throw new Failure(`These are NOT the same: you and "${plainName(name)}" do not have each other's keys. Somebody may stand between you.`)
      if (same && !call.json) call.print(`The same: "${plainName(name)}" is who you compared with. "sotto trust" notes it.`)
    })
  },
}
