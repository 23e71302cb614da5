import { StoreError } from "../messenger/ports.ts"
import { parseArguments, choiceOption, numberOption } from "./arguments.ts"
import type { OptionKinds } from "./arguments.ts"
import { commands } from "./catalogue.ts"
import { Failure, storeFailure } from "./failure.ts"
import { helpOf, helpOfAll } from "./help.ts"
import { CURRENT, passphraseFrom } from "./passphrase.ts"
import { defaultFolder } from "./profile.ts"

const common: OptionKinds = { profile: "value", "passphrase-file": "value", json: "flag", "profile-speed": "value", timeout: "value", help: "flag" }
const TIMEOUT = 300
const DAY = 86_400

process.exit(await main(process.argv.slice(2)))

async function main(argv: readonly string[]): Promise<number> {
  // Whoever reads our output may stop to (`sotto read --follow | head`): that is an end, and no failure.
  process.stdout.on("error", () => process.exit(0))
  process.on("unhandledRejection", (error) => fail(error))
  try {
    await run(argv)
    return 0
  } catch (error) {
    return fail(error)
  }
}

function fail(error: unknown): never {
  if (error instanceof StoreError) return fail(storeFailure(error))
  if (error instanceof Failure) console.error(error.message)
  else console.error("This is a mistake in sotto itself:", error)
  process.exit(1)
}

async function run(argv: readonly string[]): Promise<void> {
  const name = commandName(argv)
  const command = Object.hasOwn(commands, name ?? "") ? commands[name!]! : null
  const args = parseArguments(argv, { ...common, ...(command?.options ?? allOptions()) })
  if (args.options.has("help") || (name === null && argv.length === 0) || name === "help") {
    console.log(command ? helpOf(name!, command) : helpOfAll(commands))
    return
  }
  if (name === null) throw new Failure("Which command? \"sotto --help\" lists them.")
  if (command === null) throw new Failure(`There is no command "${name}"; "sotto --help" lists them.`)
  const words = args.words.slice(1)
  const [least, most] = command.words
  if (words.length < least || words.length > most) throw new Failure(`It is used like this: sotto ${name} ${command.usage}`.trimEnd())

  const interrupted = new AbortController()
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => interrupted.abort())
  const seconds = numberOption(args, "timeout", TIMEOUT, 1, DAY)
  const call = {
    args: { words, options: args.options },
    folder: args.options.get("profile") ?? defaultFolder(),
    json: args.options.has("json"),
    speed: choiceOption(args, "profile-speed", ["fast", "balanced", "saver"] as const),
    passphrase: (isNew: boolean) => passphraseFrom(args, CURRENT, isNew),
    interrupted: interrupted.signal,
    deadline: AbortSignal.any([interrupted.signal, AbortSignal.timeout(seconds * 1000)]),
    print: (line: string) => console.log(line),
    note: (line: string) => console.error(line),
  }
  try {
    await command.run(call)
  } catch (error) {
    if (error instanceof Failure && interrupted.signal.aborted) throw new Failure("Interrupted; what was begun goes on in the next run.")
    throw error
  }
}

/** The first word, found without knowing yet which options the command has: those of all are known. */
function commandName(argv: readonly string[]): string | null {
  return parseArguments(argv, { ...allOptions(), ...common }).words[0] ?? null
}

function allOptions(): OptionKinds {
  return Object.assign({}, ...Object.values(commands).map(({ options }) => options)) as OptionKinds
}
