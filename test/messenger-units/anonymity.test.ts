import { expect, test } from "vitest"
import { anonymityEstimate, speedCost } from "../../messenger/anonymity.ts"

test("the estimate is the entropy of when a packet came in that leaves three exponential mixes, at as many packets a second", () => {
  // −∫ f log2(f / λ) of the sum of three delays with mean d, summed up.
  const entropy = (perSecond: number, d: number) => {
    const step = d / 1000
    let bits = 0
    for (let t = step / 2; t < 60 * d; t += step) {
      const f = (t ** 2 * Math.exp(-t / d)) / (2 * d ** 3)
      bits -= f * Math.log2(f / perSecond) * step
    }
    return bits
  }
  expect(anonymityEstimate("fast", 500, 100).bits).toBeCloseTo(entropy(100, 0.5), 1)
  expect(anonymityEstimate("saver", 2000, 1000).bits).toBeCloseTo(entropy(1000 / 15, 2), 1)
})

test("twice as many users are one bit more, and a lone user hides among nobody", () => {
  expect(anonymityEstimate("balanced", 500, 200).bits - anonymityEstimate("balanced", 500, 100).bits).toBeCloseTo(1)
  const alone = anonymityEstimate("saver", 500, 1)
  expect(alone).toEqual({ users: 1, bits: 0, packets: 1, others: 0 })
  expect(anonymityEstimate("saver", 500, 0)).toEqual(alone)
})

test("a speed costs what its packets weigh in both directions", () => {
  expect(speedCost("fast", 500).bytesPerHour).toBe(3600 * 2 * 4461)
  expect(speedCost("saver", 500)).toMatchObject({ packetsPerMinute: 4, bytesPerDay: 24 * 240 * 2 * 4461 })
  expect(speedCost("balanced", 500).delivery).toBe(4000 + 4000 + 500)
})
