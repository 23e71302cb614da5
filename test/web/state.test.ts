import { beforeEach, describe, expect, test } from "vitest"
import type { NetworkView } from "../../messenger/network-view.ts"
import { conversationRows, pendingRows, unreadTotal } from "../../web/state/lists.ts"
import { apply, state } from "../../web/state/state.ts"
import { contact, conversation, message } from "./views.ts"

const network = { link: "online" } as NetworkView
const positions = () => state.threads.get("c")?.messages.map(({ position }) => position)

beforeEach(() => apply({ type: "view", view: { profile: null, contacts: [], conversations: [], quarantine: [], network } }))

describe("the open part of a conversation", () => {
  beforeEach(() => apply({ type: "thread-opened", conversation: "c" }))
  const page = (from: number, to: number, more: boolean) =>
    apply({ type: "page", conversation: "c", messages: Array.from({ length: to - from + 1 }, (_, at) => message(from + at)), more })

  test("a message that arrives is at the end, and a changed one is replaced where it was", () => {
    page(1, 3, false)
    apply({ type: "message", message: message(4) })
    apply({ type: "message", message: message(2, { text: "changed" }) })
    expect(positions()).toEqual([1, 2, 3, 4])
    expect(state.threads.get("c")?.messages[1]?.text).toBe("changed")
  })

  test("a message that comes out of order gets the place that its position says", () => {
    page(1, 5, false)
    apply({ type: "message", message: message(3.5) })
    expect(positions()).toEqual([1, 2, 3, 3.5, 4, 5])
  })

  test("a message that changes its position is there once", () => {
    page(1, 3, false)
    apply({ type: "message", message: message(7, { id: "m1" }) })
    expect(positions()).toEqual([2, 3, 7])
  })

  test("what arrived while the first page was fetched is newer than the page", () => {
    apply({ type: "message", message: message(3, { text: "by event" }) })
    apply({ type: "message", message: message(4) })
    page(1, 3, false)
    expect(positions()).toEqual([1, 2, 3, 4])
    expect(state.threads.get("c")?.messages[2]?.text).toBe("by event")
  })

  test("a change of a message older than what is shown leaves no gap", () => {
    page(50, 60, true)
    apply({ type: "message", message: message(7) })
    expect(positions()?.[0]).toBe(50)
  })

  test("nor does one that came before the first page", () => {
    apply({ type: "message", message: message(7) })
    page(50, 60, true)
    expect(positions()?.[0]).toBe(50)
  })

  test("an older page goes in front", () => {
    page(50, 52, true)
    page(47, 49, true)
    expect(positions()).toEqual([47, 48, 49, 50, 51, 52])
    expect(state.threads.get("c")).toMatchObject({ more: true, loaded: true })
  })

  test("a page that comes after the conversation was closed is dropped", () => {
    apply({ type: "thread-closed", conversation: "c" })
    page(1, 3, false)
    expect(state.threads.has("c")).toBe(false)
  })
})

test("a message of a conversation that is not open is not kept", () => {
  apply({ type: "message", message: message(1) })
  expect(state.threads.size).toBe(0)
})

test("a contact that is removed takes its conversation along", () => {
  apply({ type: "contact", contact: contact("a") })
  apply({ type: "conversation", conversation: conversation("a") })
  apply({ type: "contact-removed", contact: "a" })
  expect([state.contacts.size, state.conversations.size, conversationRows.value.length]).toEqual([0, 0, 0])
})

test("the latest conversation is first, and who asks to be let in is before all that are on their way", () => {
  for (const [id, sent] of [["old", 1], ["new", 3], ["middle", 2]] as const) {
    apply({ type: "contact", contact: contact(id) })
    apply({ type: "conversation", conversation: conversation(id, { last: message(sent) }) })
  }
  apply({ type: "contact", contact: contact("waiting", { state: "waiting", created: 9000 }) })
  apply({ type: "contact", contact: contact("asking", { state: "ask", created: 1 }) })
  expect(conversationRows.value.map(({ id }) => id)).toEqual(["new", "middle", "old"])
  expect(pendingRows.value.map(({ id }) => id)).toEqual(["asking", "waiting"])
})

test("what blocked contacts sent is not counted as unread", () => {
  for (const [id, blocked] of [["a", false], ["b", true]] as const) {
    apply({ type: "contact", contact: contact(id, { blocked }) })
    apply({ type: "conversation", conversation: conversation(id, { unread: 2 }) })
  }
  expect(unreadTotal.value).toBe(2)
})
