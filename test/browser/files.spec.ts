import type { Page } from "@playwright/test"
import { expect, test } from "@playwright/test"
import { readFile } from "node:fs/promises"
import type { Demo } from "./demo.ts"
import { complaintsOf, look as lookAt, phonePage, startDemo } from "./demo.ts"
import { en } from "../../web/text/en/index.ts"

// What is given to the page for a microphone beeps.
test.use({ launchOptions: async ({ launchOptions }, use) => use({ ...launchOptions, args: [...(launchOptions.args ?? []), "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"] }) })

let demo: Demo
let page: Page
let complaints: readonly string[] = []

test.beforeAll(async ({ browser }) => {
  demo = await startDemo()
  page = await phonePage(browser, { permissions: ["microphone"] })
  complaints = complaintsOf(page)
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

const look = () => lookAt(page)

test("a file on its way says how far it is in packets and time, stops, goes on, and is given up", async () => {
  const thesis = /^You, Thesis/
  await expect(article(thesis)).toContainText(en.files.paused("80 of 274 packets"))
  await button(thesis, en.files.resume).click()
  await expect(article(thesis)).toContainText(/8\d of 274 packets, about \d+\smin/)
  await button(thesis, en.files.pause).click()
  await expect(article(thesis)).toContainText(/Paused at/)
  await look()
  await button(thesis, en.files.cancelOwn).click()
  await expect(article(thesis)).toHaveCount(0)
})

test("one that is large waits to be fetched, one that is too large is not to be had, and one that is lost is asked for again", async () => {
  const zip = /^Inês, Recordings\.zip/
  await expect(article(zip)).toContainText(/About \d+\smin to fetch/)
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

/** A photograph whose file says where it was taken, and that the camera was held upright. */
async function photograph(): Promise<Buffer> {
  const drawn = await page.evaluate(async () => {
    const area = new OffscreenCanvas(1800, 1200)
    const brush = area.getContext("2d")!
    brush.fillStyle = "teal"
    brush.fillRect(0, 0, 1800, 1200)
    brush.fillStyle = "gold"
    brush.fillRect(0, 0, 900, 1200)
    return [...new Uint8Array(await (await area.convertToBlob({ type: "image/jpeg", quality: 0.9 })).arrayBuffer())]
  })
  const turned = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]
  const exif = [...Buffer.from("Exif\0\0"), ...turned, ...Buffer.from("52.5163 N 13.3777 E")]
  return Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, exif.length + 2, ...exif, ...drawn.slice(2)])
}

test("a picture is drawn anew before it is sent: upright, smaller, and without what its file says of place and time", async () => {
  const buffer = await photograph()
  await page.locator("input[type=file]").setInputFiles({ name: "IMG_2041 home.jpg", mimeType: "image/jpeg", buffer })
  await expect(dialog()).toContainText(en.files.drawnText("1,067", "1,600", "").slice(0, 26))
  await expect(dialog()).toContainText(/\d+ packets/)
  await expect(dialog()).toContainText(en.files.speedNow("Fast"))
  await look()
  await dialog().getByRole("textbox").fill("Half gold")
  await dialog().getByRole("button", { name: en.files.send, exact: true }).click()
  await expect(dialog()).toHaveCount(0)
  const sent = article(/^You, Picture · Half gold/)
  await expect(sent).toBeInViewport()
  await expect(sent).toContainText(/of \d+ packets/)
  await expect(sent.locator("canvas.drawn")).toHaveCount(1)
  const { width, height } = (await sent.locator(".picture").boundingBox())!
  expect(width / height).toBeCloseTo(2 / 3, 1)
  const download = page.waitForEvent("download")
  await sent.getByRole("button", { name: new RegExp(en.files.show) }).click()
  await dialog().getByRole("button", { name: en.files.save }).click()
  const saved = await readFile((await (await download).path())!)
  expect(saved.subarray(8, 12).toString()).toBe("WEBP")
  expect(saved.includes("Exif")).toBe(false)
  expect(saved.includes("52.5163")).toBe(false)
  expect(await dialog().getByRole("img").evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight])).toEqual([1067, 1600])
  await page.keyboard.press("Escape")
})

test("as it is it goes with all of that, after that was said; what is too large is not sent; files are pasted and dropped", async () => {
  const buffer = await photograph()
  await page.locator("input[type=file]").setInputFiles({ name: "IMG_2041 home.jpg", mimeType: "image/jpeg", buffer })
  await dialog().getByRole("radio", { name: new RegExp(en.files.whole) }).check()
  await dialog().getByRole("button", { name: en.files.send, exact: true }).click()
  const download = page.waitForEvent("download")
  await page.getByRole("article").last().getByRole("button", { name: /IMG_2041 home\.jpg/ }).click()
  await dialog().getByRole("button", { name: en.files.save }).click()
  const saved = await download
  expect(saved.suggestedFilename()).toBe("IMG_2041 home.jpg")
  expect(Buffer.compare(await readFile((await saved.path())!), buffer)).toBe(0)
  await page.keyboard.press("Escape")

  await page.locator("input[type=file]").setInputFiles({ name: "disk.img", mimeType: "", buffer: Buffer.alloc(5_000_001) })
  await expect(dialog().getByRole("alert")).toContainText(en.files.tooLargeToSend("5 MB", "5 MB"))
  await expect(dialog().getByRole("button", { name: en.files.send, exact: true })).toBeDisabled()
  await dialog().getByRole("button", { name: "Cancel" }).click()

  const handOver = (type: "paste" | "drop") =>
    page.evaluate((event) => {
      const data = new DataTransfer()
      data.items.add(new File(["notes"], `${event}ed.txt`, { type: "text/plain" }))
      const init = { bubbles: true, cancelable: true }
      const target = document.querySelector("textarea")!
      target.dispatchEvent(event === "paste" ? new ClipboardEvent(event, { ...init, clipboardData: data }) : new DragEvent(event, { ...init, dataTransfer: data }))
    }, type)
  for (const type of ["paste", "drop"] as const) {
    await handOver(type)
    await expect(dialog()).toContainText(`${type}ed.txt`)
    await expect(dialog()).toContainText(en.files.asItIs)
    await page.keyboard.press("Escape")
    await expect(dialog()).toHaveCount(0)
  }
})

test("a voice note is recorded when the microphone was given, heard before it is sent, and can be thrown away", async () => {
  const record = page.getByRole("button", { name: en.files.record })
  await record.click()
  await expect(page.getByRole("timer")).toHaveText("0:01")
  await look()
  await page.keyboard.press("Escape")
  await expect(page.getByRole("timer")).toHaveCount(0)
  await record.click()
  await expect(page.getByRole("timer")).toHaveText("0:02")
  await page.getByRole("button", { name: en.files.endNote }).click()
  await expect(dialog().locator(".time")).toHaveText(/0:0[2-4]/)
  await dialog().getByRole("button", { name: en.files.play }).click()
  await expect.poll(() => page.evaluate(() => document.querySelector<HTMLAudioElement>("dialog audio")!.currentTime)).toBeGreaterThan(0.2)
  await look()
  await dialog().getByRole("button", { name: en.files.send, exact: true }).click()
  const note = article(/^You, Voice note/)
  await expect(note.locator(".time")).toHaveText(/0:0[2-4]/)
  // Nobody listens any more.
  await expect(record).toBeVisible()
})
