import { expect, test } from "vitest"
import type { NetworkMeasured } from "../../bench/network/measure.ts"
import { simulatedDelivery } from "../../bench/network/simulated.ts"
import { readRecorded } from "../../bench/recorded.ts"

test("on a virtual clock messages take no longer than was recorded by more than a third", async () => {
  const { profiles } = readRecorded()["network"]!.result as NetworkMeasured
  // The others' medians depend on chance by more than that.
  const { simulated } = profiles.find(({ run }) => run.speed === "fast")!
  const { median } = await simulatedDelivery("fast", 1)
  expect(median / simulated.median).toBeLessThan(4 / 3)
})
