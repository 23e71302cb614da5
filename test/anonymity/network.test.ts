import { expect, test } from "vitest"
import { receiving } from "../../bench/anonymity/gateway.ts"
import { measure } from "../../bench/anonymity/measure.ts"
import { settingOf } from "../../bench/anonymity/experiments.ts"
import { intersection } from "../../bench/anonymity/presence.ts"

const small = settingOf("3", "small", 6, { length: 60_000, attempts: 40 })

test("the same seed gives the same figures, another one others", () => {
  const again = measure(small)
  expect(measure(small)).toEqual(again)
  expect(measure({ ...small, seed: "4" }).exit.bits).not.toBe(again.exit.bits)
})

test("where every mix tells nothing is hidden", () => {
  const { exit, sender } = measure({ ...small, telling: [2, 2, 2] })
  expect(exit).toMatchObject({ bits: 0, guessed: 1 })
  expect(sender).toMatchObject({ bits: 0, guessed: 1 })
})

test("who drops everybody else's packets follows the one whose packets pass", () => {
  const { exit } = measure({ ...small, dropped: 1, length: 120_000 })
  expect(exit.attempts).toBeGreaterThan(10)
  expect(exit.guessed).toBeGreaterThan(0.6)
  expect(exit.guessed).toBeGreaterThan(1.5 * measure(small).exit.guessed)
})

test("as many reads wait as held slots come in the time that a read is held", () => {
  const waiting = (meanHold: number) => receiving("7", 16, "balanced", "waiting", 3_600_000, 60_000, meanHold).waiting
  // A held slot every 12 s; the longest holds are drawn again.
  expect(waiting(120)).toBeGreaterThan(7)
  expect(waiting(120)).toBeLessThan(11)
  expect(waiting(480)).toBeGreaterThan(3 * waiting(120))
})

test("who is always online is never ruled out, and who seldom is, is soon alone", () => {
  const days = (hours: number | null) => intersection("5", 20, { name: "some", hours, times: 8 }, 5).left.at(-1)
  expect(days(null)).toBeCloseTo(20)
  expect(days(0.5)).toBeLessThan(1.5)
})
