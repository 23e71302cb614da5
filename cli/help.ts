import type { Command } from "./command.ts"

/** The options that every command takes. */
export const COMMON = [
  "--profile DIR          the profile's folder (or SOTTO_PROFILE; else ~/.sotto)",
  "--passphrase-file F    the profile's passphrase (or SOTTO_PASSPHRASE; else it is asked for at a terminal)",
  "--profile-speed SPEED  fast, balanced or saver: how often packets leave; remembered",
  "--timeout SECONDS      how long to wait at most (300)",
  "--json                 results for programs, one JSON object per line",
  "--help                 of sotto, or of one command",
]

export function helpOfAll(commands: Readonly<Record<string, Command>>): string {
  const lines = Object.entries(commands).flatMap(([name, { usage, summary }]) => [`  sotto ${name} ${usage}`.trimEnd(), `      ${summary}`])
  return ["sotto: an anonymous messenger, on the command line", "", ...lines, "", ...common()].join("\n")
}

export function helpOf(name: string, { usage, summary }: Command): string {
  return [`sotto ${name} ${usage}`.trimEnd(), "", `  ${summary}`, "", ...common()].join("\n")
}

function common(): string[] {
  return ["Options, before or after:", ...COMMON.map((line) => `  ${line}`), "", "The exit code is 0, or 1 with one sentence on the standard error output."]
}
