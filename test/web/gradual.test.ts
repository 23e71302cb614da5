import { afterEach, expect, test, vi } from "vitest"
import { effectScope, nextTick, shallowRef } from "vue"
import { useGradual } from "../../web/state/gradual.ts"

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

test("a long list has a screenful at once, all of it some frames later, and what is new at once", async () => {
  vi.useFakeTimers()
  const frames: (() => void)[] = []
  vi.stubGlobal("requestAnimationFrame", (then: () => void) => frames.push(then))
  vi.stubGlobal("cancelAnimationFrame", () => undefined)
  const all = shallowRef(Array.from({ length: 100 }, (_, at) => at))
  const scope = effectScope()
  const drawn = scope.run(() => useGradual(() => all.value, 30))!
  expect(drawn.value).toEqual(all.value.slice(0, 30))
  for (let frame = 0; frame < 10; frame++) {
    frames.splice(0).forEach((then) => then())
    vi.runAllTimers()
    await nextTick()
  }
  expect(drawn.value).toEqual(all.value)
  expect(frames).toEqual([])
  all.value = [-1, ...all.value]
  expect(drawn.value[0]).toBe(-1)
  expect(drawn.value).toHaveLength(101)
  scope.stop()
})
