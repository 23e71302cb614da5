import { parseArguments } from "../cli/arguments.ts"
import { Failure } from "../cli/failure.ts"
import type { Counts } from "./testing/counts.ts"
import { countsLine, NOTHING, sum } from "./testing/counts.ts"
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
  const computing = names.has("node") ? ["node", "sharing", "small", "replacing", "noble"] : []
  const small = [...(names.has("node") ? ["real"] : []), ...(names.has("workerd") ? ["workerd"] : [])]
  const all = sum(words.length > 0 ? [await vitest([...computing, ...small], words)] : await everything(names, computing, small))
  for (const name of all.failures ?? []) console.log(`Failed: ${name}`)
  console.log(`\n${countsLine(all)}`)
  return all.failed > 0 || all.passed === 0 ? 1 : 0
}

/** What computes gives way to what waits, for real nodes and in browsers, and takes the time that is left. */
async function everything(names: ReadonlySet<string>, computing: readonly string[], small: readonly string[]): Promise<Counts[]> {
  const computed = computing.length > 0 ? vitest(computing, [], { yields: true }) : NOTHING
  const late = computing.length > 0
  const counts: Counts[] = []
  const networks = [...(names.has("network") ? ["network"] : []), ...small]
  if (networks.length > 0) counts.push(await vitest(networks, [], { late }))
  // People on a network of real nodes are mostly waited for; what is measured is time of processors and memory, which others hardly touch.
  const people = names.has("browser") ? browser("long", { late: true }) : NOTHING
  const measured = names.has("bench") ? vitest(["bench"], [], { late: true }) : NOTHING
  if (names.has("cli")) counts.push(await vitest(["cli"], [], { late }))
  if (names.has("vectors")) counts.push(await vectors())
  counts.push(await measured)
  if (names.has("browser")) counts.push(await browser("chromium", { late }))
  counts.push(await people, await computed)
  return counts
}
