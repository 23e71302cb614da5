import { expect, test } from "vitest"
import { toHex } from "../../shared/bytes.ts"
import { KeyRing } from "../../shared/node/key-ring.ts"
import { memoryStorage } from "../../shared/node/memory-storage.ts"
import { seeded } from "./seeded.ts"
import { x25519 } from "./x25519.ts"

const HOUR = 3600
const MINUTE = 60_000
/** The start of key epoch 1000 of one hour. */
const EPOCH_1000 = 1000 * HOUR * 1000

function ringWith(storage = memoryStorage()) {
  return { storage, ring: new KeyRing({ storage, random: seeded("keys"), x25519 }) }
}

const epochsAt = (ring: KeyRing, now: number) => ring.usable(now).map(({ epoch }) => epoch)

test("the keys of the current and the next three epochs are published, and that of the last while it opens", async () => {
  const { ring } = ringWith()
  const publishedAt = async (now: number) => {
    ring.advance(HOUR, now)
    return (await ring.published(HOUR, now)).map(({ epoch }) => epoch)
  }
  expect(await publishedAt(EPOCH_1000 + 1)).toEqual([1000, 1001, 1002, 1003])
  expect(await publishedAt(EPOCH_1000 + 60 * MINUTE)).toEqual([1000, 1001, 1002, 1003, 1004])
  expect(await publishedAt(EPOCH_1000 + 95 * MINUTE)).toEqual([1001, 1002, 1003, 1004])
})

test("a key opens packets from a quarter of an hour before its epoch until 35 minutes after it", () => {
  const { ring } = ringWith()
  ring.advance(HOUR, EPOCH_1000 - 60 * MINUTE)
  const end = EPOCH_1000 + 60 * MINUTE
  expect(epochsAt(ring, EPOCH_1000 - 15 * MINUTE - 1)).not.toContain(1000)
  expect(epochsAt(ring, EPOCH_1000 - 15 * MINUTE)).toContain(1000)
  expect(epochsAt(ring, end + 35 * MINUTE - 1)).toContain(1000)
  expect(epochsAt(ring, end + 35 * MINUTE)).not.toContain(1000)
})

test("the likeliest key is tried first", () => {
  const { ring } = ringWith()
  ring.advance(HOUR, EPOCH_1000 - 60 * MINUTE)
  ring.advance(HOUR, EPOCH_1000)
  expect(epochsAt(ring, EPOCH_1000 + 10 * MINUTE)).toEqual([1000, 999])
  expect(epochsAt(ring, EPOCH_1000 + 50 * MINUTE)[0]).toBe(1000)
  expect(epochsAt(ring, EPOCH_1000 + 59 * MINUTE)).toEqual([1000, 1001])
})

test("35 minutes after its epoch a key is destroyed with its replay tags", () => {
  const { ring, storage } = ringWith()
  ring.advance(HOUR, EPOCH_1000)
  ring.usable(EPOCH_1000)[0]!.tags.add(seeded("tag")(32))
  ring.flush()
  expect(storage.list("tags/3600/1000/")).toHaveLength(1)
  const end = EPOCH_1000 + 95 * MINUTE
  ring.advance(HOUR, end - 1)
  expect(storage.get("key/3600/1000")).not.toBeNull()
  ring.advance(HOUR, end)
  expect(storage.get("key/3600/1000")).toBeNull()
  expect(storage.list("tags/3600/1000/")).toEqual([])
})

test("it says when it next has something to do", () => {
  const { ring } = ringWith()
  ring.advance(HOUR, EPOCH_1000)
  expect(ring.nextChange(HOUR, EPOCH_1000)).toBe(EPOCH_1000 + 60 * MINUTE)
  ring.advance(HOUR, EPOCH_1000 + 60 * MINUTE)
  expect(ring.nextChange(HOUR, EPOCH_1000 + 60 * MINUTE)).toBe(EPOCH_1000 + 95 * MINUTE)
})

test("keys are the same after a restart", async () => {
  const { ring, storage } = ringWith()
  ring.advance(HOUR, EPOCH_1000)
  const before = await ring.published(HOUR, EPOCH_1000)
  const after = ringWith(storage).ring
  after.advance(HOUR, EPOCH_1000)
  expect((await after.published(HOUR, EPOCH_1000)).map(({ key }) => toHex(key))).toEqual(before.map(({ key }) => toHex(key)))
})

test("keys published ahead are the keys used later", async () => {
  const { ring } = ringWith()
  ring.advance(HOUR, EPOCH_1000)
  const [, , , ahead] = await ring.published(HOUR, EPOCH_1000)
  for (let hour = 1; hour <= 3; hour++) ring.advance(HOUR, EPOCH_1000 + hour * 60 * MINUTE)
  const later = await ring.published(HOUR, EPOCH_1000 + 180 * MINUTE)
  expect(later.find(({ epoch }) => epoch === 1003)).toEqual(ahead)
})

test("when a network changes the length of its epochs, keys of the old length open packets until nobody has its old directory", () => {
  const { ring, storage } = ringWith()
  const month = 30 * 24 * HOUR
  const start = 1000 * month * 1000
  const lengthsAt = (one: KeyRing, now: number) => {
    one.advance(HOUR, now)
    return new Set(one.usable(now).map(({ epochSeconds }) => epochSeconds))
  }
  ring.advance(month, start)
  expect(lengthsAt(ring, start + MINUTE)).toEqual(new Set([HOUR, month]))
  // A restart does not begin the time anew.
  const after = ringWith(storage).ring
  expect(lengthsAt(after, start + 120 * MINUTE)).toEqual(new Set([HOUR, month]))
  expect(after.nextChange(HOUR, start + 236 * MINUTE)).toBeLessThanOrEqual(start + 241 * MINUTE)
  expect(lengthsAt(after, start + 241 * MINUTE)).toEqual(new Set([HOUR]))
  expect(storage.list(`key/${month}/`)).toEqual([])
  after.advance(HOUR, start + 242 * MINUTE)
  expect(storage.list("changed/")).toEqual([])
})

test("a network that goes back to the length of before goes on with the keys of before", () => {
  const { ring, storage } = ringWith()
  ring.advance(HOUR, EPOCH_1000)
  const before = storage.get("key/3600/1000")
  ring.advance(2 * HOUR, EPOCH_1000 + MINUTE)
  ring.advance(HOUR, EPOCH_1000 + 2 * MINUTE)
  expect(storage.get("key/3600/1000")).toEqual(before)
  expect(storage.list("changed/").map(([name]) => name)).toEqual(["changed/7200"])
})

test("after years of sleep nothing is left but the keys of now", () => {
  const { ring, storage } = ringWith()
  ring.advance(HOUR, EPOCH_1000)
  ring.advance(HOUR, EPOCH_1000 * 2)
  expect(storage.list("key/").map(([name]) => name)).toEqual([2000, 2001, 2002, 2003].map((epoch) => `key/3600/${epoch}`))
})
