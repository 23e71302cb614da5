import type { Page } from "@playwright/test"
import { expect } from "@playwright/test"
import type { Site } from "./site.ts"

/**
 * Looks for a new version, as the app does each hour. Whoever asks while the browser has an update under way gets that one's answer, though it may have
 * fetched the worker before the site changed: so it is asked until the site was. Where the installation fails, Chromium leaves its promise open.
 */
export async function lookForUpdate(page: Page, site: Site): Promise<void> {
  const before = site.asked("sw.js")
  await expect(async () => {
    await page.evaluate(async () => void (await navigator.serviceWorker.ready).update().catch(() => undefined))
    await expect.poll(() => site.asked("sw.js"), { timeout: 1000 }).toBeGreaterThan(before)
  }).toPass()
}
/** What is kept in this browser, without that the page has a say. */
export const versionsKept = (page: Page) => page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith("version ")).length)
/** Says to the worker in charge what a page says that is up, and waits until it has tidied up. */
export const settle = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<void>((done) => {
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = () => done()
        navigator.serviceWorker.controller!.postMessage({ type: "settled" }, [port2])
      }),
  )
export const installing = (page: Page) => page.evaluate(async () => Boolean((await navigator.serviceWorker.getRegistration())?.installing))
export const waiting = (page: Page) => page.evaluate(async () => Boolean((await navigator.serviceWorker.getRegistration())?.waiting))
/** How often the page was told from now on that files are not those of the list. */
export async function damages(page: Page): Promise<() => Promise<number>> {
  // An attempt of before may still be under way.
  await expect.poll(() => installing(page)).toBe(false)
  await page.evaluate(() => {
    const heard = { damages: 0 }
    Object.assign(globalThis, { heard })
    navigator.serviceWorker.addEventListener("message", ({ data }) => void (heard.damages += data.type === "damaged" ? 1 : 0))
  })
  return () => page.evaluate(() => (globalThis as unknown as { heard: { damages: number } }).heard.damages)
}
