import { readFile } from "node:fs/promises"
import { readBackup } from "../../messenger/vault/backup.ts"
import type { BackupProblem } from "../../messenger/vault/backup-reader.ts"
import { restore as restoreVault } from "../../messenger/vault/restore.ts"
import { lookAt } from "../../messenger/vault/vault-state.ts"
import { sqliteStore } from "../../messenger/platform/nodejs/file-store.ts"
import { systemRandom } from "../../messenger/platform/nodejs/random.ts"
import { fromUtf8 } from "../../shared/text.ts"
import { ageOpen } from "../age.ts"
import type { Command } from "../command.ts"
import { Failure } from "../failure.ts"
import { parseDescription } from "../../messenger/network-description.ts"
import { CURRENT, passphraseFrom, wayOf } from "../passphrase.ts"
import { openFolder, setNetworkIn } from "../profile.ts"

export const restore: Command = {
  usage: "FILE",
  summary: "Makes a profile of a backup, where there is none yet; the backup's passphrase (given as the profile's) opens both from then on.",
  words: [1, 1],
  options: {},
  async run(call) {
    const file = call.args.words[0]!
    const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
      throw new Failure(`The backup ${file} could not be read: ${error.code}.`)
    })
    const typed = await passphraseFrom(call.args, CURRENT)
    if (typed === null) throw new Failure("Give the backup's passphrase with SOTTO_PASSPHRASE or --passphrase-file, or at a terminal.")
    const opened = await ageOpen(typed, bytes)
    if (!opened.ok) throw new Failure(problems[opened.problem])
    const reading = readBackup(opened.bytes)
    if (!reading.ok) throw new Failure(problems[reading.problem])
    const { network, app } = described(reading.backup.network)
    const database = openFolder(call.folder, true)
    const raw = sqliteStore(database)
    if ((await lookAt(raw)).state !== "empty") throw new Failure(`There is a profile in ${call.folder} already; choose another folder, or "sotto wipe" it.`)
    const vault = await restoreVault({ raw, random: systemRandom }, reading.backup, await wayOf(typed))
    setNetworkIn(database, network, app)
    await vault.close()
    call.print(`The profile is in ${call.folder}, as it was on ${new Date(reading.backup.created).toISOString().slice(0, 16).replace("T", " ")} UTC: ${reading.backup.records.size} records.`)
    call.note("Its conversations read what comes. They write again once your contacts have taken this device back in: the old keys are never used again.")
  },
}

function described(bytes: Uint8Array) {
  try {
    const { network, app } = JSON.parse(fromUtf8(bytes)) as { network?: unknown; app?: unknown }
    const parsed = parseDescription(JSON.stringify(network))
    if (parsed !== null) return { network: parsed, app: typeof app === "string" ? app : "" }
  } catch {
    // Falls through: what cannot be parsed describes nothing.
  }
  throw new Failure("The backup does not say which network it belongs to.")
}

const problems: Record<BackupProblem | "wrong", string> = {
  wrong: "The passphrase is wrong, or the beginning of the backup is damaged. Nothing was changed.",
  "not-a-backup": "This is not a backup of sotto.",
  damaged: "The backup is damaged or cut short. Nothing was changed.",
  newer: "A later version of sotto made this backup: update, then restore it.",
}
