import fc from "fast-check"
import { expect, test } from "vitest"
import { toHex } from "../../shared/bytes.ts"
import { memoryStorage } from "../../shared/node/memory-storage.ts"
import { ReplayTags } from "../../shared/node/replay-tags.ts"
import { seeded } from "./seeded.ts"

const PREFIX = "tags/3600/7/"

test("the set is exact: 5,000 tags are new once, and only they are known after a restart", () => {
  const storage = memoryStorage()
  const random = seeded("tags")
  const tags = Array.from({ length: 5000 }, () => random(32))
  const seen = new ReplayTags(storage, PREFIX)
  expect(tags.every((tag) => seen.add(tag))).toBe(true)
  expect(tags.some((tag) => seen.add(tag))).toBe(false)
  seen.flush()
  const restarted = new ReplayTags(storage, PREFIX)
  expect(restarted.size).toBe(5000)
  expect(tags.some((tag) => restarted.add(tag))).toBe(false)
  expect(restarted.add(random(32))).toBe(true)
})

test("tags that begin alike are told apart", () => {
  const seen = new ReplayTags(memoryStorage(), PREFIX)
  const tags = Array.from({ length: 300 }, (_, i) => Uint8Array.of(...new Uint8Array(14).fill(9), i >> 8, i & 255, ...new Uint8Array(16)))
  expect(tags.map((tag) => seen.add(tag))).toEqual(tags.map(() => true))
  expect(tags.map((tag) => seen.add(tag))).toEqual(tags.map(() => false))
})

test("whenever it is saved and restarted, it knows what was saved, and nothing twice", () => {
  const step = fc.oneof(
    { weight: 80, arbitrary: fc.nat(600).map((tag) => ({ tag })) },
    { weight: 8, arbitrary: fc.constant("flush" as const) },
    { weight: 1, arbitrary: fc.constant("restart" as const) },
  )
  const names = Array.from({ length: 601 }, (_, i) => seeded(`tag ${i}`)(32))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 900, size: "max" }), (steps) => {
      const storage = memoryStorage()
      let tags = new ReplayTags(storage, PREFIX)
      let saved = new Set<string>()
      let added: string[] = []
      for (const what of steps) {
        if (what === "flush") {
          tags.flush()
          saved = saved.union(new Set(added))
        } else if (what === "restart") {
          // A full blob is saved without being told to; what is known then was added before.
          const copied = memoryStorage()
          for (const [key, value] of storage.list("")) copied.put(key, value)
          const copy = new ReplayTags(copied, PREFIX)
          const known = names.filter((tag) => !copy.add(tag)).map(toHex)
          tags = new ReplayTags(storage, PREFIX)
          expect([...saved].every((tag) => known.includes(tag))).toBe(true)
          expect(known.every((tag) => saved.has(tag) || added.includes(tag))).toBe(true)
          saved = new Set(known)
          added = []
        } else {
          const tag = names[what.tag]!
          expect(tags.add(tag)).toBe(!saved.has(toHex(tag)) && !added.includes(toHex(tag)))
          added.push(toHex(tag))
        }
      }
    }),
    { numRuns: 20 },
  )
})

test("a destroyed set leaves nothing in storage and takes no tag any more", () => {
  const storage = memoryStorage()
  const random = seeded("tags")
  const tags = new ReplayTags(storage, PREFIX)
  for (let i = 0; i < 600; i++) tags.add(random(32))
  tags.flush()
  expect(storage.list("tags/")).not.toEqual([])
  tags.add(random(32))
  tags.destroy()
  expect(tags.add(random(32))).toBe(false)
  tags.flush()
  expect(storage.list("tags/")).toEqual([])
})

test("many tags are few rows", () => {
  const storage = memoryStorage()
  const random = seeded("tags")
  const tags = new ReplayTags(storage, PREFIX)
  for (let i = 0; i < 1000; i++) {
    tags.add(random(32))
    tags.flush()
  }
  expect(storage.list("tags/")).toHaveLength(2)
})
