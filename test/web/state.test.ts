import { beforeEach, describe, expect, test } from "vitest"
import type { NetworkView } from "../../messenger/network-view.ts"
import { conversationRows, pendingRows, unreadTotal } from "../../web/state/lists.ts"
import { apply, state } from "../../web/state/state.ts"
import { HELD } from "../../web/state/thread-window.ts"
import { contact, conversation, message } from "./views.ts"

const network = { link: "online" } as NetworkView
const positions = () => state.threads.get("c")?.messages.map(({ position }) => position)

beforeEach(() => apply({ type: "view", view: { profile: null, contacts: [], conversations: [], quarantine: [], introductions: [], network } }))

describe("the open part of a conversation", () => {
  beforeEach(() => apply({ type: "thread-opened", conversation: "c" }))
  const some = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => message(from + at))
  const page = (from: number, to: number, more: boolean) => apply({ type: "page", conversation: "c", page: { at: "latest", messages: some(from, to), more } })
  const older = (from: number, to: number, more: boolean) => apply({ type: "page", conversation: "c", page: { at: "older", messages: some(from, to), more } })
  const newer = (from: number, to: number, more: boolean) => apply({ type: "page", conversation: "c", page: { at: "newer", messages: some(from, to), newer: more } })

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

  test("what answers a message quotes it as it is now, wherever that stands", () => {
    const quote = { message: "m7", there: "shown", position: 7, own: false, from: "c", text: "text 7" } as const
    apply({ type: "page", conversation: "c", page: { at: "latest", messages: [message(50, { quote }), message(51)], more: true } })
    const quoted = () => state.threads.get("c")?.messages[0]?.quote
    apply({ type: "message", message: message(7, { text: "x".repeat(200) }) })
    expect([quoted()?.text, positions()]).toEqual([`${"x".repeat(160)}…`, [50, 51]])
    apply({ type: "message", message: message(7, { text: "", deleted: 1 }) })
    expect(quoted()).toMatchObject({ there: "deleted", text: "" })
    apply({ type: "message-deleted", conversation: "c", message: "m7", position: 7 })
    expect(quoted()).toMatchObject({ message: "m7", there: "missing", position: null, own: null })
    const untouched = state.threads.get("c")?.messages[1]
    apply({ type: "message", message: message(8) })
    expect(state.threads.get("c")?.messages[1]).toBe(untouched)
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
    older(47, 49, true)
    expect(positions()).toEqual([47, 48, 49, 50, 51, 52])
    expect(state.threads.get("c")).toMatchObject({ more: true, loaded: true })
  })

  test("never more is held than a page bears: what is far away goes, and comes again from the store", () => {
    const from = 1000 - HELD
    page(from + 1, 1000, true)
    older(from - 9, from, true)
    expect([positions()?.length, positions()?.[0], positions()?.at(-1)]).toEqual([HELD, from - 9, 990])
    expect(state.threads.get("c")).toMatchObject({ more: true, newer: true })
    // What arrives meanwhile stands behind a gap, and is not shown; what is held is changed all the same.
    apply({ type: "message", message: message(1001) })
    apply({ type: "message", message: message(990, { text: "changed" }) })
    expect(state.threads.get("c")?.messages.at(-1)?.text).toBe("changed")
    newer(991, 1001, false)
    expect([positions()?.length, positions()?.[0], positions()?.at(-1)]).toEqual([HELD, from + 2, 1001])
    apply({ type: "message", message: message(1002) })
    expect([positions()?.length, positions()?.at(-1)]).toEqual([HELD, 1002])
  })

  test("around another place all that was held is replaced, and the latest page leads back without what is far from it", () => {
    page(91, 100, true)
    apply({ type: "page", conversation: "c", page: { at: "place", messages: some(40, 45), more: true, newer: true } })
    expect(positions()).toEqual([40, 41, 42, 43, 44, 45])
    page(99, 101, true)
    expect(positions()).toEqual([99, 100, 101])
    expect(state.threads.get("c")?.newer).toBe(false)
  })

  test("a message that is deleted is taken out", () => {
    page(1, 3, false)
    apply({ type: "message-deleted", conversation: "c", message: "m2", position: 2 })
    expect(positions()).toEqual([1, 3])
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
