import { expect, it } from "vitest"
import { below } from "../../shared/random.ts"
import { SEED } from "./histories.ts"
import type { CommitStep } from "./commit-history.ts"
import { COMMIT_STEPS, CommitHistory } from "./commit-history.ts"
import { seededRandom } from "./random.ts"

const HISTORIES = 6
const taken = new Set<CommitStep>()

it.each(Array.from({ length: HISTORIES }, (_, i) => `${SEED} commits ${i}`))(
  "devices that commit, compete, read late, lose their state and come back agree after each epoch: %s",
  { timeout: 900_000 },
  async (seed) => {
    const random = seededRandom(seed)
    const history = new CommitHistory(random, 2 + below(random, 4))
    await history.begin()
    for (let i = 0; i < 8; i++) taken.add(await history.step())
  },
)

it("every kind of step was among them", () => {
  expect([...taken].sort()).toEqual(COMMIT_STEPS.toSorted())
})
