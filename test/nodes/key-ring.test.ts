import { nobleX25519 } from "sphinx-packet"
import { expect, test } from "vitest"
import { toHex } from "../../shared/bytes.ts"
import { KeyRing } from "../../shared/node/key-ring.ts"
import { memoryStorage } from "../../shared/node/memory-storage.ts"
import { seeded } from "./seeded.ts"

const HOUR = 3600
const MINUTE = 60_000
/** The start of key epoch 1000 of one hour. */
const EPOCH_1000 = 1000 * HOUR * 1000

function ringWith(storage = memoryStorage()) {
  return { storage, ring: new KeyRing({ storage, random: seeded("keys"), x25519: nobleX25519() }) }
}

const epochsAt = (ring: KeyRing, now: number) => ring.usable(now).map(({ epoch }) => epoch)

test("the keys of the current and the next three epochs are published", async () => {
  const { ring } = ringWith()
  ring.advance(HOUR, EPOCH_1000 + 1)
  expect((await ring.published(HOUR, EPOCH_1000 + 1)).map(({ epoch }) => epoch)).toEqual([1000, 1001, 1002, 1003])
})

test("a key opens packets from two minutes before its epoch until 35 minutes after it", () => {
  const { ring } = ringWith()
  ring.advance(HOUR, EPOCH_1000 - 60 * MINUTE)
  const end = EPOCH_1000 + 60 * MINUTE
  expect(epochsAt(ring, EPOCH_1000 - 2 * MINUTE - 1)).not.toContain(1000)
  expect(epochsAt(ring, EPOCH_1000 - 2 * MINUTE)).toContain(1000)
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
  const [now] = await ring.published(HOUR, EPOCH_1000 + 180 * MINUTE)
  expect(now).toEqual(ahead)
})

test("when a network changes the length of its epochs, keys of the old length open packets until their time is over", () => {
  const { ring } = ringWith()
  ring.advance(HOUR, EPOCH_1000)
  ring.advance(2 * HOUR, EPOCH_1000 + MINUTE)
  const lengths = ring.usable(EPOCH_1000 + MINUTE).map(({ epochSeconds }) => epochSeconds)
  expect(lengths.sort()).toEqual([HOUR, 2 * HOUR])
})

test("after years of sleep nothing is left but the keys of now", () => {
  const { ring, storage } = ringWith()
  ring.advance(HOUR, EPOCH_1000)
  ring.advance(HOUR, EPOCH_1000 * 2)
  expect(storage.list("key/").map(([name]) => name)).toEqual([2000, 2001, 2002, 2003].map((epoch) => `key/3600/${epoch}`))
})
