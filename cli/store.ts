import { DatabaseSync } from "node:sqlite"
import type { Store, Write } from "../messenger/ports.ts"
import { Failure } from "./failure.ts"

/** Sorts after every ASCII key that begins with the same prefix. */
const END = "\uffff"
const SQLITE_BUSY = 5
/** READONLY, IOERR, FULL: the disk's fault. */
const UNSTORABLE = [8, 10, 13]

/**
 * A SQLite file that belongs to this process until it is closed or the process ends, however it ends.
 * Throws Failure where another process has it.
 */
export function openDatabase(file: string, busy: string): DatabaseSync {
  const database = new DatabaseSync(file)
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    // In exclusive mode the lock of the first transaction is kept.
    database.exec("BEGIN EXCLUSIVE; COMMIT")
  } catch (error) {
    database.close()
    throw (error as { errcode?: number }).errcode === SQLITE_BUSY ? new Failure(busy) : error
  }
  return database
}

/** The messenger's Store in one table of the database, which it closes in the end. */
export function sqliteStore(database: DatabaseSync): Store {
  database.exec("CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID")
  const get = database.prepare("SELECT value FROM entries WHERE key = ?")
  const put = database.prepare("INSERT INTO entries (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value")
  const remove = database.prepare("DELETE FROM entries WHERE key = ?")
  const rising = database.prepare("SELECT key, value FROM entries WHERE key >= ? AND key < ? AND key > ? ORDER BY key LIMIT ?")
  const falling = database.prepare("SELECT key, value FROM entries WHERE key >= ? AND key < ? AND key < ? ORDER BY key DESC LIMIT ?")

  return {
    get: async (key) => (get.get(key) as { value: Uint8Array } | undefined)?.value ?? null,
    list: async (prefix, { from, limit = -1, reverse = false } = {}) => {
      const rows = reverse ? falling.all(prefix, prefix + END, from ?? END, limit) : rising.all(prefix, prefix + END, from ?? "", limit)
      return (rows as { key: string; value: Uint8Array }[]).map(({ key, value }) => [key, value])
    },
    commit: async (writes: readonly Write[]) => {
      database.exec("BEGIN IMMEDIATE")
      try {
        for (const [key, value] of writes) {
          if (value === null) remove.run(key)
          else put.run(key, value)
        }
        database.exec("COMMIT")
      } catch (error) {
        // On a full disk SQLite has rolled back by itself.
        if (database.isTransaction) database.exec("ROLLBACK")
        const { errcode, errstr } = error as { errcode?: number; errstr?: string }
        throw UNSTORABLE.includes((errcode ?? 0) & 0xff) ? new Failure(`The profile could not be stored: ${errstr}.`) : error
      }
    },
    close: async () => database.close(),
  }
}

/** A store for tests and experiments, gone with the process. */
export function memoryStore(): Store {
  return sqliteStore(new DatabaseSync(":memory:"))
}
