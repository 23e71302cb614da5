import type { Page } from "@playwright/test"

/** What lies in the app's raw store, behind the engine's back: to see it and to spoil it as disks and browsers do. */

interface Entry {
  readonly key: string
  readonly value: number[]
}

/** Runs beside the engine: transactions of IndexedDB need no lock. */
const inStore = (page: Page, writes: readonly Entry[], clear = false): Promise<Entry[]> =>
  page.evaluate(
    async ([given, all]) => {
      const done = <T>(request: IDBRequest<T>) => new Promise<T>((good, bad) => ((request.onsuccess = () => good(request.result)), (request.onerror = () => bad(request.error))))
      const database = await done(indexedDB.open("sotto"))
      const entries = database.transaction("entries", "readwrite").objectStore("entries")
      if (all) await done(entries.clear())
      for (const { key, value } of given) await done(entries.put(new Uint8Array(value), key))
      const keys = (await done(entries.getAllKeys())) as string[]
      const values = (await done(entries.getAll())) as Uint8Array[]
      database.close()
      return keys.map((key, at) => ({ key, value: [...values[at]!] }))
    },
    [writes, clear] as const,
  )

export const rawKeys = async (page: Page): Promise<string[]> => (await inStore(page, [])).map(({ key }) => key)
export const write = (page: Page, entries: readonly [string, number[]][]): Promise<unknown> => inStore(page, entries.map(([key, value]) => ({ key, value })))
export const forget = (page: Page): Promise<unknown> => inStore(page, [], true)

/** Flips a bit in the middle of each of these records. */
export async function corrupt(page: Page, keys: readonly string[]): Promise<void> {
  const found = (await inStore(page, [])).filter(({ key }) => keys.includes(key))
  await inStore(page, found.map(({ key, value }) => ({ key, value: value.map((byte, at) => (at === value.length >> 1 ? byte ^ 1 : byte)) })))
}

const VERSION = "sotto vault\n".length

/** Both copies of the header: of a later version with a checksum that holds, or with one that does not. */
export async function spoilHeaders(page: Page, how: "newer" | "damaged"): Promise<void> {
  const headers = (await inStore(page, [])).filter(({ key }) => key.startsWith("~header"))
  const spoiled = await Promise.all(
    headers.map(async ({ key, value }) => {
      const body = value.slice(0, -8)
      body[VERSION + 1]!++
      const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(body)))
      return { key, value: [...body, ...(how === "newer" ? sum.subarray(0, 8) : value.slice(-8))] }
    }),
  )
  await inStore(page, spoiled)
}

/** Takes all the room that the browser gives, in a database beside the engine's. */
export const fillUp = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((good) => {
      const request = indexedDB.open("filling", 1)
      request.onupgradeneeded = () => request.result.createObjectStore("filling", { autoIncrement: true })
      request.onsuccess = () => good(request.result)
    })
    const put = (size: number) =>
      new Promise<boolean>((done) => {
        const transaction = database.transaction("filling", "readwrite")
        // Nothing that a disk could press together.
        const noise = new Uint8Array(size)
        for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(noise.subarray(at, at + 65_536))
        transaction.objectStore("filling").put(noise)
        transaction.oncomplete = () => done(true)
        transaction.onabort = () => done(false)
      })
    for (let size = 1 << 20; size >= 256; ) if (!(await put(size))) size >>= 2
  })
