import type { Page } from "@playwright/test"
import { expect, test } from "@playwright/test"
import type { RealNetwork } from "../network/real-network.ts"
import { startRealNetwork, stopRealNetwork } from "../network/real-network.ts"
import { authenticator } from "./authenticator.ts"
import { findings } from "./findings.ts"

const SECRET = "nine wet umbrellas"

let network: RealNetwork

test.beforeAll(async () => {
  network = await startRealNetwork()
})

test.afterAll(async () => {
  await stopRealNetwork(network)
})

async function begin(page: Page, passphrase = ""): Promise<void> {
  await page.goto(network.url)
  await page.getByLabel("Your name").fill("Anna Quillfeather")
  await page.getByLabel(/^Passphrase/).fill(passphrase)
  await page.getByRole("button", { name: "Start", exact: true }).click()
  await expect(home(page)).toBeVisible()
}

const home = (page: Page) => page.getByRole("heading", { name: "Nobody here yet" })
const locked = (page: Page) => page.getByRole("heading", { name: "Locked" })

async function type(page: Page, passphrase: string): Promise<void> {
  await page.getByLabel("Passphrase", { exact: true }).fill(passphrase)
  await page.getByRole("button", { name: "Unlock", exact: true }).click()
}

async function settings(page: Page): Promise<void> {
  await page.goto(`${network.url}/#/settings`)
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible()
}

/** All that the browser keeps in IndexedDB, as text: keys and values. */
const kept = (page: Page) =>
  page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>) => new Promise<T>((good, bad) => ((request.onsuccess = () => good(request.result)), (request.onerror = () => bad(request.error))))
    let text = ""
    for (const { name } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name!))
      for (const store of database.objectStoreNames) {
        const entries = database.transaction(store).objectStore(store)
        for (const key of await done(entries.getAllKeys())) text += `${String(key)}\n`
        for (const value of await done(entries.getAll())) text += value instanceof Uint8Array ? new TextDecoder("latin1").decode(value) : JSON.stringify(value)
      }
      database.close()
    }
    return text
  })

test("without a passphrase a profile opens by itself, and one that is set later holds from then on", async ({ page }) => {
  await begin(page)
  await page.reload()
  await expect(home(page)).toBeVisible()
  await settings(page)
  await expect(page.getByText(/No passphrase is set/)).toBeVisible()
  await expect(page.getByRole("button", { name: "Lock now" })).toBeHidden()
  await page.getByLabel("Passphrase", { exact: true }).fill(SECRET)
  await page.getByRole("button", { name: "Set the passphrase" }).click()
  await expect(page.getByText("The passphrase is set.")).toBeVisible()
  await page.reload()
  await expect(locked(page)).toBeVisible()
  await type(page, SECRET)
  await expect(page.getByLabel("Your name")).toHaveValue("Anna Quillfeather")
})

test("a passphrase is asked for after each start, a wrong one opens nothing, and nothing that was written lies in the clear", async ({ page }) => {
  await begin(page, SECRET)
  const text = await kept(page)
  expect(text).toContain("sotto vault")
  expect(text).not.toMatch(/Quillfeather|profile|umbrellas/)
  await page.reload()
  await expect(locked(page)).toBeVisible()
  await expect(page.getByText(/Nothing is sent or received/)).toBeVisible()
  await type(page, "nine wet umbrella")
  await expect(page.getByRole("alert")).toHaveText(/not the passphrase/)
  await type(page, SECRET)
  await expect(home(page)).toBeVisible()
})

test("the lock takes what was shown off the page while the engine runs on, and another passphrase takes the place of the first", async ({ page }) => {
  await begin(page, SECRET)
  await settings(page)
  await page.getByRole("button", { name: "Lock now" }).click()
  await expect(locked(page)).toBeVisible()
  await expect(page.getByText(/Packets leave as always/)).toBeVisible()
  expect(await page.content()).not.toContain("Quillfeather")
  await type(page, "no")
  await expect(page.getByRole("alert")).toHaveText(/not the passphrase/)
  await type(page, SECRET)
  await expect(page.getByLabel("Your name")).toHaveValue("Anna Quillfeather")
  const change = page.getByRole("button", { name: "Change the passphrase" })
  await page.getByLabel("Current passphrase").fill("no")
  await page.getByLabel("New passphrase").fill("ten dry umbrellas")
  await change.click()
  await expect(page.getByText(/Nothing was changed/)).toBeVisible()
  await page.getByLabel("Current passphrase").fill(SECRET)
  await change.click()
  await expect(page.getByText("The passphrase is set.")).toBeVisible()
  await page.reload()
  await type(page, SECRET)
  await expect(page.getByRole("alert")).toBeVisible()
  await type(page, "ten dry umbrellas")
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible()
})

async function addPasskey(page: Page, passphrase: string): Promise<void> {
  await settings(page)
  const dialog = page.getByRole("dialog")
  if (!(await dialog.isVisible())) await page.getByRole("button", { name: "Unlock with a passkey…" }).click()
  await dialog.getByLabel("Current passphrase").fill(passphrase)
  await dialog.getByRole("button", { name: "Make the passkey" }).click()
}

test("a passkey opens what the passphrase opens, whoever adds one must know the passphrase, and it can be removed again", async ({ page }) => {
  const key = await authenticator(page, true)
  await begin(page, SECRET)
  const alert = page.getByRole("alert")
  await addPasskey(page, "nine wet umbrella")
  await expect(alert).toHaveText(/not the passphrase/)
  expect(await findings(page)).toEqual([])
  expect(await key.credentials()).toEqual([])
  await addPasskey(page, SECRET)
  await expect(page.getByText(/A passkey unlocks Sotto/)).toBeVisible()
  // Whoever keeps it learns nothing of the profile.
  expect(await key.credentials()).toMatchObject([{ rpId: "localhost", userName: "Sotto" }])

  const byPasskey = page.getByRole("button", { name: "Unlock with a passkey" })
  await page.getByRole("button", { name: "Lock now" }).click()
  await expect(byPasskey).toBeVisible()
  expect(await findings(page)).toEqual([])
  await byPasskey.click()
  await expect(page.getByLabel("Your name")).toHaveValue("Anna Quillfeather")
  await page.reload()
  await expect(locked(page)).toBeVisible()
  await byPasskey.click()
  await expect(page.getByLabel("Your name")).toHaveValue("Anna Quillfeather")

  // It stays when the passphrase becomes another, which it may without having been typed since the start.
  await page.getByLabel("Current passphrase").fill(SECRET)
  await page.getByLabel("New passphrase").fill("ten dry umbrellas")
  await page.getByRole("button", { name: "Change the passphrase" }).click()
  await expect(page.getByText("The passphrase is set.")).toBeVisible()
  await page.getByRole("button", { name: "Lock now" }).click()
  await byPasskey.click()
  await expect(page.getByLabel("Your name")).toHaveValue("Anna Quillfeather")

  // Who holds the device is not who made the passkey; whoever knows the passphrase needs none.
  await page.getByRole("button", { name: "Lock now" }).click()
  await key.holder(false)
  await byPasskey.click()
  await expect(alert).toHaveText(/did not answer/)
  await type(page, "ten dry umbrellas")
  await page.getByRole("button", { name: "Remove the passkey" }).click()
  await expect(page.getByText(/opens nothing here any more/)).toBeVisible()
  await page.reload()
  await expect(locked(page)).toBeVisible()
  await expect(byPasskey).toBeHidden()
  await type(page, "ten dry umbrellas")
  await expect(page.getByLabel("Your name")).toHaveValue("Anna Quillfeather")
})

test("passkeys that keep no key are refused, and not offered where the browser knows of none that does", async ({ page }) => {
  await authenticator(page, false)
  await begin(page, SECRET)
  await addPasskey(page, SECRET)
  await expect(page.getByRole("alert")).toHaveText(/cannot keep a key/)
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).click()
  await expect(page.getByText(/A passkey unlocks Sotto/)).toBeHidden()
  await page.addInitScript(() => Reflect.deleteProperty(PublicKeyCredential, "getClientCapabilities"))
  await page.reload()
  await type(page, SECRET)
  await expect(page.getByRole("button", { name: "Change the passphrase" })).toBeVisible()
  await expect(page.getByRole("button", { name: /passkey/ })).toBeHidden()
})

test("it locks by itself when nobody touches it, as long as was chosen", async ({ page }) => {
  await page.clock.install()
  await begin(page, SECRET)
  await settings(page)
  await page.getByLabel("Lock by itself").selectOption("After 5 minutes")
  await page.clock.fastForward("04:30")
  await page.keyboard.press("Shift")
  await page.clock.fastForward("04:30")
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible()
  await page.clock.fastForward("01:00")
  await expect(locked(page)).toBeVisible()
})

test("a lock that comes by itself waits for a backup that is being made, and then takes it off the page", async ({ page }) => {
  await page.clock.install()
  await begin(page, SECRET)
  await settings(page)
  await page.getByLabel("Lock by itself").selectOption("After 1 minute")
  await page.getByRole("button", { name: "Make a backup…" }).click()
  const dialog = page.getByRole("dialog")
  const make = async () => {
    await dialog.getByLabel("Passphrase of the backup").fill(SECRET)
    await dialog.getByRole("button", { name: "Make the file" }).click()
    await expect(dialog.getByText(/being made/)).toBeVisible()
  }
  // One that is given up holds up nothing.
  await make()
  await dialog.getByRole("button", { name: "Close" }).click()
  await page.getByRole("button", { name: "Make a backup…" }).click()
  await make()
  await page.clock.fastForward("02:00")
  // The key of a backup's passphrase is slow on purpose, and slower on a busy machine.
  await expect(dialog.getByText(/once more/)).toBeVisible({ timeout: 120_000 })
  await page.clock.fastForward("00:50")
  await expect(dialog).toBeVisible()
  await page.clock.fastForward("00:30")
  await expect(locked(page)).toBeVisible()
  expect(await page.content()).not.toContain("Quillfeather")
})

test("two tabs show one lock: what is unlocked in one is not open in the other, which must be unlocked again", async ({ page, context }) => {
  await begin(page, SECRET)
  await page.reload()
  const second = await context.newPage()
  await second.goto(network.url)
  await expect(second.getByText("Sotto is open in another tab")).toBeVisible()
  await type(page, SECRET)
  await expect(home(page)).toBeVisible()
  await second.getByRole("button", { name: "Use it here" }).click()
  await expect(locked(second)).toBeVisible()
  await expect(page.getByText("Sotto is open in another tab")).toBeVisible()
  expect(await page.content()).not.toContain("Quillfeather")
})

test("who erases everything goes on in the same tab, and another that waits shows nothing of before", async ({ page, context }) => {
  await begin(page, SECRET)
  const second = await context.newPage()
  await second.goto(network.url)
  await expect(second.getByText("Sotto is open in another tab")).toBeVisible()
  await page.bringToFront()
  await settings(page)
  await page.getByRole("button", { name: "Erase" }).click()
  await page.getByRole("dialog").getByRole("button", { name: /Erase/ }).click()
  await expect(page.getByLabel("Your name")).toHaveValue("")
  await expect(second.getByText("Sotto is open in another tab")).toBeVisible()
  await page.getByLabel("Your name").fill("Somebody else")
  await page.getByRole("button", { name: "Start", exact: true }).click()
  await expect(home(page)).toBeVisible()
  expect(await kept(page)).not.toContain("Quillfeather")
})

test("a second tab may take the locked profile over, and what is erased behind the lock is gone", async ({ page, context }) => {
  await begin(page, SECRET)
  const before = (await kept(page)).match(/^~\d+\/\S+$/gm) ?? []
  expect(before).not.toEqual([])
  await page.reload()
  await expect(locked(page)).toBeVisible()
  const second = await context.newPage()
  await second.goto(network.url)
  await second.getByRole("button", { name: /here/i }).click()
  await expect(locked(second)).toBeVisible()
  await expect(page.getByText("Sotto is open in another tab")).toBeVisible()
  await page.close()
  await second.getByRole("button", { name: "Erase" }).click()
  await second.getByRole("dialog").getByRole("button", { name: /Erase/ }).click()
  await expect(second.getByLabel("Your name")).toBeVisible()
  const after = await kept(second)
  expect(before.filter((name) => after.includes(name))).toEqual([])
  await second.reload()
  await expect(second.getByLabel("Your name")).toHaveValue("")
})
