import { parseArguments } from "../cli/arguments.ts"
import { wrongImports } from "./checking/imports.ts"
import { fileLengths } from "./checking/lengths.ts"
import { sources } from "./checking/sources.ts"
import { strayTexts } from "./checking/strays.ts"
import { physicalStyles } from "./checking/styles.ts"
import { checkTypes } from "./checking/types.ts"
import { run } from "./testing/run.ts"

const args = parseArguments(process.argv.slice(2), { fast: "flag", help: "flag" })
if (args.options.has("help")) {
  console.log("npm run check [-- --fast]\n\n  --fast   without the tests that start browsers or networks of real nodes")
  process.exit(0)
}

const failed: string[] = []

async function step(name: string, check: () => Promise<boolean> | boolean): Promise<void> {
  console.log(`\n${name} …`)
  if (!(await check())) failed.push(name)
}

await step("types", checkTypes)
await step("imports", () => {
  const wrong = wrongImports(sources())
  for (const sentence of wrong) console.log(sentence)
  return wrong.length === 0
})
await step("lengths", () => {
  const { long, tooLong } = fileLengths(sources())
  for (const sentence of long) console.log(`${sentence}: is there a seam?`)
  for (const sentence of tooLong) console.log(`${sentence}: split it.`)
  return tooLong.length === 0
})
await step("texts and styles", () => {
  const wrong = [...strayTexts(sources()), ...physicalStyles(sources())]
  for (const sentence of wrong) console.log(sentence)
  return wrong.length === 0
})
await step("lint", async () => (await run("eslint", [".", "--max-warnings", "0"])).code === 0)
const only = args.options.has("fast") ? ["--only", "node,workerd,vectors"] : []
await step("tests", async () => (await run(process.execPath, ["scripts/test.mjs", ...only])).code === 0)

console.log(failed.length === 0 ? "\nyes: everything is in order" : `\nno: ${failed.join(", ")}`)
process.exitCode = failed.length === 0 ? 0 : 1
