import { parseArguments } from "../cli/arguments.ts"
import { Failure } from "../cli/failure.ts"
import type { Counts } from "./testing/counts.ts"
import { countsLine, NOTHING, sum } from "./testing/counts.ts"
import type { Manner } from "./testing/run.ts"
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
  const projects = ["node", "workerd"].filter((name) => names.has(name)).flatMap((name) => (name === "node" ? ["node", "small", "replacing", "noble"] : [name]))
  const others = NAMES.filter((name) => names.has(name) && name !== "node" && name !== "workerd" && words.length === 0)
  const manner = { late: projects.length > 0 || (others.length > 1 && others.includes("browser")) }
  // What computes gives way to what waits for real networks and for browsers, and takes the time that they leave.
  const computing = projects.length > 0 ? vitest(projects, words, { yields: others.length > 0 }) : NOTHING
  const all = sum(await Promise.all([computing, networks(others, manner), browsers(others, manner)]))
  for (const name of all.failures ?? []) console.log(`Failed: ${name}`)
  console.log(`\n${countsLine(all)}`)
  return all.failed > 0 || all.passed === 0 ? 1 : 0
}

/** What is measured (bench) is time of processors and memory, which others hardly touch. */
async function networks(names: readonly string[], manner: Manner): Promise<Counts> {
  const counts: Counts[] = []
  for (const project of ["network", "cli", "bench"]) if (names.includes(project)) counts.push(await vitest([project], [], manner))
  if (names.includes("vectors")) counts.push(await vectors())
  return sum(counts)
}

/** The longest first, for there is most to wait for in them. */
async function browsers(names: readonly string[], manner: Manner): Promise<Counts> {
  if (!names.includes("browser")) return NOTHING
  const long = await browser("long", manner)
  return sum([long, await browser("chromium", manner)])
}
