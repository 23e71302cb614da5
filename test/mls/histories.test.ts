import { describe, it } from "vitest"
import { run, SEED, testHistories } from "./histories.ts"

describe("in random histories all members agree after each commit, and nobody who was removed reads on", () => {
  testHistories(0, 149)

  it("a few with noble alone", { timeout: 900_000 }, async () => {
    for (let i = 0; i < 4; i++) await run(`${SEED} noble ${i}`, "noble", 8)
  })

  it("a few with X-Wing", { timeout: 900_000 }, async () => {
    for (let i = 0; i < 4; i++) await run(`${SEED} post-quantum ${i}`, "post-quantum", 6)
  })
})
