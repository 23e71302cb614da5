import { describe, expect, test } from "vitest"
import { bitsAsked, WriteRate } from "../../dropbox/price.ts"
import { sized } from "../../shared/names.ts"
import { hourAt } from "../../shared/stamp.ts"
import { contentOf } from "./client.ts"
import { ShardAlone } from "./dropbox-shard.ts"
import { seeded } from "./seeded.ts"

const HOUR = 3_600_000
const ROOM = 720_000
const filling = { perHour: 0, boxes: 0, room: ROOM, boxDays: 30 }
/** What a large graphics card computes of SHA-256, and a phone in JavaScript. */
const CARD = 2e10
const PHONE = 1.5e5

describe("the price of a write", () => {
  test("is the base while fewer than 1/720 of the room are written in an hour, and a quarter is empty", () => {
    for (const perHour of [0, 500, 1000]) expect(bitsAsked(14, { ...filling, perHour, boxes: (ROOM * 3) / 4 })).toBe(14)
  })

  test("rises by six bits with each doubling of the rate beyond, and with each halving of what is left", () => {
    expect([2000, 4000, 8000].map((perHour) => bitsAsked(14, { ...filling, perHour }))).toEqual([20, 26, 32])
    expect([7 / 8, 15 / 16].map((part) => bitsAsked(14, { ...filling, boxes: ROOM * part }))).toEqual([20, 26])
    expect(bitsAsked(14, { ...filling, perHour: 2000, boxes: (ROOM * 7) / 8 })).toBe(26)
    expect([ROOM, ROOM + 1].map((boxes) => bitsAsked(14, { ...filling, boxes }))).toEqual([64, 64])
  })

  test("follows the days that boxes live: what lives half as long may be written twice as fast", () => {
    expect(bitsAsked(14, { ...filling, boxDays: 15, perHour: 2000 })).toBe(14)
  })

  test("is a fifth of a second of a phone, on average", () => {
    expect(2 ** 14 / PHONE).toBeLessThan(0.2)
  })

  test("makes filling a shard of half a million boxes in a day the work of thousands of graphics cards", () => {
    const room = 500_000
    const cards = costOfFilling(room, 24) / CARD / 86_400
    expect(cards).toBeGreaterThan(3000)
    // And in a week still that of hundreds for as long.
    expect(costOfFilling(room, 24 * 7, 0.99) / CARD / (7 * 86_400)).toBeGreaterThan(100)
  })
})

describe("the rate of writes", () => {
  test("is what is written in an hour, without steps, and is forgotten in a few hours", () => {
    const rate = new WriteRate([], 0)
    let now = 0
    for (; now < 12 * HOUR; now += HOUR / 100) rate.add(now)
    expect(rate.perHour(now)).toBeGreaterThan(99)
    expect(rate.perHour(now)).toBeLessThan(101)
    expect(rate.perHour(now + HOUR) / rate.perHour(now)).toBeCloseTo(Math.exp(-1))
    expect(rate.perHour(now + 8 * HOUR)).toBeLessThan(0.05)
  })

  test("of counts per hour is about that of the writes that were counted", () => {
    const now = 100 * HOUR + HOUR / 3
    const rate = new WriteRate([], 0)
    for (let at = 92 * HOUR; at < now; at += HOUR / 600) rate.add(at)
    const counted = new WriteRate([200, 600, 600, 600, 600, 600], now)
    expect(counted.perHour(now) / rate.perHour(now)).toBeGreaterThan(0.9)
    expect(counted.perHour(now) / rate.perHour(now)).toBeLessThan(1.1)
  })

  test("does not go mad where the clock was set back", () => {
    const rate = new WriteRate([], 10 * HOUR)
    rate.add(10 * HOUR)
    rate.add(5 * HOUR)
    expect(rate.perHour(5 * HOUR)).toBe(2)
  })
})

describe("a shard", () => {
  test("asks for more as it is written faster than it can be for 30 days, and for the base again some hours later", async () => {
    const shard = new ShardAlone({ room: 720, stampBits: 1 })
    const bits: number[] = []
    for (let i = 0; i < 3; i++) {
      bits.push(shard.bits)
      expect(await shard.statuses(shard.write(`${i}`))).toEqual(["stored"])
    }
    expect(bits).toEqual([1, 1, 7])
    expect(shard.bits).toBe(10)
    const late = shard.write("late", "late", { stamp: new Uint8Array(96) })
    expect(await shard.statuses({ ...late, stamp: shard.stamp(late, 1) })).toEqual(["refused"])
    shard.now += HOUR
    expect(shard.bits).toBe(1)
    expect(await shard.statuses({ ...late, stamp: shard.stamp(late, 1) })).toEqual(["stored"])
  })

  test("knows after a restart about how fast it was written, from what it stored", () => {
    const shard = new ShardAlone({ room: 720_000 })
    const [signature, content] = [sized("Signature", new Uint8Array(64)), contentOf("a")]
    for (let i = 0; i < 8000; i++) {
      const hour = hourAt(shard.now) - 3 + Math.floor(i / 2000)
      shard.boxes.put(sized("BoxId", seeded(`box ${i}`)(32)), signature, content, hour + 720)
    }
    // 2,000 an hour where 1,000 are for nothing, and as many in the part of this hour that has passed.
    expect(shard.bits).toBeGreaterThanOrEqual(4 + 6)
    expect(shard.bits).toBeLessThanOrEqual(4 + 12)
    shard.now += 6 * HOUR
    shard.restart()
    expect(shard.bits).toBe(4)
  })
})

/** Hashes to fill a shard at an even pace, up to a part of its room, as its price goes. */
function costOfFilling(room: number, hours: number, part = 0.999): number {
  let hashes = 0
  for (let minute = 0; minute < hours * 60; minute++) {
    const boxes = (room * part * minute) / (hours * 60)
    const perHour = ((room * part) / hours) * (1 - Math.exp(-minute / 60))
    hashes += 2 ** bitsAsked(14, { perHour, boxes, room, boxDays: 30 }) * ((room * part) / (hours * 60))
  }
  return hashes
}
