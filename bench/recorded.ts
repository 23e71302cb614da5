import { readFileSync } from "node:fs"
import { parts } from "./parts.ts"

export const RECORDED = new URL("recorded/performance.json", import.meta.url)
export const PAGE = new URL("../docs/performance.md", import.meta.url)

/** What each part measured when it was recorded, and the load of the machine (runnable processes, mean of a minute) just before. */
export type Recorded = Record<string, { readonly load: number; readonly result: unknown }>

export function readRecorded(): Recorded {
  return JSON.parse(readFileSync(RECORDED, "utf8")) as Recorded
}

/** The tables of all parts of which something is recorded. */
export function allTables(recorded: Recorded): Record<string, string> {
  const known = parts.filter(({ name }) => recorded[name] !== undefined)
  return Object.assign({}, ...known.map((part) => part.tables(recorded[part.name]!.result))) as Record<string, string>
}
