import type { Page } from "@playwright/test"
import { expect } from "@playwright/test"
import { findings } from "./findings.ts"

/** Two files and a text come as a system hands them over, are put into a conversation, where one is sent and one is not, and are shared no more. `url`: the app's. */
export async function shareFiles(page: Page, url: string): Promise<void> {
  await page.goto("about:blank")
  await page.setContent(`<form method="post" enctype="multipart/form-data" action="${url}share"><input name="text" value="Both of them"><input name="files" type="file" multiple><button>Share</button></form>`)
  await page.locator("input[type=file]").setInputFiles(["first.txt", "second.txt"].map((name) => ({ name, mimeType: "text/plain", buffer: Buffer.from(name) })))
  await page.getByRole("button", { name: "Share" }).click()
  await expect(page.getByText("second.txt")).toBeVisible()
  expect(await findings(page)).toEqual([])
  await page.getByRole("button", { name: /Mira/ }).click()
  const sheet = page.getByRole("dialog", { name: "Send a file" })
  await expect(sheet).toContainText("first.txt")
  await sheet.getByRole("button", { name: "Send", exact: true }).click()
  await expect(sheet).toContainText("second.txt")
  await sheet.getByRole("button", { name: "Cancel" }).click()
  await expect(page.getByRole("textbox", { name: "Message" })).toHaveValue(/Both of them$/)
  await expect(page.getByRole("article").last()).toContainText("first.txt")
  const kept = await page.evaluate(async () => (await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map((request) => request.url)))).flat())
  expect(kept.filter((file) => /share|txt$/.test(file) && !file.endsWith("/SHA256SUMS.txt"))).toEqual([])
  await page.goto(`${url}?once#/share`)
  await expect(page.getByText("nothing to put anywhere any more")).toBeVisible()
}
