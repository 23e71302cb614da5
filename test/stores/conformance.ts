import type { ListOptions, Store, Write } from "../../messenger/ports.ts"

/**
 * What every Store must do, in cases that need no test runner and no platform: they run in Node and in a browser alike, over the
 * stores of this repository or anybody's own.
 */
export interface Place {
  /** Opens the store of this place: anew at first, and afterwards with what was stored in it. */
  open(): Promise<Store>
}

export interface Case {
  readonly name: string
  /** Only for stores that outlive their object. */
  readonly durable?: boolean
  /** Throws where the store fails it. `place` is empty. */
  run(place: Place): Promise<void>
}

const bytes = (...values: number[]) => new Uint8Array(values)
const show = (value: unknown): string => JSON.stringify(value, (_, one: unknown) => (one instanceof Uint8Array ? `bytes ${one.length > 20 ? `× ${one.length}` : [...one].join(" ")}` : one)) ?? "undefined"

function same(found: unknown, expected: unknown, what: string): void {
  if (show(found) !== show(expected)) throw new Error(`${what}: found ${show(found)} in place of ${show(expected)}`)
}

/** A small generator of its own, so that a failure can be repeated. */
function generator(seed: number): (bound: number) => number {
  let state = seed >>> 0
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
}

/** Keys that lie close to each other in every way that an index could confuse. */
const KEYS = ["", "a", "a/", "a/0", "a/00", "a/1", "a/10", "a/9", "a/A", "a/a", "a/~", "a/~~", "a0", "aA", "a~", "b", "b/", "b/ ", "b/!", "~", "~~", "A/", "A/a"].filter((key) => key !== "")

function anyCommit(next: (bound: number) => number): Write[] {
  return Array.from({ length: next(7) }, () => [KEYS[next(KEYS.length)]!, next(4) === 0 ? null : new Uint8Array(next(4)).fill(next(256))] as const)
}

/** The port's promise in the simplest words. */
function listed(model: ReadonlyMap<string, Uint8Array>, prefix: string, { from, limit, reverse = false }: ListOptions): [string, Uint8Array][] {
  const sorted = [...model].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1))
  if (reverse) sorted.reverse()
  return sorted.filter(([key]) => from === undefined || (reverse ? key < from : key > from)).slice(0, limit)
}

function applied(model: Map<string, Uint8Array>, writes: readonly Write[]): void {
  for (const [key, value] of writes) {
    if (value === null) model.delete(key)
    else model.set(key, value)
  }
}

async function holds(store: Store, model: ReadonlyMap<string, Uint8Array>, what: string): Promise<void> {
  same(await store.list(""), listed(model, "", {}), what)
  for (const key of KEYS) same(await store.get(key), model.get(key) ?? null, `${what}, ${key}`)
}

async function withStore(place: Place, work: (store: Store) => Promise<void>): Promise<void> {
  const store = await place.open()
  await work(store)
  await store.close()
}

const fresh: Case[] = [
  {
    name: "what was never stored is null, an empty value is a value, and a deleted one is null again",
    run: (place) =>
      withStore(place, async (store) => {
        same(await store.get("a"), null, "never stored")
        await store.commit([["a", bytes()], ["b", bytes(1)], ["never", null]])
        same([await store.get("a"), await store.get("b")], [bytes(), bytes(1)], "stored")
        await store.commit([["a", null]])
        same([await store.get("a"), await store.get("b")], [null, bytes(1)], "deleted")
        await store.commit([])
        if ((await store.get("b"))!.constructor !== Uint8Array) throw new Error("a value is a plain Uint8Array")
      }),
  },
  {
    name: "of several entries for one key in a commit the last counts",
    run: (place) =>
      withStore(place, async (store) => {
        await store.commit([["a", bytes(1)], ["a", null], ["a", bytes(2)], ["b", bytes(1)], ["b", null], ["c", null], ["c", bytes(3)]])
        same(await store.list(""), [["a", bytes(2)], ["c", bytes(3)]], "after the commit")
      }),
  },
  {
    name: "after any commits it holds the last value of each key",
    run: (place) =>
      withStore(place, async (store) => {
        const next = generator(1)
        const model = new Map<string, Uint8Array>()
        for (let round = 0; round < 25; round++) {
          const writes = anyCommit(next)
          await store.commit(writes)
          applied(model, writes)
          await holds(store, model, `commit ${round}`)
        }
      }),
  },
  {
    name: "entries are listed by prefix in the order of keys, both ways, from a key on and up to a limit",
    run: (place) =>
      withStore(place, async (store) => {
        const next = generator(2)
        const model = new Map(KEYS.filter(() => next(4) > 0).map((key) => [key, bytes(next(256))]))
        await store.commit([...model])
        for (const prefix of ["", "a", "a/", "a/~", "b/", "c", "~"]) {
          for (const from of [undefined, "", "a", "a/", "a/0", "a/5", "a/~~", "b/", "~", "~~~"]) {
            for (const limit of [undefined, 0, 1, 3, 1000]) {
              for (const reverse of [false, true]) {
                const options = { ...(from === undefined ? {} : { from }), ...(limit === undefined ? {} : { limit }), reverse }
                same(await store.list(prefix, options), listed(model, prefix, options), `"${prefix}" ${show(options)}`)
              }
            }
          }
        }
        same((await store.list("", { limit: Infinity })).length, model.size, "without a limit")
      }),
  },
  {
    name: "a commit that cannot be made changes nothing, and the next one is made",
    run: (place) =>
      withStore(place, async (store) => {
        await store.commit([["a", bytes(1)], ["b", bytes(1)]])
        const broken = [["a", bytes(2)], ["b", null], ["c", undefined]] as unknown as Write[]
        const failed = await store.commit(broken).then(() => false, () => true)
        same(failed, true, "the commit fails")
        same(await store.list(""), [["a", bytes(1)], ["b", bytes(1)]], "nothing of it is there")
        await store.commit([["c", bytes(3)]])
        same(await store.get("c"), bytes(3), "the next one")
      }),
  },
  {
    name: "values are copies: neither the caller's later changes nor those to an answer reach the store",
    run: (place) =>
      withStore(place, async (store) => {
        const value = bytes(1, 2, 3)
        const done = store.commit([["a", value]])
        value.fill(9)
        await done
        same(await store.get("a"), bytes(1, 2, 3), "changed while it is stored")
        ;(await store.get("a"))!.fill(9)
        for (const [, listedValue] of await store.list("a")) listedValue.fill(9)
        same(await store.get("a"), bytes(1, 2, 3), "changed in an answer")
      }),
  },
  {
    name: "large values come back whole, and a view of a buffer comes back as no more than the view",
    run: (place) =>
      withStore(place, async (store) => {
        const large = new Uint8Array(2_000_000).map((_, i) => (i * 31 + (i >> 8)) & 0xff)
        await store.commit([["large", large], ["view", large.subarray(1000, 1010)]])
        const found = (await store.get("large"))!
        same(found.length, large.length, "length")
        same(found.every((value, i) => value === large[i]), true, "content")
        const view = (await store.get("view"))!
        same(view, large.slice(1000, 1010), "view")
        same(view.buffer.byteLength < 100_000, true, "the buffer behind a view is not stored")
      }),
  },
  {
    name: "thousands of keys in one commit are listed in pages, and deleted in one",
    run: (place) =>
      withStore(place, async (store) => {
        const keys = Array.from({ length: 3000 }, (_, i) => `m/${String(i).padStart(6, "0")}`)
        await store.commit(keys.map((key, i) => [key, bytes(i & 0xff, i >> 8)]))
        const seen: string[] = []
        for (let from: string | undefined; ; from = seen.at(-1)) {
          const page = await store.list("m/", { limit: 700, ...(from === undefined ? {} : { from }) })
          seen.push(...page.map(([key]) => key))
          if (page.length < 700) break
        }
        same(show(seen) === show(keys), true, "all pages together")
        same(await store.list("m/", { reverse: true, limit: 1 }), [[keys.at(-1), bytes(2999 & 0xff, 2999 >> 8)]], "the last")
        await store.commit(keys.slice(1).map((key) => [key, null]))
        same((await store.list("")).map(([key]) => key), keys.slice(0, 1), "what is left")
      }),
  },
  {
    name: "commits that are asked for at once happen in the order in which they were asked for",
    run: (place) =>
      withStore(place, async (store) => {
        const model = new Map<string, Uint8Array>()
        const next = generator(3)
        const all = Array.from({ length: 60 }, (_, i) => [...anyCommit(next), ["last", bytes(i)] as const])
        const order: number[] = []
        await Promise.all(all.map((writes, i) => store.commit(writes).then(() => order.push(i))))
        for (const writes of all) applied(model, writes)
        same(await store.list(""), listed(model, "", {}), "in the end")
        same(order, [...order].sort((a, b) => a - b), "the order of the answers")
      }),
  },
]

const again: Case[] = [
  {
    name: "what was committed is there when it is opened again, and what was deleted is not",
    durable: true,
    run: async (place) => {
      const next = generator(4)
      const model = new Map<string, Uint8Array>()
      for (let round = 0; round < 4; round++) {
        await withStore(place, async (store) => {
          await holds(store, model, `opening ${round}`)
          for (let i = 0; i < 5; i++) {
            const writes = anyCommit(next)
            await store.commit(writes)
            applied(model, writes)
          }
        })
      }
      await withStore(place, (store) => holds(store, model, "in the end"))
    },
  },
  {
    name: "closing waits for the commits that were asked for before",
    durable: true,
    run: async (place) => {
      const store = await place.open()
      const commits = Array.from({ length: 10 }, (_, i) => store.commit([[`k${i}`, new Uint8Array(10_000).fill(i)]]))
      await store.close()
      await Promise.all(commits)
      await withStore(place, async (opened) => same((await opened.list("k")).map(([key]) => key), Array.from({ length: 10 }, (_, i) => `k${i}`), "after opening"))
    },
  },
]

export const cases: readonly Case[] = [...fresh, ...again]
