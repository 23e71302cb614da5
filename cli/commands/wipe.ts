import { rmSync } from "node:fs"
import path from "node:path"
import { sqliteStore } from "../../messenger/platform/nodejs/file-store.ts"
import { systemRandom } from "../../messenger/platform/nodejs/random.ts"
import { wipe as wipeStore } from "../../messenger/vault/vault-state.ts"
import type { Command } from "../command.ts"
import { Failure } from "../failure.ts"
import { openFolder } from "../profile.ts"

export const wipe: Command = {
  usage: "--yes",
  summary: "Destroys the profile at once: first its keys, then all else. Asks for no passphrase; nothing brings it back but a backup.",
  words: [0, 0],
  options: { yes: "flag" },
  async run(call) {
    if (!call.args.options.has("yes")) throw new Failure(`This destroys the profile in ${call.folder} for good. Say --yes.`)
    const raw = sqliteStore(openFolder(call.folder, false))
    await wipeStore(raw, systemRandom)
    await raw.close()
    for (const end of ["", "-wal", "-shm"]) rmSync(path.join(call.folder, `profile.sqlite${end}`), { force: true })
    call.note("The profile is gone.")
  },
}
