/** What the page and the engine's worker say to each other. Plain values: all of it crosses by structured clone. */
import type { Stretching } from "../../messenger/vault/header.ts"
import type { CommandInput, CommandName, CommandOutput, MessengerEvent } from "../../messenger/api.ts"

/** Without terms, new ones are measured. */
export interface StretchRequest {
  readonly passphrase: string
  readonly stretching: Stretching | null
}

export interface StretchAnswer {
  readonly stretching: Stretching
  readonly key: Uint8Array
}

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
    }
  /** Nothing is shown until the passphrase is typed. `ticking`: the engine runs on behind the door. */
  | { readonly status: "locked"; readonly stretching: Stretching; readonly wrong: boolean; readonly ticking: boolean }
  /** Another tab runs the engine. This one goes on by itself when that one is closed. */
  | { readonly status: "elsewhere" }
  | { readonly status: "failed"; readonly problem: EngineProblem; readonly detail: string | null }

export type CommandRequest = {
  [Name in CommandName]: { readonly type: "command"; readonly call: number; readonly name: Name; readonly input: CommandInput<Name> }
}[CommandName]

export type ToEngine =
  | CommandRequest
  | { readonly type: "lock" }
  /** The key of the passphrase that was typed, under the terms of the status. */
  | { readonly type: "unlock"; readonly key: Uint8Array }
  /** Sets the passphrase; `current` is the key of the one before, where there is one. Answered by `protected`. */
  | { readonly type: "protect"; readonly fresh: StretchAnswer; readonly current: Uint8Array | null }
  /** Asks the tab that runs the engine to stop, so that this one can. */
  | { readonly type: "take-over" }
  /** Stops the engine for good and deletes all that this device keeps. Answered by `erased`. */
  | { readonly type: "erase" }

export type FromEngine =
  | { readonly type: "status"; readonly status: EngineStatus }
  | { readonly type: "event"; readonly event: MessengerEvent }
  | { readonly type: "answer"; readonly call: number; readonly output: CommandOutput<CommandName> }
  /** The command was refused (CommandError) or failed. */
  | { readonly type: "refused"; readonly call: number; readonly reason: string }
  /** A mistake of ours that surfaced outside of a command. */
  | { readonly type: "trouble"; readonly detail: string }
  /** The passphrase was set, or not, for the one before was wrong. `stretching`: the terms of the one that holds. */
  | { readonly type: "protected"; readonly ok: boolean; readonly stretching: Stretching | null }
  | { readonly type: "erased" }
