import { fileURLToPath } from "node:url"
import { chromium } from "@playwright/test"
import { build } from "esbuild"
import { findChromium } from "../../scripts/testing/chromium.ts"
import type { Opening } from "./opening.ts"

/** An origin that nobody serves but this benchmark, and where the browser's cryptography is to be had. */
const PAGE = "https://profile-size.test/"

/** What page.ts gives a page, as one script. */
export async function pageScript(): Promise<string> {
  const entry = fileURLToPath(new URL("page.ts", import.meta.url))
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, write: false, format: "iife", target: "es2022" })
  return outputFiles[0]!.text
}

/** Makes and opens a profile in IndexedDB, in a Chromium whose disk is in `folder`, each in a browser process of its own. */
export async function inChromium(folder: string, conversations: number, messages: number): Promise<Opening & { readonly memory: number }> {
  const script = await pageScript()
  const call = async <T>(name: string, given: unknown): Promise<T> => {
    const context = await chromium.launchPersistentContext(folder, { executablePath: findChromium() ?? "/usr/bin/chromium", chromiumSandbox: process.getuid?.() !== 0, args: ["--disable-gpu", "--enable-precise-memory-info"] })
    try {
      const page = await context.newPage()
      await page.route(`${PAGE}**`, (route) => route.fulfill({ contentType: "text/html", body: "<title>profile size</title>" }))
      await page.goto(PAGE)
      await page.addScriptTag({ content: script })
      return await page.evaluate(([name, given]) => (globalThis as unknown as Record<string, (given: unknown) => Promise<unknown>>)[name as string]!(given), [name, given]) as T
    } finally {
      await context.close()
    }
  }
  await call("makeProfile", { conversations, messages })
  return call("openProfile", null)
}
