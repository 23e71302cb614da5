/** What the page and the engine's worker say to each other. Plain values: all of it crosses by structured clone, but for the bytes of files, which are handed over. */
import type { BackupHead, BackupRecord } from "../../messenger/vault/backup-reader.ts"
import type { Stretching } from "../../messenger/vault/header.ts"
import type { Ways } from "../../messenger/vault/vault-state.ts"
import type { Secret } from "../../messenger/vault/wraps.ts"
import type { CommandInput, CommandName, CommandOutput, MessengerEvent, MessengerView } from "../../messenger/api.ts"

/** Without terms, new ones are measured. */
export interface StretchRequest {
  readonly passphrase: string
  readonly stretching: Stretching | null
}

export interface StretchAnswer {
  readonly stretching: Stretching
  readonly key: Uint8Array
}

/** A passkey and what it answers, for a way in that is to be added. */
export interface PasskeyAnswer extends NonNullable<Ways["passkey"]> {
  readonly key: Uint8Array
}

/** Kinds of records that cannot be read any more (null: not even the kind can be told), and how many of each. */
export type Damage = readonly (readonly [kind: string | null, count: number])[]

export type BackupRecords = readonly BackupRecord[]

/** Where types of Node are in sight it is the name of a value only. */
export type Port = InstanceType<typeof MessagePort>

/** Why the engine does not run. Each has a screen of its own that says what can be done. */
export type EngineProblem =
  /** The very first start needs the network's description, and it cannot be had. It is asked for again by itself. */
  | "first-start-offline"
  /** What lies at /network.json is not a description of a network. */
  | "bad-description"
  /** The browser refuses to keep data (private window, full disk, storage switched off). */
  | "storage"
  /** There is no room. What was under way did not happen, and nothing was sent because of it. */
  | "full"
  /** The keys to what is kept, or a record without which nothing goes on, cannot be read any more. */
  | "damaged"
  /** A later version of the app has been here. */
  | "newer"
  /** The browser lacks something that the engine cannot do without. */
  | "browser"
  /** A mistake of ours; `detail` says where. */
  | "broken"

export type EngineStatus =
  | { readonly status: "starting" }
  | {
      readonly status: "running"
      /** Where a code of the echo bot can be had (POST), or null where the network has none. */
      readonly echo: string | null
      /** The address of this app now describes another network than the one this profile lives in. */
      readonly otherNetwork: boolean
      /** A passphrase is needed to open what this device keeps. */
      readonly isProtected: boolean
      /** The terms of that passphrase. */
      readonly stretching: Stretching | null
      /** A passkey opens it, too. */
      readonly hasPasskey: boolean
      /** When the last backup was saved, as far as can be told. */
      readonly backedUp: number | null
      readonly damage: Damage
    }
  /** Nothing is shown until it is unlocked. `wrong`: what was tried last. `ticking`: the engine runs on behind the door. */
  | { readonly status: "locked"; readonly stretching: Stretching; readonly passkey: Ways["passkey"]; readonly wrong: Secret["way"] | null; readonly ticking: boolean }
  /** A backup takes the place of a profile that was never begun. */
  | { readonly status: "restoring" }
  /** Another tab runs the engine. This one goes on by itself when that one is closed. */
  | { readonly status: "elsewhere" }
  | { readonly status: "failed"; readonly problem: EngineProblem; readonly detail: string | null }

export type CommandRequest = {
  [Name in CommandName]: { readonly type: "command"; readonly call: number; readonly name: Name; readonly input: CommandInput<Name> }
}[CommandName]

export type ToEngine =
  | CommandRequest
  | { readonly type: "lock" }
  /** What was typed, stretched under the terms of the status, or what the passkey gave. */
  | { readonly type: "unlock"; readonly secret: Secret }
  /**
   * Sets the passphrase, adds or removes the passkey, or asks whether `current` is the key of the passphrase, which the first two need where
   * there is one. Each is answered by `ways`.
   */
  | { readonly type: "protect"; readonly fresh: StretchAnswer; readonly current: Uint8Array | null }
  | { readonly type: "add-passkey"; readonly fresh: PasskeyAnswer; readonly current: Uint8Array }
  | { readonly type: "remove-passkey" }
  | { readonly type: "prove"; readonly current: Uint8Array }
  /** Packs all that is kept, for whoever takes it at the port's other end. */
  | { readonly type: "backup"; readonly port: Port }
  /** It was opened again, and saved. */
  | { readonly type: "backed-up"; readonly created: number }
  /** Takes the records that the port gives for a profile, under a passphrase. Answered by `restored`. */
  | { readonly type: "restore"; readonly port: Port; readonly head: BackupHead; readonly fresh: StretchAnswer }
  /** Asks the tab that runs the engine to stop, so that this one can. */
  | { readonly type: "take-over" }
  /** Stops the engine for good and deletes all that this device keeps. Answered by `erased`. */
  | { readonly type: "erase" }

export type FromEngine =
  /** The worker has started, and loads the engine. */
  | { readonly type: "here" }
  | { readonly type: "status"; readonly status: EngineStatus }
  | { readonly type: "event"; readonly event: MessengerEvent }
  /** What is shown first, before the engine's status becomes "running" for the first time. */
  | { readonly type: "first"; readonly view: MessengerView; readonly drafts: CommandOutput<"drafts"> }
  | { readonly type: "answer"; readonly call: number; readonly output: CommandOutput<CommandName> }
  /** The command was refused (CommandError) or failed. */
  | { readonly type: "refused"; readonly call: number; readonly reason: string }
  /** A mistake of ours that surfaced outside of a command. */
  | { readonly type: "trouble"; readonly detail: string }
  /** What was asked of the ways in was done, or not, for the passphrase was wrong. */
  | { readonly type: "ways"; readonly ok: boolean }
  | { readonly type: "restored"; readonly ok: boolean }
  | { readonly type: "erased" }
