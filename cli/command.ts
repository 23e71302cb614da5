import type { Speed } from "../messenger/api.ts"
import type { Arguments, OptionKinds } from "./arguments.ts"

/** What a command is handed: its arguments, and the two ways to speak. */
export interface Call {
  readonly args: Arguments
  readonly folder: string
  readonly json: boolean
  readonly speed: Speed | null
  /** The profile's passphrase, from wherever it was given or typed; `isNew` where it is about to be set. */
  passphrase(isNew: boolean): Promise<string | null>
  /** Ends when the process is asked to end. */
  readonly interrupted: AbortSignal
  /** Ends then, or when the time given with --timeout is over. */
  readonly deadline: AbortSignal
  /** A line of the result. */
  print(line: string): void
  /** A line for the person at the terminal, which is no part of the result. */
  note(line: string): void
}

export interface Command {
  /** Words and options of its own, as the help shows them. */
  readonly usage: string
  readonly summary: string
  /** How many words it takes, at least and at most. */
  readonly words: readonly [number, number]
  readonly options: OptionKinds
  run(call: Call): Promise<void>
}
