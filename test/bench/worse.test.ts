import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { filled } from "../../bench/pages.ts"
import { parts } from "../../bench/parts.ts"
import { PAGE, allTables, readRecorded } from "../../bench/recorded.ts"
import { worse } from "../../bench/worse.ts"

test("a ratio is worse from a third more on, and not when it is less or has no other to be compared with", () => {
  expect(worse({ a: 1.33, b: 1, c: 9 }, { a: 1, b: 9, d: 1 })).toEqual([])
  expect(worse({ a: 1.34, b: 1 }, { a: 1, b: 0.7 })).toEqual(["a: 1.340, recorded 1.000", "b: 1.000, recorded 0.700"])
  expect(worse({ a: NaN }, { a: 1 })).toEqual(["a: NaN, recorded 1.000"])
})

test("docs/performance.md says what was recorded of each part", () => {
  const recorded = readRecorded()
  expect(Object.keys(recorded).sort()).toEqual(parts.map(({ name }) => name).sort())
  const tables = allTables(recorded)
  const page = readFileSync(PAGE, "utf8")
  expect(filled(page, "bench", tables)).toBe(page)
  for (const name of Object.keys(tables)) expect(page).toContain(`<!-- bench:${name} -->`)
})
