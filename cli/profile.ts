import { chmodSync, existsSync } from "node:fs"
import { homedir } from "node:os"
import path from "node:path"
import type { DatabaseSync } from "node:sqlite"
import { parseDescription } from "../messenger/network-description.ts"
import { openDatabase, sqliteStore } from "../messenger/platform/nodejs/file-store.ts"
import { systemRandom } from "../messenger/platform/nodejs/random.ts"
import type { NetworkDescription, Store } from "../messenger/ports.ts"
import { StoreError } from "../messenger/ports.ts"
import { stretch } from "../messenger/vault/argon2.ts"
import { lookAt } from "../messenger/vault/vault-state.ts"
import type { VaultParts } from "../messenger/vault/vault.ts"
import { Vault } from "../messenger/vault/vault.ts"
import { adoptTables, Decisions } from "./decisions.ts"
import { Failure, storeFailure } from "./failure.ts"
import { makeFolder } from "./folder.ts"
import { wayOf } from "./passphrase.ts"

/** A profile's folder, locked for this process until it is closed. */
export interface Profile {
  readonly folder: string
  /** All that the engine keeps, sealed. */
  readonly store: Store
  readonly vault: Vault
  readonly decisions: Decisions
  network(): NetworkDescription | null
  /** The URL of the app, for links. */
  app(): string | null
  setNetwork(network: NetworkDescription, app: string): void
}

export function defaultFolder(): string {
  return process.env.SOTTO_PROFILE || path.join(homedir(), ".sotto")
}

export interface ProfileOptions {
  readonly make?: boolean
  /** Asked where the profile needs one, and where a new one might get one. */
  readonly passphrase?: (isNew: boolean) => Promise<string | null>
}

/** Opens the profile, whose former versions are brought to this one. Throws Failure where there is none (unless it is to be made), where it cannot be used or opened, or is in use. */
export async function openProfile(folder: string, { make = false, passphrase = async () => null }: ProfileOptions = {}): Promise<Profile> {
  const database = openFolder(folder, make)
  const raw = sqliteStore(database)
  try {
    const vault = await openVault({ raw, random: systemRandom }, folder, make, passphrase)
    await vault.ready()
    while (await vault.step()) continue
    await adoptTables(database, vault.store)
    return await profileIn(folder, database, vault)
  } catch (error) {
    await raw.close()
    throw error instanceof StoreError ? storeFailure(error, folder) : error
  }
}

/** The folder's database, for this process alone. Throws Failure. */
export function openFolder(folder: string, make: boolean): DatabaseSync {
  const file = path.join(folder, "profile.sqlite")
  if (!make && !existsSync(file)) throw new Failure(`There is no profile in ${folder}; "sotto init" makes one.`)
  try {
    if (make) makeFolder(folder)
    // Its records are sealed; which network it lives in is not, and how much there is can be counted.
    chmodSync(folder, 0o700)
  } catch (error) {
    throw new Failure(`The profile's folder ${folder} cannot be used: ${(error as NodeJS.ErrnoException).code}.`)
  }
  try {
    return openDatabase(file)
  } catch (error) {
    throw error instanceof StoreError ? storeFailure(error, folder) : error
  }
}

async function openVault(parts: VaultParts, folder: string, make: boolean, passphrase: (isNew: boolean) => Promise<string | null>): Promise<Vault> {
  const found = await lookAt(parts.raw)
  switch (found.state) {
    case "empty":
    case "plain": {
      if (found.state === "empty" && !make) throw new Failure(`The profile in ${folder} is not finished: run "sotto init" again.`)
      const typed = await passphrase(true)
      return Vault.create(parts, typed === null ? null : await wayOf(typed), { isPlain: found.state === "plain" })
    }
    case "damaged":
      throw new Failure(`The profile in ${folder} is damaged: the keys to its records cannot be read any more. "sotto wipe" deletes it, "sotto restore" then brings back a backup.`)
    case "newer":
      throw new Failure(`The profile in ${folder} was written by a later version of sotto, and is left alone.`)
    case "sealed": {
      const stretching = found.ways.passphrase
      const typed = stretching === null ? null : await passphrase(false)
      if (stretching !== null && typed === null) throw new Failure("The profile is locked. Give its passphrase with SOTTO_PASSPHRASE or --passphrase-file, or at a terminal.")
      const secret = stretching === null || typed === null ? null : { way: "passphrase" as const, key: await stretch(typed, stretching) }
      const opening = await Vault.open(parts, secret)
      if (opening.ok) return opening.vault
      throw new Failure(opening.problem === "wrong" ? "The passphrase is wrong; nothing was changed." : `The profile in ${folder} cannot be opened: ${opening.problem}.`)
    }
  }
}

async function profileIn(folder: string, database: DatabaseSync, vault: Vault): Promise<Profile> {
  database.exec(SETTINGS)
  const setting = (name: string) => {
    const row = database.prepare("SELECT value FROM settings WHERE name = ?").get(name) as { value: string } | undefined
    return row?.value ?? null
  }
  return {
    folder,
    vault,
    store: vault.store,
    decisions: await Decisions.load(vault.store),
    network: () => parseDescription(setting("network") ?? ""),
    app: () => setting("app"),
    setNetwork: (network, app) => setNetworkIn(database, network, app),
  }
}

const SETTINGS = "CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT"

/** Which network a profile lives in is no secret, and lies beside what is sealed. */
export function setNetworkIn(database: DatabaseSync, network: NetworkDescription, app: string): void {
  database.exec(SETTINGS)
  const put = database.prepare("INSERT OR REPLACE INTO settings VALUES (?, ?)")
  put.run("network", JSON.stringify(network))
  put.run("app", app)
}
