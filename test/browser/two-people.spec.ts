import { expect, test } from "@playwright/test"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import type { RealNetwork } from "../network/real-network.ts"
import { startRealNetwork, stopRealNetwork } from "../network/real-network.ts"
import { findFirefox } from "../../scripts/testing/firefox.ts"
import { BrowserPerson } from "./person.ts"

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

test("two people, one with Firefox where there is one, exchange a code, write in both directions, one goes offline, and both restart", async ({ playwright }, info) => {
  test.slow()
  const { launchOptions, viewport } = info.project.use
  const chromium = [playwright.chromium, { ...launchOptions, viewport }] as const
  const firefox = [playwright.firefox, { channel: "moz-firefox", executablePath: findFirefox() ?? "", viewport }] as const
  const person = (name: string, [type, options]: typeof chromium | typeof firefox) => new BrowserPerson(type, options, path.join(folder, name), network.url, name)
  const anna = person("Anna", chromium)
  const ben = person("Ben", findFirefox() === null ? chromium : firefox)

  await test.step("they begin, and exchange a code", async () => {
    for (const one of [anna, ben]) {
      await one.open()
      await one.begin()
      await one.hurry()
    }
    const code = await anna.makeCode("Ben")
    expect(code).toHaveLength(64)
    await ben.enterCode(code, "Anna")
    await anna.letIn()
    await expect(ben.page.getByRole("textbox", { name: "Message" })).toBeVisible({ timeout: 60_000 })
    await expect(anna.page.getByRole("textbox", { name: "Message" })).toBeVisible({ timeout: 60_000 })
  })

  await test.step("they write to each other, and see the road of a message", async () => {
    await anna.write("Hello Ben, can you hear me?")
    await expect(ben.message("Hello Ben, can you hear me?")).toBeVisible({ timeout: 60_000 })
    await ben.write("Loud and clear, Anna")
    await expect(anna.message("Loud and clear, Anna")).toBeVisible({ timeout: 60_000 })
    await expect(anna.message("Hello Ben")).toContainText("Received", { timeout: 60_000 })
    await anna.message("Hello Ben").getByText("Hello Ben").click()
    await expect(anna.page.getByRole("dialog")).toContainText("Dropbox")
    await anna.page.keyboard.press("Escape")
    await expect(anna.page.getByRole("dialog")).toBeHidden()
  })

  await test.step("one is offline: the app opens, what is written waits, and leaves afterwards", async () => {
    await anna.setOffline(true)
    await anna.page.reload()
    await expect(anna.message("Loud and clear, Anna")).toBeVisible()
    await expect(anna.page.getByText("You are offline.")).toBeVisible()
    await anna.write("Written in a tunnel")
    await expect(anna.message("Written in a tunnel")).toContainText("Queued")
    await anna.setOffline(false)
    await expect(ben.message("Written in a tunnel")).toBeVisible({ timeout: 120_000 })
  })

  await test.step("both restart and go on", async () => {
    await ben.write("Before the restart")
    await Promise.all([anna.close(), ben.close()])
    for (const one of [anna, ben]) {
      await one.open()
      await one.page.getByRole("link", { name: one === anna ? /^Ben/ : /^Anna/ }).click()
      await expect(one.message("Loud and clear, Anna")).toBeVisible()
    }
    await expect(anna.message("Before the restart")).toBeVisible({ timeout: 120_000 })
    await anna.write("And after it")
    await expect(ben.message("And after it")).toBeVisible({ timeout: 120_000 })
  })

  expect(anna.complaints).toEqual([])
  expect(ben.complaints).toEqual([])
  await Promise.all([anna.close(), ben.close()])
})
