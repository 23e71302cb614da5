import { readdirSync, readFileSync } from "node:fs"
import path from "node:path"
import { commands } from "../../cli/catalogue.ts"
import { COMMON } from "../../cli/help.ts"
import { commandNames } from "./api-page.ts"

const HEAD = `# The command line

\`npx sotto COMMAND\` runs the messenger without a screen on a profile's folder, one process at a time: the folder is locked while a command
runs. What a command began (a code that is not stored yet, a message in the outbox) goes on in the next run, whatever that does. All
results are for people, or with \`--json\` for programs, one object per line. This page is made from the code by \`npm run api-docs\`.`

const MAPPING = `## Which command of the messenger is called where

The messenger's own commands ([api.md](api.md)), and what calls them here.`

/** docs/cli.md, from the code below \`root\`. */
export function cliPage(root: string): string {
  const rows = Object.entries(commands).map(([name, { usage, summary }]) => [`\`sotto ${name} ${usage}`.trimEnd() + "`", summary.replace(/\n\s*/g, "; ").replace(": ; ", ": ")])
  const calls = callers(root)
  const mapping = commandNames(root).map((name) => [`\`${name}\``, (calls.get(name) ?? []).map((one) => `\`${one}\``).join(", ")])
  const options = COMMON.map((line) => line.split(/\s{2,}/)).map(([option, text]) => [`\`${option}\``, text!])
  return [HEAD, table(["command", "what it does"], rows), "Options of all commands, before or after their words:", table(["option", ""], options), MAPPING, table(["messenger", "sotto"], mapping)].join("\n\n").concat("\n")
}

/** By command of the messenger: the commands of `sotto` whose file calls it. */
export function callers(root: string): Map<string, string[]> {
  const folder = path.join(root, "cli", "commands")
  const found = new Map<string, string[]>()
  const files = readdirSync(folder).filter((name) => name.endsWith(".ts")).map((name) => readFileSync(path.join(folder, name), "utf8"))
  for (const name of Object.keys(commands)) {
    const constant = name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
    const text = files.find((one) => one.includes(`export const ${constant}: Command = `)) ?? ""
    for (const [, called] of text.matchAll(/\.run\("([\w-]+)"/g)) {
      const known = found.get(called!) ?? []
      if (!known.includes(name)) found.set(called!, [...known, name])
    }
  }
  return found
}

const cell = (text: string) => text.replaceAll("|", "\\|")

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`).join("\n")
}
