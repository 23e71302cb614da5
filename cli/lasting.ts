import { TIMER_SECONDS_MAX } from "../messenger/content/limits.ts"
import { Failure } from "./failure.ts"

const UNITS: readonly (readonly [unit: string, seconds: number, name: string])[] = [["w", 604_800, "week"], ["d", 86_400, "day"], ["h", 3600, "hour"], ["m", 60, "minute"], ["s", 1, "second"]]

/** "off" is null, "90" or "90s" seconds, "5m", "1h", "1d", "1w" what they say. Throws Failure. */
export function secondsOf(word: string): number | null {
  if (word === "off") return null
  const [, number, letter = ""] = /^(\d{1,9})([smhdw]?)$/.exec(word) ?? []
  const seconds = Number(number) * (UNITS.find(([unit]) => unit === letter)?.[1] ?? 1)
  if (!(seconds >= 1 && seconds <= TIMER_SECONDS_MAX)) throw new Failure("How long messages last is off, or a number of seconds, or one with m, h, d or w; a year at most.")
  return seconds
}

/** "last for good", "disappear 1 hour after they were read". */
export function lasting(seconds: number | null): string {
  if (seconds === null) return "last for good"
  const [, size, name] = UNITS.find(([, unit]) => seconds % unit === 0)!
  const count = seconds / size
  return `disappear ${count} ${name}${count === 1 ? "" : "s"} after they were read`
}
