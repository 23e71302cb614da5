/**
 * How fast packets, nodes and a whole network are, and what they cost:
 *   npm run bench                          all parts; -- packets mix …: these; --quick: what CI runs, in seconds; --json FILE
 *   npm run bench -- --record              the same, and writes what was measured into bench/recorded/performance.json, and the tables of docs/performance.md
 *   npm run bench -- --pages               the tables again from what was recorded
 * Ratios are compared with the recorded ones: it ends with 1 where one is worse by more than a third. Nothing else should keep the machine busy meanwhile.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { loadavg } from "node:os"
import { parseArguments } from "../cli/arguments.ts"
import { Failure } from "../cli/failure.ts"
import { filled } from "./pages.ts"
import { PAGE, RECORDED, allTables, readRecorded } from "./recorded.ts"
import { parts } from "./parts.ts"
import { worse } from "./worse.ts"

const args = parseArguments(process.argv.slice(2), { quick: "flag", record: "flag", pages: "flag", json: "value" })
const quick = args.options.has("quick")
if (quick && args.options.has("record")) throw new Failure("What is recorded is the whole.")
const unknown = args.words.find((word) => !parts.some(({ name }) => name === word))
if (unknown !== undefined) throw new Failure(`There is no part "${unknown}"; there are ${parts.map(({ name }) => name).join(", ")}.`)

const recorded = readRecorded()
let failed = false
if (!args.options.has("pages")) {
  const measured: Record<string, unknown> = {}
  for (const part of parts.filter(({ name }) => args.words.length === 0 || args.words.includes(name))) {
    const load = loadavg()[0]!
    const result = await part.measure(quick, (line) => console.error(line))
    measured[part.name] = { load: Number(load.toFixed(1)), result }
    for (const [name, table] of Object.entries(part.tables(result))) console.log(`\n${name}\n${table}`)
    const known = recorded[part.name]
    console.log("")
    for (const [name, ratio] of Object.entries(part.ratios(result))) {
      const before = known === undefined ? undefined : part.ratios(known.result)[name]
      console.log(`${name}: ${ratio.toFixed(3)}${before === undefined ? "" : `, recorded ${before.toFixed(3)}`}`)
    }
    const complaints = known === undefined ? [] : worse(part.ratios(result), part.ratios(known.result))
    for (const complaint of complaints) console.error(`Worse by more than a third: ${complaint}`)
    failed ||= complaints.length > 0
  }
  const file = args.options.get("json")
  if (file !== undefined) writeFileSync(file, JSON.stringify(measured))
  if (args.options.has("record")) writeFileSync(RECORDED, `${JSON.stringify({ ...recorded, ...measured }, null, 1)}\n`)
}
if (args.options.has("record") || args.options.has("pages")) writeFileSync(PAGE, filled(readFileSync(PAGE, "utf8"), "bench", allTables(readRecorded())))
process.exit(failed ? 1 : 0)
