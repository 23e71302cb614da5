/** Times as people read them. Pure: "now" is handed in. */

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Texts are of one language, but the user's own region decides 14:05 or 2:05 pm. */
function locale(tag: string): string {
  const wanted = globalThis.navigator?.languages ?? []
  return wanted.find((language) => language === tag || language.startsWith(`${tag}-`)) ?? tag
}

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

/** What passed: 0.4 s, 4.2 s, 38 s, 3 min 20 s, 2 h 5 min. Units are symbols of the SI and the same in every language. */
export function duration(ms: number): string {
  if (ms < 0) return "0 s"
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`
  if (ms < MINUTE - 500) return `${Math.round(ms / 1000)} s`
  if (ms < HOUR) {
    const seconds = Math.round(ms / 1000)
    return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  }
  const minutes = Math.round(ms / MINUTE)
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** What is still to come, rounded to what one can promise; null when it is overdue. */
export function remaining(expected: number, now: number): string | null {
  const left = expected - now
  if (left <= 0) return null
  if (left <= 20_000) return `${Math.ceil(left / 1000)} s`
  if (left <= MINUTE) return `${Math.ceil(left / 10_000) * 10} s`
  if (left <= HOUR) return `${Math.ceil(left / MINUTE)} min`
  return `${Math.ceil(left / HOUR)} h`
}
