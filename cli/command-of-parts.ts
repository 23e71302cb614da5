import type { Messenger } from "../messenger/api.ts"
import { CommandError } from "../messenger/api.ts"
import { atRest } from "./at-rest.ts"
import type { Call, Command } from "./command.ts"
import { Failure } from "./failure.ts"
import { jsonLine } from "./output.ts"

/** What one part does with the words behind its name. */
export type Part = (messenger: Messenger, words: readonly string[], call: Call) => Promise<void>

/**
 * A command whose first word says which part of it is meant ("sotto group new"). `usages`: by part, its name and the words that it takes, those in brackets
 * optional. What the messenger refuses is said in one sentence.
 */
export function commandOfParts<Name extends string>(command: string, about: string, usages: Readonly<Record<Name, string>>, parts: Readonly<Record<Name, Part>>): Command {
  const all = Object.values<string>(usages)
  const isPart = (word: string | undefined): word is Name => word !== undefined && Object.hasOwn(usages, word)
  return {
    usage: `${Object.keys(usages).join("|")} …`,
    summary: `${about}: ${all.map((usage) => `\n        ${usage}`).join("")}`,
    words: [1, Math.max(...all.map((usage) => usage.split(" ").length))],
    options: {},
    async run(call) {
      const [part, ...words] = call.args.words
      if (!isPart(part)) throw new Failure(`There is no "sotto ${command} ${part}"; it is ${Object.keys(usages).join(", ")}.`)
      const taken = usages[part].split(" ").slice(1)
      if (words.length > taken.length || words.length < taken.filter((word) => !word.startsWith("[")).length) throw new Failure(`It is used like this: sotto ${command} ${usages[part]}`)
      await atRest(call, async (messenger) => {
        try {
          await parts[part](messenger, words, call)
        } catch (error) {
          throw error instanceof CommandError ? new Failure(`This cannot be done: ${error.message}.`) : error
        }
      })
    },
  }
}

/** What was done: as JSON, or as a sentence. */
export function tell(call: Call, object: object, sentence: string): void {
  if (call.json) call.print(jsonLine(object))
  else call.print(sentence)
}
