import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { LINK_BATCH_MAX, PACKET_LENGTH } from "../../shared/geometry.ts"
import type { Packet } from "../../shared/names.ts"
import { sized } from "../../shared/names.ts"
import { LinkPosts } from "../../shared/node/worker/link-posts.ts"
import { seeded } from "../nodes/seeded.ts"

interface Asked {
  readonly url: string
  readonly packets: number
  answer(status: number): void
  breakOff(): void
}

let asked: Asked[]
let lost: number
let cancelled: number
let posts: LinkPosts

const packets = (count: number) => Array.from({ length: count }, () => sized("Packet", new Uint8Array(PACKET_LENGTH)))
const send = (name: string, count: number) =>
  posts.send({ kind: "post", to: sized("NodeId", seeded(name)(32)), url: `https://${name}.test`, packets: packets(count) })
const open = () => asked.map(({ url }) => /https:\/\/(.*)\.test/.exec(url)![1]!)
/** What is to happen without any time passing. */
const settle = () => vi.advanceTimersByTimeAsync(0)

beforeEach(() => {
  vi.useFakeTimers()
  asked = []
  lost = 0
  cancelled = 0
  posts = new LinkPosts({
    request: async (_, row: readonly Packet[]) => new Uint8Array(row.length),
    onLost: (count) => {
      lost += count
    },
  })
  vi.spyOn(globalThis, "fetch").mockImplementation(
    (url, init) =>
      new Promise((resolve, reject) => {
        const done = () => asked.splice(asked.indexOf(entry), 1)
        const entry: Asked = {
          url: String(url),
          packets: (init!.body as Uint8Array).length,
          answer(status) {
            done()
            const body = new ReadableStream({ cancel: () => void cancelled++ })
            resolve(new Response(body, { status }))
          },
          breakOff() {
            done()
            reject(new TypeError("network"))
          },
        }
        // Whoever answers with another place is not followed there.
        expect(init!.redirect).toBe("manual")
        init!.signal!.addEventListener("abort", () => {
          done()
          reject(new DOMException("too slow", "AbortError"))
        })
        asked.push(entry)
      }),
  )
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

test("neighbours that take their time take no more than four connections, whatever they answer in the end", async () => {
  const slow = ["x", "y", "z"]
  for (const name of slow) for (let i = 0; i < 2; i++) send(name, 1)
  await settle()
  expect(open()).toEqual(["x", "x", "y", "y", "z", "z"])
  await vi.advanceTimersByTimeAsync(4000)
  while (asked.length > 0) {
    asked[0]!.answer(202)
    await settle()
  }
  for (const name of slow) for (let i = 0; i < 2; i++) send(name, 1)
  send("a", 1)
  await settle()
  expect(open()).toHaveLength(5)
  expect(open().at(-1)).toBe("a")
  expect(lost).toBe(0)
})

test("two requests at once go to a neighbour, the packets behind them gather in the next", async () => {
  for (let i = 0; i < 10; i++) send("a", 3)
  await settle()
  expect(asked.map((entry) => entry.packets)).toEqual([3, 3])
  asked[0]!.answer(202)
  await settle()
  expect(asked.map((entry) => entry.packets)).toEqual([3, 24])
})

test("packets that wait for a neighbour that fails do not count among those that a busy node has still to send", async () => {
  send("good", 300)
  await settle()
  send("good", 40)
  send("good", 50)
  await settle()
  expect(posts.waiting).toBe(50)
  send("bad", 10)
  await settle()
  for (let attempt = 0; attempt < 2; attempt++) {
    asked.find(({ url }) => url.includes("bad"))!.answer(503)
    await vi.advanceTimersByTimeAsync(200)
  }
  send("bad", 20)
  send("bad", 30)
  await settle()
  expect(posts.waiting).toBe(50)
})

test("no more than six connections are open, and no neighbour is forgotten", async () => {
  const names = Array.from({ length: 10 }, (_, i) => `n${i}`)
  for (const name of names) send(name, 1)
  const served: string[] = []
  for (let i = 0; i < 10; i++) {
    await settle()
    expect(asked.length).toBeLessThanOrEqual(6)
    served.push(open()[0]!)
    asked[0]!.answer(202)
  }
  expect(served.sort()).toEqual(names.sort())
})

test("no request carries more packets than one may", async () => {
  send("a", 1)
  send("a", 1)
  send("a", LINK_BATCH_MAX + 5)
  await settle()
  asked[0]!.answer(202)
  await settle()
  expect(asked.map((entry) => entry.packets)).toEqual([1, LINK_BATCH_MAX])
})

test("every answer's body is read or cancelled", async () => {
  send("a", 1)
  await settle()
  asked[0]!.answer(202)
  await settle()
  send("a", 1)
  await settle()
  asked[0]!.answer(500)
  await vi.advanceTimersByTimeAsync(200)
  asked[0]!.answer(500)
  await settle()
  expect(cancelled).toBe(3)
})

test("a request that breaks off is tried once more, and then its packets are counted as lost", async () => {
  send("a", 4)
  await settle()
  asked[0]!.breakOff()
  await vi.advanceTimersByTimeAsync(149)
  expect(asked).toHaveLength(0)
  await vi.advanceTimersByTimeAsync(1)
  expect(asked.map((entry) => entry.packets)).toEqual([4])
  asked[0]!.breakOff()
  await vi.advanceTimersByTimeAsync(60_000)
  expect([asked.length, lost]).toEqual([0, 4])
  send("a", 1)
  await settle()
  asked[0]!.answer(202)
  await settle()
  expect(posts.published(Date.now() + 60_000)).toEqual({ sent: 1, failed: 1, retried: 1 })
})

test("a request that is never answered is given up, and not tried again", async () => {
  send("a", 4)
  await vi.advanceTimersByTimeAsync(4_999)
  expect([asked.length, lost]).toEqual([1, 0])
  await vi.advanceTimersByTimeAsync(1)
  expect([asked.length, lost]).toEqual([0, 4])
})

test("neighbours that do not answer leave room for those that do", async () => {
  const dead = Array.from({ length: 6 }, (_, i) => `dead${i}`)
  // They are found out: each of them takes a connection once.
  for (const name of dead) send(name, 1)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(lost).toBe(6)
  for (const name of dead) for (let i = 0; i < 3; i++) send(name, 1)
  for (let i = 0; i < 5; i++) {
    send("alive", 1)
    await settle()
    expect(open().filter((name) => name.startsWith("dead")).length).toBe(2)
    asked.find(({ url }) => url.includes("alive"))!.answer(202)
    await settle()
  }
  // And when one of them answers again, it has its turn like all.
  asked.find(({ url }) => url.includes("dead"))!.answer(202)
  await settle()
  expect(open().sort()).toEqual(["dead0", "dead1", "dead2"])
})

test("what waits is bounded, for one neighbour and for all, and what is over is lost at once", async () => {
  for (let i = 0; i < 12; i++) send("a", 256)
  // Two are under way, eight wait.
  expect(lost).toBe(2 * 256)
  for (let i = 0; i < 12; i++) send("b", 256)
  expect(lost).toBe(4 * 256)
  // All that may wait waits; somebody else's packets go out all the same.
  send("c", 5)
  await settle()
  expect([lost, open().includes("c")]).toEqual([4 * 256, true])
  for (let i = 0; i < 4; i++) send("d", 256)
  await settle()
  expect(lost).toBe(4 * 256 + 3 * 256)
  while (asked.length > 0) {
    for (const entry of [...asked]) entry.answer(202)
    await settle()
  }
  lost = 0
  send("a", 256)
  expect(lost).toBe(0)
})
