import { fileURLToPath } from "node:url"
import { chromium } from "@playwright/test"
import { build } from "esbuild"
import { findChromium } from "../../scripts/testing/chromium.ts"
import type { Times } from "./work.ts"

/** An origin that nobody serves but this benchmark, and where the browser's cryptography is to be had. */
const PAGE = "https://packets.test/"

/** ./client.ts in a page of Chromium; null where there is none. */
export async function timesInChromium(module: Uint8Array, batches: number): Promise<Record<string, Times> | null> {
  const executablePath = findChromium()
  if (executablePath === null) return null
  const entry = fileURLToPath(new URL("page.ts", import.meta.url))
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, write: false, format: "iife", target: "es2022" })
  const browser = await chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0, args: ["--disable-gpu"] })
  try {
    const page = await browser.newPage()
    await page.route(`${PAGE}**`, (route) => route.fulfill({ contentType: "text/html", body: "<title>packets</title>" }))
    await page.goto(PAGE)
    await page.addScriptTag({ content: outputFiles[0]!.text })
    return await page.evaluate((given) => (globalThis as unknown as { times: (given: unknown) => Promise<Record<string, Times>> }).times(given), { module: [...module], batches })
  } finally {
    await browser.close()
  }
}
