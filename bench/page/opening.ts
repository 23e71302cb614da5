import type { Browser, BrowserContext, Page } from "@playwright/test"
import { startTrace, stopTrace } from "./trace.ts"
import type { Work } from "./trace.ts"

/** ms since the navigation began, with the main thread slowed down; and what the trace says. */
export interface Opened extends Work {
  /** First contentful paint: something is to be seen. */
  readonly paint: number
  /** What one wants to press is drawn. */
  readonly shown: number
  /** The first press that was made on it, as soon as it was drawn, has had its effect. */
  readonly works: number
}

interface Spot {
  readonly x: number
  readonly y: number
}

/** Of the page that is being measured. */
declare global {
  interface Window {
    onShown(spot: Spot): Promise<void>
    onWorks(): Promise<void>
    measured: { shown: number; works: number }
  }
}

/** In the page, before anything of the app: waits for what is to be pressed, tells where it is, and notes when a press has had its effect. */
function watch(target: "field" | "link"): void {
  window.measured = { shown: 0, works: 0 }
  const works = (): void => {
    if (window.measured.works > 0) return
    window.measured.works = performance.now()
    void window.onWorks()
  }
  if (target === "field") addEventListener("input", () => requestAnimationFrame(works))
  // The app sets its address without an event: the frame that has another one is looked for.
  const leave = (): void => void (location.hash.length > 2 ? works() : requestAnimationFrame(leave))
  const look = (): void => {
    const found = document.querySelector(target === "field" ? "main.welcome form input" : "a.row")
    if (found === null) return void requestAnimationFrame(look)
    // What is in the document now is painted with this frame; the next one finds it on the screen.
    requestAnimationFrame(() => {
      window.measured.shown = performance.now()
      performance.mark("bench-shown")
      const { x, y, width, height } = found.getBoundingClientRect()
      if (target === "link") leave()
      void window.onShown({ x: x + width / 2, y: y + height / 2 })
    })
  }
  requestAnimationFrame(look)
}

/** Opens the app in a new page of the context, presses what it shows, and says when. `bypass`: past the service worker. */
export async function measureOpening(browser: Browser, context: BrowserContext, url: string, { target, slowdown, bypass }: { target: "field" | "link"; slowdown: number; bypass: boolean }): Promise<Opened> {
  const page = await context.newPage()
  try {
    const devtools = await context.newCDPSession(page)
    await devtools.send("Network.enable")
    await devtools.send("Network.setBypassServiceWorker", { bypass })
    const pressed = Promise.withResolvers<void>()
    await page.exposeFunction("onWorks", () => pressed.resolve())
    await page.exposeFunction("onShown", async ({ x, y }: Spot) => {
      for (const type of ["mousePressed", "mouseReleased"] as const) await devtools.send("Input.dispatchMouseEvent", { type, x, y, button: "left", clickCount: 1 })
      if (target === "field") await devtools.send("Input.dispatchKeyEvent", { type: "keyDown", key: "a", code: "KeyA", text: "a", windowsVirtualKeyCode: 65 })
    })
    await page.addInitScript(watch, target)
    await startTrace(browser, page)
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: slowdown })
    await page.goto(url, { waitUntil: "commit" })
    await Promise.race([pressed.promise, late(page)])
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: 1 })
    const { measured, paint } = await page.evaluate(() => ({ measured: window.measured, paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN }))
    return { ...measured, paint, ...(await stopTrace(browser, "bench-shown")) }
  } finally {
    await page.close()
  }
}

async function late(page: Page): Promise<never> {
  await new Promise((done) => setTimeout(done, 60_000).unref())
  const text = await page.locator("body").innerText().catch(() => "")
  throw new Error(`Nothing could be pressed for a minute. The page says: ${text.slice(0, 300)}`)
}
