import { isName, NAME_MAX } from "../../messenger/name.ts"
import { idOf } from "../../messenger/network-description.ts"
import type { Call, Command } from "../command.ts"
import { isFinished, withMessenger } from "../engine.ts"
import { Failure } from "../failure.ts"
import { loadNetwork } from "../network.ts"
import { jsonLine } from "../output.ts"
import type { Profile } from "../profile.ts"
import { openProfile } from "../profile.ts"

export const OPEN_PROFILE = "It has no passphrase: whoever can read this folder can read all of it. \"sotto passphrase\" sets one."

export const init: Command = {
  usage: "--network URL[#NETWORK-ID] --name NAME",
  summary: "Makes a profile: an identity in a network, whose app is at URL.",
  words: [0, 0],
  options: { network: "value", name: "value" },
  async run(call) {
    const address = call.args.options.get("network")
    if (address === undefined) throw new Failure("Which network? Give --network with the URL of its app, such as http://localhost:8080.")
    const profile = await openProfile(call.folder, { ...call, make: true })
    const name = await makeProfile(profile, address, call)
    const network = profile.network()!
    if (call.json) call.print(jsonLine({ profile: call.folder, name, network: { name: network.name, id: idOf(network) } }))
    else call.print(`The profile of ${name} is in ${call.folder}, in the network "${network.name}" (id ${idOf(network)}).`)
    if (!profile.vault.isProtected) call.note(OPEN_PROFILE)
  },
}

/** Throws Failure where the folder holds a finished profile already. Returns the name. */
export async function makeProfile(profile: Profile, address: string, call: Call): Promise<string> {
  const name = call.args.options.get("name")?.trim()
  if (!name) throw new Failure("What is your name? Give --name with the one that your contacts will see.")
  if (!isName(name)) throw new Failure(`A name has 1 to ${NAME_MAX} bytes of UTF-8, and no line breaks or invisible marks.`)
  const { network, app } = await loadNetwork(address)
  if (await isFinished(profile)) throw new Failure(`There is a profile in ${call.folder} already.`)
  profile.setNetwork(network, app)
  await withMessenger(profile, { online: false, empty: true }, async (messenger) => {
    await messenger.run("create-profile", { name })
    if (call.speed) await messenger.run("speed", { speed: call.speed })
  })
  return name
}
