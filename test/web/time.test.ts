import { describe, expect, test } from "vitest"
import { dayName, daysBetween, duration, lasting, remaining, shortTime } from "../../web/text/time.ts"

const at = (text: string) => new Date(text).getTime()
const NOW = at("2026-11-20T15:00:00")
/** As it is read: a number and its unit are held together by a space at which no line breaks. */
const read = (text: string | null) => text?.replaceAll("\u00a0", " ") ?? null
const WORDS = { today: "Today", yesterday: "Yesterday" }

test("days are counted by the calendar, not by hours", () => {
  expect(daysBetween(at("2026-11-19T23:59:00"), at("2026-11-20T00:01:00"))).toBe(1)
  expect(daysBetween(at("2026-11-20T00:01:00"), at("2026-11-20T23:59:00"))).toBe(0)
})

describe("days have names as near as they are", () => {
  test.each([
    ["2026-11-20T01:00:00", "Today"],
    ["2026-11-19T23:00:00", "Yesterday"],
    ["2026-11-17T12:00:00", "Tuesday"],
    ["2026-11-01T12:00:00", /November/],
    ["2025-11-20T12:00:00", /2025/],
  ])("%s is %s", (time, name) => {
    expect(dayName("en", at(time), NOW, WORDS)).toMatch(name)
  })

  test("in the list, today is a time and yesterday a word", () => {
    expect(shortTime("en", at("2026-11-20T09:05:00"), NOW, WORDS)).toMatch(/9:05|09:05/)
    expect(shortTime("en", at("2026-11-19T09:05:00"), NOW, WORDS)).toBe("Yesterday")
  })
})

test.each([
  [-5, "0 sec"],
  [420, "0.4 sec"],
  [4_249, "4.2 sec"],
  [38_000, "38 sec"],
  [59_700, "1 min"],
  [200_000, "3 min 20 sec"],
  [7_500_000, "2 hr 5 min"],
])("%d ms that passed are %s", (ms, text) => {
  expect(read(duration("en", ms))).toBe(text)
})

test("between what two units say a line may break, and nowhere else", () => {
  expect(duration("en", 200_000)).toBe("3\u00a0min 20\u00a0sec")
  expect(duration("de", 4_200)).toBe("4,2\u00a0Sek.")
})

test.each([
  [0, null],
  [-1, null],
  [1, "1 sec"],
  [3_100, "4 sec"],
  [24_000, "30 sec"],
  [61_000, "2 min"],
  [2 * 3_600_000 + 1, "3 hr"],
  [48 * 3_600_000, "48 hr"],
  [48 * 3_600_000 + 1, "3 days"],
])("%d ms to come are %s: never less than it takes, nothing when overdue", (ms, text) => {
  expect(read(remaining("en", NOW + ms, NOW))).toBe(text)
})

test.each([
  ["en", 4 * 7 * 86_400, "4 weeks"],
  ["en", 86_400, "1 day"],
  ["en", 5_400, "90 minutes"],
  ["en", 61, "61 seconds"],
  ["de", 7 * 86_400, "1 Woche"],
])("in %s, %d seconds that were chosen are %s", (tag, seconds, text) => {
  expect(read(lasting(tag, seconds * 1000))).toBe(text)
})
