import fc from "fast-check"
import { expect, test } from "vitest"
import { memoryStore } from "../../messenger/memory-store.ts"
import type { Store } from "../../messenger/ports.ts"
import { DAMAGED } from "../../messenger/ports.ts"
import { bucket } from "../../messenger/vault/sealed-record.ts"
import { SealedStore } from "../../messenger/vault/sealed-store.ts"
import { vaultKeys } from "../../messenger/vault/vault-keys.ts"
import { seeded } from "../sim/sim-network.ts"
import { bytes, contents } from "./support.ts"

const dataKey = (n: number) => new Uint8Array(32).fill(n)
const sealed = (raw: Store) => new SealedStore(raw, seeded("sealed"), vaultKeys(dataKey(1), 1), null)
const number = (n: number) => String(n).padStart(12, "0")

const name = fc.oneof(fc.nat({ max: 6 }).map(number), fc.constantFrom("", "a", "b", "00", "~"))
const key = fc.array(fc.oneof(fc.constantFrom("box", "m"), name), { minLength: 1, maxLength: 3 }).map((all) => all.join("/"))
const writes = fc.array(fc.tuple(key, fc.option(fc.uint8Array({ maxLength: 3 }), { nil: null })), { maxLength: 12 })
const prefix = fc.oneof(key, key.map((one) => `${one}/`), fc.constant(""))
const query = fc.record({ prefix, from: fc.option(key, { nil: undefined }), limit: fc.option(fc.nat({ max: 5 }), { nil: undefined }), reverse: fc.boolean() })

test("a sealed store answers as a plain one does, before, while and after its key is replaced", async () => {
  await fc.assert(
    fc.asyncProperty(writes, writes, fc.integer({ min: 1, max: 12 }), query, async (first, second, moved, { prefix, from, limit, reverse }) => {
      const plain = memoryStore()
      const store = sealed(memoryStore())
      const options = { reverse, ...(from !== undefined && { from }), ...(limit !== undefined && { limit }) }
      const same = async () => {
        expect(await store.list(prefix, options)).toEqual(await plain.list(prefix, options))
        for (const [one] of [...first, ...second]) expect(await store.get(one)).toEqual(await plain.get(one))
      }
      for (const one of [plain, store]) await one.commit(first)
      await same()
      await store.replaceKeys(vaultKeys(dataKey(2), 2), [])
      await same()
      for (const one of [plain, store]) await one.commit(second)
      await store.move(moved, () => [])
      await same()
      while (await store.move(3, () => [])) continue
      await same()
    }),
    { numRuns: 150 },
  )
})

test("the store beneath sees neither names nor contents, and lengths in few sizes", async () => {
  const raw = memoryStore()
  const store = sealed(raw)
  await store.commit([["profile", bytes("Anna")], [`message/ben/${number(7)}`, bytes("meet me at the old mill")], ["contact/ben", bytes("x".repeat(300))]])
  const below = await raw.list("")
  const seen = below.map(([name, value]) => name + Buffer.from(value).toString("latin1")).join("\n")
  for (const word of ["profile", "message", "contact", "ben", "Anna", "mill"]) expect(seen).not.toContain(word)
  // What the page on the format says may be seen.
  expect(below.some(([name]) => name.endsWith(`/n${number(7)}`))).toBe(true)
  expect(new Set(below.map(([, value]) => value.length - 41))).toEqual(new Set([256, 512]))
  expect([1, 256, 257, 4096, 4097].map(bucket)).toEqual([256, 256, 512, 4096, 8192])
})

test("a record in the place of another opens nowhere, and neither does a changed one", async () => {
  const raw = memoryStore()
  const store = sealed(raw)
  const [one, two] = [number(1), number(2)]
  await store.commit([[`box/a/${one}`, bytes("one")], [`box/a/${two}`, bytes("two")], [`box/b/${one}`, bytes("other")]])
  const below = await raw.list("")
  const [a, b] = below.filter(([name]) => name.endsWith(`n${one}`)) as [[string, Uint8Array], [string, Uint8Array]]
  await raw.commit([[a[0], b[1]], [b[0], a[1]]])
  expect(await store.get(`box/a/${one}`)).toBe(DAMAGED)
  expect(await store.get(`box/b/${one}`)).toBe(DAMAGED)
  expect(await store.get(`box/a/${two}`)).toEqual(bytes("two"))
  for (let at = 0; at < a[1].length; at++) {
    const changed = a[1].slice()
    changed[at]! ^= 1
    await raw.commit([[a[0], changed]])
    expect(await sealed(raw).get(`box/a/${one}`) ?? (await sealed(raw).get(`box/b/${one}`))).toBe(DAMAGED)
  }
})

test("of a damaged record in a folder of numbers the place is known, and the others are listed", async () => {
  const raw = memoryStore()
  const store = sealed(raw)
  await store.commit([1, 2, 3].map((n) => [`message/a/${number(n)}`, bytes(`${n}`)] as const))
  await store.commit([["contact/b", bytes("b")]])
  for (const [name] of await raw.list("")) if (name.endsWith(`n${number(2)}`)) await raw.commit([[name, new Uint8Array(300)]])
  expect(await store.list("message/a/")).toEqual([[`message/a/${number(1)}`, bytes("1")], [`message/a/${number(2)}`, DAMAGED], [`message/a/${number(3)}`, bytes("3")]])
  expect(await store.list("message/a/", { reverse: true, limit: 2 })).toEqual([[`message/a/${number(3)}`, bytes("3")], [`message/a/${number(2)}`, DAMAGED]])
  expect(store.damaged).toBe(1)
  // Where the name was hidden nothing can be listed; it is counted.
  const hidden = (await raw.list("")).find(([name]) => !/n\d{12}$/.test(name))!
  await raw.commit([[hidden[0], new Uint8Array(300)]])
  expect(await store.list("contact/")).toEqual([])
  expect(store.damaged).toBe(2)
  expect(await store.get("contact/b")).toBe(DAMAGED)
  // Of what kind it is the search tells, where it was for one kind; and what takes its place is whole.
  expect(store.damage).toEqual(new Map([["message", 1], ["contact", 1]]))
  const other = sealed(raw)
  for await (const _ of other.batches(2)) continue
  expect(other.damage).toEqual(new Map([[null, 2]]))
  await other.list("contact/")
  expect(other.damage).toEqual(new Map([[null, 1], ["contact", 1]]))
  await other.commit([["contact/b", bytes("b")]])
  expect(other.damage).toEqual(new Map([[null, 1]]))
})

test("a commit is one transaction of the store beneath", async () => {
  const inner = memoryStore()
  let transactions = 0
  const store = sealed({ ...inner, commit: (all) => (transactions++, inner.commit(all)) })
  await store.commit([["a", bytes("1")], ["b", bytes("2")], ["a", null]])
  expect(transactions).toBe(1)
  expect(await contents(store)).toEqual({ b: "2" })
})

test("what is written while records move is not undone by the move", async () => {
  const store = sealed(memoryStore())
  await store.commit(Array.from({ length: 40 }, (_, n) => [`k/${number(n)}`, bytes("old")] as const))
  await store.replaceKeys(vaultKeys(dataKey(2), 2), [])
  const moves = Array.from({ length: 9 }, () => store.move(5, () => []))
  const commits = Array.from({ length: 40 }, (_, n) => store.commit([[`k/${number(n)}`, n % 2 ? null : bytes("new")]]))
  await Promise.all([...moves, ...commits])
  while (await store.move(5, () => [])) continue
  const values = Object.values(await contents(store))
  expect(values).toHaveLength(20)
  expect(new Set(values)).toEqual(new Set(["new"]))
})
