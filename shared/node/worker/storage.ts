import type { Random } from "../../random.ts"
import type { NodeStorage } from "../effect.ts"
import { SecretError, sealedStorage } from "../sealed-storage.ts"
import type { SecretEnv } from "./settings.ts"

/** What a node keeps, its keys sealed. Throws SecretError. */
export function nodeStorage(ctx: DurableObjectState, env: SecretEnv, random: Random): NodeStorage {
  return sealedStorage(sqlStorage(ctx.storage.sql), env.NODE_SECRET, random)
}

/** What `start` makes, before anything else happens in this object; null where the storage is shut to it. */
export function unlessShut<T>(ctx: DurableObjectState, start: () => Promise<T>): Promise<T | null> {
  return ctx.blockConcurrencyWhile(async () => {
    try {
      return await start()
    } catch (error) {
      if (error instanceof SecretError) return null
      throw error
    }
  })
}

/** NodeStorage on the SQLite of a Durable Object: synchronous, and no effect leaves the object before it is durable (output gates). */
export function sqlStorage(sql: SqlStorage): NodeStorage {
  sql.exec("CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID")
  type Row = { key: string; value: ArrayBuffer }
  return {
    get(key) {
      const [row] = sql.exec<Row>("SELECT key, value FROM kept WHERE key = ?", key).toArray()
      return row === undefined ? null : new Uint8Array(row.value)
    },
    list(prefix) {
      // Keys are ASCII, so DEL sorts behind whatever follows the prefix.
      const rows = sql.exec<Row>("SELECT key, value FROM kept WHERE key >= ? AND key < ? ORDER BY key", prefix, `${prefix}\u007f`)
      return rows.toArray().map(({ key, value }) => [key, new Uint8Array(value)])
    },
    put: (key, value) => void sql.exec("INSERT OR REPLACE INTO kept VALUES (?, ?)", key, value),
    delete: (key) => void sql.exec("DELETE FROM kept WHERE key = ?", key),
  }
}
