import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import fc from "fast-check"
import { expect, test } from "vitest"
import { memoryStore, openDatabase, sqliteStore } from "../../cli/store.ts"
import type { Write } from "../../messenger/ports.ts"

const key = fc.stringMatching(/^[ab](\/[a-c~ ]{0,2}){0,2}$/)
const value = fc.option(fc.uint8Array({ maxLength: 4 }), { nil: null })
const commits = fc.array(fc.array(fc.tuple(key, value), { maxLength: 6 }), { maxLength: 8 })

/** What the port promises, in the simplest words. */
function model(all: readonly (readonly Write[])[]): Map<string, Uint8Array> {
  const map = new Map<string, Uint8Array>()
  for (const [name, bytes] of all.flat()) {
    if (bytes === null) map.delete(name)
    else map.set(name, bytes)
  }
  return map
}

test("after any commits the store holds the last value of each key", async () => {
  await fc.assert(
    fc.asyncProperty(commits, async (all) => {
      const store = memoryStore()
      for (const writes of all) await store.commit(writes)
      const expected = model(all)
      for (const name of new Set(all.flat().map(([one]) => one))) expect(await store.get(name)).toEqual(expected.get(name) ?? null)
      await store.close()
    }),
  )
})

test("entries are listed by prefix in the order of keys, both ways, from a key on and up to a limit", async () => {
  const bounds = fc.record({ prefix: key, from: fc.option(key, { nil: undefined }), limit: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }), reverse: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(commits, bounds, async (all, { prefix, from, limit, reverse }) => {
      const store = memoryStore()
      for (const writes of all) await store.commit(writes)
      const sorted = [...model(all)].filter(([name]) => name.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1))
      if (reverse) sorted.reverse()
      const expected = sorted.filter(([name]) => from === undefined || (reverse ? name < from : name > from)).slice(0, limit)
      const options = { reverse, ...(from === undefined ? {} : { from }), ...(limit === undefined ? {} : { limit }) }
      expect(await store.list(prefix, options)).toEqual(expected)
      await store.close()
    }),
  )
})

test("a commit that fails changes nothing", async () => {
  const store = memoryStore()
  await store.commit([["a", new Uint8Array([1])]])
  const broken = [["a", new Uint8Array([2])], ["b", undefined]] as unknown as Write[]
  await expect(store.commit(broken)).rejects.toThrow()
  expect(await store.get("a")).toEqual(new Uint8Array([1]))
  await store.commit([["c", new Uint8Array([3])]])
  expect(await store.get("c")).toEqual(new Uint8Array([3]))
})

test("what was committed is there when the file is opened again, and two cannot have it open", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "sotto-store-"))
  const file = path.join(folder, "store.sqlite")
  const store = sqliteStore(openDatabase(file, "in use"))
  await store.commit([["a", new Uint8Array([1, 2, 3])]])
  expect(() => openDatabase(file, "in use")).toThrow("in use")
  await store.close()
  const again = sqliteStore(openDatabase(file, "in use"))
  expect(await again.get("a")).toEqual(new Uint8Array([1, 2, 3]))
  await again.close()
  rmSync(folder, { recursive: true })
})

test("a full disk is said in a sentence, and nothing of the commit remains", async () => {
  const database = openDatabase(path.join(mkdtempSync(path.join(tmpdir(), "sotto-store-")), "store.sqlite"), "in use")
  const store = sqliteStore(database)
  await store.commit([["a", new Uint8Array([1])]])
  database.exec("PRAGMA max_page_count = 10")
  await expect(store.commit([["a", new Uint8Array([2])], ["b", new Uint8Array(100_000)]])).rejects.toThrow(/^The profile could not be stored: .*full/)
  expect(await store.get("a")).toEqual(new Uint8Array([1]))
  await store.close()
})
