import type { Page } from "@playwright/test"
import { expect, test } from "@playwright/test"
import type { Demo } from "./demo.ts"
import { lookTwice, phonePage, startDemo } from "./demo.ts"
import { en } from "../../web/text/en/index.ts"

let demo: Demo
let page: Page

test.beforeAll(async ({ browser }) => {
  demo = await startDemo()
  page = await phonePage(browser)
  await demo.open(page, "groups")
  await expect(page.getByRole("link", { name: /Harbour walk/ })).toBeVisible()
})

test.afterAll(async () => {
  await page.context().close()
  demo.stop()
})

const article = (name: RegExp) => page.getByRole("article", { name }).last()
const dialog = () => page.getByRole("dialog")
const go = (to: string) => page.goto(`${demo.url}#/${to}`)

const look = () => lookTwice(page)

test("somebody is offered to this user: what each learns is said before, and they are a contact only when both have agreed", async () => {
  await go("")
  await expect(page.locator(".row.asks", { hasText: "Inga Solberg" })).toContainText(en.introductions.row.offered)
  await go("conversation/mira")
  await article(new RegExp(en.introductions.lines.offered("Mira Adeyemi", "Inga Solberg"))).getByRole("link", { name: en.introductions.look }).click()
  await expect(page.getByRole("heading", { name: en.introductions.offeredTitle("Mira Adeyemi", "Inga Solberg") })).toBeVisible()
  await expect(page.getByText(en.introductions.offeredText("Inga Solberg"))).toBeVisible()
  await page.getByRole("button", { name: en.introductions.agree, exact: true }).click()
  await expect(page.getByRole("status").getByText(en.introductions.steps.waits)).toBeVisible()
  await look()
  await expect(page.getByText(en.introductions.made("Inga Solberg"))).toBeVisible()
  await page.getByRole("button", { name: en.groups.toContact }).click()
  await expect(page.getByRole("heading", { name: "Inga Solberg" })).toBeVisible()
  await expect(page.locator(".pane").getByText(en.contact.trust.introduced, { exact: true })).toBeVisible()
})

test("two contacts are introduced from a contact's page, and it can be taken back; who asks for it can be refused", async () => {
  await go("contact/mira")
  await page.getByRole("button", { name: en.introductions.introduce }).click()
  await expect(dialog()).toContainText(en.introductions.introduceText)
  await expect(dialog().getByRole("button", { name: en.introductions.send })).toBeDisabled()
  await dialog().getByRole("radio", { name: /^Jo/ }).check()
  await look()
  await dialog().getByRole("button", { name: en.introductions.send }).click()
  await expect(page.getByRole("heading", { name: en.introductions.pairTitle("Mira Adeyemi", "Jo") })).toBeVisible()
  await page.getByRole("button", { name: en.introductions.takeBack }).click()
  await expect(page.getByText(en.introductions.ended)).toBeVisible()
  await go("")
  await page.getByRole("link", { name: new RegExp(en.introductions.row.wanted) }).click()
  await expect(page.getByText(en.introductions.wantedText("Jo", "Kaya"))).toBeVisible()
  await page.getByRole("button", { name: en.introductions.decline }).click()
  await expect(page.getByText(en.introductions.ended)).toBeVisible()
  await go("")
  await expect(page.getByRole("link", { name: new RegExp(en.introductions.row.wanted) })).toHaveCount(0)
})

test("to a member who is no contact one writes by way of a contact in the group, who is chosen; that waits, and is not asked twice", async () => {
  await go("group/bicycles")
  await page.getByRole("button", { name: en.groups.member("Vera") }).click()
  await dialog().getByRole("button", { name: en.introductions.privately }).click()
  await expect(dialog()).toContainText(en.introductions.privatelyText("Vera"))
  await dialog().getByRole("radio", { name: /Kaya/ }).check()
  await look()
  await dialog().getByRole("button", { name: en.introductions.ask("Kaya") }).click()
  await expect(dialog()).toContainText(en.introductions.privatelyWaits("Kaya"))
  await expect(dialog().getByRole("radio")).toHaveCount(0)
  await dialog().getByRole("button", { name: en.introductions.look }).click()
  await expect(page.getByText(en.introductions.steps.asked("Kaya"))).toBeVisible()
  await go("conversation/kaya")
  await expect(article(new RegExp(en.introductions.lines.asked("Kaya", "Vera")))).toBeVisible()
})

test("what was said before is given with its cost in sight, and whoever gets it sees in its place on whose word it is", async () => {
  await go("group/bicycles")
  await page.getByRole("button", { name: en.groups.member("Kaya") }).click()
  await dialog().getByRole("button", { name: en.past.give }).click()
  await expect(dialog()).toContainText("23 messages: 6 packets")
  await dialog().getByRole("radio", { name: en.past.ranges.day }).check()
  await expect(dialog().getByRole("button", { name: en.past.send(0), exact: true })).toBeDisabled()
  await dialog().getByRole("radio", { name: en.past.ranges.week }).check()
  await look()
  await dialog().getByRole("button", { name: en.past.send(23) }).click()
  const gave = article(new RegExp(en.past.lines.gave("Bicycles", 23)))
  await expect(gave).toContainText(en.message.states.queued)
  await go("conversation/garden")
  await expect(page.getByText(en.past.beginning)).toBeVisible()
  await expect(article(/^~Greta Lind, The water is on again/)).toHaveAttribute("aria-label", new RegExp(`${en.past.by("Mira Adeyemi")}$`))
  await expect(article(/^~Omar, Welcome/).getByText(en.past.by("Mira Adeyemi"))).toHaveCount(0)
  await expect(article(new RegExp(en.past.lines.broken("Mira Adeyemi")))).toBeVisible()
  await article(new RegExp(en.past.lines.past("Mira Adeyemi", 3))).getByRole("link", { name: en.past.read }).click()
  await expect(article(/^~Greta Lind, The water/)).toHaveClass(/shown/)
  await look()
  await article(/rain barrel/).press("Enter")
  await expect(dialog()).toContainText(en.past.text("Mira Adeyemi", "~Omar"))
  await page.keyboard.press("Escape")
})
