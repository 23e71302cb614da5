import type { Browser, Page } from "@playwright/test"

interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  /** Microseconds: when, how long, and how much of that the thread had a processor. */
  readonly ts: number
  readonly dur?: number
  readonly tdur?: number
  readonly args: { readonly name?: string }
}

export interface Work {
  /** ms of CPU of the page's workers, up to the mark. */
  readonly worker: number
  /** ms of CPU of the main thread up to the mark. DevTools slow it down by keeping its processor busy: that is in it. */
  readonly main: number
  /** The longest task of the main thread up to the mark, ms of CPU, the same. */
  readonly longest: number
}

export const startTrace = (browser: Browser, page: Page): Promise<void> => browser.startTracing(page, { categories: ["toplevel", "blink.user_timing"] })

/** What the threads of the page did up to the first mark of this name (performance.mark), or to the end where there is none. */
export async function stopTrace(browser: Browser, mark: string | null): Promise<Work> {
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] }
  const marked = mark === null ? undefined : traceEvents.find(({ name }) => name === mark)
  if (mark !== null && marked === undefined) throw new Error(`The trace knows nothing of "${mark}".`)
  const end = marked?.ts ?? Infinity
  const threads = (wanted: (name: string) => boolean) =>
    new Set(traceEvents.filter(({ name, args, pid }) => name === "thread_name" && wanted(args.name ?? "") && (marked === undefined || pid === marked.pid)).map(({ pid, tid }) => `${pid} ${tid}`))
  const tasks = (on: Set<string>) =>
    traceEvents.filter(({ name, pid, tid, ts }) => name === "ThreadControllerImpl::RunTask" && on.has(`${pid} ${tid}`) && ts < end).map(({ ts, dur = 0, tdur = 0 }) => (ts + dur <= end ? tdur : Math.min(tdur, end - ts)) / 1000)
  const sum = (all: readonly number[]) => all.reduce((total, one) => total + one, 0)
  const main = tasks(threads((name) => name === "CrRendererMain"))
  return { worker: sum(tasks(threads((name) => name.startsWith("DedicatedWorker")))), main: sum(main), longest: main.reduce((most, one) => Math.max(most, one), 0) }
}
