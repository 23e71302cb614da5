import type { Page } from "@playwright/test"
import { expect } from "@playwright/test"

/** As it does each hour. Where the installation fails, Chromium leaves this promise open. */
export const lookForUpdate = (page: Page) => page.evaluate(async () => void (await navigator.serviceWorker.ready).update().catch(() => undefined))
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
