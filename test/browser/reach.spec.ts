import type { Page } from "@playwright/test"
import { expect, test } from "@playwright/test"
import type { Texts } from "../../web/text/en/index.ts"
import type { Demo } from "./demo.ts"
import { startDemo } from "./demo.ts"
import type { Look } from "./looks.ts"
import { DESK, FORMS, go, open } from "./looks.ts"

let demo: Demo

test.beforeAll(async () => {
  demo = await startDemo()
})

test.afterAll(() => demo.stop())

const SCREENS = [
  "", "new", "invite", "add", "search", "storage", "network", "ledger", "settings", "help", "share",
  "conversation/mira", "conversation/kaya", "conversation/layla", "conversation/noor", "conversation/jo", "conversation/answered", "conversation/mira/message/mira-136",
  "safety/mira", "safety/noor", "contact/kaya", "shelf/kaya", "contact/noor", "contact/tom", "contact/ask", "contact/wait", "contact/bad",
]

/** All that a life in full shows, with its questions and dialogs, up to the lock. */
async function walk(page: Page, { list, settings, lock, passkey, backup, search }: Texts, seen: Look): Promise<void> {
  const dialog = page.getByRole("dialog")
  const button = (name: string) => page.getByRole("button", { name, exact: true })
  const inDialog = async (name: string, opening: () => Promise<void>) => {
    await opening()
    await expect(dialog).toBeVisible()
    await seen(page, name)
    await page.keyboard.press("Escape")
    await expect(dialog).toBeHidden()
  }

  await expect(page.getByRole("region", { name: list.title })).toBeVisible()
  for (const screen of SCREENS) {
    await go(page, screen)
    if (screen !== "") await expect(page.locator(".pane h1")).toBeVisible()
    if (screen.includes("/message/")) await expect(dialog).toBeVisible()
    if (screen === "conversation/mira") await expect(page.getByRole("article").first()).toBeVisible()
    if (screen.startsWith("safety/")) await expect(page.locator(".pane .qr")).toBeVisible()
    if (screen === "search") {
      await page.getByRole("searchbox", { name: search.field }).fill("i")
      await expect(page.locator(".pane .hit").first()).toBeVisible()
    }
    await seen(page, screen || "list")
  }
  await go(page, "settings")
  await inDialog("keys", () => page.keyboard.press("Control+/"))
  await inDialog("places", () => page.keyboard.press("Control+k"))
  await inDialog("erase", () => button(settings.erase).click())
  await inDialog("backup", () => button(backup.make).click())

  const second = await page.context().newPage()
  await second.goto(demo.url)
  await expect(second.locator("h1")).toBeVisible()
  await seen(second, "elsewhere")
  await second.close()

  // The server goes, and there is no service worker: the lock screen is here with the field for a passphrase.
  await page.route("**/assets/LockScreen*", (route) => route.abort())
  await page.getByLabel(lock.passphrase, { exact: true }).fill("nine wet umbrellas")
  await button(lock.set).click()
  await inDialog("passkey", () => button(passkey.add).click())
  await seen(page, "settings with a passphrase")
  await button(lock.now).click()
  await expect(page.getByRole("heading", { name: lock.locked })).toBeVisible()
  await seen(page, "locked")
}

for (const { language, direction, form, options, seen } of FORMS) {
  test(`every screen is whole and large enough to be touched, and axe finds nothing: ${language}, ${form}`, async ({ browser }) => {
    // Many screens, each seen twice: on a busy machine that takes long.
    test.slow()
    const text = ((await import(`../../web/text/${language}/index.ts`)) as Record<string, Texts>)[language]!
    const named: Look = (page, name) => seen(page, `${language}/${name.replaceAll("/", "-")}`)
    const page = await open(browser, demo, options, "")
    await expect(page.locator("html")).toHaveAttribute("dir", direction)
    await expect(page.locator("html")).toHaveAttribute("lang", language)
    await walk(page, text, named)
    await page.context().close()

    for (const [scene, there] of Object.entries({ welcome: "form", empty: ".list h1", offline: ".banner", unreachable: "h1" })) {
      const other = await open(browser, demo, options, scene)
      await expect(other.locator(there).first()).toBeVisible()
      await named(other, scene)
      if (scene === "welcome") {
        await other.getByRole("button", { name: text.welcome.restore, exact: true }).click()
        await expect(other.locator("input[type=file]")).toBeVisible()
        await named(other, "restore")
      }
      await other.context().close()
    }
  })
}

test("the keyboard leads everywhere: to people and pages by name, up and down the list, back, and to the list of keys", async ({ browser }) => {
  const page = await open(browser, demo, DESK, "")
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
  // The browser keeps it for itself in a tab, and not in an installed app.
  await page.keyboard.press("Escape")
  await page.keyboard.press("Control+n")
  await expect(title).toHaveText("New contact")
  await page.keyboard.press("Control+f")
  await expect(page.getByRole("searchbox", { name: "Names and messages" })).toBeFocused()
  await page.keyboard.press("Escape")
  await expect(title).toHaveText("New contact")
  await page.keyboard.press("?")
  const keys = page.getByRole("dialog", { name: "Keys" })
  await expect(keys).toBeVisible()
  await keys.getByRole("checkbox").uncheck()
  await page.keyboard.press("Escape")
  await expect(keys).toBeHidden()
  await expect(title).toHaveText("New contact")
  await page.keyboard.press("?")
  await page.keyboard.press("Control+/")
  await expect(keys).toBeVisible()
  await page.context().close()
})
