/**
 * A picture of every screen and every state, in both themes and on a phone and a desk, to be looked at: npm run screenshots [-- words of names]
 * They come into screenshots/ with a page that shows all of them; with the word "docs" alone, some are put together for docs/design.md, and two are put where the
 * app's manifest has them.
 * The app is the one of canned data.
 */
import type { Browser, BrowserContext, Page } from "@playwright/test"
import { chromium } from "@playwright/test"
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { GROUPS, SCREENS, STATES, WORDS } from "./screens.ts"
import type { Screen } from "./screens.ts"
import { DOCS, MANIFEST, sheet, strip } from "./sheet.ts"
import { Site } from "./site.ts"
import { demoFolder, freshDemo } from "../../scripts/network/fresh.ts"
import { findChromium } from "../../scripts/testing/chromium.ts"

const ROOT = path.join(import.meta.dirname, "..", "..")
const FOLDER = path.join(ROOT, "screenshots")
const HEIGHTS = { 360: 740, 768: 1024, 1440: 900 } as const
const FAR = String(Date.UTC(2100, 0, 1))

const executablePath = findChromium()
if (executablePath === null) throw new Error("Screenshots need Chromium.")
const isForDocs = process.argv[2] === "docs"
const wanted = isForDocs ? [...new Set([...DOCS.flatMap(({ screens }) => screens), ...MANIFEST.map(({ screen }) => screen)].map((file) => file.replace(/-\d+-\w+$/, "")))] : process.argv.slice(2)
const chosen = (screens: readonly Screen[]) => screens.filter(({ name }) => wanted.length === 0 || wanted.some((word) => (isForDocs ? name === word : name.includes(word))))
let taken = 0
const missing: string[] = []

const folder = await mkdtemp(path.join(tmpdir(), "sotto-screenshots-"))
await freshDemo()
const site = new Site(demoFolder, path.join(folder, "site"))
await site.start()
const browser = await chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0, args: ["--disable-gpu", "--disable-quic"] })
try {
  // Where only some are taken again, the others stay beside them.
  if (wanted.length === 0) await rm(FOLDER, { recursive: true, force: true })
  await mkdir(FOLDER, { recursive: true })
  // Most screens are of one life, and one page walks through them.
  const walk = await open(browser, {})
  for (const screen of chosen(SCREENS)) await look(walk, screen).catch((error: Error) => missing.push(`${screen.name}: ${error.message}`))
  await walk.context().close()
  const groups = chosen(GROUPS)
  const many = groups.length > 0 ? await open(browser, { scene: "groups" }) : null
  for (const screen of groups) await look(many!, screen).catch((error: Error) => missing.push(`${screen.name}: ${error.message}`))
  await many?.context().close()
  for (const screen of chosen([...STATES, ...WORDS])) {
    const page = await open(browser, screen)
    await look(page, screen).catch((error: Error) => missing.push(`${screen.name}: ${error.message}`))
    await page.context().close()
  }
  await writeFile(path.join(FOLDER, "index.html"), sheet((await readdir(FOLDER)).filter((file) => file.endsWith(".png")).sort()))
  if (isForDocs) await showInDocs()
  if (isForDocs) await showInManifest()
  console.info(`${taken} pictures: ${path.join(FOLDER, "index.html")}`)
  if (missing.length > 0) throw new Error(`No pictures of\n${missing.join("\n")}`)
} finally {
  await browser.close()
  site.stop()
  await rm(folder, { recursive: true, force: true })
}

/** A new visitor's page, in the scene that the screen is of. */
async function open(from: Browser, { scene = "", locale = "en", banners = [], served = false }: Partial<Screen>): Promise<Page> {
  const context = await from.newContext({ locale, viewport: { width: 360, height: 740 }, reducedMotion: "reduce", serviceWorkers: served ? "allow" : "block" })
  await put(context, banners)
  if (!served) {
    await context.route("**/network.json", async (route) => {
      if (scene === "unreachable") return route.abort()
      if (scene === "nonsense") return route.fulfill({ json: {} })
      const answer = await route.fetch()
      return route.fulfill({ json: { ...(await answer.json()), name: `Demo ${scene}`.trim(), echo: "/echo" } })
    })
  }
  if (scene === "broken") await context.route("**/assets/worker-*.js", (route) => route.abort())
  context.setDefaultTimeout(10_000)
  const page = await context.newPage()
  await page.goto(site.url)
  await page.locator(".screen p, form, .list").first().waitFor()
  return page
}

/** Banners that a picture is not of would stand on every one. */
async function put(context: BrowserContext, banners: readonly string[]): Promise<void> {
  const quiet = ["backup-later", "keep-later"].filter((key) => !banners.includes(key)).map((key) => [key, FAR] as const)
  await context.addInitScript((entries) => entries.forEach(([key, value]) => localStorage.setItem(key, value)), quiet)
}

async function look(first: Page, { name, at, act, widths = [360, 1440], letters = 100 }: Screen): Promise<void> {
  await first.setViewportSize({ width: 360, height: 740 })
  if (at !== undefined) await first.evaluate((hash) => (location.hash = hash), `#/${at}`)
  // What stands beside the list is loaded when it is asked for.
  if (at) await first.locator(".pane h1").first().waitFor()
  const page = (await act?.(first, site)) ?? first
  await page.evaluate((percent) => (document.documentElement.style.fontSize = `${percent}%`), letters)
  for (const width of widths) {
    await page.setViewportSize({ width, height: HEIGHTS[width] })
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme })
      await page.waitForTimeout(150)
      const file = `${name}-${width}-${colorScheme}.png`
      await page.screenshot({ path: path.join(FOLDER, file) })
      taken++
    }
  }
  await page.evaluate(() => (document.documentElement.style.fontSize = ""))
  // A dialog, a field that was filled: the next screen begins without them.
  if (act && page === first) {
    await page.evaluate(() => document.querySelectorAll("dialog").forEach((dialog) => dialog.dispatchEvent(new Event("cancel", { cancelable: true }))))
  }
}

/** What a browser shows of the app before it is installed. Each goes to everybody who opens the app: so as small as they can be. */
async function showInManifest(): Promise<void> {
  const page = await browser.newPage()
  for (const { name, screen } of MANIFEST) {
    const picture = (await readFile(path.join(FOLDER, `${screen}.png`))).toString("base64")
    const webp = await page.evaluate(async (source) => {
      const image = await createImageBitmap(await (await fetch(source)).blob())
      const canvas = new OffscreenCanvas(image.width, image.height)
      canvas.getContext("2d")!.drawImage(image, 0, 0)
      return [...new Uint8Array(await (await canvas.convertToBlob({ type: "image/webp", quality: 0.6 })).arrayBuffer())]
    }, `data:image/png;base64,${picture}`)
    await writeFile(path.join(ROOT, "web", "public", `${name}.webp`), new Uint8Array(webp))
  }
}

/** Half as large, some beside each other: small enough for the repository. */
async function showInDocs(): Promise<void> {
  const page = await browser.newPage()
  for (const { name, screens, height } of DOCS) {
    const pictures = await Promise.all(screens.map(async (file) => (await readFile(path.join(FOLDER, `${file}.png`))).toString("base64")))
    await page.setContent(strip(pictures, height))
    await page.locator("main").screenshot({ path: path.join(ROOT, "docs", "pictures", `${name}.png`) })
  }
}
