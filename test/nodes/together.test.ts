import { expect, test } from "vitest"
import { AT_ONCE, together } from "../../shared/node/together.ts"

test("as many packets as may be are opened at once, all of them are, and what comes of them is in their order", async () => {
  const items = Array.from({ length: 2 * AT_ONCE + 3 }, (_, i) => i)
  let [open, most] = [0, 0]
  const results = await together(items, async (item) => {
    most = Math.max(most, ++open)
    // The first of a group are the last to be ready.
    for (let i = 0; i < AT_ONCE - (item % AT_ONCE); i++) await Promise.resolve()
    open--
    return `packet ${item}`
  })
  expect(results).toEqual(items.map((item) => `packet ${item}`))
  expect(most).toBe(AT_ONCE)
  expect(await together([], () => Promise.reject(new Error("nothing is opened")))).toEqual([])
})
