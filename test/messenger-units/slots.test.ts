import { describe, expect, test } from "vitest"
import type { Speed } from "../../messenger/api.ts"
import { randomStream } from "../../messenger/random-stream.ts"
import type { Slot } from "../../messenger/slots.ts"
import { SlotClock } from "../../messenger/slots.ts"
import { QUICK_SHARE, SLOT_MEAN } from "../../messenger/timing.ts"
import { exponentialDistribution, kolmogorov, KOLMOGOROV_LIMIT } from "../shared/statistics.ts"

const SPEEDS: readonly Speed[] = ["fast", "balanced", "saver"]
const COUNT = 20_000
const START = Date.UTC(2026, 10, 20)

function slots(fill: number, speed: Speed, count = COUNT): Slot[] {
  const clock = new SlotClock(randomStream(new Uint8Array(32).fill(fill)))
  const all: Slot[] = []
  let from = START
  for (let i = 0; i < count; i++) {
    const slot = clock.next(from, speed)
    all.push(slot)
    from = slot.at
  }
  return all
}
const gaps = (all: readonly Slot[]) => all.map(({ at }, i) => at - (i === 0 ? START : all[i - 1]!.at))
const mean = (numbers: readonly number[]) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length

describe.each(SPEEDS)("the slots of a client, %s,", (speed) => {
  const all = slots(SPEEDS.indexOf(speed), speed)

  test("come one after the other with the mean gap that the speed says", () => {
    // Five standard errors of the mean of an exponential distribution.
    expect(Math.abs(mean(gaps(all)) - SLOT_MEAN[speed])).toBeLessThan((5 * SLOT_MEAN[speed]) / Math.sqrt(COUNT))
    expect(gaps(all).every((gap) => gap >= 0 && Number.isFinite(gap))).toBe(true)
  })

  test("are a Poisson process: gaps are exponential", () => {
    expect(kolmogorov(gaps(all), exponentialDistribution(SLOT_MEAN[speed]))).toBeLessThan(KOLMOGOROV_LIMIT)
  })

  test("are quick three times of four", () => {
    const quick = all.filter(({ kind }) => kind === "quick").length / COUNT
    expect(QUICK_SHARE).toBe(0.75)
    // Five standard errors.
    expect(Math.abs(quick - 0.75)).toBeLessThan(5 * Math.sqrt((0.75 * 0.25) / COUNT))
  })

  test("have a kind that says nothing of their gap, nor of the kind before", () => {
    const between = gaps(all)
    for (const kind of ["quick", "held"] as const) {
      const own = between.filter((_, i) => all[i]!.kind === kind)
      expect(kolmogorov(own, exponentialDistribution(SLOT_MEAN[speed]))).toBeLessThan(KOLMOGOROV_LIMIT)
    }
    const afterHeld = all.filter((_, i) => i > 0 && all[i - 1]!.kind === "held")
    const quick = afterHeld.filter(({ kind }) => kind === "quick").length / afterHeld.length
    expect(Math.abs(quick - 0.75)).toBeLessThan(5 * Math.sqrt((0.75 * 0.25) / afterHeld.length))
  })

  test("have gaps that say nothing of the next one", () => {
    const between = gaps(all)
    const average = mean(between)
    const covariance = mean(between.slice(1).map((gap, i) => (gap - average) * (between[i]! - average)))
    const variance = mean(between.map((gap) => (gap - average) ** 2))
    expect(Math.abs(covariance / variance)).toBeLessThan(5 / Math.sqrt(COUNT))
  })
})

describe("the clock of slots", () => {
  test("draws the same slots from the same seed, and others from another", () => {
    expect(slots(1, "balanced", 50)).toEqual(slots(1, "balanced", 50))
    expect(slots(1, "balanced", 50)).not.toEqual(slots(2, "balanced", 50))
  })

  test("goes on from now after a sleep: the gap does not depend on where it begins", () => {
    const draw = (from: number) => new SlotClock(randomStream(new Uint8Array(32))).next(from, "fast").at - from
    expect(draw(START)).toBeCloseTo(draw(START + 8 * 3_600_000), 3)
  })

  test("gaps of another speed are the same ones, stretched: changing the speed draws nothing more", () => {
    const fast = gaps(slots(3, "fast", 20))
    const saver = gaps(slots(3, "saver", 20))
    saver.forEach((gap, i) => expect(gap / fast[i]!).toBeCloseTo(15, 1))
    expect(slots(3, "fast", 20).map(({ kind }) => kind)).toEqual(slots(3, "saver", 20).map(({ kind }) => kind))
  })
})
