import type { Locator, Page } from "@playwright/test"
import { expect, test } from "@playwright/test"
import type { Demo } from "./demo.ts"
import { startDemo } from "./demo.ts"
import { findings } from "./findings.ts"
import { cutOff, smallTargets } from "./measures.ts"
import { landscape, png } from "../web/fake-pictures.ts"
import { ar } from "../../web/text/ar/index.ts"
import { en } from "../../web/text/en/index.ts"

let demo: Demo
let page: Page

test.beforeAll(async ({ browser }) => {
  demo = await startDemo()
  const context = await browser.newContext({ serviceWorkers: "block", reducedMotion: "reduce", viewport: { width: 360, height: 740 } })
  page = await context.newPage()
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

/** Small and square. */
const isDrawn = (picture: Locator, side = 96) => expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.complete && [image.naturalWidth, image.naturalHeight])).toEqual([side, side])

async function look(): Promise<void> {
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme })
    expect.soft(await findings(page)).toEqual([])
  }
  expect.soft(await cutOff(page)).toEqual([])
  expect.soft(await smallTargets(page)).toEqual([])
}

test("in a group each message, quote and line names who it is from: contacts by this user's name for them, others by their own, marked so", async () => {
  await go("conversation/harbour")
  await expect(article(/^Mira Adeyemi, Shall we start/)).toBeVisible()
  await expect(article(/^~Dan Abara, I only have/)).toBeVisible()
  await expect(article(/^You, The lighthouse, then\., answer to Mira Adeyemi: Shall we start/)).toBeVisible()
  await expect(article(new RegExp(`^${en.groups.lines.joined("~Dan Abara", "Mira Adeyemi")}`))).toBeVisible()
  await expect(article(new RegExp(en.acts.lineTheirs("~Dan Abara", "1 week")))).toBeVisible()
  // Whoever is named is named as this user knows them.
  await expect(article(/^Jo, names you, @Robin can you bring/).locator(".named")).toHaveText(["@Robin", "@Dan Abara"])
  await expect(article(/^Mira Adeyemi, Bring boots/).locator(".author")).toHaveCount(0)
  await look()
  await article(/Map is packed/).press("r")
  await expect(page.locator(".composing")).toContainText(en.acts.replyTo("~Dan Abara"))
  await page.keyboard.press("Escape")
  await page.goto(`${demo.url}#/`)
  await expect(page.getByRole("link", { name: /Neighbours/ })).toContainText("Jo: Whose cat is this, @Robin?")
  await expect(page.getByRole("link", { name: /Neighbours/ })).toContainText(en.groups.mutedNow)
  // Beside what is unread stands that this user is named in it.
  await expect(page.getByRole("link", { name: /Neighbours/ }).locator(".below")).toContainText(`@${en.naming.unread}`)
  await expect(page.getByRole("link", { name: /Harbour walk/ }).locator(".below")).not.toContainText(en.naming.unread)
  await go("search")
  await page.getByRole("searchbox").fill("shoes")
  await expect(page.locator(".pane .hit")).toContainText("~Dan Abara:I only have these shoes")
})

test("an @ offers the people of the group; who is picked is named, goes as a whole, and stays named when the message is answered and written anew", async () => {
  await go("conversation/harbour")
  const field = page.getByRole("textbox", { name: en.conversation.write })
  const list = page.getByRole("listbox", { name: en.groups.picks })
  const options = list.getByRole("option")
  await field.pressSequentially("jo@harbour ")
  await expect(list).toHaveCount(0)
  await field.pressSequentially("@")
  await expect(options).toHaveText([/Mira Adeyemi$/, /Jo$/, new RegExp(`~Dan Abara.*${en.groups.stranger}`), new RegExp(`ليان.*${en.groups.stranger}`)])
  await expect(page.locator(".mentions [role=status]")).toHaveText(en.naming.found(4))
  await look()
  // Nothing of what is written lies under it, and all of it is on the screen.
  const [above, below] = [(await list.boundingBox())!, (await page.locator(".composer").boundingBox())!]
  expect(above.y + above.height).toBeLessThanOrEqual(below.y + 1)
  expect(above.y).toBeGreaterThan(0)
  expect(await field.evaluate((area) => document.getElementById(area.getAttribute("aria-activedescendant")!)?.textContent)).toContain("Mira")
  await field.press("ArrowUp")
  await field.press("ArrowUp")
  await expect(options.nth(2)).toHaveAttribute("aria-selected", "true")
  await field.press("Escape")
  await field.pressSequentially("d")
  await expect(list).toHaveCount(0)
  await expect(field).toHaveValue("jo@harbour @d")
  await field.fill("")
  await field.pressSequentially("Ask @dan ab")
  await expect(options).toHaveCount(1)
  await field.press("Enter")
  await expect(field).toHaveValue("Ask @Dan Abara ")
  await expect(page.locator(".writing mark")).toHaveText("@Dan Abara")
  await field.press("Backspace")
  await field.press("Backspace")
  await expect(field).toHaveValue("Ask ")
  await expect(page.locator(".writing mark")).toHaveCount(0)
  await field.pressSequentially("@mi")
  await options.click()
  await field.pressSequentially("and @j")
  await field.press("Tab")
  await expect(field).toBeFocused()
  await field.press("Enter")
  await expect(article(/^You, Ask @Mira Adeyemi and @Jo/).locator(".named")).toHaveText(["@Mira Adeyemi", "@Jo"])
  // What an input method composes opens nothing, and its keys are its own.
  await field.evaluate((area: HTMLTextAreaElement) => {
    area.value = "@"
    area.setSelectionRange(1, 1)
    area.dispatchEvent(new InputEvent("input", { data: "@", inputType: "insertCompositionText", isComposing: true, bubbles: true }))
  })
  await expect(list).toHaveCount(0)
  await field.fill("")
  await field.press("ArrowUp")
  await expect(field).toHaveValue("Ask @Mira Adeyemi and @Jo")
  await expect(page.locator(".writing mark")).toHaveText(["@Mira Adeyemi", "@Jo"])
  await field.press("End")
  await field.pressSequentially(", please")
  await field.press("Enter")
  await expect(article(/^You, Ask @Mira Adeyemi and @Jo, please/).locator(".named")).toHaveText(["@Mira Adeyemi", "@Jo"])
})

test("what became of an own message says whose devices have it", async () => {
  await go("conversation/harbour")
  await article(/I’ll be there/).press("Enter")
  await expect(dialog()).toContainText(en.groups.inDropbox)
  await expect(dialog().locator(".receipts")).toContainText(new RegExp(`^${en.groups.received}Mira AdeyemiJo${en.groups.notReceived}~Dan Abara~.?ليان`))
  await look()
  await page.keyboard.press("Escape")
})

test("a group is made of contacts, those who cannot be let in yet are told apart and wait", async () => {
  await go("")
  await page.getByRole("button", { name: en.groups.new }).click()
  await page.getByLabel(en.groups.name).fill("Sunday")
  const kaya = page.getByRole("checkbox", { name: /Kaya/ })
  await expect(page.locator("label").filter({ has: kaya })).toContainText(en.groups.waits)
  await page.getByLabel(en.naming.choosePicture).setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>") })
  await expect(page.getByText(en.naming.noPicture)).toBeVisible()
  await page.getByLabel(en.naming.choosePicture).setInputFiles({ name: "holiday.png", mimeType: "image/png", buffer: Buffer.from(png(300, 200, landscape)) })
  await expect(page.getByText(en.naming.noPicture)).toHaveCount(0)
  await isDrawn(page.locator(".card .avatar img"))
  await kaya.check()
  await page.getByRole("checkbox", { name: /Mira/ }).check()
  await look()
  await page.getByRole("button", { name: en.groups.make }).click()
  await expect(article(new RegExp(en.groups.lines.founded("Sunday")))).toBeVisible()
  await expect(article(new RegExp(en.groups.lines.joinedByOwn("Mira Adeyemi")))).toBeVisible()
  await page.getByRole("link", { name: en.groups.aboutGroup("Sunday") }).click()
  await expect(page.locator(".waits")).toContainText("Kaya")
  await isDrawn(page.locator(".portrait .avatar img"))
  await look()
  await page.getByRole("button", { name: en.naming.dropPicture }).click()
  await expect(page.locator(".portrait .avatar img")).toHaveCount(0)
  await expect(page.locator(".portrait .avatar")).toHaveText("S")
  await page.getByRole("button", { name: en.groups.write }).click()
  await expect(article(new RegExp(`^${en.naming.unpicturedOwn}`))).toBeVisible()
  // What is no picture is never given to a decoder: there are the letters.
  await page.goto(`${demo.url}#/`)
  await expect(page.getByRole("link", { name: /Neighbours/ }).locator(".letters")).toBeVisible()
  await isDrawn(page.getByRole("link", { name: /Harbour walk/ }).locator(".avatar img"), 24)
  await expect(page.getByRole("link", { name: /Neighbours/ }).locator(".avatar img")).toHaveCount(0)
})

test("an owner renames, gives a role, removes and blocks; what cannot be undone is asked about first", async () => {
  await go("group/harbour")
  await look()
  await page.getByLabel(en.groups.rename).fill("Harbour run")
  await page.getByRole("button", { name: en.common.save }).click()
  await expect(page.getByRole("heading", { name: "Harbour run" })).toBeVisible()
  const member = (name: string) => page.getByRole("button", { name: en.groups.member(name) })
  await member("Jo").click()
  await look()
  await dialog().getByRole("button", { name: en.groups.makeRole.admin }).click()
  await expect(page.getByRole("listitem").filter({ has: member("Jo") })).toContainText(en.groups.roles.admin)
  await member("Dan Abara").click()
  await expect(dialog().getByRole("button", { name: en.groups.writeTo })).toHaveCount(0)
  await dialog().getByRole("button", { name: en.contact.block, exact: true }).click()
  await expect(page.getByRole("listitem").filter({ has: member("Dan Abara") })).toContainText(en.list.blocked)
  const layan = page.getByRole("button", { name: /ليان/ })
  await layan.click()
  await dialog().getByRole("button", { name: en.groups.remove }).click()
  await expect(dialog()).toContainText(en.groups.removeText)
  await dialog().getByRole("button", { name: en.common.remove }).click()
  await expect(layan).toHaveCount(0)
  await page.getByRole("checkbox", { name: en.groups.mute }).check()
  // Whoever is named is told all the same, as long as that is wanted.
  const told = page.getByRole("checkbox", { name: en.naming.told })
  await expect(told).toBeChecked()
  await told.uncheck()
  await expect(told).not.toBeChecked()
  await page.getByRole("button", { name: en.groups.leave }).click()
  await expect(dialog()).toContainText(en.groups.leaveOwner)
  await dialog().getByRole("button", { name: en.groups.leave }).click()
  await expect(page.getByRole("region", { name: en.groups.about }).getByText(en.groups.left)).toBeVisible()
  await page.getByRole("button", { name: en.groups.forget }).click()
  await dialog().getByRole("button", { name: en.groups.forget }).click()
  await expect(page.getByRole("link", { name: /Harbour/ })).toHaveCount(0)
})

test("an invitation says who invites into what and with whom; before an answer nothing can be written; a member may not change the group", async () => {
  await go("conversation/mira")
  await page.getByRole("link", { name: en.groups.look }).click()
  await expect(page.getByRole("heading", { name: en.groups.asksTitle("Mira Adeyemi", "Reading circle") })).toBeVisible()
  await expect(page.getByRole("textbox")).toHaveCount(0)
  for (const name of ["Mira Adeyemi", "~Noa Keller", "~Abu Said"]) await expect(page.locator(".pane").getByText(name, { exact: true })).toBeVisible()
  await look()
  await page.getByRole("button", { name: en.groups.accept, exact: true }).click()
  await expect(page.getByRole("textbox", { name: en.conversation.write })).toBeVisible()
  await go("group/reading")
  await expect(page.getByLabel(en.groups.rename)).toHaveCount(0)
  await expect(page.getByRole("button", { name: en.groups.invite })).toHaveCount(0)
  await page.getByRole("button", { name: en.groups.member("Abu Said") }).click()
  await expect(dialog().getByRole("button", { name: en.groups.remove })).toHaveCount(0)
  await page.keyboard.press("Escape")
  await go("conversation/choir")
  await expect(page.getByText(en.groups.removedNow).last()).toBeVisible()
  await expect(page.getByRole("textbox")).toHaveCount(0)
})

test("in Arabic, too, an @ offers people above the field, and a name is marked where it stands", async () => {
  await page.evaluate(() => localStorage.setItem("language", "ar"))
  await page.reload()
  await expect(page.locator("html")).toHaveAttribute("dir", "rtl")
  await go("conversation/harbour")
  const field = page.getByRole("textbox", { name: ar.conversation.write })
  await field.pressSequentially("مرحبا @dan")
  await expect(page.getByRole("option")).toHaveCount(1)
  expect.soft([...(await findings(page)), ...(await cutOff(page)), ...(await smallTargets(page))]).toEqual([])
  await field.press("Enter")
  await field.pressSequentially("!")
  await expect(page.locator(".writing mark")).toHaveText("@Dan Abara")
  // As in the field: the name stands behind the word, to the left of it.
  const [mark, area] = [(await page.locator(".writing mark").boundingBox())!, (await field.boundingBox())!]
  expect(mark.x).toBeGreaterThan(area.x)
  expect(mark.x + mark.width).toBeLessThan(area.x + area.width - 40)
})
