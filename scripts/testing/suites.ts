import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { stripVTControlCharacters } from "node:util"
import * as v from "valibot"
import { root } from "../../cli/bin/node.mjs"
import { findChromium } from "./chromium.ts"
import type { Counts } from "./counts.ts"
import { NOTHING, sum, withExit } from "./counts.ts"
import type { Manner } from "./run.ts"
import { run } from "./run.ts"

const VECTORS = path.join(root, "..", "shared", "vectors")
const WHY_LINES = 8
const BROWSER_TESTS = path.join(root, "test", "browser")

const VitestReport = v.object({
  numPassedTests: v.number(),
  numFailedTests: v.number(),
  numPendingTests: v.number(),
  numTodoTests: v.number(),
  testResults: v.array(v.object({ name: v.string(), status: v.string(), assertionResults: v.array(v.object({ status: v.string(), fullName: v.string(), failureMessages: v.optional(v.nullable(v.array(v.string()))) })) })),
})

/** Tests of these projects of vitest.config.ts; `words` choose files by parts of their paths. */
export async function vitest(projects: readonly string[], words: readonly string[] = [], manner: Manner = {}): Promise<Counts> {
  return withReport(async (file) => {
    const chosen = projects.flatMap((project) => ["--project", project])
    const { code } = await run("vitest", ["run", ...chosen, "--reporter=default", "--reporter=json", `--outputFile.json=${file}`, ...words], manner)
    const report = parsed(VitestReport, file)
    if (report === null) return withExit(NOTHING, code)
    // A file that cannot even be loaded has no tests to fail.
    const broken = report.testResults.filter(({ status, assertionResults }) => status === "failed" && assertionResults.length === 0)
    const failures = report.testResults.flatMap(({ name, assertionResults }) =>
      assertionResults.filter(({ status }) => status === "failed").map(({ fullName, failureMessages }) => `${path.relative(root, name)}: ${fullName}${beginningOf(failureMessages?.[0])}`),
    )
    const counts = { passed: report.numPassedTests, failed: report.numFailedTests + broken.length, skipped: report.numPendingTests + report.numTodoTests }
    return withExit({ ...counts, failures: [...failures, ...broken.map(({ name }) => path.relative(root, name))] }, code)
  })
}

/** The files of others, where they lie beside the repository. */
export async function vectors(): Promise<Counts> {
  const files = (folder: string) => (existsSync(path.join(VECTORS, folder)) ? readdirSync(path.join(VECTORS, folder)) : [])
  const mls = files("mls").filter((name) => name.endsWith(".json")).map((name) => path.join(VECTORS, "mls", name))
  const calls = [
    ["sphinx", [path.join(VECTORS, "sphinx.json")].filter((file) => existsSync(file))],
    ["mls", mls],
    ["mimi", files("mimi").length > 0 ? [path.join(VECTORS, "mimi")] : []],
  ] as const
  const counts: Counts[] = []
  for (const [kind, paths] of calls) {
    if (paths.length === 0) continue
    console.log(`\nVectors: ${kind}`)
    const { code, output } = await run(process.execPath, ["--disable-warning=ExperimentalWarning", "scripts/vectors.mjs", kind, ...paths], { keep: true })
    const [, passed, failed] = /^(\d+) passed, (\d+) failed$/.exec(output.trim().split("\n").at(-1) ?? "") ?? []
    counts.push(withExit({ passed: Number(passed ?? 0), failed: Number(failed ?? 0), skipped: 0 }, code))
  }
  if (counts.length === 0) console.log(`\nNo files of test vectors in ${VECTORS}; the tests of our own cover the same ground.`)
  return sum(counts)
}

interface Suite {
  readonly suites?: readonly Suite[] | undefined
  readonly specs?: readonly { readonly ok: boolean; readonly title: string; readonly file: string; readonly tests?: readonly { readonly results: readonly { readonly error?: { readonly message?: string | undefined } | undefined }[] }[] | undefined }[] | undefined
}
const Suite: v.GenericSchema<unknown, Suite> = v.object({
  suites: v.optional(v.array(v.lazy(() => Suite))),
  specs: v.optional(v.array(v.object({ ok: v.boolean(), title: v.string(), file: v.string(), tests: v.optional(v.array(v.object({ results: v.array(v.object({ error: v.optional(v.object({ message: v.optional(v.string()) })) })) }))) }))),
})

const PlaywrightReport = v.object({
  suites: v.array(Suite),
  stats: v.object({ expected: v.number(), unexpected: v.number(), flaky: v.number(), skipped: v.number() }),
})

/** The projects of playwright.config.ts. */
export type BrowserProject = "long" | "chromium"

function failuresIn({ suites = [], specs = [] }: Suite): string[] {
  return [...specs.filter(({ ok }) => !ok).map(({ title, file, tests = [] }) => `${file}: ${title}${beginningOf(tests.flatMap(({ results }) => results)[0]?.error?.message)}`), ...suites.flatMap(failuresIn)]
}

/** What went wrong, on lines of its own: a long log may not be there any more when it is looked for. */
function beginningOf(message = ""): string {
  const lines = stripVTControlCharacters(message).split("\n").filter((line) => line.trim() !== "" && !/^\s*at .*(node_modules|node:)|^\s*at new Promise/.test(line))
  return lines.slice(0, WHY_LINES).map((line) => `\n    ${line.trim().slice(0, 300)}`).join("")
}

/** Without a Chromium they are skipped, but not where nobody would notice. */
export async function browser(project: BrowserProject, manner: Manner): Promise<Counts> {
  const specs = existsSync(BROWSER_TESTS) ? readdirSync(BROWSER_TESTS).filter((name) => name.endsWith(".spec.ts")) : []
  if (specs.length === 0) return NOTHING
  if (findChromium() === null) {
    console.log("\nThe browser tests need Chromium or Chrome, which is not installed here (Debian: apt-get install chromium).")
    return process.env.CI === "true" ? { ...NOTHING, failed: 1 } : { ...NOTHING, skipped: 1 }
  }
  return withReport(async (file) => {
    const args = ["test", `--project=${project}`, "--output", path.join("test-results", project), "--reporter=list,json"]
    const { code } = await run("playwright", args, { ...manner, env: { PLAYWRIGHT_JSON_OUTPUT_NAME: file } })
    const report = parsed(PlaywrightReport, file)
    if (report === null) return withExit(NOTHING, code)
    const { expected, unexpected, flaky, skipped } = report.stats
    return withExit({ passed: expected, failed: unexpected + flaky, skipped, failures: report.suites.flatMap(failuresIn) }, code)
  })
}

async function withReport(work: (file: string) => Promise<Counts>): Promise<Counts> {
  const folder = mkdtempSync(path.join(tmpdir(), "sotto-report-"))
  try {
    return await work(path.join(folder, "report.json"))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function parsed<T>(schema: v.GenericSchema<unknown, T>, file: string): T | null {
  if (!existsSync(file)) return null
  const result = v.safeParse(schema, JSON.parse(readFileSync(file, "utf8")))
  return result.success ? result.output : null
}
