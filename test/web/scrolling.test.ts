import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { effectScope, nextTick, shallowRef } from "vue"
import { useScrolling } from "../../web/state/scrolling.ts"
import { useSpeech } from "../../web/state/speech.ts"
import type { Move } from "../../web/state/thread.ts"
import type { Thread } from "../../web/state/thread-window.ts"
import { message } from "./views.ts"

const messages = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => message(from + at))
const scope = effectScope()

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal("ResizeObserver", class {})
  vi.stubGlobal("matchMedia", () => ({ matches: false }))
  vi.stubGlobal("document", { activeElement: null })
  // The hooks of a component that there is none of.
  vi.spyOn(console, "warn").mockImplementation(() => undefined)
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

/** A list 500 px high, of messages of 100 px each. Smooth ways begin, and are walked by the test. */
function list(first: Thread, load: (to: Move) => Promise<void> = () => Promise.resolve()) {
  const thread = shallowRef(first)
  const ways: (string | undefined)[] = []
  const area = {
    clientHeight: 500,
    scrollTop: 0,
    get scrollHeight() {
      return thread.value.messages.length * 100
    },
    scrollTo({ top = 0, behavior }: ScrollToOptions) {
      ways.push(behavior)
      if (behavior !== "smooth") area.scrollTop = top - area.clientHeight
    },
    getBoundingClientRect: () => ({ top: 0 }),
  }
  const seen = vi.fn()
  const inside = { getElementsByTagName: () => [], contains: () => false }
  const scrolling = scope.run(() =>
    useScrolling(shallowRef(area as unknown as HTMLElement), shallowRef(inside as unknown as HTMLElement), () => thread.value, () => false, load, seen),
  )!
  const arrive = async () => {
    thread.value = { ...thread.value, messages: [...thread.value.messages, message(thread.value.messages.length + 1)] }
    await nextTick()
    await nextTick()
  }
  return { thread, area, ways, seen, arrive, ...scrolling }
}

test("where more is refused or nothing comes, it is asked for again only when somebody scrolls", async () => {
  for (const isRefused of [true, false]) {
    const load = vi.fn(() => new Promise<void>((done, failed) => setTimeout(() => (isRefused ? failed(new Error("gone")) : done()), 10)))
    const { onScroll } = list({ messages: messages(1, 20), more: true, newer: false, loaded: true }, load)
    onScroll()
    await vi.advanceTimersByTimeAsync(100)
    expect(load).toHaveBeenCalledTimes(1)
    onScroll()
    await vi.advanceTimersByTimeAsync(100)
    expect(load).toHaveBeenCalledTimes(2)
  }
})

test("where a page came, more is fetched until some screens are there", async () => {
  const load = vi.fn(() => {
    const held = all.thread.value.messages
    all.thread.value = { messages: [...messages(-100, -89), ...held], more: held.length < 44, newer: false, loaded: true }
    return Promise.resolve()
  })
  const all = list({ messages: messages(1, 8), more: true, newer: false, loaded: true }, load)
  all.onScroll()
  await vi.advanceTimersByTimeAsync(100)
  expect(load).toHaveBeenCalledTimes(4)
})

test("a burst of messages is followed and seen, also while the list still glides to the first of them", async () => {
  const { area, ways, seen, arrive, atEnd, onScroll, toEnd } = list({ messages: messages(1, 20), more: false, newer: false, loaded: true })
  toEnd()
  onScroll()
  await arrive()
  expect([ways.at(-1), atEnd.value, area.scrollTop]).toEqual(["smooth", true, 1500])
  area.scrollTop = 1510
  onScroll()
  expect(atEnd.value).toBe(true)
  seen.mockClear()
  await arrive()
  expect([ways.at(-1), atEnd.value, area.scrollTop]).toEqual(["instant", true, 1700])
  expect(seen).toHaveBeenCalled()
})

test("who turns back while the list glides to its end stays there", async () => {
  const { area, ways, arrive, atEnd, onScroll, toEnd } = list({ messages: messages(1, 20), more: false, newer: false, loaded: true })
  toEnd()
  await arrive()
  area.scrollTop = 1480
  onScroll()
  expect(atEnd.value).toBe(false)
  const before = ways.length
  await arrive()
  expect(ways.length).toBe(before)
  expect(area.scrollTop).toBe(1480)
})

test("a page that was fetched is not read aloud, nor what comes while one reads what is older", () => {
  const [loading, along] = [shallowRef(false), shallowRef(true)]
  const live = scope.run(() => useSpeech(() => loading.value, () => along.value))!
  expect(live.value).toBe("off")
  vi.advanceTimersByTime(1000)
  expect(live.value).toBe("polite")
  loading.value = true
  expect(live.value).toBe("off")
  loading.value = false
  vi.advanceTimersByTime(999)
  expect(live.value).toBe("off")
  vi.advanceTimersByTime(1)
  expect(live.value).toBe("polite")
  along.value = false
  expect(live.value).toBe("off")
})
