import { afterEach, expect, test, vi } from "vitest"

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test("what is being stored already is waited for, too, before the page goes", async () => {
  vi.stubGlobal("localStorage", {})
  vi.useFakeTimers()
  const { keepDraft, loadDrafts, storeDrafts } = await import("../../web/state/drafts.ts")
  const stored: { text: string; finish: () => void }[] = []
  loadDrafts({ drafts: {}, mentions: {}, abouts: {} }, (_, { text }) => new Promise((finish) => stored.push({ text, finish })))
  keepDraft("mira", { text: "one", mentions: [] })
  vi.runAllTimers()
  keepDraft("tom", { text: "two", mentions: [] })
  let isDone = false
  const all = storeDrafts().then(() => (isDone = true))
  expect(stored.map(({ text }) => text)).toEqual(["one", "two"])
  stored[1]!.finish()
  await vi.advanceTimersByTimeAsync(10)
  expect(isDone).toBe(false)
  stored[0]!.finish()
  await all
  await storeDrafts()
  expect(stored).toHaveLength(2)
  vi.useRealTimers()
})

test("who is named in a draft, or in an edit, is kept and found again with it", async () => {
  vi.stubGlobal("localStorage", {})
  vi.resetModules()
  const { draftAbout, draftWritten, dropDraft, keepAbout, keepDraft, loadDrafts, storeDrafts } = await import("../../web/state/drafts.ts")
  const named = { text: "@Mira now", mentions: [{ member: "mira", from: 0, to: 5 }] }
  const stored: unknown[] = []
  loadDrafts({ drafts: { harbour: named.text }, mentions: { harbour: named.mentions }, abouts: {} }, async (...what) => void stored.push(what))
  expect(draftWritten("harbour")).toEqual(named)
  keepDraft("choir", named)
  keepAbout("choir", { kind: "edit", message: "one", ...named })
  await storeDrafts()
  expect(stored).toEqual([["choir", named, { kind: "edit", message: "one", ...named }]])
  expect(draftAbout("choir")?.mentions).toEqual(named.mentions)
  dropDraft("harbour")
  expect(draftWritten("harbour")).toEqual({ text: "", mentions: [] })
})
