import { DatabaseSync } from "node:sqlite"
import { setTimeout as sleep } from "node:timers/promises"

const SQLITE_BUSY = 5

/**
 * Takes a lock that the operating system gives back when this process ends, however it ends: an exclusive transaction
 * on a SQLite file. Returns the way to give it back, or null where another process has it.
 */
export function tryLock(file: string): (() => void) | null {
  const database = new DatabaseSync(file)
  try {
    database.exec("BEGIN EXCLUSIVE")
    return () => database.close()
  } catch (error) {
    database.close()
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return null
    throw error
  }
}

export async function lock(file: string): Promise<() => void> {
  for (;;) {
    const unlock = tryLock(file)
    if (unlock) return unlock
    await sleep(100)
  }
}
