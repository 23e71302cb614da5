/// <reference lib="webworker" />
/** What becomes of a profile as a whole: it goes into a backup, comes out of one, and how much of it can still be read. */
import { random } from "../../messenger/platform/browser/clock.ts"
import type { Store } from "../../messenger/ports.ts"
import { DAMAGED, StoreError } from "../../messenger/ports.ts"
import type { PackedRecords } from "../../messenger/vault/backup.ts"
import { lookAt } from "../../messenger/vault/vault-state.ts"
import { Vault } from "../../messenger/vault/vault.ts"
import { Reader, Writer } from "../../shared/bytes.ts"
import { utf8 } from "../../shared/text.ts"
import { give, taken } from "./pulled.ts"
import type { BackupRecords, Damage, ToEngine } from "./protocol.ts"
import { change, post, say, session } from "./session.ts"

declare const self: DedicatedWorkerGlobalScope

/** When the last backup was saved: a record of the app's own beside those of the engine. */
const SAVED = "app/backup-saved"
/** Records at a time: some milliseconds of work, and packets go in between. */
const BATCH = 100

/** Gives out all that is kept, part by part, to the worker that encrypts it. */
export async function giveBackup(port: MessagePort): Promise<void> {
  // A record that is moved meanwhile would be met twice.
  await session.sealing.catch(() => undefined)
  give(port, packed())
}

async function* packed(): AsyncGenerator<Uint8Array, PackedRecords> {
  const { vault, network, messenger } = session
  if (vault === null || network === null || messenger?.status.status !== "running") throw new Error("nothing is open")
  const { echo: _, ...description } = network.description
  const about = { created: Date.now(), network: utf8(JSON.stringify({ network: description, app: self.location.origin })) }
  const { backupParts } = await import("../../messenger/vault/backup.ts")
  const last = yield* backupParts(vault.store.batches(BATCH), about)
  // What was closed meanwhile gave no more than a part of it.
  if (session.vault !== vault) throw new Error("the vault was closed")
  return last
}

export async function noteBackup(created: number): Promise<void> {
  const { vault } = session
  if (vault === null) return
  await vault.store.commit(savedAt(created))
  change({ backedUp: created })
}

const savedAt = (created: number) => [[SAVED, new Writer().u64(created).done()]] as const

export async function lastBackup(vault: Vault): Promise<number | null> {
  const kept = await vault.store.get(SAVED)
  return kept === null || kept === DAMAGED || kept.length !== 8 ? null : new Reader(kept).u64()
}

/** Only into a profile that was never begun. The engine is stopped first, and `restored` follows. */
export async function restore(asked: ToEngine & { type: "restore" }): Promise<void> {
  const { messenger } = session
  const isEmpty = messenger !== null && (await messenger.run("view", {}).catch(() => null))?.profile === null
  if (!isEmpty || session.giveUp === null) return post({ type: "restored", ok: false })
  session.restoring = asked
  say({ status: "restoring" })
  session.giveUp()
}

/** The vault that was restored; a new and empty one where the file could not be read to its end. Throws StoreError. */
export async function restoreInto(raw: Store, { port, head, fresh }: ToEngine & { type: "restore" }): Promise<Vault> {
  const parts = { raw, random }
  const { restoreBatches } = await import("../../messenger/vault/restore.ts")
  try {
    const vault = await restoreBatches(parts, head.schema, taken<BackupRecords, null>(port), { way: "passphrase", ...fresh })
    await vault.store.commit(savedAt(head.created))
    post({ type: "restored", ok: true })
    return vault
  } catch (error) {
    if (error instanceof StoreError) throw error
    post({ type: "restored", ok: false })
    // Clears away what was begun.
    await lookAt(raw)
    return Vault.create(parts, null)
  }
}

export const damageOf = (vault: Vault): Damage => [...vault.store.damage]

/** Records are found to be damaged when they are looked for. */
export function tellDamage(): void {
  const { vault, running } = session
  if (vault === null || running === null) return
  const damage = damageOf(vault)
  if (String(damage) !== String(running.damage)) change({ damage })
}
