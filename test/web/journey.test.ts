import { expect, test } from "vitest"
import { oneOperator, roadBack, roadOut } from "../../web/state/journey.ts"
import { node } from "./views.ts"

const journey = { out: [node(1), node(2), node(3), node(0)], back: [node(1), node(2), node(3), node(1)], sent: 0, answered: 1 }

test("each stop on the way out takes one wrapping off, and the dropbox the last", () => {
  expect(roadOut(journey, true).map(({ wrappings }) => wrappings)).toEqual([3, 2, 1, 0])
})

test("each stop on the way back puts one wrapping on", () => {
  expect(roadBack(journey).map(({ wrappings }) => wrappings)).toEqual([1, 2, 3, 4])
})

test("only the gateway is said to see the internet address, and only the stop before the dropbox where the packet goes", () => {
  expect(roadOut(journey, true).map(({ saw }) => saw)).toEqual(["gateway", "middle", "last", "dropboxWrite"])
  expect(roadOut(journey, false).at(-1)?.saw).toBe("dropboxRead")
  expect(roadBack(journey).map(({ saw }) => saw)).toEqual(["backFirst", "backMiddle", "backMiddle", "backGateway"])
})

test("a road that one operator runs from end to end is known as such", () => {
  expect(oneOperator(journey)).toBe(false)
  const single = [node(1, "x"), node(2, "x"), node(0, "x")]
  expect(oneOperator({ ...journey, out: single, back: single })).toBe(true)
  expect(oneOperator({ ...journey, out: single, back: [node(1, "x"), node(2, "y")] })).toBe(false)
})
