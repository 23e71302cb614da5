import { readFileSync, readdirSync } from "node:fs"

/** The least value that this share of the sorted ones do not exceed; NaN where there is none. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN
}

/** Of values in any order. */
export const median = (values: readonly number[]): number => quantile(values.toSorted((a, b) => a - b), 0.5)

/** As tables show it: 12,345. */
export const whole = (value: number): string => Math.round(value).toLocaleString("en")

/** ms of CPU that all threads of a process have had, to the ns; where the system does not tell, what the clock says. */
export function cpuOf(pid: number): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    return threads.reduce((sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]), 0) / 1e6
  } catch {
    return performance.now()
  }
}

/** What a process has in memory, bytes. Linux only. */
export function residentBytes(pid: number): number {
  return 1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0)
}
