import { expect, test } from "vitest"
import { WireError } from "../../shared/bytes.ts"
import { encodeBody } from "../../shared/directory/document.ts"
import { DirectoryInUse } from "../../shared/node/directory-in-use.ts"
import { memoryStorage } from "../../shared/node/memory-storage.ts"
import { authorities, authoritySeeds, bodyOf, entryOf, signedBy } from "./directory.ts"

const [first, second, third] = authoritySeeds
const nodes = [entryOf("one", 1), entryOf("box", 0)]
const documentOf = (changes: Parameters<typeof bodyOf>[1], list = nodes, by = [first, second]) => signedBy(encodeBody(bodyOf(list, changes)), ...by)
const NOW = 1_500

test("a later document is taken even by a node that missed the one before", async () => {
  const inUse = new DirectoryInUse(memoryStorage(), authorities)
  expect(await inUse.accept(documentOf({ epoch: 3 }), NOW)).toBe(true)
  const later = documentOf({ epoch: 5, previous: new Uint8Array(32).fill(9) })
  expect(await inUse.accept(later, NOW)).toBe(true)
  expect(inUse.document).toEqual(later)
  expect(inUse.forks).toBe(0)
})

test("an earlier document, or one that is over, changes nothing", async () => {
  const inUse = new DirectoryInUse(memoryStorage(), authorities)
  await inUse.accept(documentOf({ epoch: 3 }), NOW)
  expect(await inUse.accept(documentOf({ epoch: 2 }), NOW)).toBe(false)
  expect(await inUse.accept(documentOf({ epoch: 4 }), 2_000)).toBe(false)
  expect(inUse.directory!.epoch).toBe(3)
  expect(inUse.forks).toBe(0)
  // An authority goes on with the chain where it ended, whenever that was.
  expect(await inUse.follow(documentOf({ epoch: 4 }))).toBe(true)
})

test("a second document of the same epoch is counted once, kept as evidence, and not used", async () => {
  const storage = memoryStorage()
  const inUse = new DirectoryInUse(storage, authorities)
  const used = documentOf({ epoch: 3 })
  const other = documentOf({ epoch: 3 }, nodes.slice(1))
  await inUse.accept(used, NOW)
  expect(await inUse.accept(other, NOW)).toBe(false)
  expect(await inUse.accept(other, NOW)).toBe(false)
  expect(inUse.document).toEqual(used)
  expect(inUse.forked).toEqual(other)
  expect(inUse.forks).toBe(1)
  // Even one whose time has passed is evidence.
  await inUse.accept(documentOf({ epoch: 3 }, []), 3_000)
  expect(inUse.forks).toBe(2)
  const restarted = new DirectoryInUse(storage, authorities)
  await restarted.load()
  expect(restarted.forks).toBe(1)
  expect(restarted.forked).toEqual(other)
})

test("the same document with other signatures is no fork", async () => {
  const inUse = new DirectoryInUse(memoryStorage(), authorities)
  await inUse.accept(documentOf({ epoch: 3 }), NOW)
  expect(await inUse.accept(documentOf({ epoch: 3 }, nodes, [second, third]), NOW)).toBe(false)
  expect(inUse.forks).toBe(0)
})

test("what too few authorities signed is no evidence", async () => {
  const inUse = new DirectoryInUse(memoryStorage(), authorities)
  await inUse.accept(documentOf({ epoch: 3 }), NOW)
  await expect(inUse.accept(documentOf({ epoch: 3 }, [], [first]), NOW)).rejects.toThrow(WireError)
  expect(inUse.forks).toBe(0)
})

test("with other authorities the node begins anew", async () => {
  const storage = memoryStorage()
  const inUse = new DirectoryInUse(storage, authorities)
  await inUse.accept(documentOf({ epoch: 3 }), NOW)
  await inUse.accept(documentOf({ epoch: 3 }, []), NOW)
  const other = new DirectoryInUse(storage, { ...authorities, threshold: 3 })
  await other.load()
  expect([other.document, other.forked, other.forks]).toEqual([null, null, 0])
})
