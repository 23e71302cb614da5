import type { Browser, Page } from "@playwright/test"
import { startTrace, stopTrace } from "./trace.ts"
import type { Work } from "./trace.ts"

/** ms from a key to the frame that shows it (Event Timing, to 8 ms), and what went on meanwhile. */
export interface Typing extends Work {
  readonly keys: number
  readonly median: number
  readonly p98: number
  readonly worst: number
  /** Messages that were sent while one typed, and that came. */
  readonly sent: number
  readonly came: number
}

const EVERY = 90
const MESSAGE_AFTER = 40

declare global {
  interface Window {
    keyTimes: Map<number, number>
  }
}

/** Types into the composer of the conversation that is open, and sends what was typed now and then, unless the engine is to rest. */
export async function measureTyping(browser: Browser, page: Page, { seconds, slowdown, sends }: { seconds: number; slowdown: number; sends: boolean }): Promise<Typing> {
  const devtools = await page.context().newCDPSession(page)
  const articles = () => page.getByRole("log").getByRole("article").count()
  const before = await articles()
  await page.getByRole("textbox", { name: "Message" }).focus()
  await page.evaluate(() => {
    window.keyTimes = new Map()
    // All events of one key have one interaction; its longest counts, as in INP. Those under 16 ms are not told, and counted as 16.
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as PerformanceEventTiming[]) {
        const id = (entry as PerformanceEventTiming & { interactionId: number }).interactionId
        if (entry.name.startsWith("key") && id > 0) window.keyTimes.set(id, Math.max(entry.duration, window.keyTimes.get(id) ?? 0))
      }
    }).observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit)
  })
  await startTrace(browser, page)
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: slowdown })
  let [keys, sent] = [0, 0]
  for (const end = performance.now() + seconds * 1000; performance.now() < end; keys++) {
    const isSent = sends && keys % MESSAGE_AFTER === MESSAGE_AFTER - 1
    const next = performance.now() + EVERY
    if (isSent) sent++
    await page.keyboard.press(isSent ? "Enter" : keys % 6 === 5 ? "Space" : "abcdefghij"[keys % 10]!)
    await new Promise((done) => setTimeout(done, Math.max(0, next - performance.now())))
  }
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: 1 })
  const work = await stopTrace(browser, null)
  const slow = await page.evaluate(() => [...window.keyTimes.values()])
  const all = [...Array<number>(Math.max(0, keys - slow.length)).fill(16), ...slow].sort((a, b) => a - b)
  const at = (share: number) => all[Math.min(all.length - 1, Math.floor(all.length * share))]!
  return { keys, median: at(0.5), p98: at(0.98), worst: all.at(-1)!, sent, came: (await articles()) - before - sent, ...work }
}
