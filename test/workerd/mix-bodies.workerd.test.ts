import { expect, test } from "vitest"
import { LINK_BODY_MAX } from "../../shared/geometry.ts"
import { Bodies, linkBodies } from "../../shared/node/worker/bodies.ts"

/** A request whose body comes when the test says so. */
function slow() {
  let controller!: ReadableByteStreamController
  const body = new ReadableStream({
    type: "bytes",
    start: (its: ReadableByteStreamController) => {
      controller = its
    },
  })
  const request = new Request("https://this.test/packets", { method: "POST", body })
  return {
    request,
    send: (length: number) => controller.enqueue(new Uint8Array(length)),
    end: () => controller.close(),
  }
}

const quick = (length: number) => new Request("https://this.test/packets", { method: "POST", body: new Uint8Array(length) })
/** Which of these have been given up so far. */
function given(ends: readonly Promise<Uint8Array | null>[]): boolean[] {
  const up = ends.map(() => false)
  ends.forEach((end, i) => void end.then((body) => (up[i] = body === null)))
  return up
}
const turns = () => new Promise((resolve) => setTimeout(resolve, 20))

function begin() {
  const refused: string[] = []
  return { refused, bodies: new Bodies(linkBodies, (reason) => refused.push(reason)) }
}

test("slow bodies do not keep quick ones out, however many they are", async () => {
  const { bodies, refused } = begin()
  const crawling = Array.from({ length: 600 }, slow)
  const ends = crawling.map(({ request }) => bodies.read(request))
  const up = given(ends)
  await turns()
  expect(up).toEqual(crawling.map((_, i) => i < 88))
  expect(await bodies.read(quick(5000))).toHaveLength(5000)
  expect(refused).toEqual(Array(89).fill("full"))
  for (const one of crawling.slice(89)) one.end()
  expect((await Promise.all(ends)).filter((body) => body === null)).toHaveLength(89)
})

test("bytes are bounded: what has been arriving for longest goes, and all goes on when there is room again", async () => {
  const { bodies, refused } = begin()
  const big = Array.from({ length: 20 }, slow)
  const ends = big.map(({ request }) => bodies.read(request))
  const up = given(ends)
  for (const one of big) {
    one.send(LINK_BODY_MAX)
    await turns()
  }
  expect(up).toEqual(big.map((_, i) => i < 4))
  for (const one of big.slice(4)) one.end()
  const whole = (await Promise.all(ends)).filter((body) => body !== null)
  expect(whole).toHaveLength(16)
  // These wait to be opened: nothing else fits.
  expect(await bodies.read(quick(LINK_BODY_MAX))).toBeNull()
  expect(refused).toEqual(Array(5).fill("full"))
  for (const body of whole) bodies.done(body)
  for (let i = 0; i < 40; i++) {
    const body = await bodies.read(quick(LINK_BODY_MAX))
    expect(body).toHaveLength(LINK_BODY_MAX)
    bodies.done(body!)
  }
})

test("a body that is too long is counted as that, and leaves nothing behind", async () => {
  const { bodies, refused } = begin()
  for (let i = 0; i < 40; i++) {
    const one = slow()
    const end = bodies.read(one.request)
    one.send(LINK_BODY_MAX)
    one.send(100_000)
    expect(await end).toBeNull()
  }
  expect(refused).toEqual(Array(40).fill("length"))
  expect(await bodies.read(quick(LINK_BODY_MAX))).toHaveLength(LINK_BODY_MAX)
})
