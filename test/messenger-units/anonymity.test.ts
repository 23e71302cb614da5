import { expect, test } from "vitest"
import { anonymityEstimate, mostTrusted, speedCost } from "../../messenger/anonymity.ts"

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

test("mixes that tell leave the delays of the others: two, one, which hides only what comes there, or none", () => {
  const bits = (...telling: [number, number, number]) => anonymityEstimate("balanced", 500, 100, telling.map((count) => ({ mixes: 2, telling: count }))).bits
  expect(bits(0, 0, 0)).toBeCloseTo(anonymityEstimate("balanced", 500, 100).bits)
  expect(bits(0, 0, 0) - bits(2, 0, 0)).toBeCloseTo(2.666 - 2.275)
  expect(bits(0, 0, 0) - bits(0, 2, 2)).toBeCloseTo(2.666 - 1.443 + 1)
  expect(bits(2, 2, 2)).toBe(0)
  // Half of the ways have it.
  expect(bits(0, 1, 0)).toBeCloseTo((bits(0, 0, 0) + bits(0, 2, 0)) / 2)
})

test("the operator that is trusted most is the one whose mixes would leave least", () => {
  const mix = (operator: string, layer: number) => ({ role: "mix", layer, operator })
  const nodes = [mix("A", 1), mix("B", 1), mix("C", 2), mix("B", 3), mix("D", 3), mix("B", 3), { role: "dropbox", layer: 0, operator: "E" }]
  expect(mostTrusted(nodes)).toEqual({ operator: "B", layers: [{ mixes: 2, telling: 1 }, { mixes: 1, telling: 0 }, { mixes: 3, telling: 2 }], left: expect.closeTo(11 / 6) as number })
  expect(mostTrusted([...nodes, mix("D", 3)])).toMatchObject({ operator: "B", layers: [{ telling: 1 }, { telling: 0 }, { telling: 2 }] })
  expect(mostTrusted([mix("A", 1), mix("B", 2)])).toBeNull()
})
