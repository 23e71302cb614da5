import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { describe, expect, test } from "vitest"
import { memoryStore } from "../../messenger/memory-store.ts"
import { fileStore } from "../../messenger/platform/nodejs/file-store.ts"
import { systemRandom } from "../../messenger/platform/nodejs/random.ts"
import { Vault } from "../../messenger/vault/vault.ts"
import { cases } from "./conformance.ts"

// The one of browsers is put to the same cases in a browser (test/browser/stores.spec.ts).
describe("the store in memory", () => {
  test.each(cases.filter(({ durable }) => !durable))("$name", async ({ run }) => {
    await run({ open: async () => memoryStore() })
  })
})

describe("the store in a file", () => {
  test.each(cases)("$name", async ({ run }) => {
    const folder = mkdtempSync(path.join(tmpdir(), "sotto-store-"))
    await run({ open: async () => fileStore(path.join(folder, "store.sqlite")) })
    rmSync(folder, { recursive: true })
  })
})

// Names that are no numbers are listed by opening all of their folder: thousands of them by pages is what nothing here does, and takes seconds.
describe("the sealed store, over one in memory", () => {
  test.each(cases.filter(({ durable, name }) => !durable && !name.startsWith("thousands")))("$name", async ({ run }) => {
    await run({ open: async () => (await Vault.create({ raw: memoryStore(), random: systemRandom }, null)).store })
  })
})

test("the cases do refuse stores that break their word", async () => {
  const broken: [RegExp, (store: ReturnType<typeof memoryStore>) => object][] = [
    [/of several entries/, ({ commit }) => ({ commit: (writes: []) => commit([...writes].reverse()) })],
    [/listed by prefix/, ({ list }) => ({ list: (prefix: string, options: object) => list(prefix, { ...options, reverse: false }) })],
    [/cannot be made changes nothing/, ({ commit }) => ({
      commit: async (writes: []) => {
        for (const write of writes) await commit([write])
      },
    })],
  ]
  for (const [name, change] of broken) {
    const { run } = cases.find((one) => name.test(one.name))!
    const store = memoryStore()
    await expect(run({ open: async () => ({ ...store, ...change(store) }) }), String(name)).rejects.toThrow(/in place of|found/)
  }
})
