import { expect, test } from "vitest"
import type { Conversations } from "../../messenger/conversations.ts"
import { Rhythm } from "../../messenger/rhythm.ts"
import { epochLeast } from "../../messenger/timing.ts"
import { seeded } from "../nodes/seeded.ts"

const MINUTE = 60_000

/** Gaps of nobody's talk where there are so many decoy conversations, ms; `talks` is all that this client has. */
async function gaps(count: number, talks: readonly object[] = []): Promise<number[]> {
  const messages = { page: async () => { throw new Error("these are no example") } }
  const conversations = { talks: new Map(talks.map((talk, i) => [i, talk])), parts: { messages } } as unknown as Conversations
  const rhythm = new Rhythm(seeded("rhythm"), conversations, () => count)
  const all = []
  for (let i = 0; i < 300; i++) all.push((await rhythm.next({ at: 0, gap: 5 * MINUTE, isUnread: false }, 5 * MINUTE)).gap)
  return all
}

test("of many decoy conversations the pauses are longer, and what is said in between is as fast", async () => {
  const [few, many] = [await gaps(2), await gaps(16)]
  expect(await gaps(1)).toEqual(few)
  const pauses = few.filter((gap) => gap >= 3 * MINUTE).length
  expect(pauses).toBeGreaterThan(30)
  expect(pauses).toBeLessThan(270)
  expect(many).toEqual(few.map((gap) => (gap < 3 * MINUTE ? gap : 8 * gap)))
})

test("groups are no example of how two people talk", async () => {
  const talk = { stored: { id: "group", position: 100, group: {} } }
  expect(await gaps(2, [talk])).toEqual(await gaps(2))
  await expect(gaps(2, [{ stored: { id: "two", position: 100 } }])).rejects.toThrow("no example")
})

test("an epoch lasts two minutes, and in a group of more than five people half a minute for each of the others", () => {
  expect([1, 4, 5, 31].map(epochLeast)).toEqual([2, 2, 2.5, 15.5].map((minutes) => minutes * MINUTE))
})
