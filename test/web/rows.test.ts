import { expect, test } from "vitest"
import { messageRows } from "../../web/state/rows.ts"
import { message } from "./views.ts"

const MINUTE = 60_000
const noon = new Date(2026, 5, 1, 12).getTime()
const at = (minutes: number, own = false) => message(minutes, { sent: noon + minutes * MINUTE, own, state: own ? "received" : null })

test("what one person writes in one go is a run, and only its last line tells the time", () => {
  const rows = messageRows([at(0), at(1), at(2, true), at(3, true), at(20, true)])
  expect(rows.map(({ starts, ends }) => [starts, ends])).toEqual([[true, false], [false, true], [true, false], [false, true], [true, true]])
  expect(rows.map(({ quiet }) => quiet)).toEqual([true, false, true, false, false])
})

test("a message that is not settled shows its state, and so does the one before it", () => {
  const rows = messageRows([at(0, true), { ...at(1, true), state: "mix" }])
  expect(rows.map(({ quiet }) => quiet)).toEqual([false, false])
})

test("a line about how long messages last stands for itself, and what became of a message is told below it", () => {
  const rows = messageRows([at(0), { ...at(1), timer: 60 }, at(2), { ...at(3), edited: 1 }, { ...at(4), lasts: 60_000 }, { ...at(5), lasts: 60_000 }, at(6)])
  expect(rows.map(({ starts, ends }) => [starts, ends])).toEqual([[true, true], [true, true], [true, false], [false, false], [false, false], [false, false], [false, true]])
  expect(rows.map(({ quiet }) => quiet)).toEqual([false, false, false, false, true, false, false])
})

test("a day begins with its first message, and ends a run", () => {
  const rows = messageRows([at(0), at(12 * 60 - 1), at(12 * 60 + 1)])
  expect(rows.map(({ opensDay }) => opensDay)).toEqual([true, false, true])
  expect(rows[2]?.starts).toBe(true)
})

test("a message that cannot be read has no day, and is in nobody's run", () => {
  const rows = messageRows([at(0), { ...at(1), sent: 0, damaged: true }, at(2), { ...at(3), sent: 0, damaged: true }])
  expect(rows.map(({ opensDay }) => opensDay)).toEqual([true, false, false, false])
  expect(rows.map(({ starts, ends, quiet }) => [starts, ends, quiet])).toEqual(Array.from({ length: 4 }, () => [true, true, false]))
})
