import { readFile, rename, writeFile } from "node:fs/promises"
import { isRehearsed, packBackup } from "../../messenger/vault/backup.ts"
import { utf8 } from "../../shared/text.ts"
import { ageOpen, ageSeal } from "../age.ts"
import type { Command } from "../command.ts"
import { Failure } from "../failure.ts"
import { jsonLine } from "../output.ts"
import { OF_BACKUP, passphraseFrom } from "../passphrase.ts"
import { openProfile } from "../profile.ts"

const BATCH = 500

export const backup: Command = {
  usage: "FILE [--backup-passphrase-file FILE]",
  summary: "Writes all of the profile into one encrypted file (age format), opens it again, and compares.",
  words: [1, 1],
  options: { "backup-passphrase-file": "value" },
  async run(call) {
    const file = call.args.words[0]!
    let own: string | null = null
    const profile = await openProfile(call.folder, { passphrase: async (isNew) => (own = await call.passphrase(isNew)) })
    const network = profile.network()
    if (network === null) throw new Failure("The profile is not finished.")
    // What opens the profile opens its backup, unless another passphrase is given.
    const other = call.args.options.has(OF_BACKUP.option) || process.env[OF_BACKUP.variable] !== undefined || own === null
    const typed = other ? await passphraseFrom(call.args, OF_BACKUP, true) : own
    if (typed === null) throw new Failure("A backup needs a passphrase: give one with --backup-passphrase-file or SOTTO_BACKUP_PASSPHRASE.")
    const about = { created: Date.now(), network: utf8(JSON.stringify({ network, app: profile.app() })) }
    const packed = await packBackup(profile.vault.store.batches(BATCH), about)
    const part = `${file}.part`
    try {
      await writeFile(part, await ageSeal(typed, packed.bytes), { mode: 0o600 })
      const again = await ageOpen(typed, await readFile(part))
      if (!again.ok || !isRehearsed(packed, again.bytes)) throw new Failure(`The backup does not open as it should, and is not good: ${part}`)
      await rename(part, file)
    } catch (error) {
      if (error instanceof Failure) throw error
      throw new Failure(`The backup could not be written: ${(error as NodeJS.ErrnoException).code}.`)
    }
    if (call.json) return call.print(jsonLine({ file, records: packed.records, damaged: packed.damaged }))
    call.print(`The backup is in ${file}: ${packed.records} records, opened again and compared.`)
    if (packed.damaged > 0) call.note(`${packed.damaged} records of the profile are damaged, and not in it.`)
  },
}
