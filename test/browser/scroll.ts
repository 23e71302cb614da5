// How long frames take while one flings through a conversation of 100,000 messages: node scripts/n.mjs node test/browser/scroll.ts [--runs N]
// Beside the time from frame to frame, which other work of the machine makes longer, it tells the longest task of the page in CPU time.
import { chromium } from "@playwright/test"
import { findChromium } from "../../scripts/testing/chromium.ts"
import { startDemo } from "./demo.ts"

const RUNS = Number(process.argv[process.argv.indexOf("--runs") + 1] || 5)
const SECONDS = 8

/** In the page: flings up (or down), again and again, and measures from frame to frame. */
async function fling({ seconds, sign }: { seconds: number; sign: number }) {
  const box = document.querySelector<HTMLElement>(".box")!
  const gaps: number[] = []
  const tasks: number[] = []
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" })
  const seen = new Set<string>()
  const end = performance.now() + seconds * 1000
  let speed = 0
  let last = await new Promise<number>(requestAnimationFrame)
  while (performance.now() < end) {
    // A finger pushes at 6,000 px a second, the list glides on, and is pushed again.
    speed = speed < 900 ? 6000 : speed * 0.985
    const at = await new Promise<number>(requestAnimationFrame)
    box.scrollTop += sign * speed * ((at - last) / 1000)
    gaps.push(at - last)
    last = at
    for (const article of box.querySelectorAll<HTMLElement>("article")) seen.add(article.dataset.id!)
  }
  gaps.sort((a, b) => a - b)
  return { frames: gaps.length, p99: gaps[Math.floor(gaps.length * 0.99)]!, worst: gaps.at(-1)!, over50: gaps.filter((gap) => gap > 50).length, longTasks: tasks.length, messages: seen.size, held: box.querySelectorAll("article").length }
}

/** The same on an empty page: what the machine itself costs at this time. */
async function idle(seconds: number) {
  const gaps: number[] = []
  const end = performance.now() + seconds * 1000
  for (let last = await new Promise<number>(requestAnimationFrame); performance.now() < end; ) {
    const at = await new Promise<number>(requestAnimationFrame)
    gaps.push(at - last)
    last = at
  }
  return { worst: Math.max(...gaps), over50: gaps.filter((gap) => gap > 50).length }
}

interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  readonly tdur?: number
  readonly args: { readonly name?: string }
}

/** The longest tasks of the page's main thread, ms of CPU. */
function longest(trace: Buffer): number {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] }
  const mains = new Set(traceEvents.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain").map(({ pid, tid }) => `${pid} ${tid}`))
  const tasks = traceEvents.filter(({ name, pid, tid }) => name === "ThreadControllerImpl::RunTask" && mains.has(`${pid} ${tid}`)).map(({ tdur = 0 }) => tdur / 1000)
  return tasks.reduce((most, one) => Math.max(most, one), 0)
}

const demo = await startDemo()
const browser = await chromium.launch({ executablePath: findChromium()!, chromiumSandbox: process.getuid?.() !== 0, args: ["--disable-gpu", "--disable-quic"] })
const round = (value: object) => JSON.stringify(value, (_, one: unknown) => (typeof one === "number" ? Math.round(one * 10) / 10 : one))
try {
  const [worst, cpu]: [number[], number[]] = [[], []]
  for (let run = 0; run < RUNS; run++) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, serviceWorkers: "block" })
    await demo.open(page, "long")
    await page.getByRole("link", { name: /Mira/ }).click()
    await page.getByText("And this one just now.").first().waitFor()
    const quiet = await page.evaluate(idle, 2)
    await browser.startTracing(page, { categories: ["toplevel"] })
    const up = await page.evaluate(fling, { seconds: SECONDS, sign: -1 })
    const down = await page.evaluate(fling, { seconds: SECONDS, sign: 1 })
    cpu.push(longest(await browser.stopTracing()))
    console.log(`run ${run + 1}`, "longest task", round([cpu.at(-1)!]), "idle", round(quiet), "up", round(up), "down", round(down))
    worst.push(up.worst, down.worst)
    await page.close()
  }
  const median = (all: number[]) => all.sort((a, b) => a - b)[all.length >> 1]!.toFixed(1)
  console.log(`medians: longest frame of a fling ${median(worst)} ms, longest task of a run ${median(cpu)} ms of CPU`)
} finally {
  await browser.close()
  demo.stop()
}
