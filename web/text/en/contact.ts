import type { Trust } from "../../../messenger/api.ts"
import type { QuarantineReason } from "../../../messenger/quarantine.ts"
import { count } from "./format.ts"

export const contact = {
  title: "Contact",
  name: "Name",
  nameHint: "Only you see this name.",
  theirName: (name: string) => `Calls themselves ${name}`,
  trustTitle: "How sure you are",
  trust: { met: "Met in person", compared: "Safety number compared", introduced: "Introduced", link: "Only a link", changed: "Key changed" } satisfies Record<Trust, string>,
  trustText: {
    met: "The code went from screen to screen.",
    compared: "You compared the safety number with each other.",
    introduced: "Somebody you know introduced you.",
    link: "The code went over a channel that you cannot see into. Compare the safety number to be sure.",
    changed: "They have another key than before. Compare the safety number to be sure that it is theirs.",
  } satisfies Record<Trust, string>,
  safety: "Safety number",
  safetyText: "Read it to each other, over the phone or side by side. If all twelve groups are the same, nobody is in between.",
  safetyMissing: "The safety number appears when both of you know each other’s keys.",
  matches: "It matches",
  compared: "You compared this number.",
  block: "Block",
  blockText: (name: string) => `What ${name} sends from now on is dropped unseen. They are not told.`,
  unblock: "Unblock",
  blocked: "Blocked. What they send is dropped unseen.",
  removeTitle: (name: string) => `Remove ${name}?`,
  removeText: "The contact, the conversation and its keys are deleted from this device. This cannot be undone.",
  removeContact: "Remove contact",
  failedTitle: (name: string) => `${name} could not be added`,
  forget: "Forget this contact",
  tryAgain: "Enter another code",
  write: "Write a message",
  since: (date: string) => `Contact since ${date}`,
  gone: "This contact is no longer here.",
}

export const safety = {
  open: "Compare by QR code",
  how: (name: string) => `Both of you open this page, and one scans the other’s code. Or read the digits to each other, over the phone or side by side. If they are the same, nobody stands between you and ${name}.`,
  qr: "Safety number as a QR code",
  scan: "Scan their code",
  same: (name: string) => `The same. You and ${name} have each other’s keys, and it is noted that you compared.`,
  other: (name: string) => `These are NOT the same. You and ${name} do not have each other’s keys: somebody may stand between you. Write nothing that matters, and tell each other on another way.`,
  noNumber: "This is not the code of a safety number. On their side it stands on the page of your contact, under safety number.",
  changed: (name: string) => `This is the number with ${name}’s new key. That it matches means that the new key is theirs.`,
  unmark: "It was not compared",
  why: "The code on the screen holds more than the digits do. Neither is secret, and nobody who sees it can read anything.",
}

export const identity = {
  title: (name: string) => `${name} has another key`,
  signed: (name: string) => `${name} says so with the key that you know. Still, whoever took that key could: compare the new safety number, on another way. Until you have decided nothing is sent, and nothing that comes is shown.`,
  unsigned: (name: string) => `Somebody with another key stands in ${name}’s place, and has not proved who they are. Ask ${name} on another way. Until you have decided nothing is sent, and nothing that comes is shown.`,
  number: "The new safety number",
  compared: "It matches",
  accept: "Go on without comparing",
  first: "Decide about the new key first. What you have written waits.",
}

export const quarantine = {
  title: "What was kept out",
  text: "It came from your contacts and was not let in. Nothing of its contents is kept.",
  nothing: "Nothing was kept out.",
  reasons: {
    blocked: "a message while they were blocked",
    unsealed: "something that their key does not open",
    malformed: "something malformed",
    unreadable: "a message that cannot be opened",
    replayed: "a message that was sent before",
    foreign: "a message of another device",
    duplicate: "a message that was there already",
    lying: "a receipt for what was never sent",
    stranger: "a device of somebody else",
    unfit: "a change of what they may not change",
    revoked: "something from a device that is theirs no more",
    flood: "more than is taken at a time: read slowly",
  } satisfies Record<QuarantineReason, string>,
  times: (n: number, date: string) => `${count(n, { one: "# time", other: "# times" })}, last on ${date}`,
  clear: "Clear the list",
}
