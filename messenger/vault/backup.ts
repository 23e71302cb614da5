import { sha256 } from "@noble/hashes/sha2.js"
import { concat, sameBytes, Writer } from "../../shared/bytes.ts"
import { DAMAGED } from "../ports.ts"
import { keys } from "../stored.ts"
import type { BackupHead, BackupProblem } from "./backup-reader.ts"
import { BACKUP_MAGIC, BACKUP_VERSION, BackupReader } from "./backup-reader.ts"
import { SCHEMA } from "./migrations.ts"

export interface Backup extends BackupHead {
  readonly records: ReadonlyMap<string, Uint8Array>
}

export type BackupReading = { readonly ok: true; readonly backup: Backup } | { readonly ok: false; readonly problem: BackupProblem }

/** What a rehearsal must find again. */
export interface PackedRecords {
  readonly records: number
  /** Records that cannot be read any more, and are not in it. */
  readonly damaged: number
}

/** A backup's bytes, and what its rehearsal must find. */
export interface PackedBackup extends PackedRecords {
  readonly bytes: Uint8Array
}

type Batches = AsyncIterable<readonly (readonly [string, Uint8Array])[]>
type About = Pick<BackupHead, "created" | "network">

/** Packs all records, part by part. They come in batches so that nothing else has to wait for them. */
export async function* backupParts(batches: Batches, { created, network }: About): AsyncGenerator<Uint8Array, PackedRecords> {
  yield new Writer().put(BACKUP_MAGIC).u16(BACKUP_VERSION).u16(SCHEMA).u64(created).bytes32(network).done()
  let records = 0
  let damaged = 0
  for await (const batch of batches) {
    const writer = new Writer()
    for (const [key, value] of batch) {
      if (value === DAMAGED) damaged++
      else writer.u8(1).text16(key).bytes32(value)
    }
    records += batch.length
    yield writer.done()
  }
  records -= damaged
  yield new Writer().u8(0).u32(records).done()
  return { records, damaged }
}

/** The same with all of it in memory. */
export async function packBackup(batches: Batches, about: About): Promise<PackedBackup> {
  const parts: Uint8Array[] = []
  const packing = backupParts(batches, about)
  for (;;) {
    const { done, value } = await packing.next()
    if (done) return { bytes: joined(parts), ...value }
    parts.push(value)
  }
}

/** Reads what packBackup wrote, whoever wrote it. */
export function readBackup(bytes: Uint8Array): BackupReading {
  const reader = new BackupReader()
  const read = reader.push(bytes)
  if (!read.ok) return read
  const end = reader.end()
  return end.ok ? { ok: true, backup: { ...end.head, records: new Map(read.records) } } : end
}

/** Whether what was read back out of a file is what was packed into it, and a profile. */
export function isRehearsed({ bytes, records }: PackedBackup, again: Uint8Array): boolean {
  if (!sameBytes(sha256(bytes), sha256(again))) return false
  const reading = readBackup(again)
  // While a key is being replaced a record may be met twice.
  return reading.ok && reading.backup.records.size <= records && reading.backup.records.has(keys.profile)
}

/** concat takes as many arguments as a call may have; a backup may have more parts. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const most = 10_000
  if (parts.length <= most) return concat(...parts)
  return joined(Array.from({ length: Math.ceil(parts.length / most) }, (_, i) => concat(...parts.slice(i * most, (i + 1) * most))))
}
