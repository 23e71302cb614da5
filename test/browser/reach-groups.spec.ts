import type { Page } from "@playwright/test"
import { expect, test } from "@playwright/test"
import { landscape, png } from "../web/fake-pictures.ts"
import { loadTexts } from "../../web/text/text.ts"
import type { Texts } from "../../web/text/en/index.ts"
import type { Demo } from "./demo.ts"
import { startDemo } from "./demo.ts"
import type { Look } from "./looks.ts"
import { FORMS, go, look, lookAtColoursTwice, lookTwice, open } from "./looks.ts"

// What is given to the page for a microphone beeps.
test.use({ launchOptions: async ({ launchOptions }, use) => use({ ...launchOptions, args: [...(launchOptions.args ?? []), "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"] }) })

let demo: Demo

test.beforeAll(async () => {
  demo = await startDemo()
})

test.afterAll(() => demo.stop())

/** What stands by itself at an address. */
const SCREENS = ["", "conversation/harbour", "conversation/garden", "conversation/reading", "conversation/choir", "group/harbour", "group/choir", "new-group", "introduction/offer", "introduction/wish", "introduction/over", "storage", "shelf/ines", "conversation/ines"]

/** All that groups, introductions and files show, with what is asked and chosen there. */
async function walk(page: Page, { groups, past, introductions, shelf, files, actions, conversation }: Texts, seen: Look): Promise<void> {
  const dialog = page.getByRole("dialog")
  const button = (name: string) => page.getByRole("button", { name, exact: true })
  const member = (name: string) => page.getByRole("button", { name: groups.member(name) })
  const inDialog = (name: string) => dialog.getByRole("button", { name, exact: true })
  const seenDialog = async (name: string) => {
    await expect(dialog.locator("h2").last()).toBeVisible()
    await seen(page, name)
  }
  const leave = async () => {
    await page.keyboard.press("Escape")
    await expect(dialog).toHaveCount(0)
  }

  for (const screen of SCREENS) {
    await go(page, screen)
    await expect(page.locator(screen === "" ? ".list .asks" : ".pane h1").first()).toBeVisible()
    if (screen.startsWith("conversation/") && screen !== "conversation/reading") await expect(page.getByRole("article").first()).toBeVisible()
    if (screen === "shelf/ines") await expect(page.locator("canvas").first()).toBeVisible()
    await seen(page, screen || "list of groups")
  }

  await go(page, "conversation/harbour/message/harbour-13")
  await expect(dialog.locator(".receipts")).toBeVisible()
  await seenDialog("message of a group")
  await go(page, "conversation/garden/message/garden-1")
  await seenDialog("message from before")
  await go(page, "conversation/harbour")
  const field = page.getByRole("textbox", { name: conversation.write })
  await field.pressSequentially("@")
  await expect(page.getByRole("option")).toHaveCount(4)
  await seen(page, "people to be named")
  await page.keyboard.press("Escape")

  await go(page, "group/harbour")
  await member("Jo").click()
  await seenDialog("member")
  await inDialog(past.give).click()
  await expect(dialog.getByRole("radio").first()).toBeVisible()
  await seenDialog("give what was said")
  await page.keyboard.press("Escape")
  await inDialog(groups.remove).click()
  await seenDialog("remove a member")
  await page.keyboard.press("Escape")
  await leave()
  await member("Dan Abara").click()
  await seenDialog("stranger")
  await inDialog(introductions.privately).click()
  await expect(dialog.getByRole("radio").first()).toBeVisible()
  await seenDialog("message privately")
  await page.keyboard.press("Escape")
  await leave()
  await button(groups.invite).click()
  await seenDialog("invite")
  await leave()
  await button(groups.leave).click()
  await seenDialog("leave a group")
  await leave()

  await go(page, "contact/mira")
  await button(introductions.introduce).click()
  await seenDialog("introduce")
  await leave()
  await go(page, "introduction/wish")
  await button(introductions.introduceThem).click()
  await expect(page.getByRole("status").filter({ hasText: introductions.steps.waits })).toBeVisible()
  await seen(page, "introduction that waits")

  await go(page, "shelf/ines")
  await page.getByRole("radio", { name: shelf.kinds.files }).check({ force: true })
  await expect(page.getByRole("list", { name: shelf.kinds.files })).toBeVisible()
  await seen(page, "files of a conversation")
  await go(page, "shelf/mira")
  await page.getByRole("radio", { name: shelf.kinds.links }).check({ force: true })
  await expect(page.getByRole("list", { name: shelf.kinds.links })).toBeVisible()
  await seen(page, "links of a conversation")
  await go(page, "storage")
  await page.getByRole("list", { name: shelf.list }).getByRole("checkbox").first().check()
  await button(shelf.deleteSome(1)).click()
  await seenDialog("delete files")
  await leave()
  await go(page, "conversation/ines/message/ines-1")
  await inDialog(actions.names.forward).click()
  await expect(dialog.getByRole("searchbox")).toBeVisible()
  await seenDialog("forward")
  await go(page, "conversation/ines")
  await page.locator("input[type=file]").setInputFiles({ name: "holiday.png", mimeType: "image/png", buffer: Buffer.from(png(300, 200, landscape)) })
  await expect(dialog.getByRole("radio").first()).toBeVisible()
  await seenDialog("attach")
  await leave()
  await button(files.record).click()
  await expect(page.getByRole("timer")).toBeVisible()
  await seen(page, "voice note")
  await button(files.endNote).click()
  await expect(inDialog(files.play)).toBeVisible()
  await seenDialog("voice note to be heard")
}

// As fast as can be: all rules of axe in one of two languages on a phone and at a desk, those of colours in the dark. What else groups are asked, other files ask.
const SEEN = { ar: lookTwice, de: lookAtColoursTwice, en: look }

for (const { language, options } of FORMS) {
  test(`all of groups, introductions and files is whole and large enough to be touched, and axe finds nothing: ${language}`, async ({ browser }) => {
    test.slow()
    const page = await open(browser, demo, { ...options, permissions: ["microphone"] }, "groups files")
    await expect(page.locator("html")).toHaveAttribute("lang", language)
    await walk(page, await loadTexts(language), (at, name) => SEEN[language](at, `${language}/${name.replaceAll("/", "-")}`))
    await page.context().close()
  })
}
