import { count } from "./format.ts"

export const welcome = {
  points: [
    "Three servers mix each message with others. None of them learns who talks to whom.",
    "So a message takes some seconds. That is the protection.",
    "No phone number, no account: all you have is on this device only.",
  ],
  name: "Your name",
  nameHint: "Seen by the people you let in.",
  start: "Start",
  restore: "Restore a backup",
  lost: "There was a profile in this browser, and it is gone: the browser has deleted it, to make room or because its files were damaged. A backup brings it back. Without one you can only begin anew.",
  withCode: "You opened somebody’s contact code. Choose your name first; the code is kept.",
  failed: "Your profile could not be made. Try again.",
}

export const lock = {
  title: "Lock",
  open: "No passphrase is set: whoever can use this browser can read what Sotto keeps on this device.",
  passphrase: "Passphrase",
  current: "Current passphrase",
  fresh: "New passphrase",
  hint: "It locks what this device keeps. Nobody can bring it back when you forget it.",
  optional: "Passphrase (can be set later)",
  optionalHint: "Without it, who can use this browser can read along. Nobody can bring it back.",
  strength: ["This one is easy to guess.", "This one is fair.", "This one is good.", "This one is strong."],
  set: "Set the passphrase",
  change: "Change the passphrase",
  done: "The passphrase is set.",
  wrong: "That is not the current passphrase. Nothing was changed.",
  shut: "That is not the passphrase.",
  after: "Lock by itself",
  minutes: (n: number) => (n === 0 ? "Never" : `After ${count(n, { one: "# minute", other: "# minutes" })}`),
  onHide: "Lock when this tab is left",
  now: "Lock now",
  locked: "Locked",
  ticking: "Packets leave as always, and messages arrive behind the lock.",
  resting: "Nothing is sent or received until you unlock.",
  unlock: "Unlock",
  opening: "Unlocking…",
}

export const passkey = {
  add: "Unlock with a passkey…",
  title: "Unlock with a passkey",
  text: "This device’s screen lock, or a security key, then opens Sotto, too. The passphrase stays the other way in. Where your passkeys are kept in an account, whoever gets into that account and has this device can open it.",
  make: "Make the passkey",
  making: "Waiting for your device…",
  added: "A passkey unlocks Sotto on this device, beside the passphrase.",
  remove: "Remove the passkey",
  removed: "The passkey opens nothing here any more. You may delete it where your passkeys are kept.",
  unlock: "Unlock with a passkey",
  wrong: "That passkey does not open this. Use the passphrase.",
  problems: {
    refused: "No passkey was made: it was cancelled, or took too long.",
    unfit: "This passkey cannot keep a key for Sotto. Another one may: a newer security key, or this device’s own screen lock.",
    unanswered: "The passkey did not answer. Try again, or use the passphrase.",
  },
}
