/**
 * How soon the app can be used on a slow device, and whether typing waits for anything: node scripts/n.mjs node bench/page.ts [--runs 3] [--slowdown 4]
 * [--conversations 1000] [--only opening|typing] [--json]
 * The real build, served as it is deployed (packed, with its headers), in Chromium, whose main thread is slowed down. First visits, and returns to
 * profiles that exist, with and without the service worker; then keys while messages are sent and come, on a network of real nodes.
 *
 * DevTools slow down the main thread alone. The engine works in a worker, so its time is told beside it; "on such device" is what was measured and, for each ms
 * of the worker's CPU until then, as many more as a processor slowed down like that would have taken: too much where the two ran side by side. On a machine that is busy
 * with other things all times on the clock are longer by much (and Chromium gives its threads priorities of its own, so that `nice` does not help); "CPU alone" is that of both threads until the first thing to press is shown, slowed down, one after the other, without any waiting.
 */
import { chromium } from "@playwright/test"
import type { Browser, BrowserContext } from "@playwright/test"
import { mkdtemp, rm } from "node:fs/promises"
import { loadavg, tmpdir } from "node:os"
import path from "node:path"
import { build } from "vite"
import { numberOption, parseArguments } from "../cli/arguments.ts"
import { findChromium } from "../scripts/testing/chromium.ts"
import { Site } from "../test/browser/site.ts"
import { startRealNetwork, stopRealNetwork } from "../test/network/real-network.ts"
import { measureOpening } from "./page/opening.ts"
import type { Opened } from "./page/opening.ts"
import { measureTyping } from "./page/typing.ts"
import type { Typing } from "./page/typing.ts"
import { pageScript } from "./profile-size/browser.ts"

const LIMIT = 1500
const FEW = 20
const MESSAGES = 10
const TYPING_SECONDS = 25
const RESTING_SECONDS = 12
/** What the machine and the browser take for themselves. */
const FLOOR = '<!doctype html><html lang="en"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Floor</title><a class="row" href="#/there">Press</a></html>'
const ROOT = path.join(import.meta.dirname, "..")

const args = parseArguments(process.argv.slice(2), { runs: "value", slowdown: "value", conversations: "value", only: "value", json: "flag" })
const runs = numberOption(args, "runs", 3, 1, 100)
const slowdown = numberOption(args, "slowdown", 4, 1, 20)
const many = numberOption(args, "conversations", 1000, 1, 100_000)
const only = args.options.get("only")
const isWanted = (part: string) => only === undefined || only === part
const results: Record<string, unknown> = {}

const launch = (folder: string) =>
  chromium.launchPersistentContext(folder, { executablePath: findChromium() ?? "/usr/bin/chromium", chromiumSandbox: process.getuid?.() !== 0, args: ["--disable-gpu", "--disable-quic"], viewport: { width: 412, height: 915 }, locale: "en" })
const load = () => loadavg()[0]!.toFixed(1)
const median = (all: readonly number[]) => [...all].sort((a, b) => a - b)[all.length >> 1]!
const columns = (cells: readonly (string | number)[]) => cells.map((cell, at) => (at === 0 ? String(cell).padEnd(44) : String(typeof cell === "number" ? Math.round(cell) : cell).padStart(15))).join("")

async function within<T>(folder: string, use: (context: BrowserContext, browser: Browser) => Promise<T>): Promise<T> {
  const context = await launch(folder)
  try {
    return await use(context, context.browser()!)
  } finally {
    await context.close()
  }
}

/** A profile in the folder of a browser that has been at the app before: with its service worker, and what V8 keeps of scripts. */
async function prepare(folder: string, url: string, conversations: number, script: string): Promise<void> {
  await within(folder, async (context) => {
    const page = await context.newPage()
    await page.route(`${url}bench`, (route) => route.fulfill({ contentType: "text/html", body: "<title>bench</title>" }))
    await page.goto(`${url}bench`)
    await page.addScriptTag({ content: script })
    await page.evaluate((given) => (globalThis as unknown as { makeProfile: (given: object) => Promise<void> }).makeProfile(given), { conversations, messages: MESSAGES, name: "sotto", isOpen: true })
    for (let visit = 0; visit < 3; visit++) {
      await page.goto(url)
      await page.locator("a.row").first().waitFor({ timeout: 60_000 })
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => true))
      // What scripts were compiled to is written some time after they have run.
      await page.waitForTimeout(2000)
    }
  })
}

function show(name: string, all: readonly Opened[]): void {
  const of = (key: keyof Opened) => median(all.map((one) => one[key]))
  const device = median(all.map(({ works, worker }) => works + (slowdown - 1) * worker))
  const alone = median(all.map(({ main, worker }) => main + slowdown * worker))
  results[name] = { alone, paint: of("paint"), shown: of("shown"), works: of("works"), worker: of("worker"), device, worst: Math.max(...all.map(({ works }) => works)), load: load() }
  console.log(columns([name, of("paint"), of("shown"), of("works"), of("worker"), device, alone, Math.max(...all.map(({ works }) => works)), of("longest"), load(), of("works") < LIMIT ? (device < LIMIT ? "yes" : "main thread") : "no"]))
}

async function openings(folder: string): Promise<void> {
  await build({ configFile: path.join(ROOT, "vite.config.ts"), logLevel: "error", build: { outDir: path.join(folder, "dist"), emptyOutDir: true } })
  const site = new Site(path.join(folder, "dist"), path.join(folder, "site"))
  await site.start()
  try {
    const script = await pageScript()
    const returning = [[FEW, "few"], [many, "many"]] as const
    for (const [conversations, name] of returning) await prepare(path.join(folder, name), site.url, conversations, script)
    console.log(`ms since the navigation began, medians of ${runs}; ${slowdown} times slowed down; asked: a press works within ${LIMIT}`)
    console.log(columns(["", "first paint", "shown", "press works", "worker's CPU", "on such device", "CPU alone", "worst press", "longest task", "load", `under ${LIMIT}`]))
    const measured = async (at: (run: number) => string, target: "field" | "link", bypass: boolean, page = "") => {
      const all: Opened[] = []
      for (let run = 0; run < runs; run++) all.push(await within(path.join(folder, at(run)), (context, browser) => measureOpening(browser, context, site.url + page, { target, slowdown, bypass })))
      return all
    }
    site.add("floor.html", FLOOR)
    show("floor: one link, no script", await measured((run) => `floor-${run}`, "link", true, "floor.html"))
    show("first visit, a name is typed", await measured((run) => `first-${run}`, "field", false))
    for (const [conversations, name] of returning) {
      for (const bypass of [false, true]) show(`return, ${conversations} conversations${bypass ? ", no service worker" : ""}`, await measured(() => name, "link", bypass))
    }
  } finally {
    site.stop()
  }
}

function typed(name: string, one: Typing): void {
  results[name] = { ...one, load: load() }
  console.log(columns([name, one.keys, one.median, one.p98, one.worst, one.sent, one.came, one.worker, one.longest, load()]))
}

async function typing(folder: string): Promise<void> {
  const network = await startRealNetwork({ echo: true })
  try {
    await within(path.join(folder, "typing"), async (context, browser) => {
      const page = await context.newPage()
      await page.goto(network.url)
      await page.getByLabel("Your name").fill("Anna")
      await page.getByRole("button", { name: "Start", exact: true }).click()
      await page.goto(`${network.url}#/network`)
      await page.getByRole("radio", { name: /Fast/ }).check({ force: true })
      await page.goto(`${network.url}#/`)
      await page.getByRole("button", { name: /echo/i }).first().click({ timeout: 60_000 })
      await page.getByRole("textbox", { name: "Message" }).waitFor({ timeout: 120_000 })
      console.log(`\ntyping, ms from a key to its frame (16 and less is told as 16), ${slowdown} times slowed down`)
      console.log(columns(["", "keys", "median", "98 %", "worst", "sent", "came", "worker's CPU", "longest task", "load"]))
      // The same keys while the engine has no network are what the machine and the page themselves cost.
      await context.setOffline(true)
      typed("offline, nothing is sent", await measureTyping(browser, page, { seconds: RESTING_SECONDS, slowdown, sends: false }))
      await context.setOffline(false)
      await page.getByRole("textbox", { name: "Message" }).fill("")
      typed("profile fast, messages go and come", await measureTyping(browser, page, { seconds: TYPING_SECONDS, slowdown, sends: true }))
    })
  } finally {
    await stopRealNetwork(network)
  }
}

const folder = await mkdtemp(path.join(tmpdir(), "sotto-page-"))
try {
  if (isWanted("opening")) await openings(folder)
  if (isWanted("typing")) await typing(folder)
  if (args.options.has("json")) console.log(JSON.stringify({ runs, slowdown, ...results }))
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 })
}
process.exit()
