import { expect, test } from "vitest"
import { parts } from "../../bench/parts.ts"
import { readRecorded } from "../../bench/recorded.ts"
import { worse } from "../../bench/worse.ts"

/** Measurements of which the least of each ratio counts, where the first is too much: other programs make one worse now and then, a change of the code all of them. */
const MEASUREMENTS = 3

const recorded = readRecorded()
/** The network's short version takes two minutes, most of them waiting, and what messages wait for there depends on chance by more than a third. */
const short = parts.filter(({ name }) => name !== "network")

test.each(short.map((part) => [part.name, part] as const))("%s: measured again, no ratio is worse than the recorded one by more than a third", async (name, part) => {
  const known = part.ratios(recorded[name]!.result)
  const least: Record<string, number> = {}
  for (let i = 0; i < MEASUREMENTS && (i === 0 || worse(least, known).length > 0); i++) {
    for (const [ratio, value] of Object.entries(part.ratios(await part.measure(true, () => undefined)))) least[ratio] = Math.min(least[ratio] ?? Infinity, value)
  }
  expect(Object.keys(least).filter((ratio) => Object.hasOwn(known, ratio))).not.toEqual([])
  expect(worse(least, known)).toEqual([])
})
