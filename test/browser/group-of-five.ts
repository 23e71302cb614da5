import { expect, test } from "@playwright/test"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { findFirefox } from "../../scripts/testing/firefox.ts"
import type { RealNetwork } from "../network/real-network.ts"
import { startRealNetwork, stopRealNetwork } from "../network/real-network.ts"
import { findings } from "./findings.ts"
import { BrowserPerson } from "./person.ts"
import { TerminalPerson } from "./terminal.ts"
import { open } from "./walk.ts"

const GROUP = "Harbour walk"
/** KeyPackages go from contact to contact at random times, commits and invitations after them. */
const PATIENCE = { timeout: 20 * 60_000 }

let network: RealNetwork
let folder: string
let terminals: readonly TerminalPerson[] = []

test.beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "sotto-group-"))
  network = await startRealNetwork()
})

test.afterAll(async () => {
  for (const one of terminals) await one.close()
  await stopRealNetwork(network)
  await rm(folder, { recursive: true, force: true })
})

test("three people in browsers and two at the command line are a group: each is asked, writes, and has what all others wrote", async ({ playwright }, info) => {
  test.setTimeout(60 * 60_000)
  const { launchOptions } = info.project.use
  const look = async (page: BrowserPerson["page"], screen: string) => expect.soft(await findings(page), screen).toEqual([])
  const person = (name: string, options: object, type = playwright.chromium) => new BrowserPerson(type, options, path.join(folder, name), network.url, name, look)
  const firefox = findFirefox()
  const anna = person("Anna", { ...launchOptions, viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, colorScheme: "dark" })
  const ben = firefox === null ? person("Ben", launchOptions ?? {}) : person("Ben", { channel: "moz-firefox", executablePath: firefox, viewport: { width: 1024, height: 768 } }, playwright.firefox)
  const cleo = person("Cleo", { ...launchOptions, viewport: { width: 1440, height: 900 } })
  terminals = ["Dora", "Emil"].map((name) => new TerminalPerson(folder, name))
  const begun = Date.now()
  const note = (what: string) => console.log(`${Math.round((Date.now() - begun) / 1000)} s: ${what}`)

  for (const one of [anna, ben, cleo]) {
    await one.open()
    await one.begin()
    await one.hurry()
  }
  for (const one of [ben, cleo]) {
    await one.enterCode(await anna.makeCode(one.name), "Anna")
    await open(anna, one.name)
    await anna.letIn()
    await expect(anna.page.getByRole("textbox", { name: "Message" })).toBeVisible({ timeout: 120_000 })
  }
  for (const one of terminals) {
    await anna.enterCode(await one.begin(network.url), one.name)
    await expect(anna.page.getByRole("textbox", { name: "Message" })).toBeVisible({ timeout: 120_000 })
  }
  note("all are contacts of Anna's, and nothing was written yet")
  await found(anna, [ben, cleo, ...terminals].map(({ name }) => name))
  await Promise.all([
    ...[ben, cleo].map(async (one) => {
      await join(one)
      note(`${one.name} is in the group`)
    }),
    ...terminals.map(async (one) => {
      await expect.poll(one.isInvited, PATIENCE).toBe(true)
      await one.run("group", "accept", GROUP)
      note(`${one.name} is in the group`)
    }),
  ])
  await writeToAll([anna, ben, cleo], terminals, note)
  for (const one of [anna, ben, cleo]) {
    expect(one.complaints).toEqual([])
    await one.close()
  }
})

/** Makes a group of contacts, who are let in as soon as they can be. */
async function found(founder: BrowserPerson, members: readonly string[]): Promise<void> {
  const { page } = founder
  await founder.home()
  await founder.button("New group").click()
  await page.getByLabel("Name of the group").fill(GROUP)
  for (const name of members) await page.getByRole("checkbox", { name: new RegExp(name) }).check()
  await founder.look("new group")
  await founder.button("Make the group").click()
  await expect(founder.message(`You made the group “${GROUP}”.`)).toBeVisible()
}

/** Is asked before anything of the group is shown, and accepts. */
async function join(guest: BrowserPerson): Promise<void> {
  const { page } = guest
  await guest.home()
  await page.getByRole("link", { name: new RegExp(`^${GROUP}`) }).click(PATIENCE)
  await expect(page.getByRole("textbox", { name: "Message" })).toHaveCount(0)
  await guest.look("invitation into a group")
  await guest.button("Accept").click()
  await expect(page.getByRole("textbox", { name: "Message" })).toBeVisible()
}

const saying = ({ name }: { readonly name: string }) => `${name} is here`

/** Each writes to all, and has what all others have written. */
async function writeToAll(inBrowsers: readonly BrowserPerson[], atTerminals: readonly TerminalPerson[], note: (what: string) => void): Promise<void> {
  const all = [...inBrowsers, ...atTerminals]
  const others = (one: { readonly name: string }) => all.filter(({ name }) => name !== one.name)
  await Promise.all([
    ...inBrowsers.map(async (one) => {
      await one.home()
      await one.page.getByRole("link", { name: new RegExp(`^${GROUP}`) }).click()
      await one.write(saying(one))
      for (const other of others(one)) await expect(one.page.getByRole("article", { name: new RegExp(`^~?${other.name}.*, ${saying(other)}`) })).toBeVisible(PATIENCE)
      await one.look("group")
      note(`${one.name} has what all others wrote`)
    }),
    ...atTerminals.map(async (one) => {
      await one.run("send", GROUP, saying(one))
      for (const other of others(one)) await expect.poll(() => one.hasHeard(other.name, saying(other)), PATIENCE).toBe(true)
      note(`${one.name} has what all others wrote`)
    }),
  ])
}
