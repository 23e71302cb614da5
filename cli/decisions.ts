import type { DatabaseSync } from "node:sqlite"
import type { Store, Write } from "../messenger/ports.ts"
import { DAMAGED } from "../messenger/ports.ts"
import { pack, unpack } from "../messenger/stored.ts"

/** What was decided about a contact code when it was made, for the run in which somebody answers it. */
export interface Decision {
  /** Whoever answers first is let in without a question. */
  readonly letIn: boolean
  /** The contact may take the name that the other side tells. */
  readonly takeName: boolean
}

const DECISIONS = "cli/decision/"
const GIVEN = "cli/given/"

/** What the command line notes beside the engine, in the same sealed store. Durable when its promise is fulfilled. */
export class Decisions {
  readonly #store: Store
  readonly #decided = new Map<string, Decision>()
  /** Codes of a bot that were handed out already, by contact, with the time. */
  readonly given = new Map<string, number>()

  private constructor(store: Store) {
    this.#store = store
  }

  static async load(store: Store): Promise<Decisions> {
    const all = new Decisions(store)
    for (const [key, bytes] of await store.list(DECISIONS)) if (bytes !== DAMAGED) all.#decided.set(key.slice(DECISIONS.length), unpack<Decision>(bytes))
    for (const [key, bytes] of await store.list(GIVEN)) if (bytes !== DAMAGED) all.given.set(key.slice(GIVEN.length), unpack<{ time: number }>(bytes).time)
    return all
  }

  of(contact: string): Decision | null {
    return this.#decided.get(contact) ?? null
  }

  async decide(contact: string, decision: Decision): Promise<void> {
    this.#decided.set(contact, decision)
    await this.#store.commit([[DECISIONS + contact, pack(decision)]])
  }

  async give(contact: string, time: number): Promise<void> {
    this.given.set(contact, time)
    await this.#store.commit([[GIVEN + contact, pack({ time })]])
  }

  async forget(contact: string): Promise<void> {
    this.#decided.delete(contact)
    this.given.delete(contact)
    await this.#store.commit([[DECISIONS + contact, null], [GIVEN + contact, null]])
  }
}

/** Profiles of before there were vaults kept them in tables of their own, in the clear. */
export async function adoptTables(database: DatabaseSync, store: Store): Promise<void> {
  const has = (table: string) => database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(table) !== undefined
  if (!has("decisions") && !has("given")) return
  const writes: Write[] = []
  if (has("decisions"))
    for (const row of database.prepare("SELECT * FROM decisions").all())
      writes.push([DECISIONS + String(row.contact), pack({ letIn: row.let_in === 1, takeName: row.take_name === 1 } satisfies Decision)])
  if (has("given")) for (const row of database.prepare("SELECT * FROM given").all()) writes.push([GIVEN + String(row.contact), pack({ time: Number(row.time) })])
  await store.commit(writes)
  database.exec("DROP TABLE IF EXISTS decisions; DROP TABLE IF EXISTS given")
  // Their file was not always told to overwrite what is deleted: written anew, it holds nothing of before.
  database.exec("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")
}
