import { accessSync, constants } from "node:fs"
import { homedir } from "node:os"
import path from "node:path"

/** The first of these that this machine can run: `chosen`, one of `names` on the PATH, or among the applications of macOS. */
export function findProgram(chosen: string | undefined, names: readonly string[], macApps: readonly string[]): string | null {
  const folders = ["/usr/bin", ...(process.env.PATH ?? "").split(path.delimiter)]
  const candidates = [
    ...(chosen ? [chosen] : []),
    ...folders.flatMap((folder) => names.map((name) => path.join(folder, name))),
    ...["/Applications", path.join(homedir(), "Applications")].flatMap((folder) => macApps.map((app) => path.join(folder, app))),
  ]
  return candidates.find(isExecutable) ?? null
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
