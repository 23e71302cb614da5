import type { EngineProblem } from "../../engine/protocol.ts"
import { count, number } from "./format.ts"

export const common = {
  back: "Back",
  close: "Close",
  cancel: "Cancel",
  save: "Save",
  copy: "Copy",
  copied: "Copied",
  share: "Share",
  remove: "Remove",
  you: "You",
  loading: "Loading",
  reload: "Reload",
  details: "Details for a report",
}

export const engine = {
  starting: "Starting",
  elsewhereTitle: "Sotto is open in another tab",
  elsewhere: "Only one tab can run it: two would give two messages the same address. This one goes on by itself when the other is closed.",
  takeOver: "Use it here",
  failedTitle: "Sotto cannot start",
  problems: {
    "first-start-offline": "The first start needs the server that this page came from, and it does not answer. It is asked again every few seconds.",
    "bad-description": "The server that this page came from does not say which network it belongs to. Whoever runs it has to look at /network.json. It is asked again every few seconds.",
    storage: "This browser does not let Sotto keep anything. Leave the private window, free some space, or allow this site to store data, then reload.",
    full: "There is no room left on this device, so Sotto has stopped. What was under way did not happen, and nothing is lost of what was stored. Free some space, then reload.",
    damaged: "What Sotto keeps on this device is damaged and cannot be opened. Nothing was deleted. A reload may help; where it does not, erase it, and restore a backup or begin anew.",
    newer: "A newer version of Sotto was used here. Reload to get it; what is stored is left alone.",
    browser: "This browser is too old: it lacks web locks or IndexedDB. Chrome, Edge, Firefox or Safari of the last two years will do.",
    broken: "Something in Sotto itself went wrong. What you wrote is still stored. Reload to start again.",
  } satisfies Record<EngineProblem, string>,
  trouble: "Something in Sotto itself went wrong. It goes on, but a reload is safer.",
}

export const banners = {
  offline: "You are offline. You can read and write; what you write leaves when there is a network.",
  connecting: "Connecting to your gateway…",
  clockOff: (minutes: number, ahead: boolean) => `The clock of this device is ${count(minutes, { one: "# minute", other: "# minutes" })} ${ahead ? "fast" : "slow"}. Set it right: when it is more than ten minutes wrong, messages may not get through.`,
  otherNetwork: "The server of this page now runs another network. Your contacts live in the old one, and nobody can be reached from here any more.",
  otherNetworkAct: "Start over…",
  damageAct: "What to do",
}

export const list = {
  title: "Conversations",
  pending: "On their way",
  newContact: "New contact",
  network: (state: string) => `Network: ${state}`,
  settings: "Settings",
  link: { offline: "Offline", connecting: "Connecting", online: "Online", behind: "Catching up" },
  /** Messages that have come in this catching up. */
  soFar: (n: number) => `Catching up: ${number(n)}`,
  unread: (n: number) => count(n, { one: "# new message", other: "# new messages" }),
  draft: "Draft:",
  own: "You:",
  nothing: "No messages yet",
  blocked: "Blocked",
}

export const empty = {
  title: "Nobody here yet",
  text: "To talk, one of you shows a contact code and the other enters it. Each code works once.",
  show: "Show my code",
  showHint: "As a picture, text or link, for one person",
  enter: "Enter or scan a code",
  enterHint: "That somebody gave to you",
  echo: "Say hello to Echo",
  echoHint: "A bot of this network that sends back what you write",
  echoName: "Echo",
  echoFailed: "Echo’s code could not be had. Try again in a moment.",
  choose: "Choose a conversation",
  chooseText: "Or leave it open: your packets leave on the clock, whether you write or not.",
}
