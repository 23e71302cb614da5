import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js"
import { expect, it } from "vitest"
import { createClassicalSuite, createPostQuantumSuite } from "../../messenger/mls/ciphersuite.ts"
import type { Random } from "../../shared/random.ts"
import { below } from "../../shared/random.ts"
import { createFastSuite } from "./fast.ts"
import type { Step } from "./history.ts"
import { History } from "./history.ts"
import { seededRandom } from "./random.ts"

export const SEED = process.env.MLS_SEED ?? "sotto"

type Kind = "fast" | "noble" | "post-quantum"

function createSuite(kind: Kind, random: Random): CiphersuiteImpl {
  if (kind === "post-quantum") return createPostQuantumSuite(random)
  const number = below(random, 2) === 0 ? 1 : 3
  return kind === "fast" ? createFastSuite(number, random) : createClassicalSuite(number, random)
}

/** Runs one history of 8 to 12 commits; an error names the seed that makes it again. */
export async function run(seed: string, kind: Kind, most: number): Promise<Step[]> {
  const random = seededRandom(seed)
  const history = new History(createSuite(kind, random), random, most)
  const steps: Step[] = []
  try {
    await history.begin()
    const length = 8 + below(random, 5)
    while (steps.length < length) steps.push(await history.step())
  } catch (error) {
    throw new Error(`history ${seed} failed after ${steps.length} commits: ${steps.join(", ")}`, { cause: error })
  }
  return steps
}

/** Tests of the histories from `first` to `last`, in groups of 30; MLS_SEED=word makes others. */
export function testHistories(first: number, last: number): void {
  const taken = new Set<Step>()
  for (let from = first; from <= last; from += 30) {
    const to = Math.min(from + 29, last)
    it(`histories ${from} to ${to}, up to 8 members`, { timeout: 900_000 }, async () => {
      for (let i = from; i <= to; i++) for (const step of await run(`${SEED} ${i}`, "fast", 8)) taken.add(step)
    })
  }

  it("every kind of commit was among them", () => {
    expect([...taken].sort()).toEqual(["add", "add and remove", "by reference", "context", "context and remove", "remove", "update"])
  })
}
