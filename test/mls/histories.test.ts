import { describe, expect, it } from "vitest"
import { createClassicalSuite, createPostQuantumSuite } from "../../messenger/mls/ciphersuite.ts"
import { below } from "../../shared/random.ts"
import type { Step } from "./history.ts"
import { History, remembering } from "./history.ts"
import { seededRandom } from "./support.ts"

const SEED = process.env.MLS_SEED ?? "sotto"

/** Runs one history of 8 to 15 commits; an error names the seed that makes it again. */
async function run(seed: string, kind: "classical" | "post-quantum", most: number): Promise<Step[]> {
  const random = seededRandom(seed)
  const suite = kind === "classical" ? createClassicalSuite(below(random, 2) === 0 ? 1 : 3, random) : createPostQuantumSuite(random)
  const history = new History(remembering(suite), random, most)
  const steps: Step[] = []
  try {
    await history.begin()
    const length = 8 + below(random, 8)
    while (steps.length < length) steps.push(await history.step())
  } catch (error) {
    throw new Error(`history ${seed} failed after ${steps.length} commits: ${steps.join(", ")}`, { cause: error })
  }
  return steps
}

describe("in random histories all members agree after each commit, and nobody who was removed reads on", () => {
  const taken = new Set<Step>()
  for (let part = 0; part < 10; part++) {
    it(`histories ${part * 30} to ${part * 30 + 29}, up to 8 members`, { timeout: 60_000 }, async () => {
      for (let i = part * 30; i < part * 30 + 30; i++) {
        for (const step of await run(`${SEED} ${i}`, "classical", 8)) taken.add(step)
      }
    })
  }

  it("a few with X-Wing", { timeout: 60_000 }, async () => {
    for (let i = 0; i < 4; i++) await run(`${SEED} post-quantum ${i}`, "post-quantum", 6)
  })

  it("every kind of commit was among them", () => {
    expect([...taken].sort()).toEqual(["add", "add and remove", "by reference", "context", "context and remove", "remove", "update"])
  })
})
