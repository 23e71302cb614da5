import { readFileSync } from "node:fs"
import { calibrated, stretch } from "../messenger/vault/argon2.ts"
import type { NewWay } from "../messenger/vault/wraps.ts"
import { systemRandom } from "../messenger/platform/nodejs/random.ts"
import type { Arguments } from "./arguments.ts"
import { Failure } from "./failure.ts"
import { canAsk, askHidden } from "./prompt.ts"

/** Where a passphrase may come from: a file, else the environment, else the person at the terminal. */
export interface PassphraseSource {
  readonly option: string
  readonly variable: string
  readonly question: string
}

export const CURRENT: PassphraseSource = { option: "passphrase-file", variable: "SOTTO_PASSPHRASE", question: "Passphrase: " }
export const NEXT: PassphraseSource = { option: "new-passphrase-file", variable: "SOTTO_NEW_PASSPHRASE", question: "New passphrase: " }
export const OF_BACKUP: PassphraseSource = { option: "backup-passphrase-file", variable: "SOTTO_BACKUP_PASSPHRASE", question: "Passphrase of the backup: " }

/** Null where there is none. `isNew` asks twice, since nobody sees what they type. Throws Failure. */
export async function passphraseFrom(args: Arguments, { option, variable, question }: PassphraseSource, isNew = false): Promise<string | null> {
  const file = args.options.get(option)
  const given = file === undefined ? process.env[variable] : contentOf(file)
  if (given !== undefined) return given === "" ? null : given
  if (!canAsk()) return null
  const typed = await askHidden(question)
  if (typed !== "" && isNew && (await askHidden("Once more: ")) !== typed) throw new Failure("The two were not the same.")
  return typed === "" ? null : typed
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, "utf8").replace(/\r?\n$/, "")
  } catch (error) {
    throw new Failure(`The passphrase could not be read from ${file}: ${(error as NodeJS.ErrnoException).code}.`)
  }
}

/** A way into a vault by this passphrase, with terms measured on this machine. */
export async function wayOf(passphrase: string): Promise<NewWay & { way: "passphrase" }> {
  const stretching = await calibrated(systemRandom, () => performance.now())
  return { way: "passphrase", stretching, key: await stretch(passphrase, stretching) }
}
