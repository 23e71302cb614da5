import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { root } from "../../cli/bin/node.mjs"
import { apiPage, commandNames, undocumented } from "../../scripts/api-docs/api-page.ts"
import { callers, cliPage } from "../../scripts/api-docs/cli-page.ts"
import { exportsOf } from "../../scripts/api-docs/declarations.ts"

const page = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8")

test("docs/api.md is what npm run api-docs makes of the code", () => {
  expect(page("api.md")).toBe(apiPage(root))
})

test("docs/cli.md is what npm run api-docs makes of the code", () => {
  expect(page("cli.md")).toBe(cliPage(root))
})

test("every command of the messenger has a command that calls it", () => {
  const called = callers(root)
  expect(commandNames(root).filter((name) => !called.has(name))).toEqual([])
})

test("the page has every command with what it takes, and every event", () => {
  expect(commandNames(root).length).toBeGreaterThan(15)
  for (const name of commandNames(root)) expect(page("api.md")).toContain(`\n### ${name}\n`)
  expect(page("api.md")).toContain("- takes `{ conversation: string; text: string; replyTo?: string; mentions?: MentionView[] }`\n- answers `{ message: string }`")
  expect(page("api.md")).toContain("| `contact-removed` | `contact: string` |")
})

test("nothing that is public is without a comment", () => {
  expect(undocumented(root)).toEqual([])
})

test("the package's entry has all that its interface speaks of", () => {
  const names = exportsOf(root, "messenger/index.ts").map(({ name }) => name)
  const internal = ["NetworkState", "networkView", "profileView"]
  for (const file of ["messenger/api.ts", "messenger/ports.ts", "messenger/network-view.ts"])
    expect(exportsOf(root, file).map(({ name }) => name).filter((name) => !names.includes(name) && !internal.includes(name)), file).toEqual([])
})
