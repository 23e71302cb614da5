import type { Page } from "@playwright/test"
import { expect, test } from "@playwright/test"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import type { RealNetwork } from "../network/real-network.ts"
import { startRealNetwork, stopRealNetwork } from "../network/real-network.ts"
import { findFirefox } from "../../scripts/testing/firefox.ts"
import { findings } from "./findings.ts"
import { cutOff, smallTargets } from "./measures.ts"
import { BrowserPerson } from "./person.ts"
import { act, ARRIVAL, compare, open, search, seePicture, sendPicture, seeNetwork, seeRoad, settle, unlock } from "./walk.ts"

const SECRET = "nine wet umbrellas"
/** Some 20 kB. */
const SMALL = { width: 285, height: 190 }

let network: RealNetwork
let folder: string

test.beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "sotto-browsers-"))
  network = await startRealNetwork()
})

test.afterAll(async () => {
  await stopRealNetwork(network)
  await rm(folder, { recursive: true, force: true })
})

/** What is asked of every screen. */
async function measure(page: Page, name: string): Promise<void> {
  expect.soft(await cutOff(page), `${name}, cut off`).toEqual([])
  expect.soft(await smallTargets(page), `${name}, targets`).toEqual([])
}

/** And of axe, on a phone and in Firefox; to axe a desk is what it is with canned data. */
async function look(page: Page, name: string): Promise<void> {
  expect.soft(await findings(page), `${name}, axe`).toEqual([])
  await measure(page, name)
}

test("three people, on a phone, at a desk and with Firefox where there is one, meet and write in a ring, see every screen, go offline, and restart", async ({ playwright }, info) => {
  test.setTimeout(720_000)
  const { launchOptions } = info.project.use
  const phone = { ...launchOptions, viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, colorScheme: "dark" }
  const desk = { ...launchOptions, viewport: { width: 1440, height: 900 } }
  const firefox = { channel: "moz-firefox", executablePath: findFirefox() ?? "", viewport: { width: 1024, height: 768 } }
  const person = (name: string, options: object, seen = look, type = playwright.chromium) => new BrowserPerson(type, options, path.join(folder, name), network.url, name, seen)
  const anna = person("Anna", phone)
  const ben = findFirefox() === null ? person("Ben", desk) : person("Ben", firefox, look, playwright.firefox)
  const cleo = person("Cleo", desk, measure)
  /** Each has the next for whom they make a code, and the one before, whose code they enter. */
  const ring = [{ one: anna, next: ben, before: cleo }, { one: ben, next: cleo, before: anna }, { one: cleo, next: anna, before: ben }] as const
  const all = (step: (place: (typeof ring)[number]) => Promise<void>) => Promise.all(ring.map(step))

  await test.step("they begin, and exchange codes", async () => {
    const codes = new Map<BrowserPerson, string>()
    await all(async ({ one, next }) => {
      await one.open()
      await one.begin()
      await one.hurry()
      codes.set(next, await one.makeCode(next.name))
    })
    await all(async ({ one, next, before }) => {
      expect(codes.get(one)).toHaveLength(64)
      await one.enterCode(codes.get(one)!, before.name)
      await expect(one.page.getByRole("textbox", { name: "Message" })).toBeVisible({ timeout: 60_000 })
      await open(one, next.name)
      await one.letIn()
      await expect(one.page.getByRole("textbox", { name: "Message" })).toBeVisible({ timeout: 60_000 })
      await one.look("conversation that begins")
    })
  })

  await test.step("they write to each other, and see the road of a message", () =>
    all(async ({ one, next, before }) => {
      await one.write(`Hello ${next.name}, can you hear me?`)
      await seeRoad(one, `Hello ${next.name}`)
      await open(one, before.name)
      await expect(one.message(`Hello ${one.name}`)).toBeVisible(ARRIVAL)
      await one.write(`Loud and clear, ${before.name}`)
    }))

  await test.step("two see the same safety number, and everything is where one looks for it", async () => {
    const numbers = new Map<string, string>()
    await all(async ({ one, next, before }) => {
      await open(one, before.name)
      numbers.set(`${before.name} ${one.name}`, await compare(one, before.name))
      await open(one, next.name)
      await expect(one.message("Loud and clear")).toBeVisible(ARRIVAL)
      await search(one, `clear ${one.name}`, `Loud and clear, ${one.name}`)
      await seeNetwork(one)
      await settle(one, SECRET)
    })
    await all(async ({ one, next }) => {
      await open(one, next.name)
      expect(await compare(one, next.name)).toBe(numbers.get(`${one.name} ${next.name}`))
    })
    expect(new Set(numbers.values()).size).toBe(ring.length)
  })

  await test.step("one is offline: the app opens, what is written waits, and leaves afterwards", async () => {
    await open(anna, "Ben")
    await anna.setOffline(true)
    await anna.page.reload()
    await unlock(anna, SECRET)
    await expect(anna.message("Loud and clear, Anna")).toBeVisible()
    await expect(anna.page.getByText("You are offline.")).toBeVisible()
    await anna.write("Written in a tunnel")
    await expect(anna.message("Written in a tunnel")).toContainText("Queued")
    await anna.look("offline")
    await anna.setOffline(false)
    await open(ben, "Anna")
    await expect(ben.message("Written in a tunnel")).toBeVisible(ARRIVAL)
  })

  await test.step("all restart in the midst of a picture, one of them killed, unlock, and go on", async () => {
    await open(anna, "Ben")
    await sendPicture(anna, SMALL)
    await all(async ({ one, next }) => {
      await open(one, next.name)
      await one.write("Before the restart")
      await (one === anna ? one.kill() : one.close())
    })
    await all(async ({ one, before }) => {
      await one.open()
      await unlock(one, SECRET)
      await open(one, before.name)
      await expect(one.message(`Loud and clear, ${before.name}`)).toBeVisible()
      await expect(one.message("Before the restart")).toBeVisible(ARRIVAL)
    })
    const seen = await seePicture(ben, SMALL)
    await ben.write("And after it")
    await open(anna, "Ben")
    expect(await seePicture(anna, SMALL)).toEqual(seen)
    await expect(anna.message("And after it")).toBeVisible(ARRIVAL)
  })

  await test.step("one answers and reacts, the other edits and deletes for everyone, and both see it", () => act(anna, ben, "And after it", "Loud and clear, Anna"))

  for (const { one } of ring) {
    expect(one.complaints).toEqual([])
    await one.close()
  }
})
