import type { Browser, Page } from "@playwright/test"
import { expect, test } from "@playwright/test"
import type { Demo } from "./demo.ts"
import { startDemo } from "./demo.ts"
import { findings } from "./findings.ts"
import { cutOff, smallTargets } from "./measures.ts"

let demo: Demo

test.beforeAll(async () => {
  demo = await startDemo()
})

test.afterAll(async () => {
  await demo.stop()
})

const PHONE = { width: 360, height: 740 }
const SCREENS = [
  "", "new", "invite", "add", "network", "ledger", "settings", "help",
  "conversation/mira", "conversation/layla", "conversation/noor", "conversation/answered", "conversation/mira/message/mira-136",
  "contact/mira", "contact/tom", "contact/ask", "contact/wait", "contact/bad",
]

/** With REACH_PICTURES set to a folder, what is looked at is kept there as pictures. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.REACH_PICTURES
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` })
}

/** What is asked of a screen, and again with letters of twice the size. Axe takes long: it sees those that differ most. */
async function look(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready)
  await picture(page, name)
  if (/settings|help|network|layla|ask|welcome|locked/.test(name)) expect.soft(await findings(page), `${name}, axe`).toEqual([])
  expect.soft(await cutOff(page), `${name}, cut off`).toEqual([])
  expect.soft(await smallTargets(page), `${name}, targets`).toEqual([])
  await page.evaluate(() => (document.documentElement.style.fontSize = "200%"))
  await picture(page, `${name}-200`)
  expect.soft(await cutOff(page), `${name}, cut off at 200 %`).toEqual([])
  await page.evaluate(() => (document.documentElement.style.fontSize = ""))
}

async function open(browser: Browser, locale: string, colorScheme: "light" | "dark", scene: string): Promise<Page> {
  const context = await browser.newContext({ locale, colorScheme, viewport: PHONE, reducedMotion: "reduce", serviceWorkers: "block" })
  const page = await context.newPage()
  await context.route("**/network.json", async (route) => {
    const answer = await route.fetch()
    await (scene === "unreachable" ? route.abort() : route.fulfill({ json: { ...(await answer.json()), name: `Demo ${scene}` } }))
  })
  await page.goto(demo.url)
  return page
}

for (const { language, direction, scheme } of [
  { language: "ar", direction: "rtl", scheme: "light" },
  { language: "de", direction: "ltr", scheme: "dark" },
] as const) {
  test(`in ${language}, ${scheme}, on a phone, every screen is whole, and is so with letters of twice the size`, async ({ browser }) => {
    // Many screens, each measured twice: on a busy machine that takes long.
    test.slow()
    const page = await open(browser, language, scheme, "")
    const { list, settings, lock, common } = (await import(`../../web/text/${language}/index.ts`))[language]
    await expect(page.locator("html")).toHaveAttribute("dir", direction)
    await expect(page.locator("html")).toHaveAttribute("lang", language)
    await expect(page.getByRole("region", { name: list.title })).toBeVisible()
    for (const screen of SCREENS) {
      await page.evaluate((hash) => (location.hash = hash), `#/${screen}`)
      if (screen !== "") await expect(page.locator(".pane h1, dialog h2").first()).toBeVisible()
      if (screen.includes("/message/")) await expect(page.getByRole("dialog")).toBeVisible()
      if (screen === "conversation/mira") await expect(page.getByRole("article").first()).toBeVisible()
      await look(page, `${language}/${screen || "list"}`)
    }
    await page.evaluate(() => (location.hash = "#/settings"))
    await page.getByRole("button", { name: settings.erase }).click()
    await look(page, `${language}/erase`)
    await page.getByRole("dialog").getByRole("button", { name: common.cancel, exact: true }).click()

    const second = await page.context().newPage()
    await second.goto(demo.url)
    await expect(second.locator("h1")).toBeVisible()
    await look(second, `${language}/elsewhere`)
    await second.close()

    await page.getByLabel(lock.passphrase, { exact: true }).fill("nine wet umbrellas")
    await page.getByRole("button", { name: lock.set }).click()
    await page.getByRole("button", { name: lock.now }).click()
    await expect(page.getByRole("heading", { name: lock.locked })).toBeVisible()
    await look(page, `${language}/locked`)
    await page.context().close()

    const welcome = await open(browser, language, scheme, "welcome")
    await expect(welcome.locator("form")).toBeVisible()
    await look(welcome, `${language}/welcome`)
    await welcome.context().close()
    const failed = await open(browser, language, scheme, "unreachable")
    await expect(failed.locator("h1")).toBeVisible()
    await look(failed, `${language}/failed`)
    await failed.context().close()
  })
}

test("the keyboard leads everywhere: to people and pages by name, up and down the list, back, and to the list of keys", async ({ browser }) => {
  const page = await open(browser, "en", "light", "")
  await page.setViewportSize({ width: 1280, height: 800 })
  const title = page.locator(".pane h1")
  await expect(page.getByRole("region", { name: "Conversations" })).toBeVisible()

  await page.keyboard.press("Alt+ArrowDown")
  await expect(title).toHaveText("Answered your code")
  await page.keyboard.press("Alt+ArrowDown")
  await expect(title).toHaveText("Show my code")
  await page.keyboard.press("Alt+ArrowUp")
  await expect(title).toHaveText("Answered your code")
  await page.keyboard.press("Escape")
  await expect(page).toHaveURL(/\/(#\/)?$/)

  await page.keyboard.press("Control+k")
  const field = page.getByRole("combobox", { name: "Name or page" })
  await expect(field).toBeFocused()
  expect(await findings(page), "go to").toEqual([])
  await field.fill("mira")
  await expect(page.getByRole("option", { selected: true })).toHaveText(/Mira Adeyemi/)
  await field.press("Enter")
  await expect(page.getByRole("dialog")).toBeHidden()
  await expect(title).toHaveText("Mira Adeyemi")

  // In a field a sign is a sign; outside of it, it opens the list, until that is switched off.
  const composer = page.getByRole("textbox", { name: "Message" })
  await composer.fill("Really")
  await composer.press("?")
  await expect(composer).toHaveValue("Really?")
  await composer.press("Escape")
  await expect(title).toHaveText("Mira Adeyemi")
  await page.keyboard.press("Alt+n")
  await expect(title).toHaveText("New contact")
  await page.keyboard.press("?")
  const keys = page.getByRole("dialog", { name: "Keys" })
  await expect(keys).toBeVisible()
  expect(await findings(page), "keys").toEqual([])
  await keys.getByRole("checkbox").uncheck()
  await page.keyboard.press("Escape")
  await expect(keys).toBeHidden()
  await expect(title).toHaveText("New contact")
  await page.keyboard.press("?")
  await page.keyboard.press("Control+/")
  await expect(keys).toBeVisible()
  await page.context().close()
})
