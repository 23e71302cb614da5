import { readdirSync, readFileSync } from "node:fs"
import path from "node:path"
import { root } from "../../cli/bin/node.mjs"

export const AREAS = ["shared", "mix", "dropbox", "directory", "messenger", "web", "cli", "scripts", "test", "bench"] as const

export interface Source {
  /** Below the root, with slashes. */
  readonly file: string
  readonly text: string
}

const KINDS = /\.(ts|mts|mjs|vue|css)$/

export function sources(): Source[] {
  return AREAS.flatMap((area) =>
    readdirSync(path.join(root, area), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && KINDS.test(entry.name) && !entry.parentPath.includes("node_modules"))
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((file) => ({ file: path.relative(root, file).replaceAll("\\", "/"), text: readFileSync(file, "utf8") })),
  )
}
