/** Times as people read them. Pure: "now" is handed in. */
import { locale } from "./format.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const formats = new Map<string, Intl.DateTimeFormat>()
function format(tag: string, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${tag} ${name}`
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locale(tag), options)
  formats.set(key, known)
  return known
}

export const clockTime = (tag: string, time: number) => format(tag, "time", { hour: "numeric", minute: "2-digit" }).format(time)
export const exactTime = (tag: string, time: number) => format(tag, "exact", { hour: "numeric", minute: "2-digit", second: "2-digit" }).format(time)
export const fullDate = (tag: string, time: number) => format(tag, "full", { day: "numeric", month: "long", year: "numeric" }).format(time)

const midnight = (time: number) => new Date(time).setHours(0, 0, 0, 0)
/** Whole days between two times by the calendar here; summer time makes some of them 23 or 25 hours long. */
export const daysBetween = (earlier: number, later: number) => Math.round((midnight(later) - midnight(earlier)) / DAY)

/** For day separators. */
export function dayName(tag: string, time: number, now: number, words: { today: string; yesterday: string }): string {
  const days = daysBetween(time, now)
  if (days === 0) return words.today
  if (days === 1) return words.yesterday
  if (days > 1 && days < 7) return format(tag, "weekday", { weekday: "long" }).format(time)
  const sameYear = new Date(time).getFullYear() === new Date(now).getFullYear()
  return sameYear
    ? format(tag, "day", { weekday: "short", day: "numeric", month: "long" }).format(time)
    : format(tag, "dayYear", { day: "numeric", month: "long", year: "numeric" }).format(time)
}

/** For lists: the time today, the weekday this week, else the date. */
export function shortTime(tag: string, time: number, now: number, words: { yesterday: string }): string {
  const days = daysBetween(time, now)
  if (days <= 0) return clockTime(tag, time)
  if (days === 1) return words.yesterday
  if (days < 7) return format(tag, "weekdayShort", { weekday: "short" }).format(time)
  return format(tag, "date", { day: "numeric", month: "short" }).format(time)
}

const NO_BREAK = "\u00a0"
const numbers = new Map<string, Intl.NumberFormat>()
/** "4.2 sec", "4,2 Sek.": a number with its unit, which no line break parts. */
function unit(tag: string, value: number, name: "second" | "minute" | "hour" | "day" | "week", digits = 0, unitDisplay: "short" | "long" = "short"): string {
  const key = `${tag} ${name} ${digits} ${unitDisplay}`
  // Made once: a list of messages that disappear asks for some dozens each second.
  const known = numbers.get(key) ?? new Intl.NumberFormat(locale(tag), { style: "unit", unit: name, unitDisplay, minimumFractionDigits: digits, maximumFractionDigits: digits })
  numbers.set(key, known)
  return known.format(value).replaceAll(" ", NO_BREAK)
}

/** A larger unit and what is left of it, which goes unsaid when it is nothing. */
function both(tag: string, of: number, larger: "minute" | "hour", smaller: "second" | "minute"): string {
  const [whole, rest] = [unit(tag, Math.floor(of / 60), larger), of % 60]
  return rest === 0 ? whole : `${whole} ${unit(tag, rest, smaller)}`
}

/** What passed: 0.4 sec, 4.2 sec, 38 sec, 3 min 20 sec, 2 hr 5 min. */
export function duration(tag: string, ms: number): string {
  if (ms < 0) return unit(tag, 0, "second")
  if (ms < 10_000) return unit(tag, Math.floor(ms / 100) / 10, "second", 1)
  if (ms < MINUTE - 500) return unit(tag, Math.round(ms / 1000), "second")
  if (ms < HOUR) return both(tag, Math.round(ms / 1000), "minute", "second")
  return both(tag, Math.round(ms / MINUTE), "hour", "minute")
}

/** What is still to come, rounded to what one can promise; null when it is overdue. */
export function remaining(tag: string, expected: number, now: number): string | null {
  const left = expected - now
  if (left <= 0) return null
  if (left <= 20_000) return unit(tag, Math.ceil(left / 1000), "second")
  if (left <= MINUTE) return unit(tag, Math.ceil(left / 10_000) * 10, "second")
  if (left <= HOUR) return unit(tag, Math.ceil(left / MINUTE), "minute")
  if (left <= 2 * DAY) return unit(tag, Math.ceil(left / HOUR), "hour")
  return unit(tag, Math.ceil(left / DAY), "day")
}

/** How long a sound is, or where in it one is: 0:07, 12:30. */
export function minutes(tag: string, seconds: number): string {
  const whole = Math.floor(seconds)
  const [many, two] = [1, 2].map((minimumIntegerDigits) => new Intl.NumberFormat(locale(tag), { minimumIntegerDigits, useGrouping: false }))
  return `${many!.format(Math.floor(whole / 60))}:${two!.format(whole % 60)}`
}

const WHOLE = [["week", 7 * DAY], ["day", DAY], ["hour", HOUR], ["minute", MINUTE], ["second", 1000]] as const

/** What somebody has chosen: 4 weeks, 1 day, 90 minutes. In the largest unit that it is whole in. */
export function lasting(tag: string, ms: number): string {
  const [name, length] = WHOLE.find(([, one]) => ms % one === 0) ?? WHOLE[4]
  return unit(tag, ms / length, name, 0, "long")
}
