import type { ReadMode, Speed } from "../../../messenger/api.ts"
import type { NetworkWarning } from "../../../messenger/network-view.ts"
import { count } from "./format.ts"

export const network = {
  title: "Network",
  live: "Now",
  linkText: {
    offline: "No network. The clock waits.",
    connecting: "Looking for your gateway.",
    behind: "Connected, and looking for what has come since the last time.",
    online: "Connected. Packets leave on the clock, whether you write or not.",
  },
  map: "Your last packets",
  mapText: (n: number) => `Picture of the network: three layers of mixes and the dropboxes, with the roads of your last ${count(n, { one: "# packet", other: "# packets" })}.`,
  you: "You",
  layer: (n: number) => `Layer ${n}`,
  dropboxes: "Dropboxes",
  sent: "Packets sent",
  cover: "of them cover",
  coverText: "Cover says nothing. From outside it looks like any other packet.",
  replies: "Answers",
  lost: "Lost",
  roundTrip: "There and back",
  noRoundTrip: "not measured yet",
  gateway: "Your gateway",
  noGateway: "none yet",
  gatewayText: "The one server that sees your internet address. It sees when you are online, and nothing else.",
  recent: "The last packets, in words",
  carried: { cover: "Cover", read: "Question to a dropbox", write: "Something to say" },
  road: (stops: string) => `over ${stops}`,
  answered: (time: string) => `back after ${time}`,
  unanswered: "under way",
  none: "No packet has left yet.",
  speed: "Speed",
  speeds: { fast: "Fast", balanced: "Balanced", saver: "Saver" } satisfies Record<Speed, string>,
  speedText: {
    fast: "a packet a second, 32 MB an hour",
    balanced: "a packet every 3 seconds, 10.7 MB an hour",
    saver: "a packet every 15 seconds, 2.1 MB an hour",
  } satisfies Record<Speed, string>,
  speedHint: "On average, whether you write or not. Faster means that messages wait less for their turn.",
  nodes: "The servers",
  operator: (name: string) => `run by ${name}`,
  yours: "your gateway",
  warnings: {
    "one-operator": "All servers of this network are run by one operator. Nothing protects you from that operator: what you say stays secret, but not whom you talk to.",
    "one-provider": "All servers of this network stand at one hosting provider, which could see whom you talk to. What you say stays secret.",
    "many-losses": "More than half of all packets get lost. That may be a fault, or an attack: somebody who holds back everybody’s packets but yours could follow yours. What you say stays secret.",
    "two-directories": "The authorities of this network have signed two different lists of servers for the same time: somebody is shown another network than others. Ask those who run it before you go on.",
  } satisfies Record<NetworkWarning, string>,
  id: "Network id",
  epoch: "Directory",
}

export const reads = {
  title: "How messages are fetched",
  modes: { waiting: "Waiting", polling: "Strict polling" } satisfies Record<ReadMode, string>,
  costs: {
    waiting: "A message is here seconds after it was written. The price: whoever writes to you, and works together with your gateway, can find out which connection is yours.",
    polling: "No packet leaves or comes back at another time because of what anybody writes. The price: messages take longer, the longer the more conversations you have.",
  } satisfies Record<ReadMode, string>,
  hint: "For all conversations at once. After a change to strict polling it takes up to half an hour until nothing waits any more.",
}
