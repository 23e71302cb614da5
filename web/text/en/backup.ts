import type { BackupFileProblem } from "../../engine/backup-protocol.ts"
import type { DamagedKind } from "../../state/damage.ts"
import { count, list } from "./format.ts"

export const backup = {
  title: "Backup",
  dialog: "Make a backup",
  never: "There is no backup. Contacts, messages and keys are on this device only: whoever loses it loses them all.",
  last: (date: string) => `The last backup is of ${date}.`,
  stale: (date: string) => `The last backup is of ${date}. What came since then is on this device only.`,
  make: "Make a backup…",
  what: "All that Sotto keeps becomes one encrypted file: your profile, contacts and messages. Keep it somewhere else than on this device.",
  passphrase: "Passphrase of the backup",
  passphraseHint: "Nothing else opens the file, and nobody can bring it back when you forget it. It may be the one that unlocks Sotto.",
  begin: "Make the file",
  making: "The file is being made. Messages go on meanwhile.",
  notMade: "The file could not be made. Try again.",
  again: "The file is made. Type its passphrase once more: it is opened with it, as it would be for a restore.",
  againWrong: "The file does not open with this. Type what you typed before, or begin anew.",
  notGood: "The file does not hold what went into it, and is not good. Begin anew.",
  open: "Open it",
  opening: "Opening the file and reading it to its end…",
  anew: "Begin anew",
  good: "The backup is good: it opens, and all that went in is there.",
  damaged: (n: number) => `${count(n, { one: "# record", other: "# records" })} on this device cannot be read any more, and ${n === 1 ? "is" : "are"} not in it.`,
  save: "Save the file",
  saved: "The file was handed to your browser. Look whether it is where you wanted it.",
  unsaved: "The file is not saved yet: closed now, it is lost.",
  leave: "Close without it",
  where: "A backup on another disk, or with somebody you trust, survives this device.",
  whose: "Profile",
  made: "Made",
  holds: "Holds",
  size: "Size",
  contents: (contacts: number, messages: number) => `${count(contacts, { one: "# contact", other: "# contacts" })}, ${count(messages, { one: "# message", other: "# messages" })}`,
  due: "It is time for a backup: what you have here is on this device only.",
  later: "Later",
}

export const restore = {
  title: "Restore a backup",
  found: "This is what it holds",
  file: "Backup file",
  open: "Open the file",
  back: "Back",
  other: "Choose another file",
  restore: "Restore it",
  restoring: "The backup is being restored. Keep this page open.",
  means: [
    "What came after it was made is not in it.",
    "Conversations go on once your contacts’ devices have let this one back in. They do so by themselves when they are online; until then nothing is sent.",
    "Use it on one device only. Two with the same profile take the conversations from each other.",
    "From now on the passphrase of the backup unlocks Sotto. You can change it in the settings.",
  ],
  madeAt: (app: string) => `It was made at ${app}`,
  problems: {
    wrong: "The passphrase is wrong, or the beginning of the file is damaged. Nothing was changed.",
    "not-a-backup": "This file is not a backup of Sotto.",
    damaged: "The file is damaged or cut short. If you have another copy, try that one. Nothing was changed.",
    newer: "A newer version of Sotto made this backup. Reload the page to get it, then try again.",
    empty: "There is no profile in this backup.",
    "other-network": "This backup belongs to another network, which cannot be reached from this page. Restore it where it was made.",
    "too-large": "This browser has not enough room for what is in this file. Free some space, then try again.",
    failed: "The file could not be read to its end. Try again. Nothing was changed.",
  } satisfies Record<BackupFileProblem, string>,
}

const damagedWords: Record<DamagedKind, { one: string; other: string }> = {
  contact: { one: "# contact", other: "# contacts" },
  conversation: { one: "# conversation", other: "# conversations" },
  message: { one: "# message", other: "# messages" },
  draft: { one: "# draft", other: "# drafts" },
  other: { one: "# other record", other: "# other records" },
}

export const storage = {
  title: "What is kept here",
  kept: "This browser keeps what is here until you delete it.",
  notKept: "This browser may delete all of this when it runs short of room, or when Sotto was not opened for some weeks. A backup helps; so does asking it to keep it.",
  unknown: "This browser does not say whether it keeps what is here. It may delete it when it runs short of room.",
  ask: "Ask to keep it",
  refused: "The browser did not promise it. Many do after Sotto was installed, or used for some days.",
  usage: (used: string, room: string) => `${used} used, room for ${room}`,
  damaged: (all: readonly { kind: DamagedKind; count: number }[]) =>
    `${list(all.map((one) => count(one.count, damagedWords[one.kind])))} on this device cannot be read any more: the disk or the browser has damaged ${all.length === 1 && all[0]!.count === 1 ? "it" : "them"}.`,
  damagedAct: "Everything else goes on, and nothing was deleted. An earlier backup holds what is missing: erase everything here, then restore it.",
}
