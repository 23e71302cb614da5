import { afterEach, expect, test, vi } from "vitest"
import { boundedBody } from "../../shared/node/worker/http.ts"
import { seeded } from "../nodes/seeded.ts"

const MAX = 100_000
const random = seeded("bodies")

afterEach(() => {
  vi.useRealTimers()
})

/** A body that comes in pieces, and ends unless it is to stay open. */
function streamed(pieces: readonly Uint8Array[], open = false) {
  const left = [...pieces]
  const onCancel = vi.fn<() => void>()
  const body = new ReadableStream({
    type: "bytes",
    pull(controller) {
      const piece = left.shift()
      if (piece !== undefined) controller.enqueue(piece.slice())
      else if (!open) controller.close()
      else return new Promise(() => {})
    },
    cancel: onCancel,
  })
  return { body, onCancel }
}

const request = (body: BodyInit, headers: Record<string, string> = {}) => new Request("https://this.test/packets", { method: "POST", body, headers })

test("bodies of every length up to the longest that is taken arrive whole", async () => {
  for (const length of [1, 2, 4095, 4096, 4097, 65_537, MAX]) {
    const bytes = random(length)
    expect(await boundedBody(request(bytes), MAX)).toEqual(bytes)
    expect(await boundedBody(new Response(bytes), MAX)).toEqual(bytes)
  }
})

test("no body, and one without bytes, are empty", async () => {
  expect(await boundedBody(new Request("https://this.test/"), MAX)).toEqual(new Uint8Array())
  expect(await boundedBody(request(new Uint8Array()), MAX)).toEqual(new Uint8Array())
  expect(await boundedBody(new Response(null), MAX)).toEqual(new Uint8Array())
})

test("a body in pieces arrives whole, announced or not", async () => {
  const pieces = [1, 5000, 40, 30_000].map((length) => random(length))
  const whole = new Uint8Array(await new Blob(pieces).arrayBuffer())
  expect(await boundedBody(request(streamed(pieces).body), MAX)).toEqual(whole)
  expect(await boundedBody(request(streamed(pieces).body, { "content-length": String(whole.length) }), MAX)).toEqual(whole)
  expect(await boundedBody(new Response(streamed(pieces).body), MAX)).toEqual(whole)
})

test("a body that is longer than it may be is not read to its end", async () => {
  expect(await boundedBody(request(random(MAX + 1)), MAX)).toBeNull()
  const { body, onCancel } = streamed(Array.from({ length: 5 }, () => random(30_000)))
  expect(await boundedBody(request(body), MAX)).toBeNull()
  expect(onCancel).toHaveBeenCalledOnce()
})

test("a response that announces less than comes, as compressed ones do, is read to its end", async () => {
  const bytes = random(5000)
  expect(await boundedBody(new Response(streamed([bytes]).body, { headers: { "content-length": "10" } }), MAX)).toEqual(bytes)
})

test("a body that does not end is given up after ten seconds", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] })
  const { body, onCancel } = streamed([random(100)], true)
  const read = boundedBody(request(body), MAX)
  await vi.advanceTimersByTimeAsync(9_900)
  expect(onCancel).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(200)
  expect(await read).toBeNull()
  expect(onCancel).toHaveBeenCalledOnce()
})
