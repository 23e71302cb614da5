import { beforeEach, expect, test } from "vitest"
import { endSelecting, followPicked, pick, picked, pickedInOrder, selecting } from "../../web/state/selecting.ts"
import { message } from "./views.ts"

beforeEach(() => {
  endSelecting()
  for (const position of [3, 1, 2]) pick(message(position))
})

const texts = () => pickedInOrder().map(({ text }) => text)

test("picked messages are counted in their order, and one that is pressed again is picked no more", () => {
  expect(texts()).toEqual(["text 1", "text 2", "text 3"])
  pick(message(2))
  expect(texts()).toEqual(["text 1", "text 3"])
})

test("a picked message that goes, or is deleted for everyone, is picked no more, wherever it stands; one that is edited is picked as it is now", () => {
  followPicked({ type: "message-deleted", conversation: "c", message: "m1", position: 1 })
  followPicked({ type: "message", message: message(2, { text: "", deleted: 5 }) })
  followPicked({ type: "message", message: message(3, { text: "another text" }) })
  followPicked({ type: "message", message: message(4) })
  expect(texts()).toEqual(["another text"])
  expect(selecting.value).toBe("c")
})

test("the line of one that was deleted before can be picked, and stays so while others set signs", () => {
  pick(message(7, { text: "", deleted: 5 }))
  followPicked({ type: "message", message: message(7, { text: "", deleted: 5 }) })
  expect(picked.has("m7")).toBe(true)
})
