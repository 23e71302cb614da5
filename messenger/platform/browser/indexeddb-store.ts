import { deleteDB, openDB } from "idb"
import type { Store, StoreProblem, Write } from "../../ports.ts"
import { StoreError } from "../../ports.ts"
import { keyBounds } from "./key-bounds.ts"

const ENTRIES = "entries"
/** Names of a DOMException that have a meaning of their own here; others mean that the browser keeps nothing for us now. */
const PROBLEMS: Readonly<Record<string, StoreProblem>> = { QuotaExceededError: "full", DataError: "damaged", VersionError: "damaged" }

/** A view into a larger buffer would be stored with all of that buffer. */
const own = (value: Uint8Array): Uint8Array => (value.byteLength === value.buffer.byteLength ? value : value.slice())

/**
 * A Store in IndexedDB: one object store, a commit is one transaction that has reached the disk when it is done. IndexedDB lets
 * several tabs in at once: whoever opens it holds a lock (navigator.locks) from before the messenger starts until after it has
 * stopped. Throws StoreError.
 */
export async function openStore(name: string): Promise<Store> {
  const database = await attempt(
    openDB(name, 1, {
      upgrade(fresh) {
        fresh.createObjectStore(ENTRIES)
      },
    }),
  )
  return {
    get: (key) => attempt(database.get(ENTRIES, key).then((value) => (value as Uint8Array | undefined) ?? null)),

    list: (prefix, { from, limit = Infinity, reverse = false } = {}) => {
      const bounds = keyBounds(prefix, from, reverse)
      if (bounds === null || limit === 0) return Promise.resolve([])
      const range = IDBKeyRange.bound(bounds.lower, bounds.upper, ...bounds.open)
      const rising = async (): Promise<[string, Uint8Array][]> => {
        const most = limit === Infinity ? undefined : limit
        const entries = database.transaction(ENTRIES).store
        const [keys, values] = await Promise.all([entries.getAllKeys(range, most), entries.getAll(range, most)])
        return keys.map((key, at) => [key as string, values[at] as Uint8Array])
      }
      const falling = async (): Promise<[string, Uint8Array][]> => {
        const found: [string, Uint8Array][] = []
        const entries = database.transaction(ENTRIES).store
        for (let cursor = await entries.openCursor(range, "prev"); cursor && found.length < limit; cursor = await cursor.continue())
          found.push([cursor.key as string, cursor.value as Uint8Array])
        return found
      }
      return attempt(reverse ? falling() : rising())
    },

    commit: (writes: readonly Write[]) => attempt(commit(writes)),

    async close() {
      database.close()
    },
  }

  async function commit(writes: readonly Write[]): Promise<void> {
    const transaction = database.transaction(ENTRIES, "readwrite", { durability: "strict" })
    try {
      // The requests' own promises are left alone: whatever fails, fails the transaction.
      for (const [key, value] of writes) {
        const request = value === null ? transaction.store.delete(key) : transaction.store.put(own(value), key)
        request.catch(() => undefined)
      }
    } catch (error) {
      // Without this the entries before the one that cannot be stored would be.
      transaction.done.catch(() => undefined)
      transaction.abort()
      throw error
    }
    await transaction.done
  }
}

/** Deletes all that a store of this name keeps; it waits until nobody has the store open. Throws StoreError. */
export const deleteStore = (name: string): Promise<void> => attempt(deleteDB(name))

/** A StoreError in place of what the browser is to blame for; the error itself where the mistake is ours. */
async function attempt<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw error instanceof DOMException ? new StoreError(PROBLEMS[error.name] ?? "unusable", error) : error
  }
}
