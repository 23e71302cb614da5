import type { StoredFile } from "../shelf.ts"
import type { StoredProfile } from "../stored.ts"
import { keys, unpack } from "../stored.ts"
import type { BackupRecord } from "./backup-reader.ts"

/** What a person asks of a backup: whose it is, and how much of it there is. */
export interface BackupContents {
  /** Null where it holds no profile: then it is not one to go on from. */
  readonly name: string | null
  readonly contacts: number
  readonly messages: number
  /** Files of which something is in it, and how many bytes of them; none of a backup of before these were counted. */
  readonly files: number
  readonly fileBytes: number
  readonly records: number
}

export const NO_CONTENTS: BackupContents = { name: null, contacts: 0, messages: 0, files: 0, fileBytes: 0, records: 0 }
const MESSAGES = keys.messages("").slice(0, -1)

export function countRecords(before: BackupContents, records: readonly BackupRecord[]): BackupContents {
  let { name, contacts, messages, files, fileBytes } = before
  for (const [key, value] of records) {
    if (key === keys.profile) ({ name } = unpack<StoredProfile>(value))
    else if (key.startsWith(keys.contacts)) contacts++
    else if (key.startsWith(MESSAGES)) messages++
    else if (key.startsWith(keys.allFiles)) {
      const { kept } = unpack<StoredFile>(value)
      if (kept > 0) files++
      fileBytes += kept
    }
  }
  return { name, contacts, messages, files, fileBytes, records: before.records + records.length }
}
