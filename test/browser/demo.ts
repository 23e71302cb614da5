/** The app on an engine of canned data, opened in one of its scenes. */
import type { Browser, BrowserContextOptions, Page } from "@playwright/test"
import { expect } from "@playwright/test"
import type { AddressInfo } from "node:net"
import { appListener, listen } from "../../scripts/network/app-server.ts"
import { findings } from "./findings.ts"
import { cutOff, smallTargets } from "./measures.ts"
import { demoFolder, freshDemo } from "../../scripts/network/fresh.ts"

export interface Demo {
  readonly url: string
  /** Opens the app in one of the scenes of test/web/fake-messenger.ts; "unreachable": without its description of a network. */
  open(page: Page, scene: string): Promise<void>
  stop(): void
}

const NOWHERE = "http://127.0.0.1:1"
const network = { name: "Demo", authorities: [{ key: "00".repeat(32), url: NOWHERE }], threshold: 1, directories: [`${NOWHERE}/directory`] }

/** Built once for all files of tests, and served as the real one is. */
export async function startDemo(): Promise<Demo> {
  await freshDemo()
  const listener = appListener({ folder: demoFolder, network, origins: [NOWHERE], echoCode: () => Promise.resolve("ECHO".repeat(16)) })
  const server = (await listen(listener, 0, ["127.0.0.1"], ""))[0]!
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return {
    url,
    stop: () => {
      server.close()
      server.closeAllConnections()
    },
    async open(page, scene) {
      const json = { ...network, name: `Demo ${scene}`.trim(), echo: "/echo" }
      await page.context().route("**/network.json", (route) => (scene === "unreachable" ? route.abort() : route.fulfill({ json })))
      await page.goto(url)
    },
  }
}

/** A page of a small phone, with nothing that moves. */
export async function phonePage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ serviceWorkers: "block", reducedMotion: "reduce", viewport: { width: 360, height: 740 }, ...options })
  return context.newPage()
}

/** What the page complains of from now on. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()))
  page.on("pageerror", (error) => complaints.push(error.message))
  return complaints
}

/** What is asked of what the page shows now. */
export async function look(page: Page): Promise<void> {
  expect.soft(await findings(page)).toEqual([])
  expect.soft(await cutOff(page)).toEqual([])
  expect.soft(await smallTargets(page)).toEqual([])
}

/** In the dark, too. */
export async function lookTwice(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: "dark" })
  expect.soft(await findings(page)).toEqual([])
  await page.emulateMedia({ colorScheme: "light" })
  await look(page)
}
