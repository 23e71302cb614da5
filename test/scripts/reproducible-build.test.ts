import { cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { root } from "../../cli/bin/node.mjs"
import { listOf, parseList } from "../../scripts/building/files.ts"
import { appFolder, buildApp, freshApp } from "../../scripts/network/fresh.ts"

const SOURCES = ["web", "messenger", "shared", "patches", "scripts", "vite.config.ts", "package.json", "package-lock.json", "tsconfig.base.json", "tsconfig.web.json", "tsconfig.webworker.json"]
/** A clock of another year. */
const LATER = `const now = Date.now, Real = Date
Date.now = () => now() + 4e10
globalThis.Date = class extends Real { constructor(...given) { given.length ? super(...given) : super(now() + 4e10) } }`

let copy: string
beforeAll(() => {
  copy = path.join(mkdtempSync(path.join(tmpdir(), "sotto-elsewhere-")), "another name")
  mkdirSync(path.join(copy, "node_modules"), { recursive: true })
  const modules = path.join(root, "node_modules")
  for (const source of SOURCES.filter((one) => existsSync(path.join(root, one)))) {
    cpSync(path.join(root, source), path.join(copy, source), { recursive: true, filter: (file) => path.basename(file) !== "node_modules" })
  }
  for (const name of readdirSync(modules)) {
    // Links into the repository lead into the copy.
    const own = path.join(modules, name)
    symlinkSync(lstatSync(own).isSymbolicLink() ? readlinkSync(own) : own, path.join(copy, "node_modules", name))
  }
})
afterAll(() => rmSync(path.dirname(copy), { recursive: true }))

test("a build in another folder, in another language, time zone and year gives the same files to the byte", async () => {
  const away = path.join(copy, "built")
  const changes = { TZ: "Pacific/Chatham", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8", HOME: copy, NODE_OPTIONS: `--import=data:text/javascript;base64,${Buffer.from(LATER).toString("base64")}` }
  await Promise.all([freshApp(() => undefined), buildApp(away, { at: copy, changes })])
  const [here, there] = [appFolder, away].map((folder) => readFileSync(path.join(folder, "SHA256SUMS.txt"), "utf8"))
  expect(there).toBe(here)
  expect(listOf(away)).toBe(here)
  expect(parseList(here!).size).toBeGreaterThan(20)
})

test("the list names every file of the build, and the service worker carries the hash of each but its own", async () => {
  await freshApp(() => undefined)
  const files = readdirSync(appFolder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const names = files.map((entry) => path.relative(appFolder, path.join(entry.parentPath, entry.name)))
  const list = parseList(readFileSync(path.join(appFolder, "SHA256SUMS.txt"), "utf8"))
  expect([...list.keys(), "SHA256SUMS.txt"].sort()).toEqual(names.sort())
  const worker = readFileSync(path.join(appFolder, "sw.js"), "utf8")
  for (const [file, hash] of list) expect([file, worker.includes(hash)]).toEqual([file, file !== "sw.js"])
})

test("no file of the build tells where it was built", async () => {
  await freshApp(() => undefined)
  for (const file of parseList(readFileSync(path.join(appFolder, "SHA256SUMS.txt"), "utf8")).keys()) {
    expect([file, readFileSync(path.join(appFolder, file)).includes(root)]).toEqual([file, false])
  }
})
