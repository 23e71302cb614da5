import { chmodSync, existsSync } from "node:fs"
import { homedir } from "node:os"
import path from "node:path"
import type { DatabaseSync } from "node:sqlite"
import { parseDescription } from "../messenger/network-description.ts"
import { openDatabase, sqliteStore } from "../messenger/platform/nodejs/file-store.ts"
import type { NetworkDescription, Store } from "../messenger/ports.ts"
import { StoreError } from "../messenger/ports.ts"
import { Failure, storeFailure } from "./failure.ts"
import { makeFolder } from "./folder.ts"

/** What was decided about a contact code when it was made, for the run in which somebody answers it. */
export interface Decision {
  /** Whoever answers first is let in without a question. */
  readonly letIn: boolean
  /** The contact may take the name that the other side tells. */
  readonly takeName: boolean
}

/** A profile's folder, locked for this process until it is closed. */
export interface Profile {
  readonly folder: string
  readonly store: Store
  network(): NetworkDescription | null
  /** The URL of the app, for links. */
  app(): string | null
  setNetwork(network: NetworkDescription, app: string): void
  decision(contact: string): Decision | null
  decide(contact: string, decision: Decision): void
  /** Codes of a bot that were handed out already, by contact, with the time. */
  given(): Map<string, number>
  give(contact: string, time: number): void
  forget(contact: string): void
}

export function defaultFolder(): string {
  return process.env.SOTTO_PROFILE || path.join(homedir(), ".sotto")
}

/** Throws Failure where the folder holds no profile (unless it is to be made), cannot be used, or is in use. */
export function openProfile(folder: string, { make = false } = {}): Profile {
  const file = path.join(folder, "profile.sqlite")
  if (!make && !existsSync(file)) throw new Failure(`There is no profile in ${folder}; "sotto init" makes one.`)
  try {
    if (make) makeFolder(folder)
    // What lies in it is not encrypted: nobody else on this machine is to read it.
    chmodSync(folder, 0o700)
  } catch (error) {
    throw new Failure(`The profile's folder ${folder} cannot be used: ${(error as NodeJS.ErrnoException).code}.`)
  }
  try {
    return profileIn(folder, openDatabase(file))
  } catch (error) {
    throw error instanceof StoreError ? storeFailure(error, folder) : error
  }
}

function profileIn(folder: string, database: DatabaseSync): Profile {
  database.exec(`
    CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS decisions (contact TEXT PRIMARY KEY, let_in INTEGER NOT NULL, take_name INTEGER NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS given (contact TEXT PRIMARY KEY, time INTEGER NOT NULL) STRICT`)
  const setting = (name: string) => {
    const row = database.prepare("SELECT value FROM settings WHERE name = ?").get(name) as { value: string } | undefined
    return row?.value ?? null
  }
  return {
    folder,
    store: sqliteStore(database),
    network: () => parseDescription(setting("network") ?? ""),
    app: () => setting("app"),
    setNetwork(network, app) {
      const put = database.prepare("INSERT OR REPLACE INTO settings VALUES (?, ?)")
      put.run("network", JSON.stringify(network))
      put.run("app", app)
    },
    decision(contact) {
      const row = database.prepare("SELECT let_in, take_name FROM decisions WHERE contact = ?").get(contact)
      return row ? { letIn: row.let_in === 1, takeName: row.take_name === 1 } : null
    },
    decide(contact, { letIn, takeName }) {
      database.prepare("INSERT OR REPLACE INTO decisions VALUES (?, ?, ?)").run(contact, letIn ? 1 : 0, takeName ? 1 : 0)
    },
    given() {
      const rows = database.prepare("SELECT contact, time FROM given").all() as { contact: string; time: number }[]
      return new Map(rows.map(({ contact, time }) => [contact, time]))
    },
    give(contact, time) {
      database.prepare("INSERT OR REPLACE INTO given VALUES (?, ?)").run(contact, time)
    },
    forget(contact) {
      database.prepare("DELETE FROM given WHERE contact = ?").run(contact)
      database.prepare("DELETE FROM decisions WHERE contact = ?").run(contact)
    },
  }
}
