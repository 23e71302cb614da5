import type { Page } from "@playwright/test"
import { expect, test } from "@playwright/test"
import type { Demo } from "./demo.ts"
import { startDemo } from "./demo.ts"
import { findings } from "./findings.ts"
import { cutOff, smallTargets } from "./measures.ts"
import { en } from "../../web/text/en/index.ts"

let demo: Demo
let page: Page

test.beforeAll(async ({ browser }) => {
  demo = await startDemo()
  const context = await browser.newContext({ serviceWorkers: "block", reducedMotion: "reduce" })
  page = await context.newPage()
  await demo.open(page, "")
  await page.getByRole("link", { name: /Kaya/ }).click()
  await expect(article(/Found it/)).toBeVisible()
})

test.afterAll(async () => {
  await page.context().close()
  demo.stop()
})

const article = (name: RegExp) => page.getByRole("article", { name }).last()
const dialog = () => page.getByRole("dialog")
const field = () => page.getByRole("textbox", { name: en.conversation.write })
const composing = () => page.locator(".composing")

async function look(): Promise<void> {
  expect.soft(await findings(page)).toEqual([])
  expect.soft(await cutOff(page)).toEqual([])
  expect.soft(await smallTargets(page)).toEqual([])
}

test("a message is answered: what is quoted stands above the field, a press leads to the original, and it follows what becomes of it", async () => {
  await field().fill("Half a thought")
  await article(/third stone/).press("r")
  await expect(composing()).toContainText(en.acts.replyTo("Kaya"))
  await expect(field()).toBeFocused()
  await expect(field()).toHaveValue("Half a thought")
  await look()
  await page.keyboard.press("Escape")
  await expect(composing()).toHaveCount(0)
  await expect(page.locator(".pane h1")).toHaveText("Kaya")

  await article(/^Kaya, Shall we walk/).press("r")
  await field().fill("Until Friday")
  await page.keyboard.press("Enter")
  await expect(composing()).toHaveCount(0)
  const answer = article(/^You, Until Friday, answer to Kaya: Shall we walk/)
  await expect(answer).toBeInViewport()
  await expect(article(/^Kaya, Shall we walk/)).not.toBeInViewport()
  await answer.getByRole("button", { name: /Shall we walk/ }).click()
  await expect(article(/^Kaya, Shall we walk/)).toBeInViewport()

  // The original changes, and goes.
  await article(/^You, The river/).press("r")
  await field().fill("Both")
  await page.keyboard.press("Enter")
  await article(/^You, The river/).press("e")
  await field().fill("The railway line")
  await page.keyboard.press("Enter")
  await expect(article(/^You, Both, answer to You: The railway line/)).toBeVisible()
  await article(/^You, The railway line/).press("Delete")
  await dialog().getByRole("button", { name: en.acts.deleteHere }).click()
  const both = article(/^You, Both/)
  await expect(both).toContainText(en.acts.quoteMissing)
  await expect(both.getByRole("button", { name: /railway/ })).toHaveCount(0)
})

test("one sets a sign, another and a word, sees who did, and takes it back", async () => {
  await article(/third stone/).press("+")
  await dialog().getByRole("button", { name: en.acts.reactWith("👍") }).click()
  await expect(dialog()).toHaveCount(0)
  const chip = article(/third stone/).getByRole("button", { name: en.acts.reaction("👍", "You") })
  await expect(chip).toHaveAttribute("aria-pressed", "true")
  // These pass by the clock, however slow the page is.
  const { queued, mix, dropbox } = en.acts.doing
  await expect(article(/third stone/)).toContainText(new RegExp([queued, mix, dropbox].join("|")))

  await article(/third stone/).getByRole("button", { name: /About this message/ }).click()
  await dialog().getByRole("button", { name: en.acts.otherSign }).click()
  const other = dialog().getByRole("textbox", { name: en.acts.otherSign })
  await other.fill("two words")
  await other.press("Enter")
  await expect(dialog().getByRole("alert")).toHaveText(en.acts.notSet)
  await look()
  await other.fill("yes")
  await other.press("Enter")
  await expect(dialog()).toHaveCount(0)
  await expect(article(/third stone/).getByRole("button", { name: en.acts.reaction("yes", "You") })).toBeVisible()

  await article(/^Kaya, Shall we walk/).press("+")
  await dialog().getByRole("button", { name: en.acts.reactWith("🙏") }).click()
  await chip.click()
  await expect(chip).toHaveCount(0)
})

test("an own message is edited from an empty field and by its key, Esc leaves it as it was, and its versions can be read", async () => {
  await field().fill("One more thing")
  await field().press("Enter")
  await expect(article(/^You, One more thing/)).toBeVisible()
  await field().press("ArrowUp")
  await expect(composing()).toContainText(en.acts.editing)
  await expect(field()).toHaveValue("One more thing")
  await page.keyboard.press("Escape")
  await expect(field()).toHaveValue("")

  await field().fill("A draft that waits")
  await article(/^You, Found it!/).press("e")
  await expect(field()).toHaveValue("Found it!")
  await look()
  await field().fill("Found it at last!")
  await page.getByRole("button", { name: en.acts.save }).click()
  await expect(field()).toHaveValue("A draft that waits")
  await field().fill("")
  await article(/^You, Found it at last!/).getByRole("button", { name: en.acts.edited }).click()
  for (const text of ["Found it!", "Found it at last!"]) await expect(dialog().getByText(text, { exact: true })).toBeVisible()
  await look()
  await page.keyboard.press("Escape")
  // Somebody else's message is not theirs to edit.
  await article(/third stone/).press("e")
  await expect(composing()).toHaveCount(0)

  const failed = article(/This one was changed/)
  await expect(failed).toContainText(en.acts.doing.failed)
  await failed.getByRole("button", { name: en.message.retry }).click()
  await expect(failed).not.toContainText(en.acts.doing.failed)
})

test("a message is deleted for everyone, with plain words about it, and a line stays; under the mouse a bar has what is done most", async () => {
  await field().fill("A slip of the tongue")
  await field().press("Enter")
  const slip = article(/^You, A slip of the tongue/)
  // What arrives meanwhile moves the list from under the mouse: a person follows it.
  await expect(async () => {
    await slip.hover()
    await slip.getByRole("button", { name: en.actions.names.reply }).click({ timeout: 1000 })
  }).toPass()
  await expect(composing()).toContainText(en.acts.replyToOwn)
  await slip.press("Delete")
  await expect(dialog()).toContainText(en.acts.everyoneText)
  await look()
  await dialog().getByRole("button", { name: en.acts.deleteForEveryone }).click()
  await expect(dialog()).toHaveCount(0)
  // What was about to be answered is no more.
  await expect(composing()).toHaveCount(0)
  const line = page.getByRole("article", { name: new RegExp(`^You, ${en.acts.deletedOwn}`) })
  await expect(line).toHaveCount(2)
  await line.last().getByRole("button", { name: /About this message/ }).click()
  await expect(dialog().getByRole("button", { name: en.actions.names.delete })).toBeVisible()
  for (const name of ["reply", "edit", "copy", "forward"] as const) await expect(dialog().getByRole("button", { name: en.actions.names[name], exact: true })).toHaveCount(0)
  await page.keyboard.press("Escape")

  // Of another's message only what is here goes.
  await article(/^Kaya, Good/).press("Delete")
  await expect(dialog()).not.toContainText(en.acts.everyoneText)
  await page.keyboard.press("Escape")
})

test("of a message that cannot be read its place is shown, and it is deleted like others: alone, or with others", async () => {
  const damaged = article(new RegExp(en.damage.message))
  await damaged.getByRole("button", { name: en.conversation.info }).click()
  await expect(dialog()).toContainText(en.damage.text)
  for (const name of ["reply", "edit", "copy", "forward"] as const) await expect(dialog().getByRole("button", { name: en.actions.names[name], exact: true })).toHaveCount(0)
  await look()
  await dialog().getByRole("button", { name: en.actions.names.pick }).click()
  await article(/This one was changed/).press("Space")
  const bar = page.locator(".selection")
  await expect(bar).toContainText(en.actions.count(2))
  await look()
  await bar.getByRole("button", { name: en.actions.names.delete }).click()
  await dialog().getByRole("button", { name: en.actions.names.delete, exact: true }).click()
  await expect(damaged).toHaveCount(0)
  await expect(article(/This one was changed/)).toHaveCount(0)
  await expect(bar).toHaveCount(0)
})

test("how long messages last is set for the conversation, a line says so, and they say when they go", async () => {
  await page.getByRole("link", { name: en.conversation.details("Kaya") }).click()
  const choice = page.getByRole("combobox", { name: en.acts.timerField })
  await expect(choice).toHaveValue(String(24 * 60 * 60))
  await choice.selectOption({ label: "1 hour" })
  await look()
  await page.goBack()
  await expect(article(new RegExp(en.acts.lineOwn("1 hour")))).toBeVisible()
  await expect(page.locator(".pane header")).toContainText(en.acts.timerNow("1 hour"))
  await field().fill("Not for long")
  await page.keyboard.press("Enter")
  await expect(article(/Not for long/)).toContainText(en.acts.goesAfterStoring("1 hour"))
  await page.locator(".pane header").getByRole("link").click()
  await choice.selectOption({ label: en.acts.timerOff })
  await page.goBack()
  await expect(article(new RegExp(en.acts.lineOwnOff))).toBeVisible()
  await expect(page.locator(".pane header")).not.toContainText("1 hour")
})
