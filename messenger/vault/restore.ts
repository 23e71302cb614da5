import type { Write } from "../ports.ts"
import type { StoredContact } from "../stored.ts"
import { keys, pack, unpack } from "../stored.ts"
import type { StoredConversation } from "../stored-conversation.ts"
import type { BackupRecord } from "./backup-reader.ts"
import type { Backup } from "./backup.ts"
import { Vault } from "./vault.ts"
import type { VaultParts } from "./vault.ts"
import { clear, UNFINISHED } from "./vault-state.ts"
import type { NewWay } from "./wraps.ts"

const BATCH = 200

/**
 * Makes a vault of a backup in a raw store, whose former content is deleted. Until the last transaction the store counts as empty, so a
 * restore that was cut short leaves nothing half.
 */
export async function restore(parts: VaultParts, backup: Backup, way: NewWay | null): Promise<Vault> {
  return restoreBatches(parts, backup.schema, batched([...backup.records]), way)
}

/** The same from records that come in batches; what they reject with ends it, and the store counts as empty. */
export async function restoreBatches(parts: VaultParts, schema: number, batches: AsyncIterable<readonly BackupRecord[]>, way: NewWay | null): Promise<Vault> {
  const { raw } = parts
  const mark: Write = [UNFINISHED, new Uint8Array([1])]
  await raw.commit([mark])
  await clear(raw)
  await raw.commit([mark])
  const vault = await Vault.create(parts, way, { schema, hidden: true })
  for await (const batch of batches) await vault.store.commit(batch.flatMap(restoredRecord))
  await vault.reveal([[UNFINISHED, null]])
  await vault.ready()
  return vault
}

async function* batched(records: readonly BackupRecord[]) {
  for (let at = 0; at < records.length; at += BATCH) yield records.slice(at, at + BATCH)
}

/**
 * What of a backup may live again. The original may have gone on: no key that it would use once may be used here, too. So
 * conversations are copies, which write nothing before they were taken in anew; unanswered codes are void, for whoever answers is
 * answered with a KeyPackage that works once; and decoy streams, which have no reader, are made anew.
 */
export function restoredRecord([key, value]: BackupRecord): Write[] {
  if (key.startsWith(keys.decoys)) return []
  if (key.startsWith(keys.conversations)) return [[key, pack({ ...unpack<StoredConversation>(value), isCopy: true } satisfies StoredConversation)]]
  if (key.startsWith(keys.contacts)) return [[key, pack(withoutInvitation(unpack<StoredContact>(value)))]]
  return [[key, value]]
}

function withoutInvitation(contact: StoredContact): StoredContact {
  return contact.invitation === null ? contact : { ...contact, invitation: null, state: "failed", problem: "expired" }
}
