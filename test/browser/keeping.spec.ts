import { readFile } from "node:fs/promises"
import type { Browser, Page } from "@playwright/test"
import { expect, test } from "@playwright/test"
import { ageOpen, ageSeal } from "../../cli/age.ts"
import { pack } from "../../messenger/stored.ts"
import { packBackup, readBackup } from "../../messenger/vault/backup.ts"
import type { RealNetwork } from "../network/real-network.ts"
import { startRealNetwork, stopRealNetwork } from "../network/real-network.ts"
import { findings } from "./findings.ts"
import { corrupt, fillUp, forget, rawKeys, spoilHeaders, write } from "./raw-profile.ts"

const SECRET = "nine wet umbrellas"
const NAME = "Anna Quillfeather"
/** The key of a backup's passphrase is slow on purpose, and slower on a busy machine. */
const SLOW = { timeout: 120_000 }

let network: RealNetwork

test.beforeAll(async () => {
  network = await startRealNetwork()
})

test.afterAll(async () => {
  await stopRealNetwork(network)
})

const home = (page: Page) => page.getByRole("heading", { name: "Nobody here yet" })

async function begin(page: Page): Promise<void> {
  await page.goto(network.url)
  await page.getByLabel("Your name").fill(NAME)
  await page.getByRole("button", { name: "Start", exact: true }).click()
  await expect(home(page)).toBeVisible()
}

async function invite(page: Page, name: string): Promise<void> {
  await page.goto(`${network.url}/#/invite`)
  await page.getByLabel("Who is it for?").fill(name)
  await page.getByRole("button", { name: "Make a code" }).click()
  await expect(page.getByText(name).first()).toBeVisible()
}

async function settings(page: Page): Promise<void> {
  await page.goto(`${network.url}/#/settings`)
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible()
}

/** Where the app's store is at hand and no engine runs, which would write again what was spoiled. */
const leave = (page: Page) => page.goto(`${network.url}/icon.svg`)

/** The path of the file that was saved. */
async function backUp(page: Page): Promise<string> {
  await settings(page)
  await expect(page.getByText(/There is no backup/)).toBeVisible()
  await page.getByRole("button", { name: "Make a backup…" }).click()
  const dialog = page.getByRole("dialog")
  await dialog.getByLabel("Passphrase of the backup").fill(SECRET)
  await dialog.getByRole("button", { name: "Make the file" }).click()
  await expect(dialog.getByText(/Type its passphrase once more/)).toBeVisible(SLOW)
  await dialog.getByLabel("Passphrase of the backup").fill("nine wet umbrella")
  await dialog.getByRole("button", { name: "Open it" }).click()
  await expect(dialog.getByRole("alert")).toHaveText(/does not open with this/, SLOW)
  await dialog.getByLabel("Passphrase of the backup").fill(SECRET)
  await dialog.getByRole("button", { name: "Open it" }).click()
  await expect(dialog.getByText(/The backup is good/)).toBeVisible(SLOW)
  await expect(dialog.getByText("1 contact, 0 messages")).toBeVisible()
  await page.keyboard.press("Escape")
  await expect(dialog.getByRole("alert")).toHaveText(/not saved yet/)
  expect(await findings(page)).toEqual([])
  const [download] = await Promise.all([page.waitForEvent("download"), dialog.getByRole("link", { name: "Save the file" }).click()])
  expect(download.suggestedFilename()).toMatch(/^sotto-backup-\d{4}-\d\d-\d\d\.age$/)
  const file = await download.path()
  await dialog.getByRole("button", { name: "Close", exact: true }).click()
  await expect(page.getByText(/The last backup is of/)).toBeVisible()
  return file
}

async function open(page: Page, file: Buffer, passphrase: string): Promise<void> {
  await page.getByLabel("Backup file").setInputFiles({ name: "backup.age", mimeType: "application/octet-stream", buffer: file })
  await page.getByLabel("Passphrase of the backup").fill(passphrase)
  await page.getByRole("button", { name: "Open the file" }).click()
}

async function freshPage(browser: Browser): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await page.goto(network.url)
  return page
}

test("a backup is opened again before it counts, gives the command line what it holds, and becomes the profile of another browser", async ({ page, browser }) => {
  test.slow()
  await begin(page)
  await invite(page, "Ben")
  const file = await readFile(await backUp(page))
  expect(file.toString("latin1")).not.toMatch(/Quillfeather|profile|umbrella/)
  const inside = await ageOpen(SECRET, file)
  const reading = inside.ok ? readBackup(inside.bytes) : null
  expect(reading?.ok && [...reading.backup.records.keys()]).toContain("profile")

  const other = await freshPage(browser)
  await other.getByRole("button", { name: "Restore a backup" }).click()
  await open(other, file, SECRET)
  await expect(other.getByRole("heading", { name: "This is what it holds" })).toBeVisible(SLOW)
  await expect(other.getByText(NAME)).toBeVisible()
  await expect(other.getByText("1 contact, 0 messages")).toBeVisible()
  expect(await findings(other)).toEqual([])
  await other.getByRole("button", { name: "Restore it" }).click()
  // The code that nobody had answered is void: the original may still be asked for it.
  await expect(other.getByText("Ben")).toBeVisible(SLOW)
  await expect(other.getByText("Could not be added").first()).toBeVisible()
  await settings(other)
  await expect(other.getByLabel("Your name")).toHaveValue(NAME)
  await expect(other.getByText(/The last backup is of/)).toBeVisible()
  await other.getByLabel("Current passphrase").fill(SECRET)
  await other.getByLabel("New passphrase").fill("ten dry umbrellas")
  await other.getByRole("button", { name: "Change the passphrase" }).click()
  await expect(other.getByText("The passphrase is set.")).toBeVisible()
  await other.reload()
  await expect(other.getByRole("heading", { name: "Locked" })).toBeVisible()
  await other.getByLabel("Passphrase", { exact: true }).fill("ten dry umbrellas")
  await other.getByRole("button", { name: "Unlock", exact: true }).click()
  await expect(other.getByLabel("Your name")).toHaveValue(NAME)
  await other.context().close()
})

test("files that cannot be restored are told apart: other files, wrong passphrases, damage, later versions, other networks, no profile", async ({ page }) => {
  await page.goto(network.url)
  await page.getByRole("button", { name: "Restore a backup" }).click()
  const description = await (await page.request.get(`${network.url}/network.json`)).json() as object
  const alert = page.getByRole("alert")
  async function made(network: object, records: [string, Uint8Array][]): Promise<Uint8Array> {
    async function* batch() {
      yield records
    }
    return (await packBackup(batch(), { created: Date.now(), network: new TextEncoder().encode(JSON.stringify(network)) })).bytes
  }
  const sealed = async (bytes: Uint8Array) => Buffer.from(await ageSeal(SECRET, bytes, 10))
  const profile: [string, Uint8Array] = ["profile", pack({ name: NAME })]
  await open(page, Buffer.from("PK and so on"), SECRET)
  await expect(alert).toHaveText(/not a backup of Sotto/)
  const good = await sealed(await made({ network: description }, [profile]))
  await open(page, good, "nine wet umbrella")
  await expect(alert).toHaveText(/passphrase is wrong/)
  // The file need not be chosen again.
  await page.getByLabel("Passphrase of the backup").fill(SECRET)
  await page.getByRole("button", { name: "Open the file" }).click()
  await expect(page.getByRole("heading", { name: "This is what it holds" })).toBeVisible()
  await page.getByRole("button", { name: "Choose another file" }).click()
  await open(page, good.subarray(0, -20), SECRET)
  await expect(alert).toHaveText(/damaged or cut short/)
  const newer = await made({ network: description }, [profile])
  newer[14] = 2
  await open(page, await sealed(newer), SECRET)
  await expect(alert).toHaveText(/newer version of Sotto made this backup/)
  await open(page, await sealed(await made({ network: description }, [])), SECRET)
  await expect(alert).toHaveText(/no profile in this backup/)
  const elsewhere = { ...description, authorities: [{ key: "00", url: "https://else.example" }], threshold: 1 }
  await open(page, await sealed(await made({ network: elsewhere, app: "https://else.example" }, [profile])), SECRET)
  await expect(alert).toHaveText(/another network.*made at https:\/\/else\.example/)
  await page.getByRole("button", { name: "Back", exact: true }).click()
  await expect(page.getByLabel("Your name")).toHaveValue("")
})

test("how messages are fetched is chosen for all conversations, and kept", async ({ page }) => {
  await begin(page)
  await settings(page)
  const polling = page.getByRole("radio", { name: /Strict polling/ })
  await expect(page.getByRole("radio", { name: /^Waiting/ })).toBeChecked()
  await polling.check({ force: true })
  await expect(polling).toBeChecked()
  await page.reload()
  await expect(polling).toBeChecked()
})

test("a full disk stops the engine and says so, and it goes on when there is room again", async ({ page }) => {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send("Storage.overrideQuotaForOrigin", { origin: network.url, quotaSize: 12_000_000 })
  await begin(page)
  await settings(page)
  await page.getByLabel("Your name").fill("Anna in vain")
  await fillUp(page)
  // The engine may have noticed by itself: it keeps something every few seconds.
  await page.getByRole("button", { name: "Save" }).click({ timeout: 10_000 }).catch(() => undefined)
  await expect(page.getByText(/There is no room left on this device/)).toBeVisible()
  await devtools.send("Storage.overrideQuotaForOrigin", { origin: network.url })
  await page.getByRole("button", { name: "Reload" }).click()
  await expect(page.getByLabel("Your name")).toHaveValue(NAME)
})

test("a profile that the browser has deleted is told from one that never was", async ({ page }) => {
  await page.goto(network.url)
  await expect(page.getByLabel("Your name")).toBeVisible()
  await expect(page.getByText(/it is gone/)).toBeHidden()
  await begin(page)
  const devtools = await page.context().newCDPSession(page)
  await page.goto("about:blank")
  await devtools.send("Storage.clearDataForOrigin", { origin: network.url, storageTypes: "indexeddb" })
  await page.goto(network.url)
  await expect(page.getByRole("alert")).toHaveText(/There was a profile in this browser, and it is gone/)
  await expect(page.getByRole("button", { name: "Restore a backup" })).toBeVisible()
  await begin(page)
  await page.reload()
  await expect(home(page)).toBeVisible()
  await expect(page.getByText(/it is gone/)).toBeHidden()
})

test("a record that is damaged is one line that says what it is, and nothing else is touched", async ({ page }) => {
  await begin(page)
  const before = await rawKeys(page)
  await invite(page, "Ben")
  await leave(page)
  const keys = (await rawKeys(page)).filter((key) => !before.includes(key) && key.split("/").length === 3)
  expect(keys).not.toEqual([])
  await corrupt(page, keys)
  await page.goto(`${network.url}/#/settings`)
  await expect(page.getByText(/1 contact\b.* cannot be read any more/).first()).toBeVisible()
  await expect(page.getByText(/An earlier backup holds what is missing/)).toBeVisible()
  await expect(page.getByLabel("Your name")).toHaveValue(NAME)
  expect(await rawKeys(page)).toEqual(expect.arrayContaining(keys))
})

test("what a later version has written is left alone, and what is damaged beyond opening is erased only when it is asked for", async ({ page }) => {
  await begin(page)
  await leave(page)
  await spoilHeaders(page, "newer")
  const keys = await rawKeys(page)
  await page.goto(network.url)
  await expect(page.getByText(/A newer version of Sotto was used here/)).toBeVisible()
  expect(await rawKeys(page)).toEqual(keys)
  await spoilHeaders(page, "damaged")
  await page.reload()
  await expect(page.getByText(/is damaged and cannot be opened/)).toBeVisible()
  expect(await rawKeys(page)).toEqual(keys)
  await page.getByRole("button", { name: "Erase everything…" }).click()
  await page.getByRole("dialog").getByRole("button", { name: "Erase" }).click()
  await expect(page.getByLabel("Your name")).toHaveValue("")
  await expect(page.getByText(/it is gone/)).toBeHidden()
})

test("what a restore that was cut short has left is nobody's, and cleared away", async ({ page }) => {
  await page.goto(network.url)
  await expect(page.getByLabel("Your name")).toBeVisible()
  await forget(page)
  await write(page, [["~unfinished", [1]], ["~1/oleft-behind", [7, 7, 7]]])
  await page.reload()
  await expect(page.getByLabel("Your name")).toBeVisible()
  expect((await rawKeys(page)).filter((key) => /unfinished|left-behind/.test(key))).toEqual([])
  await begin(page)
})
