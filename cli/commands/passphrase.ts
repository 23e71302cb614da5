import type { Command } from "../command.ts"
import { Failure } from "../failure.ts"
import { NEXT, passphraseFrom, wayOf } from "../passphrase.ts"
import { openProfile } from "../profile.ts"

export const passphrase: Command = {
  usage: "[--new-passphrase-file FILE]",
  summary: "Sets the profile's passphrase, or another one (or SOTTO_NEW_PASSPHRASE; else it is asked for).",
  words: [0, 0],
  options: { "new-passphrase-file": "value" },
  async run(call) {
    const profile = await openProfile(call.folder, call)
    const typed = await passphraseFrom(call.args, NEXT, true)
    if (typed === null) throw new Failure("There is no new passphrase; nothing was changed.")
    const had = profile.vault.isProtected
    await profile.vault.protect(await wayOf(typed))
    while (await profile.vault.step()) continue
    call.note(had ? "The passphrase is another one now." : "The profile is locked by its passphrase now. Nobody can bring it back when it is forgotten.")
  },
}
