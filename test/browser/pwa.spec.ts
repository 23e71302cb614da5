import type { Page } from "@playwright/test"
import { expect, test } from "@playwright/test"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { appFolder, demoFolder, freshApp, freshDemo } from "../../scripts/network/fresh.ts"
import { findings } from "./findings.ts"
import { shareFiles } from "./sharing.ts"
import { BrowserPerson } from "./person.ts"
import { damages, installing, lookForUpdate, settle, versionsKept, waiting } from "./service-worker.ts"
import { Site } from "./site.ts"

let folder: string

test.beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "sotto-pwa-"))
})

test.afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

const title = (name: string) => (html: string) => html.replace(/<meta name="description" content="[^"]*"/, `<meta name="description" content="${name}"`)
const running = (page: Page) => page.locator("meta[name=description]").getAttribute("content")

test("a new version is used only when the user says so, and never with an altered file", async ({ playwright }, info) => {
  await freshApp(() => undefined)
  const site = new Site(appFolder, path.join(folder, "site"))
  await site.start()
  const anna = new BrowserPerson(playwright.chromium, { ...info.project.use.launchOptions, viewport: info.project.use.viewport }, path.join(folder, "Anna"), site.url, "Anna")
  const offer = () => anna.page.getByText("A new version is ready.")
  const fingerprint = () => anna.page.locator("[data-fingerprint]")

  await test.step("the first version says its fingerprint, which is that of the list on the server", async () => {
    await anna.open()
    await anna.begin()
    await anna.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
    await anna.page.goto(`${site.url}#/settings`)
    await anna.page.reload()
    expect(await anna.page.evaluate(() => crossOriginIsolated)).toBe(true)
    const list = await (await fetch(`${site.url}SHA256SUMS.txt`)).arrayBuffer()
    const digest = Buffer.from(await crypto.subtle.digest("SHA-256", list)).toString("hex")
    await expect(fingerprint()).toHaveCount(1)
    expect((await fingerprint().innerText()).replace(/Line \d/g, "").replace(/\s/g, "").toLowerCase()).toBe(digest)
  })

  await test.step("what the server has beside the version is neither run nor shown", async () => {
    site.add("extra.js", "export default 1")
    site.add("extra.html", "<title>Another page</title>")
    expect((await fetch(`${site.url}extra.js`)).status).toBe(200)
    const ran = await anna.page.evaluate((file) => import(file).then(() => true, () => false), "/extra.js")
    expect(ran).toBe(false)
    await anna.page.goto(`${site.url}extra.html#/settings`)
    await expect(anna.page).toHaveTitle(/Sotto/)
    await anna.page.goto(`${site.url}#/settings`)
  })

  await test.step("a file that was altered on the server is not installed, and the app says so", async () => {
    site.publish("index.html", title("two"))
    site.alter("index.html", (text) => text.replace("Sotto", "Sotto!"))
    await lookForUpdate(anna.page, site)
    await expect(anna.page.getByText("damaged or altered")).toBeVisible()
    await expect(offer()).toBeHidden()
    // The browser may be trying once more by itself.
    await expect.poll(() => versionsKept(anna.page)).toBe(1)
    await anna.page.reload()
    expect(await running(anna.page)).not.toBe("two")
  })

  let second = ""
  await test.step("a list on the server that is not the worker's own is not taken either", async () => {
    const told = await damages(anna.page)
    site.reset()
    site.publish("index.html", title("two"))
    site.alter("SHA256SUMS.txt", (text) => text.replace(/^[0-9a-f]{4}/, "0000"))
    await lookForUpdate(anna.page, site)
    await expect.poll(told).toBeGreaterThan(0)
    await expect(anna.page.getByText("damaged or altered")).toBeVisible()
    await expect.poll(() => installing(anna.page)).toBe(false)
    expect(await versionsKept(anna.page)).toBe(1)
  })

  await test.step("nor is the version that is served lost where the worker alone is another, and the list does not fit", async () => {
    const told = await damages(anna.page)
    site.reset()
    site.alter("sw.js", (text) => `${text}\n`)
    site.alter("SHA256SUMS.txt", (text) => text.replace(/^[0-9a-f]{4}/, "0000"))
    await lookForUpdate(anna.page, site)
    await expect.poll(told).toBeGreaterThan(0)
    await expect.poll(() => installing(anna.page)).toBe(false)
    expect(await versionsKept(anna.page)).toBe(1)
    await anna.page.reload()
    await expect(fingerprint()).toHaveCount(1)
  })

  await test.step("a whole new version is fetched and offered, and the old one stays over a reload, a restart and without the server's old files", async () => {
    site.reset()
    second = site.publish("index.html", title("two"))
    // A page that is reloaded while the new version is being fetched takes nothing of it away.
    const release = site.hold("index.html")
    await lookForUpdate(anna.page, site)
    await expect.poll(() => versionsKept(anna.page)).toBe(2)
    await anna.page.reload()
    await settle(anna.page)
    expect([await installing(anna.page), await versionsKept(anna.page)]).toEqual([true, 2])
    release()
    await expect(offer().first()).toBeVisible()
    await expect(anna.page.getByText("damaged or altered")).toBeHidden()
    await expect(fingerprint()).toHaveCount(2)
    expect(await findings(anna.page)).toEqual([])
    await anna.page.reload()
    expect(await running(anna.page)).not.toBe("two")
    // The browser starts the waiting worker by itself when the last page is gone.
    await anna.close()
    await anna.open()
    await expect.poll(() => waiting(anna.page)).toBe(false)
    await anna.page.reload()
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
    await lookForUpdate(anna.page, site)
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

  // Chromium says of the script that was refused above that it was.
  expect(anna.complaints.filter((line) => line !== "Failed to load resource: net::ERR_FAILED")).toEqual([])
  await anna.close()
  site.stop()
})

test("a shared text becomes a draft, a link hands over its code, and what is unread is told as the user has chosen", async ({ browser }) => {
  await freshDemo()
  const site = new Site(demoFolder, path.join(folder, "demo-site"))
  await site.start()
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on("pageerror", (error) => complaints.push(error.message))
  await page.addInitScript(() => {
    const shown = { hidden: false, badge: 0 }
    Object.assign(globalThis, { shown })
    Object.defineProperty(document, "hidden", { get: () => shown.hidden })
    Object.assign(navigator, { setAppBadge: async (count: number) => void (shown.badge = count), clearAppBadge: async () => void (shown.badge = 0) })
  })
  const shown = () => page.evaluate(() => (globalThis as unknown as { shown: { hidden: boolean; badge: number } }).shown)
  const notifications = () =>
    page.evaluate(async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(({ title, body, tag }) => ({ title, body, tag })))
  const unread = async () => Number(/^\((\d+)\)/.exec(await page.title())?.[1] ?? 0)
  /** The canned engine answers everything after ten seconds, in which a busy machine may not come to anything else: the page is hidden before. */
  const beAnswered = async () => {
    await page.getByRole("link", { name: /Mira/ }).first().click()
    await page.getByRole("textbox", { name: "Message" }).fill("Are you there?")
    await page.evaluate(() => void ((globalThis as unknown as { shown: { hidden: boolean } }).shown.hidden = true))
    await page.keyboard.press("Enter")
    await page.getByRole("button", { name: "Settings" }).click()
  }
  const comeBack = () => page.evaluate(() => void ((globalThis as unknown as { shown: { hidden: boolean } }).shown.hidden = false))

  await test.step("what is shared goes into the draft of the conversation that the user chooses, offline, too, and once", async () => {
    await page.goto(site.url)
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
    await page.reload()
    await context.setOffline(true)
    // As a system hands it over: a navigation that comes from nowhere.
    await page.goto("about:blank")
    const fields = Object.entries({ title: "A page", text: "Look at this", url: "https://example.org/?a=1#b" }).map(([name, value]) => `<input name="${name}" value="${value}">`)
    await page.setContent(`<form method="post" action="${site.url}share">${fields.join("")}<button>Share</button></form>`)
    await page.getByRole("button", { name: "Share" }).click()
    await expect(page.getByText("https://example.org/?a=1#b")).toBeVisible()
    expect(await findings(page)).toEqual([])
    await page.getByRole("button", { name: /Mira/ }).click()
    await expect(page.getByRole("textbox", { name: "Message" })).toHaveValue("A page\nLook at this\nhttps://example.org/?a=1#b")
    await context.setOffline(false)
    await page.goto(`${site.url}?again#/share`)
    await expect(page.getByText("nothing to put anywhere any more")).toBeVisible()
  })

  await test.step("files that another app shares are put into a conversation, where they are seen before they go, and are nowhere afterwards", () => shareFiles(page, site.url))

  await test.step("a link of the kind web+sotto fills in the code, which does not stay in the address or the history", async () => {
    const code = "ABCD".repeat(16)
    await page.goto(`${site.url}?link#code/web%2Bsotto%3A${code}`)
    await expect(page.getByLabel("Contact code or link")).toHaveValue(new RegExp(code, "i"))
    expect(page.url()).not.toContain("ABCD")
    const handlers = await page.evaluate(() => {
      const asked: string[] = []
      navigator.registerProtocolHandler = (scheme, url) => void asked.push(`${scheme} ${String(url)}`)
      Object.assign(globalThis, { asked })
      return asked
    })
    expect(handlers).toEqual([])
    await page.goto(`${site.url}?link#/settings`)
    await page.getByRole("button", { name: "Open such links with Sotto" }).click()
    expect(await page.evaluate(() => (globalThis as unknown as { asked: string[] }).asked)).toEqual([`web+sotto ${site.url}#code/%s`])
  })

  await test.step("unread messages are counted on the icon and in the title, until the user does not want it", async () => {
    expect(await unread()).toBeGreaterThan(0)
    expect((await shown()).badge).toBe(await unread())
    await page.getByRole("checkbox", { name: /Count unread/ }).uncheck()
    await expect.poll(async () => [(await shown()).badge, await unread()]).toEqual([0, 0])
    await page.getByRole("checkbox", { name: /Count unread/ }).check()
    await expect.poll(async () => (await shown()).badge).toBeGreaterThan(0)
  })

  await test.step("notifications are asked for when they are chosen, say nothing of anybody, and come only to a hidden page", async () => {
    await page.getByRole("radio", { name: /That something came/ }).check({ force: true })
    await expect(page.getByText("does not let Sotto show notifications")).toBeVisible()
    await expect(page.getByRole("radio", { name: /^None/ })).toBeChecked()
    await context.grantPermissions(["notifications"], { origin: new URL(site.url).origin })
    await page.getByRole("radio", { name: /That something came/ }).check({ force: true })
    await expect(page.getByRole("radio", { name: /That something came/ })).toBeChecked()
    await beAnswered()
    await expect.poll(notifications, { timeout: 30_000 }).toMatchObject([{ title: "New message", body: "" }])
    expect(JSON.stringify(await notifications())).not.toMatch(/mira|there/i)
    const second = await context.newPage()
    await second.goto(site.url)
    await expect(second.getByText("Sotto is open in another tab")).toBeVisible()
    await second.close()
    expect(await notifications()).toHaveLength(1)
  })

  await test.step("a click opens the conversation, and what was read is told no more", async () => {
    await comeBack()
    const [told] = await notifications()
    const worker = context.serviceWorkers()[0]!
    await worker.evaluate(async (tag) => {
      const scope = globalThis as unknown as { registration: ServiceWorkerRegistration; dispatchEvent(event: Event): boolean; NotificationEvent: new (type: string, init: object) => Event }
      const [notification] = await scope.registration.getNotifications({ tag })
      scope.dispatchEvent(new scope.NotificationEvent("notificationclick", { notification }))
    }, told!.tag)
    await expect(page.getByRole("log")).toBeVisible()
    await expect.poll(notifications).toEqual([])
  })

  await test.step("name and text are told where that was chosen, and nothing of it stays behind a locked door", async () => {
    await page.getByRole("button", { name: "Settings" }).click()
    await page.getByRole("radio", { name: /Who wrote what/ }).check({ force: true })
    await page.getByLabel("Passphrase", { exact: true }).fill("nine wet umbrellas")
    await page.getByRole("button", { name: "Set the passphrase" }).click()
    await expect(page.getByLabel("Current passphrase")).toBeVisible()
    await beAnswered()
    await expect.poll(notifications, { timeout: 20_000 }).toMatchObject([{ title: expect.stringContaining("Mira") as unknown, body: "Are you there?" }])
    await page.getByRole("button", { name: "Lock now" }).click()
    await expect(page.getByRole("heading", { name: "Locked" })).toBeVisible()
    await expect.poll(notifications).toEqual([])
    expect((await shown()).badge).toBe(0)
    expect(await page.title()).not.toMatch(/\d|Mira/)
  })

  await test.step("what comes behind a locked door is told as little as can be, whatever was chosen, and no more once it is open", async () => {
    await comeBack()
    await page.getByLabel("Passphrase").fill("nine wet umbrellas")
    await page.getByRole("button", { name: "Unlock" }).click()
    await beAnswered()
    await page.getByRole("button", { name: "Lock now" }).click()
    await expect.poll(notifications, { timeout: 20_000 }).toMatchObject([{ title: "New message", body: "" }])
    expect(await page.title()).not.toMatch(/\d|Mira/)
    await page.getByLabel("Passphrase").fill("nine wet umbrellas")
    await page.getByRole("button", { name: "Unlock" }).click()
    await expect.poll(notifications).toEqual([])
  })

  expect(complaints).toEqual([])
  await context.close()
  site.stop()
})
