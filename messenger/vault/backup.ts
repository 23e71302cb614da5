import { sha256 } from "@noble/hashes/sha2.js"
import { concat, Reader, sameBytes, WireError, Writer } from "../../shared/bytes.ts"
import { utf8 } from "../../shared/text.ts"
import { DAMAGED } from "../ports.ts"
import { keys } from "../stored.ts"
import { SCHEMA } from "./migrations.ts"

/** What lies inside a backup file, below the encryption of the age format. docs/protocol.md section 18.4 */
const MAGIC = utf8("sotto backup\n")
const VERSION = 1
const NETWORK_MAX = 1 << 16
const VALUE_MAX = 64 << 20
const RECORDS_MAX = 1 << 24

export interface Backup {
  readonly schema: number
  /** When it was made, ms since 1970. */
  readonly created: number
  /** JSON of the network's description and the app's address, or empty. */
  readonly network: Uint8Array
  readonly records: ReadonlyMap<string, Uint8Array>
}

export type BackupProblem = "not-a-backup" | "damaged" | "newer"
export type BackupReading = { readonly ok: true; readonly backup: Backup } | { readonly ok: false; readonly problem: BackupProblem }

/** A backup's bytes, and what its rehearsal must find. */
export interface PackedBackup {
  readonly bytes: Uint8Array
  readonly records: number
  /** Records that cannot be read any more, and are not in it. */
  readonly damaged: number
}

/** Packs all records, which come in batches so that nothing else has to wait for them. */
export async function packBackup(
  batches: AsyncIterable<readonly (readonly [string, Uint8Array])[]>,
  { created, network }: { readonly created: number; readonly network: Uint8Array },
): Promise<PackedBackup> {
  const parts = [new Writer().put(MAGIC).u16(VERSION).u16(SCHEMA).u64(created).bytes32(network).done()]
  let records = 0
  let damaged = 0
  for await (const batch of batches) {
    const writer = new Writer()
    for (const [key, value] of batch) {
      if (value === DAMAGED) damaged++
      else writer.u8(1).text16(key).bytes32(value)
    }
    records += batch.length
    parts.push(writer.done())
  }
  records -= damaged
  parts.push(new Writer().u8(0).u32(records).done())
  return { bytes: joined(parts), records, damaged }
}

/** Reads what packBackup wrote, whoever wrote it. */
export function readBackup(bytes: Uint8Array): BackupReading {
  const isOurs = bytes.length > MAGIC.length && sameBytes(bytes.subarray(0, MAGIC.length), MAGIC)
  if (!isOurs) return { ok: false, problem: "not-a-backup" }
  try {
    const reader = new Reader(bytes)
    reader.take(MAGIC.length)
    const version = reader.u16()
    const schema = reader.u16()
    if (version > VERSION || schema > SCHEMA) return { ok: false, problem: "newer" }
    if (version !== VERSION || schema === 0) throw new WireError()
    const created = reader.u64()
    const network = reader.bytes32(NETWORK_MAX)
    const records = new Map<string, Uint8Array>()
    let count = 0
    for (let more = reader.u8(); more === 1; more = reader.u8()) {
      if (++count > RECORDS_MAX) throw new WireError()
      records.set(reader.text16(), reader.bytes32(VALUE_MAX))
    }
    if (reader.u32() !== count) throw new WireError()
    reader.end()
    return { ok: true, backup: { schema, created, network, records } }
  } catch (error) {
    if (error instanceof WireError) return { ok: false, problem: "damaged" }
    throw error
  }
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
