import { expect, test } from "@playwright/test"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import type { RealNetwork } from "../network/real-network.ts"
import { startRealNetwork, stopRealNetwork } from "../network/real-network.ts"
import { BrowserPerson } from "./person.ts"
import { open, packetsSent, seePicture, sendPicture } from "./walk.ts"

const SIDES = { width: 900, height: 600 }
/** On a machine with much other work. */
const PATIENCE = 30 * 60_000

let network: RealNetwork
let folder: string

test.beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "sotto-picture-"))
  network = await startRealNetwork()
})

test.afterAll(async () => {
  await stopRealNetwork(network)
  await rm(folder, { recursive: true, force: true })
})

test("a picture of 200 kB comes whole from one browser to another, though both are killed and restarted in the midst of it", async ({ playwright }, info) => {
  test.setTimeout(2 * PATIENCE)
  const person = (name: string) => new BrowserPerson(playwright.chromium, { ...info.project.use.launchOptions, viewport: { width: 1024, height: 768 } }, path.join(folder, name), network.url, name)
  const [anna, ben] = [person("Anna"), person("Ben")]
  for (const one of [anna, ben]) {
    await one.open()
    await one.begin()
    await one.hurry()
  }
  await ben.enterCode(await anna.makeCode("Ben"), "Anna")
  await open(anna, "Ben")
  await anna.letIn()
  await expect(anna.page.getByRole("textbox", { name: "Message" })).toBeVisible({ timeout: 120_000 })
  await sendPicture(anna, SIDES)
  const begun = Date.now()
  const log: string[] = []
  const note = (what: string) => log.push(`${Math.round((Date.now() - begun) / 1000)} s: ${what}`)
  for (const [one, other, least] of [[anna, "Ben", 40], [ben, "Anna", 90]] as const) {
    await expect.poll(() => packetsSent(anna), { timeout: PATIENCE }).toBeGreaterThan(least)
    note(`${await packetsSent(anna)} packets have left; ${one.name} is killed`)
    await one.kill()
    await one.open()
    await open(one, other)
  }
  const seen = await seePicture(ben, SIDES, PATIENCE)
  note(`the picture of ${seen.size} bytes is there`)
  expect(seen.size).toBeGreaterThan(190_000)
  expect(await seePicture(anna, SIDES)).toEqual(seen)
  console.log(log.join("\n"))
  for (const one of [anna, ben]) {
    expect(one.complaints).toEqual([])
    await one.close()
  }
})
