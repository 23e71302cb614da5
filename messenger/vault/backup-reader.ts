import { concat, Reader, sameBytes, WireError } from "../../shared/bytes.ts"
import { utf8 } from "../../shared/text.ts"
import { SCHEMA } from "./migrations.ts"

/** What lies inside a backup file, below the encryption of the age format. docs/protocol.md section 18.4 */
export const BACKUP_MAGIC = utf8("sotto backup\n")
export const BACKUP_VERSION = 1
const NETWORK_MAX = 1 << 16
const VALUE_MAX = 64 << 20
const RECORDS_MAX = 1 << 24
/** Magic, version, schema; then the time and a length. */
const VERSIONS_LENGTH = BACKUP_MAGIC.length + 4
const HEAD_LENGTH = VERSIONS_LENGTH + 12
const END_LENGTH = 5

export interface BackupHead {
  readonly schema: number
  /** When it was made, ms since 1970. */
  readonly created: number
  /** JSON of the network's description and the app's address, or empty. */
  readonly network: Uint8Array
}

export type BackupProblem = "not-a-backup" | "damaged" | "newer"
type Failed = { readonly ok: false; readonly problem: BackupProblem }
export type BackupRecord = readonly [key: string, value: Uint8Array]

/** Reads a backup as its bytes come, however they are cut, and holds no more of it than one record and one part. */
export class BackupReader {
  #parts: Uint8Array[] = []
  #have = 0
  /** With fewer bytes than this nothing can be read on. */
  #needed = VERSIONS_LENGTH
  #head: BackupHead | null = null
  #count = 0
  #ended = false

  /** The records that these bytes make whole. After a problem nothing more can be read. */
  push(bytes: Uint8Array): { readonly ok: true; readonly records: BackupRecord[] } | Failed {
    this.#parts.push(bytes)
    this.#have += bytes.length
    const records: BackupRecord[] = []
    if (this.#have < this.#needed) return { ok: true, records }
    const all = concat(...this.#parts)
    let at = 0
    try {
      for (let left = all; left.length >= this.#needed; left = all.subarray(at)) at += this.#head === null ? this.#readHead(left) : this.#readRecord(left, records)
    } catch (error) {
      if (error instanceof WireError) return { ok: false, problem: "damaged" }
      if (error instanceof OtherFile) return { ok: false, problem: error.problem }
      throw error
    }
    this.#parts = [all.subarray(at)]
    this.#have = all.length - at
    return { ok: true, records }
  }

  /** After the last bytes. */
  end(): { readonly ok: true; readonly head: BackupHead } | Failed {
    if (this.#head !== null && this.#ended) return { ok: true, head: this.#head }
    const start = concat(...this.#parts).subarray(0, BACKUP_MAGIC.length + 1)
    const isOurs = this.#head !== null || (start.length > BACKUP_MAGIC.length && sameBytes(start.subarray(0, -1), BACKUP_MAGIC))
    return { ok: false, problem: isOurs ? "damaged" : "not-a-backup" }
  }

  /** How many bytes it took: none where more must come first. */
  #readHead(bytes: Uint8Array): number {
    const reader = new Reader(bytes)
    if (!sameBytes(reader.take(BACKUP_MAGIC.length), BACKUP_MAGIC)) throw new OtherFile("not-a-backup")
    const version = reader.u16()
    const schema = reader.u16()
    if (version > BACKUP_VERSION || schema > SCHEMA) throw new OtherFile("newer")
    if (version !== BACKUP_VERSION || schema === 0) throw new WireError()
    if (bytes.length < HEAD_LENGTH) return this.#wait(HEAD_LENGTH)
    const created = reader.u64()
    const length = reader.u32()
    if (length > NETWORK_MAX) throw new WireError()
    if (reader.left < length) return this.#wait(HEAD_LENGTH + length)
    this.#head = { schema, created, network: reader.take(length) }
    this.#needed = 1
    return HEAD_LENGTH + length
  }

  #readRecord(bytes: Uint8Array, records: BackupRecord[]): number {
    if (this.#ended) throw new WireError()
    const length = lengthOf(bytes)
    if (bytes.length < length) return this.#wait(length)
    const reader = new Reader(bytes.subarray(1, length))
    if (bytes[0] === 0) {
      if (reader.u32() !== this.#count) throw new WireError()
      this.#ended = true
    } else {
      if (++this.#count > RECORDS_MAX) throw new WireError()
      records.push([reader.text16(), reader.bytes32(VALUE_MAX)])
    }
    reader.end()
    this.#needed = 1
    return length
  }

  #wait(length: number): 0 {
    this.#needed = length
    return 0
  }
}

class OtherFile extends Error {
  readonly problem: "not-a-backup" | "newer"
  constructor(problem: "not-a-backup" | "newer") {
    super(problem)
    this.problem = problem
  }
}

/** Of the record that begins here, or of as much of it as says how long it is. */
function lengthOf(bytes: Uint8Array): number {
  const reader = new Reader(bytes)
  const kind = reader.u8()
  if (kind === 0) return END_LENGTH
  if (kind !== 1) throw new WireError()
  if (reader.left < 2) return 3
  const key = reader.u16()
  const before = 3 + key + 4
  if (bytes.length < before) return before
  reader.take(key)
  const value = reader.u32()
  if (value > VALUE_MAX) throw new WireError()
  return before + value
}
