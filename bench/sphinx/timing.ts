import type { Times, Work } from "./work.ts"

/** Least ms of a batch: enough for caches to be warm, and for clocks that count tenths of one. */
const BATCH = 20

/** Runs something `count` times, and says how many ms that took. */
export type Run = (count: number) => Promise<number>

/** Microseconds of one call, in the best of many batches: whatever else the machine does only adds. What a batch of none takes is taken off. */
export async function best(run: Run, batches: number): Promise<number> {
  const [time] = await bestOfEach([run], batches)
  return time!
}

/** The same for several that are to be compared: in turns, so that what else the machine does in the meantime meets all of them. `batch` is the least ms of one. */
export async function bestOfEach(runs: readonly Run[], batches: number, batch = BATCH): Promise<number[]> {
  const timed = runs.map((run) => ({ run, count: 0, nothing: Infinity, all: Infinity }))
  for (const one of timed) one.count = await enough(one.run, batch)
  for (let i = 0; i < batches; i++) {
    for (const one of timed) {
      one.nothing = Math.min(one.nothing, await one.run(0))
      one.all = Math.min(one.all, await one.run(one.count))
    }
  }
  return timed.map(({ count, nothing, all }) => (1000 * (all - nothing)) / count)
}

/** How many make a batch. */
async function enough(run: Run, batch: number): Promise<number> {
  let count = 8
  while (Math.min(await run(count), await run(count), await run(count)) < batch) count *= 2
  return count
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
