import type { StoredProfile } from "../stored.ts"
import { keys, unpack } from "../stored.ts"
import type { BackupRecord } from "./backup-reader.ts"

/** What a person asks of a backup: whose it is, and how much of it there is. */
export interface BackupContents {
  /** Null where it holds no profile: then it is not one to go on from. */
  readonly name: string | null
  readonly contacts: number
  readonly messages: number
  readonly records: number
}

export const NO_CONTENTS: BackupContents = { name: null, contacts: 0, messages: 0, records: 0 }
const MESSAGES = keys.messages("").slice(0, -1)

export function countRecords(before: BackupContents, records: readonly BackupRecord[]): BackupContents {
  let { name, contacts, messages } = before
  for (const [key, value] of records) {
    if (key === keys.profile) ({ name } = unpack<StoredProfile>(value))
    else if (key.startsWith(keys.contacts)) contacts++
    else if (key.startsWith(MESSAGES)) messages++
  }
  return { name, contacts, messages, records: before.records + records.length }
}
