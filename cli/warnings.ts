import type { ContactView } from "../messenger/api.ts"
import type { NetworkView, NetworkWarning } from "../messenger/network-view.ts"
import { plainName } from "./output.ts"

const networkWarnings: Record<NetworkWarning, string> = {
  "one-operator": "All servers of this network are run by one operator: nothing hides from that operator whom you talk to.",
  "one-provider": "All servers of this network stand at one hosting provider, which could see whom you talk to.",
  "many-losses": "More than half of all packets get lost. That may be a fault, or somebody who holds back everybody's packets but yours.",
  "two-directories":
    "The authorities of this network have signed two different lists of servers for the same time: somebody is shown another network than others. Ask the operators before you go on.",
}

/** What the people at both ends should know before they go on; one sentence for each. */
export function differentNetworks(contacts: readonly ContactView[]): string[] {
  return contacts
    .filter(({ otherDirectory }) => otherDirectory !== null)
    .map(
      ({ name }) =>
        `You and ${plainName(name)} were shown different lists of servers of this network. One of you may have been led to servers that work together to see who talks to whom; what you write stays secret. Tell each other on another way, and ask the network's operators.`,
    )
}

export function networkSentences({ warning, clockOff }: NetworkView): string[] {
  const clock = clockOff === null ? [] : [`The clock of this device is ${Math.round(Math.abs(clockOff) / 60)} minutes ${clockOff > 0 ? "ahead of" : "behind"} the network's. When it is more than ten minutes wrong, messages may not get through.`]
  return [...clock, ...(warning === null ? [] : [networkWarnings[warning]])]
}
