import { existsSync, mkdirSync } from "node:fs"
import path from "node:path"

/** Makes a folder that only its owner may enter, and those above it. (mkdirSync's own `recursive` never returns below /proc.) */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  makeFolder(path.dirname(path.resolve(folder)))
  mkdirSync(folder, { mode: 0o700 })
}
