import type { Page } from "@playwright/test"
import { expect, test } from "@playwright/test"
import type { Demo } from "./demo.ts"
import { startDemo } from "./demo.ts"
import { findings } from "./findings.ts"
import { en } from "../../web/text/en/index.ts"

let demo: Demo
let page: Page

test.beforeAll(async ({ browser }) => {
  demo = await startDemo()
  const context = await browser.newContext({ serviceWorkers: "block", permissions: ["clipboard-read", "clipboard-write"] })
  page = await context.newPage()
  await demo.open(page, "")
  await page.getByRole("link", { name: /Mira/ }).click()
})

test.afterAll(async () => {
  await page.context().close()
  demo.stop()
})

const article = (name: RegExp) => page.getByRole("article", { name })
const dialog = () => page.getByRole("dialog")
const clipboard = () => page.evaluate(() => navigator.clipboard.readText())
const message = () => page.getByRole("textbox", { name: "Message" })

async function write(text: string): Promise<void> {
  await message().fill(text)
  await message().press("Enter")
}

test("a link in a message is never fetched, and a sheet tells where it leads before it opens", async () => {
  const asked: string[] = []
  page.on("request", (request) => asked.push(request.url()))
  const link = article(/old place/).getByRole("link", { name: "https://example.org/way" })
  await expect(link).toBeVisible()
  expect(await link.getAttribute("href")).toBeNull()
  await link.click()
  await expect(dialog()).toContainText("example.org")
  await expect(dialog()).toContainText(en.link.outside)
  expect(await findings(page)).toEqual([])
  const open = dialog().getByRole("link", { name: en.link.open })
  await expect(open).toHaveAttribute("href", "https://example.org/way")
  await expect(open).toHaveAttribute("rel", "noopener noreferrer")
  await page.keyboard.press("Escape")
  await expect(dialog()).toBeHidden()

  // A name that wants to pass for another, by the keyboard.
  await write("Look: https://pаypal.example/login")
  await article(/Look:/).getByRole("link").press("Enter")
  for (const text of ["xn--pypal-4ve.example", en.link.mixed]) await expect(dialog()).toContainText(text)
  await page.keyboard.press("Escape")
  expect(asked.filter((url) => !url.startsWith(demo.url))).toEqual([])
})

test("a message is copied, forwarded without where it came from, and deleted, from its sheet", async () => {
  await article(/You are a hero/).getByRole("button", { name: /About this message/ }).click()
  await dialog().getByRole("button", { name: en.actions.names.copy }).click()
  await expect.poll(clipboard).toBe("You are a hero. A forgetful one, but a hero.")
  await dialog().getByRole("button", { name: en.actions.names.forward }).click()
  const to = page.getByRole("dialog", { name: en.actions.forwardTitle(1) })
  await expect(to.getByRole("searchbox")).toBeVisible()
  await expect(to.getByRole("checkbox", { name: "Tom" })).toHaveCount(0)
  expect(await findings(page)).toEqual([])
  await to.getByRole("searchbox").fill("ech")
  await to.getByRole("checkbox").check()
  await to.getByRole("button", { name: "Send" }).click()
  await expect(page.locator(".pane h1")).toHaveText("Echo")
  await expect(article(/^You, You are a hero. A forgetful one, but a hero\./)).toBeVisible()
  await page.getByRole("link", { name: /Mira/ }).click()

  await article(/Seven is good/).getByRole("button", { name: /About this message/ }).click()
  await dialog().getByRole("button", { name: en.actions.names.delete }).click()
  const ask = page.getByRole("dialog", { name: en.actions.deleteTitle(1) })
  await expect(ask).toContainText(en.actions.deleteText)
  await ask.getByRole("button", { name: en.actions.names.delete }).click()
  await expect(dialog()).toHaveCount(0)
  await expect(article(/Seven is good/)).toHaveCount(0)
  await expect(message()).toBeVisible()
})

test("several messages are picked with mouse and keyboard, copied in their order, and Esc leaves them", async () => {
  await article(/under the seat/i).focus()
  await page.keyboard.press("Space")
  const bar = page.locator(".selection")
  await expect(bar).toContainText(en.actions.count(1))
  await expect(article(/under the seat/i).getByRole("checkbox")).toBeChecked()
  expect(await findings(page)).toEqual([])
  await page.keyboard.press("ArrowUp")
  await page.keyboard.press("Space")
  await article(/Same place/).getByText("Same place").click()
  await expect(bar).toContainText(en.actions.count(3))
  await article(/Same place/).getByRole("checkbox").uncheck()
  await bar.getByRole("button", { name: en.actions.names.copy }).click()
  await expect.poll(clipboard).toMatch(/^Mira Adeyemi, .+\nDid you find the notebook\?\n\nYou, .+\nUnder the seat, where else\.$/)
  await page.keyboard.press("Escape")
  await expect(bar).toBeHidden()
  await expect(article(/under the seat/i).getByRole("checkbox")).toHaveCount(0)
  await expect(page.locator(".pane h1")).toHaveText("Mira Adeyemi")

  // A press on anything in a message picks it: no sheet opens over what is being picked.
  await article(/under the seat/i).press("Space")
  await article(/old place/).getByText("https://example.org/way").click()
  await expect(bar).toContainText(en.actions.count(2))
  await article(/Same place/).locator("time").click()
  await expect(bar).toContainText(en.actions.count(3))
  await article(/old place/).getByRole("link").press("Enter")
  await expect(bar).toContainText(en.actions.count(2))
  await expect(dialog()).toHaveCount(0)
  await page.keyboard.press("Escape")
})

test("a code is pasted by a button, and one that was cut off is told from one that is still being typed", async () => {
  await page.goto(`${demo.url}#/add`)
  const field = page.getByLabel("Contact code or link")
  const state = page.locator("#add-state")
  const cut = en.add.problems["too-short"](16)
  await page.evaluate(() => navigator.clipboard.writeText("ABCD EFGH IJKL MNOP"))
  await page.getByRole("button", { name: en.add.paste }).click()
  await expect(field).toHaveValue("ABCD EFGH IJKL MNOP")
  await expect(state).toHaveText(cut)
  expect(await findings(page)).toEqual([])
  await field.press("End")
  await field.pressSequentially("Q")
  await expect(page.getByText("17 of 64")).toBeVisible()
  await expect(state).toHaveText("")
  await page.context().clearPermissions()
  await page.evaluate(() => Object.assign(navigator.clipboard, { readText: () => Promise.reject(new DOMException("no", "NotAllowedError")) }))
  await page.getByRole("button", { name: en.add.paste }).click()
  await expect(page.getByRole("alert")).toHaveText(en.add.unpasted)
})
