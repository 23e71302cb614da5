import { Failure } from "./failure.ts"

/** Options by name: those that take a value, and those that do not. */
export type OptionKinds = Readonly<Record<string, "value" | "flag">>

export interface Arguments {
  readonly words: readonly string[]
  readonly options: ReadonlyMap<string, string>
}

/**
 * Options stand before or after the words: `--name value`, `--name=value`, `--flag`; what follows `--` is words.
 * Throws Failure.
 */
export function parseArguments(argv: readonly string[], kinds: OptionKinds): Arguments {
  const words: string[] = []
  const options = new Map<string, string>()
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i]!
    if (argument === "--") {
      words.push(...argv.slice(i + 1))
      break
    }
    // A single dash is the standard input, and a text may begin with one.
    if (!argument.startsWith("--")) {
      words.push(argument)
      continue
    }
    const [name, ...rest] = argument.slice(2).split("=")
    const kind = Object.hasOwn(kinds, name!) ? kinds[name!] : undefined
    if (kind === undefined) throw new Failure(`There is no option --${name}; --help lists them.`)
    if (options.has(name!)) throw new Failure(`The option --${name} is given twice.`)
    if (kind === "flag") {
      if (rest.length > 0) throw new Failure(`The option --${name} takes no value.`)
      options.set(name!, "")
      continue
    }
    const value = rest.length > 0 ? rest.join("=") : argv[++i]
    if (value === undefined || (rest.length === 0 && value.startsWith("--"))) throw new Failure(`The option --${name} needs a value.`)
    options.set(name!, value)
  }
  return { words, options }
}

export function numberOption(args: Arguments, name: string, fallback: number, min: number, max: number): number {
  const text = args.options.get(name)
  if (text === undefined) return fallback
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < min || value > max) throw new Failure(`The option --${name} takes a whole number from ${min} to ${max}.`)
  return value
}

export function choiceOption<T extends string>(args: Arguments, name: string, choices: readonly T[]): T | null {
  const text = args.options.get(name)
  if (text === undefined) return null
  const choice = choices.find((one) => one === text)
  if (choice === undefined) throw new Failure(`The option --${name} takes ${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}.`)
  return choice
}
