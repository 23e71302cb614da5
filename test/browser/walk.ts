/** What people do with the app once they know each other, from screen to screen, on any form of it. */
import { expect } from "@playwright/test"
import type { BrowserPerson } from "./person.ts"

/** The app itself says up to two minutes of a first message, whose reader may be asked again after a question that was lost. */
export const ARRIVAL = { timeout: 150_000 }

/** Opens the conversation with somebody, from the list. */
export async function open(person: BrowserPerson, name: string): Promise<void> {
  await person.home()
  await person.page.getByRole("link", { name: new RegExp(`^${name}`) }).click()
}

/** From a message that was received to its road, and back. */
export async function seeRoad(person: BrowserPerson, text: string): Promise<void> {
  await expect(person.message(text)).toContainText("Received", ARRIVAL)
  await person.look("conversation")
  await person.message(text).getByText(text).click()
  const sheet = person.page.getByRole("dialog", { name: "The road of this message" })
  await expect(sheet.getByText("What each stop saw")).toBeVisible()
  await expect(sheet).toContainText("Dropbox")
  await person.look("road of a message")
  await sheet.getByRole("button", { name: "Close" }).click()
  await expect(sheet).toBeHidden()
}

/** From the conversation to the contact and the safety number, which is noted as compared. Returns its digits. */
export async function compare(person: BrowserPerson, name: string): Promise<string> {
  const { page } = person
  await page.getByRole("link", { name: `About ${name}` }).click()
  await expect(page.getByRole("heading", { name: "How sure you are" })).toBeVisible()
  await person.look("contact")
  await person.button("Compare by QR code").click()
  await expect(page.getByRole("img", { name: "Safety number as a QR code" })).toBeVisible()
  await person.look("safety number")
  await person.button("It matches").click()
  await expect(page.getByText("You compared this number.")).toBeVisible()
  return (await page.locator("ol.safety li").allInnerTexts()).join(" ")
}

/** From the list to the place where something was said. */
export async function search(person: BrowserPerson, words: string, text: string): Promise<void> {
  const { page } = person
  await person.home()
  await person.button("Search").click()
  await page.getByRole("searchbox").fill(words)
  const hits = page.getByRole("list", { name: "Messages" }).getByRole("link")
  await expect(hits).toHaveCount(1)
  await person.look("search")
  await hits.click()
  await expect(person.message(text)).toBeInViewport()
}

/** At a message that just came, one answers it and sets a sign, with a finger, while who wrote it writes it anew and deletes one of before, by keys. */
export async function act(finger: BrowserPerson, keys: BrowserPerson, said: string, before: string): Promise<void> {
  const article = ({ page }: BrowserPerson, name: RegExp) => page.getByRole("log").getByRole("article", { name })
  const sheet = finger.page.getByRole("dialog", { name: "The road of this message" })
  const [touched, written] = [article(finger, new RegExp(`^${keys.name}, ${said}`)), article(keys, new RegExp(`^You, ${said}`))]
  await touched.getByText(said).click()
  await sheet.getByRole("button", { name: "React with 👍" }).click()
  await expect(sheet).toBeHidden()
  await touched.getByText(said).click()
  await sheet.getByRole("button", { name: "Reply" }).click()
  await expect(finger.page.locator(".composing")).toContainText(`Reply to ${keys.name}`)
  await finger.page.getByRole("textbox", { name: "Message" }).fill("So I see")
  await finger.page.keyboard.press("Enter")

  await written.press("e")
  await keys.page.getByRole("textbox", { name: "Message" }).fill(`${said}, and twice`)
  await keys.page.keyboard.press("Enter")
  await article(keys, new RegExp(`^You, ${before}`)).press("Delete")
  await keys.page.getByRole("button", { name: "Delete for everyone" }).click()

  await expect(article(finger, new RegExp(`^${keys.name}, This message was deleted`))).toBeVisible(ARRIVAL)
  await expect(article(finger, new RegExp(`^You, So I see, answer to ${keys.name}: ${said}, and twice`))).toBeVisible(ARRIVAL)
  await expect(touched.getByRole("button", { name: "edited" })).toBeVisible()
  await expect(article(keys, new RegExp(`^${finger.name}, So I see, answer to You: ${said}, and twice`))).toBeVisible(ARRIVAL)
  await expect(written.getByRole("button", { name: `👍: ${finger.name}` })).toBeVisible(ARRIVAL)
  await finger.look("what was done to messages")
}

/** Under so much noise a picture of 900 × 600 as it goes out, drawn anew, has 200 kB, and one of 285 × 190 has 20. */
const NOISE = 84
/** The colours of its four quarters. */
const QUARTERS = [[190, 180, 120], [70, 180, 120], [190, 80, 120], [70, 80, 120]] as const

export interface Sides {
  readonly width: number
  readonly height: number
}

/** A picture goes to whose conversation is open; its sender need not stay. */
export async function sendPicture({ page }: BrowserPerson, sides: Sides): Promise<void> {
  const bytes = await page.evaluate(async ({ width, height, noise, quarters }) => {
    const canvas = new OffscreenCanvas(width, height)
    const context = canvas.getContext("2d")!
    const image = context.createImageData(width, height)
    let drawn = 1
    for (let i = 0; i < width * height; i++) {
      drawn = (drawn * 1_103_515_245 + 12_345) % 2 ** 31
      const brighter = (drawn / 2 ** 31 - 0.5) * noise
      const [red, green, blue] = quarters[Number(i % width >= width / 2) + 2 * Number(i >= (width * height) / 2)]!
      image.data.set([red + brighter, green + brighter, blue + brighter, 255], 4 * i)
    }
    context.putImageData(image, 0, 0)
    return [...new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg", quality: 0.95 })).arrayBuffer())]
  }, { ...sides, noise: NOISE, quarters: QUARTERS })
  await page.locator("input[type=file]").setInputFiles({ name: "harbour.jpg", mimeType: "image/jpeg", buffer: Buffer.from(bytes) })
  const sheet = page.getByRole("dialog", { name: "Send a picture" })
  await sheet.getByRole("button", { name: "Send", exact: true }).click()
  await expect(sheet).toBeHidden()
  await expect(page.getByRole("log").getByText(PACKETS)).toBeVisible()
}

const PACKETS = /^\d+ of \d+ packets/

/** How many of its packets have left, as its sender sees it. */
export async function packetsSent({ page }: BrowserPerson): Promise<number> {
  const text = await page.getByRole("log").getByText(PACKETS).innerText()
  return Number(/^\d+/.exec(text))
}

/** It is here whole, and is shown as it was drawn. Its size, and the SHA-256 of its bytes. */
export async function seePicture({ page }: BrowserPerson, sides: Sides, patience = 300_000): Promise<{ size: number; hash: string }> {
  const picture = page.getByRole("log").getByRole("button", { name: "Show this picture" })
  // Its boxes are written and read one by one, in the place of cover.
  await expect(picture).toBeVisible({ timeout: patience })
  await page.evaluate(() => {
    const create = URL.createObjectURL.bind(URL)
    URL.createObjectURL = (file) => (Object.assign(globalThis, { shown: file }), create(file))
  })
  await picture.click()
  const opened = page.getByRole("dialog").locator("img")
  await expect.poll(() => opened.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(sides.width)
  const colours = await opened.evaluate((image: HTMLImageElement) => {
    const canvas = new OffscreenCanvas(2, 2)
    const context = canvas.getContext("2d")!
    // The mean of what lies well inside each quarter.
    const [width, height] = [image.naturalWidth / 2, image.naturalHeight / 2]
    context.imageSmoothingQuality = "high"
    for (const [x, y] of [[0, 0], [1, 0], [0, 1], [1, 1]] as const) context.drawImage(image, (x + 0.2) * width, (y + 0.2) * height, 0.6 * width, 0.6 * height, x, y, 1, 1)
    return [...context.getImageData(0, 0, 2, 2).data]
  })
  QUARTERS.forEach((quarter, i) => quarter.forEach((colour, j) => expect(Math.abs(colours[4 * i + j]! - colour)).toBeLessThan(40)))
  const shown = await page.evaluate(async () => {
    const bytes = await (globalThis as unknown as { shown: Blob }).shown.arrayBuffer()
    return { size: bytes.byteLength, hash: [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].join(" ") }
  })
  await page.keyboard.press("Escape")
  return shown
}

/** The network with its packets, and what each party could see of them. */
export async function seeNetwork(person: BrowserPerson): Promise<void> {
  const { page } = person
  await person.home()
  await person.button(/^Network/).click()
  await expect(page.getByText("Connected. Packets leave on the clock")).toBeVisible()
  await expect(page.getByRole("radio", { name: /Fast/ })).toBeChecked()
  await page.getByRole("button", { name: /^Who could see what/ }).click()
  await expect(page.getByRole("heading", { name: "Who could see what" })).toBeVisible()
  // On a phone it is a list that opens.
  const list = page.getByRole("combobox", { name: "Who looks?" })
  if (await list.isVisible()) await list.selectOption("Your gateway")
  else await page.getByRole("radio", { name: "Gateway" }).check({ force: true })
  await expect(page.getByText(/Your internet address\. \d+ packets? from you/)).toBeVisible()
  await person.look("ledger")
}

/** Another name, another look, another language and back, and a passphrase, behind which it is locked and opened again. */
export async function settle(person: BrowserPerson, passphrase: string): Promise<void> {
  const { page } = person
  await person.home()
  await person.button("Settings").click()
  await page.getByLabel("Your name").fill(`${person.name} Quillfeather`)
  await person.button("Save").click()
  await expect(page.getByText("Saved")).toBeVisible()
  await page.getByRole("radio", { name: "Dark" }).check({ force: true })
  await expect(page.locator("html")).toHaveCSS("color-scheme", "dark")
  await page.getByLabel("Language").selectOption("de")
  await expect(page.getByRole("heading", { name: "Einstellungen" })).toBeVisible()
  await page.getByLabel("Sprache").selectOption("en")
  await person.look("settings")
  await page.getByLabel("Passphrase", { exact: true }).fill(passphrase)
  await person.button("Set the passphrase").click()
  await expect(page.getByText("The passphrase is set.")).toBeVisible({ timeout: 60_000 })
  await person.button("Lock now").click()
  await expect(page.getByRole("heading", { name: "Locked" })).toBeVisible()
  await person.look("lock")
  await unlock(person, passphrase)
  await expect(page.getByLabel("Your name")).toHaveValue(`${person.name} Quillfeather`)
  await person.button("Questions and answers").click()
  await page.getByText("I forgot my passphrase").click()
  await expect(page.getByRole("group").filter({ hasText: "I forgot my passphrase" })).toHaveAttribute("open")
  await person.look("help")
}

export async function unlock(person: BrowserPerson, passphrase: string): Promise<void> {
  await person.page.getByLabel("Passphrase", { exact: true }).fill(passphrase)
  await person.button("Unlock").click()
  await expect(person.page.getByRole("heading", { name: "Locked" })).toBeHidden({ timeout: 60_000 })
}
