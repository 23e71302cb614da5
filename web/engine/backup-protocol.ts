/** What the page and the worker that makes and opens backup files say to each other; one thing at a time. */
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

export type ToBackup =
  /** Makes a file of what the engine gives at the port's other end. Answered by `made`. */
  | { readonly type: "make"; readonly passphrase: string; readonly port: Port }
  /** Reads a file to its end, or (null) the one that was made, which must hold what went into it. Answered by `opened`. */
  | { readonly type: "open"; readonly passphrase: string; readonly file: Blob | null }
  /** Gives the records of the file that was opened to the engine at the port's other end. */
  | { readonly type: "give"; readonly port: Port }

export type FromBackup =
  | { readonly type: "made"; readonly file: Blob; readonly damaged: number }
  | { readonly type: "opened"; readonly backup: OpenedBackup }
  /** Instead of either. `about`: of another network, the address of the app that made it, or null. */
  | { readonly type: "problem"; readonly problem: BackupFileProblem; readonly about: string | null }
  /** Bytes of the file that were read, of how many. */
  | { readonly type: "progress"; readonly done: number; readonly of: number }
