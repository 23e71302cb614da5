import { expect, test } from "vitest"
import type { Talk } from "../../messenger/conversations.ts"
import { Intake } from "../../messenger/intake.ts"
import { REST } from "../../messenger/pace.ts"

const NOW = 1_000_000_000

/** Whether, of a conversation with so many others, the next box has to wait when one was just read. */
function rests(others: number, unread: number, unreadBytes = 0): boolean {
  const talk = { stored: { unread, unreadBytes, readers: Array.from({ length: others }, () => ({})) } } as unknown as Talk
  const intake = new Intake(() => NOW)
  intake.read(talk, "a", "something")
  const ready = intake.ready(talk, "b")
  expect([-Infinity, NOW + REST, Infinity]).toContain(ready)
  return ready > NOW
}

test("where several write, more may be unread before all of them are read slowly: as much for each as a single contact has", () => {
  expect([rests(1, 4999), rests(1, 5000)]).toEqual([false, true])
  expect([rests(31, 5000), rests(31, 154_999), rests(31, 155_000)]).toEqual([false, false, true])
  // Nobody is left.
  expect([rests(0, 4999), rests(0, 5000)]).toEqual([false, true])
})

test("what it takes on the disk is bounded by the conversation, however many write there", () => {
  for (const others of [1, 31]) expect([rests(others, 10, (16 << 20) - 1), rests(others, 10, 16 << 20)]).toEqual([false, true])
  expect(rests(31, 10, 64 << 20)).toBe(true)
})
