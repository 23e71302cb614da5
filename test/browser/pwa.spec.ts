import type { Page } from "@playwright/test"
import { expect, test } from "@playwright/test"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import type { RealNetwork } from "../network/real-network.ts"
import { startRealNetwork, stopRealNetwork } from "../network/real-network.ts"
import { findings } from "./findings.ts"
import { BrowserPerson } from "./person.ts"
import { Site } from "./site.ts"

let network: RealNetwork
let folder: string
let site: Site

test.beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "sotto-pwa-"))
  network = await startRealNetwork()
  site = new Site(folder)
  await site.start(network)
})

test.afterAll(async () => {
  site.stop()
  await stopRealNetwork(network)
  await rm(folder, { recursive: true, force: true })
})

const title = (name: string) => (html: string) => html.replace(/<meta name="description" content="[^"]*"/, `<meta name="description" content="${name}"`)
const running = (page: Page) => page.locator("meta[name=description]").getAttribute("content")
/** As it does each hour. Where the installation fails, Chromium leaves this promise open. */
const lookForUpdate = (page: Page) => page.evaluate(async () => void (await navigator.serviceWorker.ready).update().catch(() => undefined))
/** What is kept in this browser, without that the page has a say. */
const versionsKept = (page: Page) => page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith("version ")).length)

test("a new version is used only when the user says so, and never with an altered file", async ({ playwright }, info) => {
  const anna = new BrowserPerson(playwright.chromium, { ...info.project.use.launchOptions, viewport: info.project.use.viewport }, path.join(folder, "Anna"), site.url, "Anna")
  const offer = () => anna.page.getByText("A new version is ready.")
  const fingerprint = () => anna.page.locator("[data-fingerprint]")

  await test.step("the first version says its fingerprint, which is that of the list on the server", async () => {
    await anna.open()
    await anna.begin()
    await anna.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
    await anna.page.goto(`${site.url}#/settings`)
    await anna.page.reload()
    const list = await (await fetch(`${site.url}SHA256SUMS.txt`)).arrayBuffer()
    const digest = Buffer.from(await crypto.subtle.digest("SHA-256", list)).toString("hex")
    await expect(fingerprint()).toHaveCount(1)
    expect((await fingerprint().innerText()).replace(/Line \d/g, "").replace(/\s/g, "").toLowerCase()).toBe(digest)
  })

  await test.step("a file that was altered on the server is not installed, and the app says so", async () => {
    site.publish("index.html", title("two"))
    site.alter("index.html", (text) => text.replace("Sotto", "Sotto!"))
    await lookForUpdate(anna.page)
    await expect(anna.page.getByText("damaged or altered")).toBeVisible()
    await expect(offer()).toBeHidden()
    expect(await versionsKept(anna.page)).toBe(1)
    await anna.page.reload()
    expect(await running(anna.page)).not.toBe("two")
  })

  let second = ""
  await test.step("a list on the server that is not the worker's own is not taken either", async () => {
    site.reset()
    second = site.publish("index.html", title("two"))
    site.alter("SHA256SUMS.txt", (text) => text.replace(/^[0-9a-f]{4}/, "0000"))
    await lookForUpdate(anna.page)
    await expect(anna.page.getByText("damaged or altered")).toBeVisible()
  })

  await test.step("a whole new version is fetched and offered, and the old one stays over a reload, a restart and without the server's old files", async () => {
    site.reset()
    second = site.publish("index.html", title("two"))
    await lookForUpdate(anna.page)
    await expect(offer().first()).toBeVisible()
    await expect(anna.page.getByText("damaged or altered")).toBeHidden()
    await expect(fingerprint()).toHaveCount(2)
    expect(await findings(anna.page)).toEqual([])
    await anna.page.reload()
    expect(await running(anna.page)).not.toBe("two")
    // The browser starts the waiting worker by itself when the last page is gone.
    await anna.close()
    await anna.open()
    await anna.page.waitForTimeout(500)
    await anna.page.reload()
    expect(await anna.page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.waiting ?? null)).toBeNull()
    expect(await running(anna.page)).not.toBe("two")
    await expect(offer().first()).toBeVisible()
    await anna.page.getByRole("button", { name: "Later" }).click()
    await expect(offer()).toBeHidden()
  })

  await test.step("it is used when it was said so, and names its fingerprint", async () => {
    await anna.page.goto(`${site.url}#/settings`)
    await anna.page.getByRole("button", { name: "Change over" }).click()
    await expect(async () => expect(await running(anna.page)).toBe("two")).toPass()
    await expect(offer()).toBeHidden()
    await expect(fingerprint()).toHaveCount(1)
    expect((await fingerprint().innerText()).replace(/Line \d/g, "").replace(/\s/g, "").toLowerCase()).toBe(second)
    await expect(async () => expect(await versionsKept(anna.page)).toBe(1)).toPass()
  })

  await test.step("a worker that waits takes over at the click, and a second tab that runs loses nothing", async () => {
    site.publish("index.html", title("three"))
    await lookForUpdate(anna.page)
    await expect(offer().first()).toBeVisible()
    const tab = await anna.page.context().newPage()
    await tab.goto(site.url)
    await expect(tab.getByText("Sotto is open in another tab")).toBeVisible()
    await tab.getByRole("button", { name: "Change over" }).click()
    await expect(async () => expect(await running(tab)).toBe("three")).toPass()
    expect(await running(anna.page)).toBe("two")
    await expect(anna.page.getByText("Another tab has changed over")).toBeVisible()
    await anna.page.getByRole("button", { name: "Reload" }).click()
    await expect(async () => expect(await running(anna.page)).toBe("three")).toPass()
    await tab.close()
  })

  expect(anna.complaints).toEqual([])
  await anna.close()
})
