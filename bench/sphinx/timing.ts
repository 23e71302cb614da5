import type { Times, Work } from "./work.ts"

/** Least ms of a batch: enough for caches to be warm, and for clocks that count tenths of one. */
const BATCH = 20

/** Runs something `count` times, and says how many ms that took. */
export type Run = (count: number) => Promise<number>

/** Microseconds of one call, in the best of many batches: whatever else the machine does only adds. What a batch of none takes is taken off. */
export async function best(run: Run, batches: number): Promise<number> {
  const least = async (count: number, batches: number) => {
    let least = Infinity
    for (let i = 0; i < batches; i++) least = Math.min(least, await run(count))
    return least
  }
  let count = 8
  while ((await least(count, 3)) < BATCH) count *= 2
  const [nothing, all] = [await least(0, batches), await least(count, batches)]
  return (1000 * (all - nothing)) / count
}

/** `best` for work of this process, by a clock of its own. */
export async function bestOf(works: Work, now: () => number, batches: number): Promise<Times> {
  const times: Times = {}
  for (const [name, work] of Object.entries(works)) {
    times[name] = await best(async (count) => {
      const from = now()
      await work(count)
      return now() - from
    }, batches)
  }
  return times
}
