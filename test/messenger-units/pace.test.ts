import fc from "fast-check"
import { expect, test } from "vitest"
import { Pace, REST } from "../../messenger/pace.ts"

function pace() {
  const clock = { now: 1_000_000 }
  return { clock, pace: new Pace(() => clock.now), rests: (one: Pace) => one.ready > clock.now }
}

test("boxes that bring something are never held up", () => {
  const { pace: one, rests } = pace()
  for (let i = 0; i < 10_000; i++) one.read("something")
  expect(rests(one)).toBe(false)
})

test("a record of twenty boxes that is whole at last costs nothing, and pieces that never end do", () => {
  const { pace: one, rests } = pace()
  for (let i = 0; i < 10_000; i++) one.read(i % 20 === 19 ? "something" : "pieces")
  expect(rests(one)).toBe(false)
  for (let i = 0; i < 1000 && !rests(one); i++) one.read("pieces")
  expect(rests(one)).toBe(true)
})

test("after a burst of boxes with nothing in them one is read in two minutes, however long it goes on, and less is forgiven after a while", () => {
  const { clock, pace: one, rests } = pace()
  const begun = clock.now
  let read = 0
  for (; clock.now < begun + 1000 * REST; clock.now += 1000) {
    if (rests(one)) continue
    one.read("nothing")
    read++
  }
  expect(read).toBeGreaterThan(1000)
  expect(read).toBeLessThan(1000 + 300)
  clock.now += 300 * REST
  for (let i = 0; i < 255; i++) one.read("nothing")
  expect(rests(one)).toBe(false)
})

test("whatever is read when, the stream is read on within two minutes for each box that brought nothing", () => {
  const step = fc.record({ wait: fc.nat(5 * REST), brought: fc.constantFrom("something", "nothing", "pieces") })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 600 }), (steps) => {
      const { clock, pace: one } = pace()
      for (const { wait, brought } of steps) {
        clock.now += wait
        one.read(brought)
      }
      expect(one.ready).toBeLessThanOrEqual(clock.now + REST * steps.length)
    }),
    { numRuns: 50 },
  )
})
