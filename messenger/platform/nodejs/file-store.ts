import { DatabaseSync } from "node:sqlite"
import type { Store, StoreProblem, Write } from "../../ports.ts"
import { StoreError } from "../../ports.ts"

/** Sorts after every ASCII key that begins with the same prefix. */
const END = "\uffff"
/** SQLite's primary result codes, as far as something other than a mistake of ours causes them. */
const PROBLEMS: Readonly<Record<number, StoreProblem>> = { 3: "unusable", 5: "in-use", 8: "unusable", 10: "unusable", 11: "damaged", 13: "full", 14: "unusable", 26: "damaged" }

/** A Store in a file of its own. Throws StoreError. */
export function fileStore(file: string): Store {
  return sqliteStore(openDatabase(file))
}

/**
 * A SQLite file that belongs to this process until it is closed or the process ends, however it ends. A transaction has reached
 * the disk when it is done (write-ahead log, synced), a half-written one is not there after a crash, and what is deleted is
 * overwritten. Throws StoreError: `in-use` where another process has it.
 */
export function openDatabase(file: string): DatabaseSync {
  let database: DatabaseSync | null = null
  try {
    database = new DatabaseSync(file)
    // Records are sealed in sizes up to 4 KiB and a little more: of these, none fills only the beginning of a page of its own. Files of before keep their pages.
    database.exec("PRAGMA page_size = 8192; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON")
    // In exclusive mode the lock of the first transaction is kept.
    database.exec("BEGIN EXCLUSIVE; COMMIT")
    return database
  } catch (error) {
    database?.close()
    throw expected(error)
  }
}

/** A Store in one table of the database, which it closes in the end. */
export function sqliteStore(database: DatabaseSync): Store {
  const entries = prepared(database)
  return {
    get: async (key) => attempt(() => (entries.get.get(key) as { value: Uint8Array } | undefined)?.value ?? null),
    list: async (prefix, { from, limit, reverse = false } = {}) => {
      const most = limit === undefined || limit === Infinity ? -1 : limit
      const rows = attempt(() => (reverse ? entries.falling.all(prefix, prefix + END, from ?? END, most) : entries.rising.all(prefix, prefix + END, from ?? "", most)))
      return (rows as { key: string; value: Uint8Array }[]).map(({ key, value }) => [key, value])
    },
    commit: async (writes: readonly Write[]) =>
      attempt(() => {
        database.exec("BEGIN IMMEDIATE")
        try {
          for (const [key, value] of writes) {
            if (value === null) entries.remove.run(key)
            else entries.put.run(key, value)
          }
          database.exec("COMMIT")
        } catch (error) {
          // On a full disk SQLite has rolled back by itself.
          if (database.isTransaction) database.exec("ROLLBACK")
          throw error
        }
      }),
    close: async () => {
      if (database.isOpen) database.close()
    },
  }
}

function prepared(database: DatabaseSync) {
  return attempt(() => {
    database.exec("CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT")
    return {
      get: database.prepare("SELECT value FROM entries WHERE key = ?"),
      put: database.prepare("INSERT INTO entries (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"),
      remove: database.prepare("DELETE FROM entries WHERE key = ?"),
      rising: database.prepare("SELECT key, value FROM entries WHERE key >= ? AND key < ? AND key > ? ORDER BY key LIMIT ?"),
      falling: database.prepare("SELECT key, value FROM entries WHERE key >= ? AND key < ? AND key < ? ORDER BY key DESC LIMIT ?"),
    }
  })
}

function attempt<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw expected(error)
  }
}

/** A StoreError in place of what the disk is to blame for; the error itself where the mistake is ours. */
function expected(error: unknown): unknown {
  const problem = PROBLEMS[((error as { errcode?: number }).errcode ?? 0) & 0xff]
  return problem === undefined ? error : new StoreError(problem, error)
}
