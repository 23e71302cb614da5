import fc from "fast-check"
import { expect, test } from "vitest"
import { memoryStore } from "../../messenger/memory-store.ts"
import { readBounded } from "../../messenger/platform/browser/bounded.ts"
import { keyBounds } from "../../messenger/platform/browser/key-bounds.ts"

const key = fc.string({ unit: fc.constantFrom("a", "b", "/", "~"), minLength: 0, maxLength: 4 })

test("the bounds of a listing hold exactly the keys that the messenger's own store would list", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(key, { maxLength: 30 }), key, fc.option(key, { nil: undefined }), fc.boolean(), async (keys, prefix, from, reverse) => {
      const store = memoryStore()
      await store.commit(keys.map((one) => [one, new Uint8Array()]))
      const wanted = (await store.list(prefix, { ...(from === undefined ? {} : { from }), reverse })).map(([one]) => one).sort()
      const bounds = keyBounds(prefix, from, reverse)
      const inside = (one: string) =>
        bounds !== null && (bounds.open[0] ? one > bounds.lower : one >= bounds.lower) && (bounds.open[1] ? one < bounds.upper : one <= bounds.upper)
      expect(keys.filter(inside).sort()).toEqual(wanted)
    }),
  )
})

test("a body is read up to its bound, and a longer one is not read to its end", async () => {
  let given = 0
  const body = (length: number) =>
    new Response(
      new ReadableStream<Uint8Array<ArrayBuffer>>({
        pull(out) {
          if (given >= length) return out.close()
          out.enqueue(new Uint8Array(10))
          given += 10
        },
      }),
    )
  expect((await readBounded(body(30), 30))?.length).toBe(30)
  given = 0
  expect(await readBounded(body(1_000_000), 35)).toBeNull()
  expect(given).toBeLessThan(100)
  expect(await readBounded(new Response("x", { status: 404 }), 10)).toBeNull()
})
