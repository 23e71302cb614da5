// Checks files of test vectors in the formats of their projects:
//   npm run vectors -- sphinx FILE…    packets of sphinx-packet
//   npm run vectors -- mls FILE…       passive-client and tree-validation files of the MLS working group
//   npm run vectors -- mimi DIR…       directories with pairs of .cbor and .edn
// The last line is "N passed, M failed"; the exit code is 1 where something failed or could not be checked.
import { stat } from "node:fs/promises"

const USAGE = "Usage: npm run vectors -- sphinx FILE… | mls FILE… | mimi DIR…"

const kinds = {
  sphinx: { wants: "file", check: async () => (await import("./vectors/sphinx.ts")).checkSphinxFile },
  mls: { wants: "file", check: async () => (await import("./vectors/mls.ts")).checkMlsFile },
  mimi: { wants: "directory", check: async () => (await import("./vectors/mimi.ts")).checkMimiDirectory },
}

/** Why a path cannot be checked, as a sentence, or null. */
async function obstacle(path, wants) {
  const found = await stat(path).catch(() => null)
  if (found === null) return `There is no ${wants} ${path}.`
  if (wants === "file" && !found.isFile()) return `${path} is not a file.`
  if (wants === "directory" && !found.isDirectory()) return `${path} is not a directory.`
  return null
}

function stop(sentence) {
  console.error(sentence)
  process.exit(1)
}

const [kind, ...paths] = process.argv.slice(2)
if (!Object.hasOwn(kinds, kind ?? "") || paths.length === 0) stop(USAGE)
const { wants, check } = kinds[kind]
for (const path of paths) {
  const sentence = await obstacle(path, wants)
  if (sentence !== null) stop(sentence)
}

const checkPath = await check()
let passed = 0
let failed = 0
for (const path of paths) {
  const result = await checkPath(path).catch((error) => stop(`${path} cannot be checked: ${error.message}`))
  if (result.passed + result.failed === 0) stop(`There is nothing to check in ${path}.`)
  for (const failure of result.failures) console.log(paths.length > 1 ? `${path}: ${failure}` : failure)
  passed += result.passed
  failed += result.failed
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
