import { deleteDB, openDB } from "idb"
import type { Store, Write } from "../../messenger/ports.ts"
import { keyBounds } from "./key-bounds.ts"

const ENTRIES = "entries"

/** A view into a larger buffer would be stored with all of that buffer. */
const own = (value: Uint8Array): Uint8Array => (value.byteLength === value.buffer.byteLength ? value : value.slice())

/** The messenger's store in IndexedDB: one object store, a commit is one transaction that has reached the disk when it is done. */
export async function openStore(name: string): Promise<Store> {
  const database = await openDB(name, 1, {
    upgrade(fresh) {
      fresh.createObjectStore(ENTRIES)
    },
  })
  return {
    async get(key) {
      return ((await database.get(ENTRIES, key)) as Uint8Array | undefined) ?? null
    },

    async list(prefix, { from, limit, reverse = false } = {}) {
      const bounds = keyBounds(prefix, from, reverse)
      if (bounds === null || limit === 0) return []
      const range = IDBKeyRange.bound(bounds.lower, bounds.upper, ...bounds.open)
      const entries = database.transaction(ENTRIES).store
      if (!reverse) {
        const [keys, values] = await Promise.all([entries.getAllKeys(range, limit), entries.getAll(range, limit)])
        return keys.map((key, at) => [key as string, values[at] as Uint8Array])
      }
      const found: [string, Uint8Array][] = []
      for (let cursor = await entries.openCursor(range, "prev"); cursor && found.length < (limit ?? Infinity); cursor = await cursor.continue())
        found.push([cursor.key as string, cursor.value as Uint8Array])
      return found
    },

    async commit(writes: readonly Write[]) {
      const transaction = database.transaction(ENTRIES, "readwrite", { durability: "strict" })
      // The requests' own promises are left alone: whatever fails, fails the transaction.
      for (const [key, value] of writes) {
        const request = value === null ? transaction.store.delete(key) : transaction.store.put(own(value), key)
        request.catch(() => undefined)
      }
      await transaction.done
    },

    async close() {
      database.close()
    },
  }
}

export const deleteStore = (name: string): Promise<void> => deleteDB(name)
