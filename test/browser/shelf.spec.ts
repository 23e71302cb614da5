import type { Page } from "@playwright/test"
import { expect, test } from "@playwright/test"
import type { Demo } from "./demo.ts"
import { complaintsOf, look as lookAt, phonePage, startDemo } from "./demo.ts"
import { en } from "../../web/text/en/index.ts"

let demo: Demo
let page: Page
let complaints: readonly string[] = []

test.beforeAll(async ({ browser }) => {
  demo = await startDemo()
  page = await phonePage(browser)
  complaints = complaintsOf(page)
  await demo.open(page, "files")
})

test.afterAll(async () => {
  expect(complaints).toEqual([])
  await page.context().close()
  demo.stop()
})

const article = (name: RegExp) => page.getByRole("article", { name }).last()
const dialog = () => page.getByRole("dialog")

const look = () => lookAt(page)

const go = (to: string) => page.evaluate((hash) => void (location.hash = hash), `#/${to}`)

test("a file goes on to somebody else as one's own, its cost said before, and one that is not here has to be fetched first", async () => {
  await go("conversation/ines/message/ines-10")
  await dialog().getByRole("button", { name: en.actions.names.forward }).click()
  const forward = page.getByRole("dialog", { name: en.actions.forwardTitle(1) })
  await expect(forward.getByRole("alert")).toContainText(en.shelf.forwardAbsent(1))
  await forward.getByRole("checkbox", { name: "Mira" }).check()
  await expect(forward.getByRole("button", { name: en.actions.send(1) })).toBeDisabled()
  await forward.getByRole("button", { name: "Cancel" }).click()
  await go("conversation/ines/message/ines-1")
  await dialog().getByRole("button", { name: en.actions.names.forward }).click()
  await expect(forward).toContainText(/\d+ packets, about \d+\smin/)
  await look()
  await forward.getByRole("checkbox", { name: "Mira" }).check()
  await forward.getByRole("button", { name: en.actions.send(1) }).click()
  await expect(forward).toHaveCount(0)
  const sent = article(/^You, Picture · The lake/)
  await expect(sent).toContainText(/of \d+ packets/)
  await expect(sent.locator("canvas.drawn")).toHaveCount(1)
})

test("pictures, links and files of a conversation stand together, and nothing of a picture is left in the page behind them", async () => {
  await page.evaluate(() => {
    const addresses = new Set<string>()
    const [create, revoke] = [URL.createObjectURL.bind(URL), URL.revokeObjectURL.bind(URL)]
    URL.createObjectURL = (file) => (addresses.add(create(file)), [...addresses].at(-1)!)
    URL.revokeObjectURL = (address) => (addresses.delete(address), revoke(address))
    Object.assign(globalThis, { addresses })
  })
  await go("contact/ines")
  await page.getByRole("button", { name: en.shelf.title }).click()
  const grid = page.getByRole("list", { name: en.shelf.kinds.media })
  await expect(grid.locator("canvas").first()).toBeVisible()
  await expect(grid.getByRole("link")).not.toHaveCount(0)
  await look()
  await grid.getByRole("button").last().click()
  await expect(dialog().getByRole("img")).toBeVisible()
  await page.keyboard.press("Escape")
  await page.getByRole("radio", { name: en.shelf.kinds.files }).check({ force: true })
  await expect(page.getByRole("list", { name: en.shelf.kinds.files })).toContainText("Timetable of the ferries")
  await look()
  await page.getByRole("radio", { name: en.shelf.kinds.links }).check({ force: true })
  await expect(page.getByText(en.shelf.none.links)).toBeVisible()

  await go("search")
  await page.getByRole("radio", { name: en.shelf.kinds.files }).check({ force: true })
  await expect(page.getByRole("list", { name: en.search.messages })).toContainText("Timetable of the ferries")
  await page.getByRole("radio", { name: en.shelf.kinds.media }).check({ force: true })
  await page.getByRole("searchbox").fill("lake")
  await expect(page.getByRole("list", { name: en.search.messages }).getByRole("link").last()).toContainText("lake, ten minutes ago")
  await look()
  await page.getByRole("radio", { name: en.shelf.kinds.all }).check({ force: true })
  await go("settings")
  await expect.poll(() => page.evaluate(() => (globalThis as unknown as { addresses: Set<string> }).addresses.size)).toBe(0)
})

test("what files take is said, and those that are deleted from this device leave their messages, from which they are fetched again", async () => {
  await go("settings")
  await page.getByRole("button", { name: en.shelf.storage }).click()
  const list = page.getByRole("list", { name: en.shelf.list })
  await page.getByRole("combobox", { name: en.shelf.of }).selectOption({ index: 1 })
  await page.getByRole("radio", { name: en.shelf.orders.largest }).check({ force: true })
  const paper = list.getByRole("checkbox", { name: /Timetable/ })
  await expect(paper).toBeVisible()
  const before = await page.locator(".sum").innerText()
  await paper.check()
  await list.getByRole("checkbox", { name: /كشف/ }).check()
  await look()
  await page.getByRole("button", { name: en.shelf.deleteSome(2) }).click()
  await dialog().getByRole("button", { name: en.shelf.deleteSome(2) }).click()
  await expect(paper).toHaveCount(0)
  await expect(page.getByRole("button", { name: en.shelf.deleteSome(2) })).toHaveCount(0)
  await expect(page.locator(".sum")).not.toHaveText(before)
  await go("conversation/ines")
  await article(/Timetable/).scrollIntoViewIfNeeded()
  await expect(article(/Timetable/)).toContainText(en.shelf.deleted)
  await look()
  await article(/Timetable/).getByRole("button", { name: en.files.fetch }).click()
  await expect(article(/Timetable/)).not.toContainText(en.shelf.deleted)
})
