import type { Page } from "@playwright/test"
import { expect, test } from "@playwright/test"
import { gzipSync } from "node:zlib"
import type { RealNetwork } from "../network/real-network.ts"
import { startRealNetwork, stopRealNetwork } from "../network/real-network.ts"

/**
 * All JavaScript that page and workers have asked for when the first screen behind the welcome has stood for three seconds, and the service worker itself; not what the
 * service worker stores for later, nor what the engine gets from it 15 s after its start.
 */
const FIRST_LOAD_MAX = 155_000

let network: RealNetwork

test.beforeAll(async () => {
  network = await startRealNetwork({ echo: true })
})

test.afterAll(async () => {
  await stopRealNetwork(network)
})

async function begin(page: Page): Promise<void> {
  await page.goto(network.url)
  await page.getByLabel("Your name").fill("Anna")
  await page.getByRole("button", { name: "Start", exact: true }).click()
  await expect(page.getByRole("heading", { name: "Nobody here yet" })).toBeVisible()
}

test("the first load takes less than 155 kB of JavaScript, gzipped, and asks nobody but the app's server and the nodes", async ({ page, request }) => {
  const scripts = new Set<string>(["/sw.js"])
  const origins = new Set<string>()
  page.context().on("request", (asked) => {
    const url = new URL(asked.url())
    origins.add(url.origin)
    // What the service worker stores for later is not part of the first load.
    if (url.pathname.endsWith(".js") && asked.serviceWorker() === null) scripts.add(url.pathname)
  })
  await begin(page)
  await page.waitForTimeout(3000)
  const sizes = await Promise.all(
    [...scripts].map(async (path) => [path, gzipSync(await (await request.get(network.url + path)).body(), { level: 9 }).length] as const),
  )
  const total = sizes.reduce((sum, [, size]) => sum + size, 0)
  console.table(Object.fromEntries([...sizes.sort((a, b) => b[1] - a[1]), ["all", total], ["left", FIRST_LOAD_MAX - total]]))
  expect([...scripts].some((path) => path.includes("worker"))).toBe(true)
  expect([...scripts].some((path) => path.includes("engine"))).toBe(true)
  expect(total).toBeGreaterThan(50_000)
  expect(total).toBeLessThan(FIRST_LOAD_MAX)
  const known = new Set([network.url, ...network.nodes.map(({ url }) => url)].map((url) => new URL(url).origin))
  expect([...origins].filter((origin) => !known.has(origin))).toEqual([])
})

test("it can be installed, and opens when its server is gone, at any of its addresses", async ({ page, request }) => {
  await begin(page)
  const href = await page.locator("link[rel=manifest]").getAttribute("href")
  const manifest = await (await request.get(new URL(href!, network.url).href)).json()
  expect(manifest).toMatchObject({ name: "Sotto", display: "standalone" })
  const icons = manifest.icons as { src: string; sizes: string; purpose?: string }[]
  expect(icons.map(({ sizes }) => sizes)).toEqual(expect.arrayContaining(["192x192", "512x512"]))
  expect(icons.some(({ purpose }) => purpose === "maskable")).toBe(true)
  const screenshots = manifest.screenshots as { src: string; sizes: string; form_factor: string }[]
  expect(screenshots.map(({ form_factor }) => form_factor)).toEqual(["narrow", "wide"])
  for (const { src, sizes } of [...icons, ...screenshots]) {
    const answer = await request.get(new URL(src, network.url).href)
    expect(answer.status()).toBe(200)
    // Everybody who opens the app fetches them.
    expect((await answer.body()).length).toBeLessThan(60_000)
    if (sizes !== "any") expect(await page.evaluate(async (address) => createImageBitmap(await (await fetch(address)).blob()).then(({ width, height }) => `${width}x${height}`), src)).toBe(sizes)
  }
  const { shortcuts } = manifest as { shortcuts: { url: string }[] }
  expect(shortcuts.map(({ url }) => url)).toEqual(["/#/new", "/#/invite", "/#/search"])
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true))
  await page.reload()
  await page.context().setOffline(true)
  await page.goto(`${network.url}/#/settings`)
  await page.reload()
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible()
})

test("the page's policy forbids inline code, other origins, framing and unchecked script addresses", async ({ page, request }) => {
  const headers = (await request.get(network.url)).headers()
  const policy = headers["content-security-policy"]!
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("require-trusted-types-for 'script'")
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).not.toContain("unsafe-inline")
  expect(policy).not.toContain("'unsafe-eval'")
  expect(headers).toMatchObject({ "cross-origin-opener-policy": "same-origin", "referrer-policy": "no-referrer", "x-content-type-options": "nosniff" })
  await page.goto(network.url)
  const refused = await page.evaluate(() => {
    try {
      document.createElement("script").src = "https://example.org/x.js"
      return false
    } catch {
      return true
    }
  })
  expect(refused).toBe(true)
})

test("the engine fetches its WebAssembly from the app's server, and may compile it under the page's policy", async ({ page }) => {
  const modules = new Set<string>()
  page.context().on("request", (asked) => {
    if (asked.url().endsWith(".wasm") && asked.serviceWorker() === null) modules.add(asked.url())
  })
  await begin(page)
  expect([...modules].map((url) => new URL(url).origin)).toEqual([network.url].map((url) => new URL(url).origin))
  const compiled = await page.workers()[0]!.evaluate(async (url) => {
    const { instance } = await WebAssembly.instantiate(await (await fetch(url)).arrayBuffer())
    return Object.keys(instance.exports)
  }, [...modules][0]!)
  expect(compiled).toEqual(expect.arrayContaining(["encrypt", "decrypt"]))
})

test("a second tab says that another runs, and neither loses anything", async ({ page, context }) => {
  await begin(page)
  const second = await context.newPage()
  await second.goto(network.url)
  await expect(second.getByText("Sotto is open in another tab")).toBeVisible()
  await page.close()
  await expect(second.getByRole("heading", { name: "Nobody here yet" })).toBeVisible()
})

test("Echo answers a new user, over the real network", async ({ page }) => {
  await begin(page)
  await page.goto(`${network.url}/#/network`)
  await page.getByRole("radio", { name: /Fast/ }).check({ force: true })
  await page.goto(`${network.url}/#/`)
  await page.getByRole("button", { name: /Say hello to Echo/ }).filter({ visible: true }).click()
  const composer = page.getByRole("textbox", { name: "Message" })
  await expect(composer).toBeVisible({ timeout: 60_000 })
  // What was not sent yet is there again after a reload, in the first session, too.
  await expect(async () => {
    await composer.fill("Is anybody there?")
    await page.waitForTimeout(1000)
    await page.reload()
    await expect(composer).toHaveValue("Is anybody there?", { timeout: 10_000 })
  }).toPass()
  await composer.press("Enter")
  const articles = page.getByRole("log").getByRole("article").filter({ hasText: "Is anybody there?" })
  await expect(articles).toHaveCount(2, { timeout: 120_000 })

  // So is what was being edited, as far as it was, and what was being answered.
  await composer.fill("Still there?")
  await articles.first().press("e")
  await composer.fill("Is anyone there?")
  await page.waitForTimeout(1000)
  await page.reload()
  await expect(page.getByText("Edit your message")).toBeVisible()
  await expect(composer).toHaveValue("Is anyone there?")
  await composer.press("Escape")
  await expect(composer).toHaveValue("Still there?")
  await articles.last().press("r")
  await page.waitForTimeout(1000)
  await page.reload()
  await expect(page.getByText("Reply to Echo")).toBeVisible()
  await expect(composer).toHaveValue("Still there?")
})

test("on a small phone the first screen shows where to start without being scrolled", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 640 })
  await page.goto(network.url)
  await expect(page.getByRole("button", { name: "Start", exact: true })).toBeInViewport({ ratio: 1 })
  await expect(page.getByText(/That is the protection/)).toBeInViewport({ ratio: 1 })
})
