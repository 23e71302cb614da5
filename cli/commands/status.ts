import { atRest } from "../at-rest.ts"
import type { Command } from "../command.ts"
import { jsonLine, plainName } from "../output.ts"
import { differentNetworks, networkSentences } from "../warnings.ts"

export const status: Command = {
  usage: "",
  summary: "The profile, its network, and what waits; needs no network.",
  words: [0, 0],
  options: {},
  async run(call) {
    const { view, app, isProtected } = await atRest(call, async (messenger, { app, vault }) => ({ view: await messenger.run("view", {}), app: app(), isProtected: vault.isProtected }))
    const unread = view.conversations.reduce((sum, one) => sum + one.unread, 0)
    const network = { name: view.network.name, id: view.network.id, app }
    const speed = view.profile?.speed ?? null
    const name = view.profile?.name ?? ""
    const { clockOff, warning } = view.network
    const otherDirectory = view.contacts.filter((contact) => contact.otherDirectory !== null).map((contact) => contact.name)
    if (call.json) return call.print(jsonLine({ profile: call.folder, name, speed, network, passphrase: isProtected, contacts: view.contacts.length, unread, clockOff, warning, otherDirectory }))
    call.print(`Profile   ${plainName(name)} in ${call.folder}, speed ${speed}`)
    call.print(`Network   ${plainName(network.name)} at ${network.app}, id ${network.id}`)
    call.print(`Lock      ${isProtected ? "a passphrase" : "none: whoever can read the folder can read all of it"}`)
    call.print(`Contacts  ${view.contacts.length}, unread messages ${unread}`)
    for (const sentence of [...networkSentences(view.network), ...differentNetworks(view.contacts)]) call.print(`Note      ${sentence}`)
  },
}
