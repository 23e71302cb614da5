import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { effectScope, nextTick, shallowRef } from "vue"
import { useSearch } from "../../web/state/search.ts"
import { message } from "./views.ts"

const { run } = vi.hoisted(() => ({ run: vi.fn() }))
vi.mock("../../web/state/engine.ts", () => ({ run }))

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  run.mockReset()
  vi.useRealTimers()
})

async function typed(into: { value: string }, text: string): Promise<void> {
  into.value = text
  await nextTick()
}

test("nothing is looked for, nor marked, before a pause in typing", async () => {
  run.mockResolvedValue({ hits: [message(1)], next: null })
  const text = shallowRef("")
  const { hits, searched } = effectScope().run(() => useSearch(() => text.value))!
  for (const part of ["f", "fe", "fer"]) {
    await typed(text, part)
    await vi.advanceTimersByTimeAsync(150)
  }
  expect([run.mock.calls.length, searched.value]).toEqual([0, ""])
  await vi.advanceTimersByTimeAsync(60)
  expect([run.mock.calls.length, searched.value, hits.value.length]).toEqual([1, "fer", 1])
  await typed(text, "")
  expect([searched.value, hits.value.length]).toEqual(["", 0])
})

test("a search that fails when another has taken its place does not end that one", async () => {
  let fail: (error: Error) => void = () => undefined
  run.mockReturnValueOnce(new Promise((_, failed) => (fail = failed)))
  const text = shallowRef("")
  const { hits, looking, more } = effectScope().run(() => useSearch(() => text.value))!
  await typed(text, "first")
  await vi.advanceTimersByTimeAsync(200)
  await typed(text, "second")
  fail(new Error("gone"))
  run.mockResolvedValue({ hits: [message(1)], next: null })
  await vi.advanceTimersByTimeAsync(0)
  expect([looking.value, more.value]).toEqual([true, true])
  await vi.advanceTimersByTimeAsync(200)
  expect([looking.value, hits.value.length]).toEqual([false, 1])
})
