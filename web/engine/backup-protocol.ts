/** What the page and the worker that makes and opens backup files say to each other. A worker does one thing: the key of a passphrase takes 256 MiB, which end with it. */
import type { BackupContents } from "../../messenger/vault/backup-contents.ts"
import type { BackupHead, BackupProblem } from "../../messenger/vault/backup-reader.ts"
import type { Port } from "./protocol.ts"

/**
 * What stands in the way of a backup. `wrong`: the passphrase. `empty`: it holds no profile. `other-network`: this app cannot reach the network in
 * which the profile lives. `too-large`: there is no room for it here. `failed`: the file, or the engine, stopped giving.
 */
export type BackupFileProblem = BackupProblem | "wrong" | "empty" | "other-network" | "too-large" | "failed"

export interface OpenedBackup {
  readonly head: BackupHead
  readonly contents: BackupContents
  /** Bytes of the file. */
  readonly size: number
}

/** A file that was made, and what must be found in it again. */
export interface MadeBackup {
  readonly file: Blob
  readonly hash: Uint8Array
  readonly records: number
  /** Records that cannot be read any more, and are not in it. */
  readonly damaged: number
}

export type ToBackup =
  /** Makes a file of what the engine gives at the port's other end. Answered by `made`. */
  | { readonly type: "make"; readonly passphrase: string; readonly port: Port }
  /** Reads a file to its end; one that was made here must hold what went into it. Answered by `opened`. */
  | { readonly type: "open"; readonly passphrase: string; readonly file: Blob; readonly made: MadeBackup | null }
  /** Gives the file's records to the engine at the port's other end. */
  | { readonly type: "give"; readonly passphrase: string; readonly file: Blob; readonly port: Port }

export type FromBackup =
  | { readonly type: "made"; readonly made: MadeBackup }
  | { readonly type: "opened"; readonly backup: OpenedBackup }
  /** Instead of either. `about`: of another network, the address of the app that made it, or null. */
  | { readonly type: "problem"; readonly problem: BackupFileProblem; readonly about: string | null }
  /** Bytes of the file that were read, of how many. */
  | { readonly type: "progress"; readonly done: number; readonly of: number }
