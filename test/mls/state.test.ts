import { encodeGroupState } from "ts-mls/clientState.js"
import { expect, it } from "vitest"
import { createStates } from "../../messenger/mls/state.ts"
import { createFastSuite } from "./fast.ts"
import { History } from "./history.ts"
import { seededRandom } from "./random.ts"

it("a state is stored in the library's encoding, whatever of it was encoded before", { timeout: 900_000 }, async () => {
  const states = createStates()
  let checked = 0
  for (let seed = 0; seed < 3; seed++) {
    const random = seededRandom(`states ${seed}`)
    const history = new History(createFastSuite(1, random), random, 8)
    await history.begin()
    for (let step = 0; step < 8; step++) {
      await history.step()
      for (const { state } of [...history.members, ...history.removed]) {
        const encoded = encodeGroupState(state)
        for (const bytes of [states.encode(state), states.encode(state), states.encode(states.take(states.encode(state)))]) {
          expect(bytes[0]).toBe(1)
          expect(Buffer.compare(bytes.subarray(1), encoded)).toBe(0)
          checked++
        }
      }
    }
  }
  expect(checked).toBeGreaterThan(150)
})
