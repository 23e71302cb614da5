import { fileURLToPath } from "node:url"
import type { Page } from "@playwright/test"
import { expect, test } from "@playwright/test"
import { build } from "esbuild"
import { cases } from "../stores/conformance.ts"

let script = ""

test.beforeAll(async () => {
  const entry = fileURLToPath(new URL("stores-page.ts", import.meta.url))
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, write: false, format: "iife", target: "es2022" })
  script = outputFiles[0]!.text
})

async function open(page: Page): Promise<void> {
  // IndexedDB belongs to an origin: one that nobody serves but this test.
  await page.route("http://stores.test/**", (route) => route.fulfill({ contentType: "text/html", body: "<title>stores</title>" }))
  await page.goto("http://stores.test/")
  await page.addScriptTag({ content: script })
}

const call = (page: Page, name: string, value?: unknown) =>
  page.evaluate(([one, given]) => (globalThis as unknown as Record<string, (given: unknown) => Promise<unknown>>)[one as string]!(given), [name, value])

test("the store in IndexedDB does what every store must do", async ({ page }) => {
  await open(page)
  for (const { name } of cases) {
    await test.step(name, async () => {
      expect(await call(page, "runCase", name)).toBeNull()
    })
  }
})

test("a commit to IndexedDB that was fulfilled survives the page's end, without a close", async ({ page }) => {
  await open(page)
  await call(page, "keep", 7)
  await page.close({ runBeforeUnload: false })
  const other = await page.context().newPage()
  await open(other)
  expect(await call(other, "kept")).toBe(7)
})
