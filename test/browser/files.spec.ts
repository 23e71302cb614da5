import type { Page } from "@playwright/test"
import { expect, test } from "@playwright/test"
import { readFile } from "node:fs/promises"
import type { Demo } from "./demo.ts"
import { startDemo } from "./demo.ts"
import { findings } from "./findings.ts"
import { cutOff, smallTargets } from "./measures.ts"
import { en } from "../../web/text/en/index.ts"

let demo: Demo
let page: Page
const complaints: string[] = []

test.beforeAll(async ({ browser }) => {
  demo = await startDemo()
  const context = await browser.newContext({ serviceWorkers: "block", reducedMotion: "reduce", viewport: { width: 360, height: 740 } })
  page = await context.newPage()
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()))
  page.on("pageerror", (error) => complaints.push(error.message))
  await demo.open(page, "files")
  await page.getByRole("link", { name: /Inês/ }).click()
  await expect(article(/From the other side/)).toBeVisible()
})

test.afterAll(async () => {
  expect(complaints).toEqual([])
  await page.context().close()
  demo.stop()
})

const article = (name: RegExp) => page.getByRole("article", { name }).last()
const dialog = () => page.getByRole("dialog")
const button = (within: RegExp, name: string | RegExp) => article(within).getByRole("button", { name })

async function look(): Promise<void> {
  expect.soft(await findings(page)).toEqual([])
  expect.soft(await cutOff(page)).toEqual([])
  expect.soft(await smallTargets(page)).toEqual([])
}

test("a file on its way says how far it is in packets and time, stops, goes on, and is given up", async () => {
  const thesis = /^You, Thesis/
  await expect(article(thesis)).toContainText(en.files.paused("80 of 274 packets"))
  await button(thesis, en.files.resume).click()
  await expect(article(thesis)).toContainText(/8\d of 274 packets, about \d+ min/)
  await button(thesis, en.files.pause).click()
  await expect(article(thesis)).toContainText(/Paused at/)
  await look()
  await button(thesis, en.files.cancelOwn).click()
  await expect(article(thesis)).toHaveCount(0)
})

test("one that is large waits to be fetched, one that is too large is not to be had, and one that is lost is asked for again", async () => {
  const zip = /^Inês, Recordings\.zip/
  await expect(article(zip)).toContainText(/About \d+ min to fetch/)
  await button(zip, en.files.fetch).click()
  await expect(article(zip)).toContainText(/\d of 1,024 packets|\d of 960 packets/)
  await button(zip, en.files.cancel).click()
  await expect(button(zip, en.files.fetch)).toBeVisible()
  const film = /^Inês, Film\.mp4/
  await expect(article(film)).toContainText(en.files.tooLarge("48 MB"))
  await expect(button(film, en.files.fetch)).toHaveCount(0)
  const map = /^Inês, Picture$|^Inês, Picture, \d/
  await button(map, en.files.askAgain).first().click()
  await expect(article(map)).toContainText(en.files.asked("Inês"))
  await expect(article(/Broken\.bin/)).toContainText(en.files.damaged)
})

test("a picture has its place from the first moment, is drawn when it is here, and is opened, saved and left by the keyboard", async () => {
  const wait = article(/Wait for it/)
  const box = await wait.locator(".picture").boundingBox()
  await expect(wait.locator(".blurred")).toBeVisible()
  await expect(wait.locator("canvas.drawn")).toHaveCount(0)
  await button(/Wait for it/, en.files.pause).click()
  await button(/Wait for it/, en.files.resume).click()
  await expect(wait.locator("canvas.drawn")).toHaveCount(1)
  const after = await wait.locator(".picture").boundingBox()
  expect([after!.width, after!.height]).toEqual([box!.width, box!.height])

  await article(/^Inês, .*The lake/).focus()
  const open = article(/The lake/).getByRole("button", { name: new RegExp(en.files.show) })
  await open.focus()
  await page.keyboard.press("Enter")
  await expect(dialog().getByRole("img")).toBeVisible()
  expect(await dialog().getByRole("img").evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight])).toEqual([480, 360])
  await look()
  const download = page.waitForEvent("download")
  await dialog().getByRole("button", { name: en.files.save }).click()
  expect((await download).suggestedFilename()).toMatch(/^Picture 20.*\.png$/)
  await page.keyboard.press("Escape")
  await expect(dialog()).toHaveCount(0)
  await expect(open).toBeFocused()
})

test("what is no picture is not shown as one, whatever it is called, and is saved under its own name as it is", async () => {
  const other = page.getByRole("article").filter({ hasText: "not-a-picture.png" })
  await other.scrollIntoViewIfNeeded()
  await expect(other.locator("canvas, img, svg script")).toHaveCount(0)
  const download = page.waitForEvent("download")
  await other.getByRole("button", { name: /not-a-picture/ }).click()
  const saved = await download
  expect(saved.suggestedFilename()).toBe("not-a-picture.png")
  expect(await readFile((await saved.path())!, "utf8")).toContain("<svg")
})

test("a voice note plays when it is pressed and not before, one at a time, and is moved in by the arrow keys", async () => {
  const [first, second] = [page.locator(".sound").first(), page.locator(".sound").last()]
  await first.scrollIntoViewIfNeeded()
  const isPlaying = () => page.evaluate(() => [...document.querySelectorAll("audio")].map(({ paused }) => !paused))
  await expect(first.locator(".time")).toHaveText("0:07")
  await expect(second.locator(".time")).toHaveText("0:23")
  expect(await isPlaying()).toEqual([false, false])
  await first.getByRole("slider").focus()
  await page.keyboard.press("End")
  await expect(first.locator(".time")).toHaveText("0:07")
  await page.keyboard.press("Home")
  await first.getByRole("button", { name: en.files.play }).click()
  expect(await isPlaying()).toEqual([true, false])
  await second.getByRole("button", { name: en.files.play }).click()
  await expect.poll(isPlaying).toEqual([false, true])
  await second.getByRole("button", { name: en.files.stop }).click()
  await expect.poll(isPlaying).toEqual([false, false])
  await look()
})

test("in the dark nothing of it is hard to read", async () => {
  await page.emulateMedia({ colorScheme: "dark" })
  await article(/Broken\.bin/).scrollIntoViewIfNeeded()
  await look()
})
