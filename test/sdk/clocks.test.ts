import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { clock as browserClock } from "../../messenger/platform/browser/clock.ts"
import { systemClock } from "../../messenger/platform/nodejs/clock.ts"

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => vi.useRealTimers())

describe.each([
  ["of Node", systemClock],
  ["of browsers", browserClock],
])("the clock %s", (_, clock) => {
  const woken: number[] = []
  const wake = () => void woken.push(clock.now() - 1_000_000)
  beforeEach(() => void (woken.length = 0))

  test("wakes once, not before the time, and never from within", () => {
    clock.at(clock.now() + 500, wake)
    clock.at(clock.now(), wake)
    clock.at(clock.now() - 500, wake)
    expect(woken).toEqual([])
    vi.advanceTimersByTime(499)
    expect(woken).toEqual([0, 0])
    vi.advanceTimersByTime(100_000)
    expect(woken).toEqual([0, 0, 500])
  })

  test("does not wake when it was cancelled, however long the wait", () => {
    const cancels = [500, 45_000, 40 * 86_400_000].map((wait) => clock.at(clock.now() + wait, wake))
    vi.advanceTimersByTime(400)
    cancels[0]!()
    vi.advanceTimersByTime(30_000)
    cancels[1]!()
    vi.advanceTimersByTime(30_000)
    expect(woken).toEqual([])
    cancels[2]!()
    expect(vi.getTimerCount()).toBe(0)
  })

  test("wakes soon after a sleep in which the time came, which timers do not count", () => {
    clock.at(clock.now() + 3_600_000, wake)
    vi.advanceTimersByTime(60_000)
    vi.setSystemTime(clock.now() + 8 * 3_600_000)
    vi.advanceTimersByTime(10_000)
    expect(woken).toHaveLength(1)
  })

  test("does not wake early when the clock is set back meanwhile", () => {
    clock.at(clock.now() + 5_000, wake)
    vi.setSystemTime(clock.now() - 60_000)
    vi.advanceTimersByTime(64_000)
    expect(woken).toEqual([])
    vi.advanceTimersByTime(2_000)
    expect(woken).toEqual([5_000])
  })
})
