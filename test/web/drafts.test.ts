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
  loadDrafts({ drafts: {}, abouts: {} }, (_, text) => new Promise((finish) => stored.push({ text, finish })))
  keepDraft("mira", "one")
  vi.runAllTimers()
  keepDraft("tom", "two")
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
