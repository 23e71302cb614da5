// The pictures that the README shows, of the app as it is: two people on a real network. npm run pictures
import { chromium } from "@playwright/test"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { BrowserPerson } from "./person.ts"
import { startRealNetwork, stopRealNetwork } from "../network/real-network.ts"
import { findChromium } from "../../scripts/testing/chromium.ts"

const PICTURES = path.join(import.meta.dirname, "..", "..", "docs", "pictures")
const executablePath = findChromium()
if (executablePath === null) throw new Error("Pictures need Chromium.")

const folder = await mkdtemp(path.join(tmpdir(), "sotto-pictures-"))
const network = await startRealNetwork({ parameters: { meanDelay: 500 } })
const asRoot = process.getuid?.() === 0
const options = { executablePath, chromiumSandbox: !asRoot, args: ["--disable-gpu", "--disable-quic"], viewport: { width: 1280, height: 820 } }
const anna = new BrowserPerson(chromium, options, path.join(folder, "anna"), network.url, "Anna")
const ben = new BrowserPerson(chromium, options, path.join(folder, "ben"), network.url, "Ben")
try {
  for (const one of [anna, ben]) {
    await one.open()
    await one.begin()
    await one.hurry()
  }
  await ben.enterCode(await anna.makeCode("Ben"), "Anna")
  await anna.letIn()
  await ben.page.getByRole("textbox", { name: "Message" }).waitFor({ timeout: 60_000 })
  await anna.write("Are you there?")
  await ben.message("Are you there?").waitFor({ timeout: 60_000 })
  await ben.write("Yes. It took a few seconds, and nobody saw us.")
  await anna.message("nobody saw us").waitFor({ timeout: 60_000 })
  await anna.write("That is the point. Look at the road this one takes.")
  await ben.message("Look at the road").waitFor({ timeout: 60_000 })
  await ben.write("Three mixes and a dropbox. And an answer over others.")
  await anna.message("Three mixes").waitFor({ timeout: 60_000 })
  await anna.message("Look at the road").filter({ hasText: "Received" }).waitFor({ timeout: 120_000 })
  await anna.message("Look at the road").getByText("Look at the road").click()
  await anna.page.getByRole("dialog").waitFor()
  await anna.page.waitForTimeout(1000)
  await anna.page.screenshot({ path: path.join(PICTURES, "app.png") })
} finally {
  await Promise.all([anna.close(), ben.close()])
  await stopRealNetwork(network)
  await rm(folder, { recursive: true, force: true })
}
