/**
 * `npm run fingerprint` builds the app from these sources, in a folder of its own, and says its fingerprint. With the address of a
 * server it also fetches every file from there and says which differ.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createHash } from "node:crypto"
import { tmpdir } from "node:os"
import path from "node:path"
import { fingerprintOf, LIST, parseList } from "./building/files.ts"
import { buildApp } from "./network/fresh.ts"

const [address] = process.argv.slice(2)
const folder = mkdtempSync(path.join(tmpdir(), "sotto-build-"))
try {
  await buildApp(folder)
  const list = readFileSync(path.join(folder, LIST), "utf8")
  console.log(fingerprintOf(list))
  if (address !== undefined) process.exitCode = await compare(address, list)
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 2
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function compare(server: string, list: string): Promise<number> {
  const served = async (file: string) => {
    const response = await fetch(new URL(`/${file}`, server)).catch(() => null)
    return response?.ok ? Buffer.from(await response.arrayBuffer()) : null
  }
  const wanted = [...parseList(list), [LIST, fingerprintOf(list)] as const]
  const differing: string[] = []
  for (const [file, hash] of wanted) {
    const bytes = await served(file)
    if (bytes === null) differing.push(`${file} cannot be had there`)
    else if (createHash("sha256").update(bytes).digest("hex") !== hash) differing.push(`${file} is another`)
  }
  const page = await served("")
  if (page === null || createHash("sha256").update(page).digest("hex") !== parseList(list).get("index.html")) differing.push("the page at / is another")
  for (const line of differing) console.log(line)
  console.log(differing.length === 0 ? `All ${wanted.length} files at ${server} are those that these sources give.` : `${differing.length} of ${wanted.length} files at ${server} differ from what these sources give.`)
  return differing.length === 0 ? 0 : 1
}
