import fc from "fast-check"
import { expect, test } from "vitest"
import { searchNonce } from "../../messenger/stamp-search.ts"
import { holds, solve } from "../../shared/stamp.ts"

const challenges = fc.uint8Array({ minLength: 32, maxLength: 32 })

test("the search finds what the slow one finds, from wherever it begins, and nothing where there is nothing", () => {
  fc.assert(
    fc.property(challenges, fc.integer({ min: 0, max: 11 }), fc.integer({ min: 0, max: 2 ** 53 - 5000 }), (challenge, bits, from) => {
      expect(searchNonce(challenge, bits, from, 4000)).toBe(solve(challenge, bits, from, 4000))
    }),
    { numRuns: 60 },
  )
})

test("what it finds at the highest price it knows holds", () => {
  const challenge = new Uint8Array(32).fill(7)
  const nonce = searchNonce(challenge, 18, 0, 4_000_000)!
  expect(holds(challenge, nonce, 18)).toBe(true)
  expect(searchNonce(challenge, 18, 0, nonce)).toBeNull()
})
