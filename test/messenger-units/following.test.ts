import { beforeEach, describe, expect, test } from "vitest"
import type { Errand } from "../../messenger/courier.ts"
import type { Followed } from "../../messenger/following.ts"
import { Following } from "../../messenger/following.ts"
import { Watches } from "../../messenger/watches.ts"
import { toHex } from "../../shared/bytes.ts"
import { seeded } from "../nodes/seeded.ts"
import { answer, boxAt, dropbox, writtenTo } from "./errands.ts"

const MINUTES = 60_000
let now = 0
let next = 0
/** By the box that declares them. */
let voids: Record<number, readonly number[]> = {}
/** Others say that the boxes below lie there. */
let known = 0
let following: Following
/** [next, at] of all that was taken. */
let taken: [number, number][] = []
let watches: Watches

beforeEach(() => {
  now = 0
  next = 0
  voids = {}
  known = 0
  taken = []
  const random = seeded("following")
  watches = new Watches({ random: random, now: () => now, isGood: () => true, polling: () => false, lossy: () => false })
  const followed: Followed = {
    id: "stream",
    next: () => next,
    box: (index) => boxAt(index),
    places: () => () => [dropbox],
    known: () => known,
    voids: (index) => voids[index] ?? [],
    take: async (_, at) => {
      taken.push([next++, at])
      return false
    },
    live: () => true,
  }
  following = new Following(followed, { watches, now: () => now, random })
  following.begin()
})

const names = new Map(Array.from({ length: 100 }, (_, index) => [toHex(boxAt(index).id), index]))
const indexOf = (errand: Errand | null) => (errand === null ? null : names.get(toHex(errand.box))!)

/** Lets quick slots pass, and answers with what lies in the boxes written; the rest is empty. Returns what was asked for. */
async function look(written: readonly number[], slots = 30): Promise<number[]> {
  const asked: number[] = []
  for (let i = 0; i < slots; i++) {
    const errand = watches.next("quick", 0)
    if (errand === null) break
    const index = indexOf(errand)!
    asked.push(index)
    if (written.includes(index)) await answer(errand, "content", writtenTo(boxAt(index)))
    else await answer(errand, "empty")
  }
  return asked
}

describe("a box that does not come", () => {
  test("is waited for, and now and then the two behind it are looked at, and others further on", async () => {
    expect(await look([])).toEqual([0])
    expect(watches.fresh).toBe(0)
    const held = watches.next("held", 60)
    expect(indexOf(held)).toBe(0)
    expect(watches.next("held", 60)).toBeNull()
    const looks: number[] = []
    for (; now < 2000 * MINUTES; now += MINUTES) looks.push(...(await look([])))
    const count = (index: number) => looks.filter((look) => look === index).length
    // Each every 20 minutes: 200 in all, by five standard errors.
    expect(Math.abs(looks.length - 200)).toBeLessThan(71)
    expect(Math.abs(count(1) - 100)).toBeLessThan(50)
    expect(count(2)).toBeGreaterThan(30)
    expect(count(3)).toBeGreaterThan(5)
    expect(count(0)).toBe(0)
  })

  test("is void where a later one says so: that stands for it, and the stream goes on behind", async () => {
    voids = { 2: [0] }
    await look([])
    // The second was written before the first was given up.
    let last: number[] = []
    for (; now < 200 * MINUTES && next === 0; now += MINUTES) last = await look([1, 2])
    expect(taken).toEqual([[0, 2], [1, 1], [2, 2]])
    expect(watches.has("stream/0")).toBe(false)
    expect(last.slice(-4)).toEqual([3, 4, 5, 6])
  })

  test("is void together with many behind it, and all are passed in the end", async () => {
    voids = { 5: [0], 6: [1], 7: [2], 8: [3], 9: [4] }
    for (; now < 20_000 * MINUTES && next === 0; now += MINUTES) await look([5, 6, 7, 8, 9])
    expect(taken.map(([box]) => box)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  test("is looked for behind all that was found, when the one that declares it is far away", async () => {
    const written = Array.from({ length: 33 }, (_, i) => i + 1)
    voids = { 33: [0] }
    for (; now < 200 * MINUTES && next === 0; now += MINUTES) await look(written)
    expect(taken.map(([box]) => box)).toEqual([0, ...written])
    expect(taken[0]).toEqual([0, 33])
  })

  test("and never is declared void costs so much memory and no more", async () => {
    const written = Array.from({ length: 90 }, (_, i) => i + 1)
    const asked: number[] = []
    for (; now < 2000 * MINUTES; now += 10 * MINUTES) asked.push(...(await look(written)))
    expect(taken).toEqual([])
    expect(Math.max(...asked)).toBe(64)
  })

  test("but comes after all, or is declared by one that is void as well, is taken once", async () => {
    voids = { 3: [0, 2] }
    await look([])
    for (; now < 200 * MINUTES && next === 0; now += MINUTES) await look([1, 3])
    expect(taken).toEqual([[0, 3], [1, 1], [2, 3], [3, 3]])
    voids = { 6: [4, 9, 2] }
    watches.refresh()
    await look([4, 6])
    watches.refresh()
    await look([5])
    expect(taken.slice(4)).toEqual([[4, 4], [5, 5], [6, 6]])
  })
})

describe("boxes that lie there, as others say who have read them", () => {
  const reached = (index: number) => {
    known = index
    following.begin()
  }

  test("are looked for at once, several at a time when the first of them was there, before all of which nothing is known", async () => {
    expect(await look([])).toEqual([0])
    expect(watches.next("quick", 0)).toBeNull()
    const other = new Following({ id: "other", next: () => 50, box: boxAt, places: () => () => [dropbox], voids: () => [], take: async () => false, live: () => true }, { watches, now: () => now, random: seeded("other") })
    other.begin()
    reached(12)
    expect(await look([0], 1)).toEqual([0])
    const first = Array.from({ length: 8 }, () => indexOf(watches.next("quick", 0)))
    expect(first.slice(0, 7).sort()).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(first[7]).toBe(50)
  })

  test("are read to the last of them, and what is behind it only as always", async () => {
    await look([])
    reached(12)
    const written = Array.from({ length: 12 }, (_, i) => i)
    expect((await look(written)).slice(0, 12).sort((a, b) => a - b)).toEqual(written)
    expect(next).toBe(12)
  })

  test("and are not there after all cost two reads", async () => {
    await look([])
    reached(2 ** 40)
    expect(await look([])).toEqual([0, 0])
    for (let i = 0; i < 5; i++) reached(2 ** 40 + i)
    expect(await look([])).toEqual([])
  })

  test("or lie there likely, as the one before was just found, come before those of a stream that was not looked at yet", async () => {
    expect(await look([0], 1)).toEqual([0])
    const other = new Following({ id: "other", next: () => 50, box: boxAt, places: () => () => [dropbox], voids: () => [], take: async () => false, live: () => true }, { watches, now: () => now, random: seeded("other") })
    other.begin()
    expect(await look([1, 2, 3], 4)).toEqual([1, 2, 3, 4])
    expect((await look([])).slice(0, 2)).toEqual([50, 5])
  })
})
