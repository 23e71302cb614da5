import { describe } from "vitest"
import { testHistories } from "./histories.ts"

// The second half, so that two processes share the work.
describe("in random histories all members agree after each commit, and nobody who was removed reads on", () => {
  testHistories(150, 299)
})
