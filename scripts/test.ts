import { parseArguments } from "../cli/arguments.ts"
import { Failure } from "../cli/failure.ts"
import type { Counts } from "./testing/counts.ts"
import { countsLine, sum } from "./testing/counts.ts"
import { browser, vectors, vitest } from "./testing/suites.ts"

const HELP = `npm test [-- OPTIONS] [WORDS]

  --only node      in Node: codecs, vectors, MLS, scenarios on a simulated network
         workerd   the workers in workerd
         cli       the command line client and npm start
         network   networks of real nodes over several key epochs, people at the command line on them (4 minutes), and packets to and fro with the Rust crate, where cargo is
         bench     short versions of npm run bench: no ratio has got worse by a third
         vectors   the vector files in ../shared/vectors
         browser   Chromium, on a network of real nodes
         (several: with commas)
  WORDS            tests in Node and workerd whose paths contain one of them

The last line is "N passed, M failed", and "K skipped" if any were.`

const NAMES = ["node", "workerd", "network", "bench", "cli", "vectors", "browser"]

try {
  const args = parseArguments(process.argv.slice(2), { only: "value", help: "flag" })
  if (args.options.has("help")) console.log(HELP)
  else process.exitCode = await test(chosen(args.options.get("only")), args.words)
} catch (error) {
  if (!(error instanceof Failure)) throw error
  console.error(error.message)
  process.exitCode = 1
}

function chosen(only: string | undefined): ReadonlySet<string> {
  const names = only === undefined ? NAMES : only.split(",")
  const unknown = names.find((name) => !NAMES.includes(name))
  if (unknown !== undefined) throw new Failure(`There are no tests "${unknown}"; --only takes ${NAMES.join(", ")}.`)
  return new Set(names)
}

async function test(names: ReadonlySet<string>, words: readonly string[]): Promise<number> {
  const counts: Counts[] = []
  const projects = ["node", "workerd"].filter((name) => names.has(name)).flatMap((name) => (name === "node" ? ["node", "small", "replacing", "noble"] : [name]))
  // Minutes of waiting, and little work: beside the others, and shown when they are done.
  const waiting = names.has("network") && words.length === 0 ? vitest(["network"], [], projects.length > 0) : null
  if (projects.length > 0) counts.push(await vitest(projects, words))
  if (waiting !== null) counts.push(await waiting)
  if (words.length === 0) {
    // People on a network of real nodes are waited for likewise.
    const people = names.has("browser") ? browser("long", true) : null
    // After the others, for they measure times and start many processes.
    // What is measured is time of processors and memory, which others hardly touch.
    const measured = names.has("bench") ? vitest(["bench"], [], true) : null
    if (names.has("cli")) counts.push(await vitest(["cli"]))
    if (names.has("vectors")) counts.push(await vectors())
    if (measured !== null) counts.push(await measured)
    if (names.has("browser")) counts.push(await browser("chromium"))
    if (people !== null) counts.push(await people)
  }
  const all = sum(counts)
  console.log(`\n${countsLine(all)}`)
  return all.failed > 0 || all.passed === 0 ? 1 : 0
}
