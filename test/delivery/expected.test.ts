import { expect, test } from "vitest"
import { delaysAlone, deliveryOf, roundTripAlone } from "../../bench/network/expected.ts"
import { exponential } from "../../shared/random.ts"
import { seeded } from "../sim/sim-network.ts"

test("of sorted and unsorted times the same are the median and what is seldom exceeded", () => {
  const times = Array.from({ length: 100 }, (_, i) => 100 - i)
  expect(deliveryOf(times)).toEqual({ median: 50, p90: 90, p99: 99 })
})

test("where delays are nothing a message takes as long as the wait for a slot, where slots are nothing as long as eight delays", () => {
  // Of an exponential wait with a mean of 4/3 s, ln 2 of it is the median; of the sum of eight delays 7.67.
  expect(delaysAlone("fast", 1e-6, seeded("slots")).median / ((4000 / 3) * Math.LN2)).toBeCloseTo(1, 1)
  const delays = delaysAlone("fast", 1e6, seeded("delays"))
  expect(delays.median / 7.669e6).toBeCloseTo(1, 1)
  expect(delays.p90 / 11.77e6).toBeCloseTo(1, 1)
})

test("the median of a round trip is that of seven delays", () => {
  const random = seeded("round trips")
  const trips = Array.from({ length: 20_000 }, () => Array.from({ length: 7 }, () => exponential(random, 500)).reduce((a, b) => a + b))
  expect(deliveryOf(trips).median / roundTripAlone(500)).toBeCloseTo(1, 1)
})
