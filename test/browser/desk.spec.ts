import type { Locator, Page } from "@playwright/test"
import { expect, test } from "@playwright/test"
import type { Demo } from "./demo.ts"
import { startDemo } from "./demo.ts"
import { findings } from "./findings.ts"
import { en } from "../../web/text/en/index.ts"

let demo: Demo
let page: Page

test.beforeAll(async ({ browser }) => {
  demo = await startDemo()
  page = await (await browser.newContext({ serviceWorkers: "block" })).newPage()
  await demo.open(page, "long")
})

test.afterAll(async () => {
  await page.context().close()
  demo.stop()
})

const articles = () => page.getByRole("log").getByRole("article")
const article = (name: RegExp): Locator => page.getByRole("article", { name })
const title = () => page.locator(".pane h1")
const scrolledTo = () => page.locator(".box").evaluate((area) => area.scrollTop)
const drawn = () => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
const toLatest = async () => {
  await page.getByRole("button", { name: "To the latest message" }).click()
  await expect(article(/And this one just now/)).toBeInViewport()
  await expect.poll(() => page.locator(".box").evaluate((area) => area.scrollHeight - area.scrollTop - area.clientHeight)).toBeLessThan(1)
}
const focusedName = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "")

test("of 100,000 messages a hundred are in the page, and the keyboard reaches both ends", async () => {
  await page.getByRole("link", { name: /Mira/ }).click()
  await expect(article(/And this one just now/)).toBeVisible()
  await articles().last().focus()
  await page.keyboard.press("Home")
  await expect.poll(focusedName).toMatch(/Older message 1\./)
  expect(await articles().count()).toBeLessThanOrEqual(100)
  await expect(page.getByText("This is the beginning")).toBeVisible()

  // Further than what is held, and the focus goes along.
  for (let step = 0; step < 40; step++) await page.keyboard.press("ArrowDown")
  await expect.poll(focusedName).toMatch(/Older message 4\d\./)
  await page.keyboard.press("End")
  await expect.poll(focusedName).toMatch(/And this one just now/)
  expect(await articles().count()).toBeLessThanOrEqual(100)
})

test("while older messages come and far ones go, what is on the screen stays where it is", async () => {
  const box = page.locator(".box")
  await box.evaluate((area) => (area.scrollTop = area.scrollHeight))
  const before = await articles().first().getAttribute("data-id")
  for (let turn = 0; turn < 12; turn++) {
    const jumped = await box.evaluate(async (area) => {
      const top = area.getBoundingClientRect().top
      const seen = [...area.querySelectorAll("article")].find((one) => one.getBoundingClientRect().bottom > top + 200)!
      area.scrollTop -= 400
      const at = seen.getBoundingClientRect().top
      await new Promise((done) => setTimeout(done, 120))
      return seen.getBoundingClientRect().top - at
    })
    expect(Math.abs(jumped)).toBeLessThan(1)
  }
  expect(await articles().first().getAttribute("data-id")).not.toBe(before)
  await toLatest()
})

test("one conversation is searched, with a count and the way from hit to hit", async () => {
  await page.keyboard.press("Control+f")
  const bar = page.getByRole("search")
  await bar.getByRole("searchbox").fill("older MESSAGE")
  await expect(bar.getByRole("status")).toHaveText(/^1 of 50\+ .*Older message 130\./)
  await expect(article(/Older message 130/)).toBeInViewport()
  await expect(page.locator("mark").first()).toBeVisible()
  await bar.getByRole("button", { name: "Earlier hit" }).click()
  await expect(bar.getByRole("status")).toHaveText(/^2 of 50\+ .*Older message 129\./)
  await expect(article(/Older message 129/)).toBeInViewport()
  expect(await findings(page)).toEqual([])

  // The way ends, and the focus stays on it.
  const later = bar.getByRole("button", { name: "Later hit" })
  await later.press("Enter")
  await expect(bar.getByRole("status")).toHaveText(/^1 of 50\+/)
  await expect(later).toBeFocused()
  await expect(later).toHaveAttribute("aria-disabled", "true")

  // The hit is the one message that Tab reaches, and Esc shuts the bar from there, too.
  await expect(articles().and(page.locator("[tabindex='0']"))).toHaveAccessibleName(/Older message 130/)
  await expect(page.locator("[role=log] button[tabindex='0']")).toHaveCount(1)
  await article(/Older message 130/).focus()
  await page.keyboard.press("Escape")
  await expect(bar).toBeHidden()
  await expect(title()).toHaveText("Mira Adeyemi")
  await expect(page.locator("mark")).toHaveCount(0)
})

test("a bar that is opened again leads nowhere by itself, and its key leads back into it", async () => {
  await toLatest()
  const before = await scrolledTo()
  await page.keyboard.press("Control+f")
  const field = page.getByRole("search").getByRole("searchbox")
  await expect(field).toBeFocused()
  await drawn()
  await expect(article(/And this one just now/)).toBeInViewport()
  await articles().last().focus()
  await page.keyboard.press("Control+f")
  await expect(field).toBeFocused()
  await expect(title()).toHaveCount(0)
  await page.keyboard.press("Escape")
  await expect(title()).toHaveText("Mira Adeyemi")
  expect(Math.abs((await scrolledTo()) - before)).toBeLessThan(80)
})

test("all names and messages are searched, and a hit leads to its place", async () => {
  await page.getByRole("button", { name: "Search", exact: true }).click()
  await page.getByRole("searchbox").fill("mira")
  await expect(page.getByRole("list", { name: "Conversations and contacts" }).getByRole("link", { name: /Mira/ })).toBeVisible()
  await page.getByRole("searchbox").fill("notebook FIND")
  const hit = page.getByRole("list", { name: "Messages" }).getByRole("link")
  await expect(hit).toHaveCount(1)
  await expect(page.locator("mark")).toHaveText(["find", "notebook"])
  expect(await findings(page)).toEqual([])
  await hit.click()
  await expect(article(/Did you find the notebook/)).toBeInViewport()

  // Who has gone on from there is not taken back by a sheet that closes.
  await toLatest()
  const before = await scrolledTo()
  const address = page.url()
  await article(/And this one just now/).getByRole("button", { name: /About this message/ }).click()
  await expect(page.getByRole("dialog")).toBeVisible()
  await page.keyboard.press("Escape")
  await expect(page.getByRole("dialog")).toBeHidden()
  expect(page.url()).toBe(address)
  await drawn()
  expect(await scrolledTo()).toBe(before)

  // The sheet's way to the ledger takes the sheet's place: back leads to the messages.
  await article(/And this one just now/).getByRole("button", { name: /About this message/ }).click()
  await page.getByRole("dialog").getByRole("button", { name: en.ledger.open }).click()
  await expect(title()).toHaveText(en.ledger.title)
  await page.goBack()
  await expect(article(/Did you find the notebook/)).toBeInViewport()
  expect(page.url()).toBe(address)
  await page.goBack()
  await expect(page.getByRole("searchbox")).toHaveValue("notebook FIND")
})

test("a safety number is shown as digits and as a code, and noted as compared", async () => {
  await page.goto(`${demo.url}#/safety/mira`)
  await expect(page.getByRole("img", { name: "Safety number as a QR code" })).toBeVisible()
  await expect(page.locator("ol.safety li")).toHaveCount(12)
  await page.getByRole("button", { name: "It matches" }).click()
  await expect(page.getByText("You compared this number.")).toBeVisible()
  expect(await findings(page)).toEqual([])
})

test("keys with which a field writes, moves or opens are left to it", async ({ browser }) => {
  const apple = await (await browser.newContext({ serviceWorkers: "block" })).newPage()
  await apple.addInitScript(() => Object.defineProperty(navigator, "platform", { value: "MacIntel" }))
  await demo.open(apple, "")
  const heading = apple.locator(".pane h1")
  await apple.getByRole("link", { name: /Mira/ }).click()
  const composer = apple.getByRole("textbox", { name: "Message" })
  await composer.fill("ma")
  for (const key of ["Alt+n", "Alt+ArrowDown", "Alt+ArrowUp"]) await composer.press(key)
  await expect(heading).toHaveText("Mira Adeyemi")
  await composer.fill("")
  await composer.press("Alt+ArrowDown")
  await expect(heading).not.toHaveText("Mira Adeyemi")
  await heading.press("Alt+n")
  await expect(heading).toHaveText("New contact")
  await apple.context().close()

  await page.goto(`${demo.url}#/settings`)
  await page.getByLabel("Language").press("Alt+ArrowDown")
  await expect(title()).toHaveText("Settings")
})
