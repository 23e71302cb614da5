import { number } from "./format.ts"
import type { CodeProblem, ContactProblem } from "../../../messenger/api.ts"

export const invite = {
  title: "Show my code",
  intro: "A code is for one person and works once. It opens nothing by itself: you see who answered before you let them in.",
  name: "Who is it for?",
  nameHint: "Only you see this name.",
  make: "Make a code",
}

export const code = {
  publishingTitle: (name: string) => `Preparing a code for ${name}`,
  publishing: "Your invitation is on its way into a dropbox. The code appears here when it can be used.",
  waitingTitle: (name: string) => `A code for ${name}`,
  waiting: "Let them scan it, or send it over a channel that you trust. It works once.",
  text: "Contact code",
  qr: "Contact code as a QR code",
  copyCode: "Copy code",
  copyLink: "Copy link",
  shareText: "My contact code for Sotto",
  cancel: "Cancel this code",
  cancelTitle: "Cancel this code?",
  cancelText: "Whoever has it can no longer answer it.",
  steps: { publishing: "Into a dropbox", waiting: "They answered", ask: "You let them in", ready: "Ready" },
  about: (time: string) => `about ${time}`,
  waitingFor: "waiting for them",
}

export const add = {
  title: "Enter or scan a code",
  field: "Contact code or link",
  fieldHint: "64 letters and digits in four lines. Spaces, dashes and small letters do not matter.",
  progress: (n: number, all: number) => `${n} of ${all}`,
  preview: "What was read so far",
  line: (n: number) => `Line ${n}`,
  scan: "Scan with the camera",
  image: "From a picture",
  paste: "Paste",
  unpasted: "The browser did not let it be read. Paste into the field, with the keyboard or a long touch.",
  name: "Name",
  nameHint: "Only you see this name.",
  submit: "Add contact",
  good: "This code is complete.",
  problems: {
    "too-short": (have) => `This is a part of a code only: ${number(have)} of its 64 letters and digits. Copy all four lines, or the whole link.`,
    "too-long": () => "This is more than one code. Keep its 64 letters and digits only.",
    "not-a-code": () => "This is not a contact code. It has letters and digits only, or is a link to this app.",
    typo: (line: number) => `There is a typing mistake in line ${line}. Compare that line again.`,
    version: () => "This code was made by a newer version of Sotto. Update this app, then enter it again.",
    "other-network": () => "This code is of another network. You can only reach people in the network that this app belongs to.",
    own: () => "This is a code of your own. Give it to the other person; they enter it.",
    known: (_line: number) => "You have entered this code before.",
  } satisfies Record<CodeProblem["problem"], (line: number) => string>,
  open: (name: string) => `Open ${name}`,
  failed: "The contact could not be added. Try again.",
  reading: {
    title: (name: string) => `Adding ${name}`,
    reading: "Fetching the invitation behind the code",
    answering: "Leaving your answer in a dropbox",
    answered: "They see your answer and let you in",
    stop: "Stop and forget",
  },
}

export const scan = {
  title: "Scan a code",
  hint: "Hold the code into the picture.",
  starting: "Starting the camera…",
  denied: "The camera is not allowed for this page. Allow it in the browser’s settings, or use a picture or the text.",
  missing: "No camera was found. Use a picture or the text.",
  noCode: "No code was found in this picture. Try one that is sharp and shows the whole code.",
  video: "Picture of the camera",
}

export const contactProblems = {
  used: "This code was already used. Ask for a new one.",
  "not-found": "No invitation was found behind this code. It may have been cancelled; ask for a new one.",
  "not-genuine": "What was found behind this code does not belong to it. Somebody may have tampered with it: ask for a new one over another channel.",
  expired: "This code is too old. Ask for a new one.",
  clock: "What is behind this code is not valid yet: the clock of this device or of theirs is wrong. Set it right, then ask for a new code.",
} satisfies Record<ContactProblem, string>

export const ask = {
  title: (name: string) => `${name} answered your code`,
  meant: (name: string) => `You made it for ${name}.`,
  question: "How did the code get to them?",
  met: "We met in person",
  metHint: "They scanned it from your screen, or you watched them enter it.",
  link: "Only a link",
  linkHint: "It went by mail, chat or paper. Somebody on the way could have answered in their place: compare safety numbers later.",
  name: "Name",
  accept: "Let them in",
  decline: "Decline",
  declineTitle: "Decline this answer?",
  declineText: "It is forgotten together with the code. They are not told.",
}

export const states = {
  publishing: "Preparing the code",
  waiting: "Waiting for an answer",
  ask: "Answered your code",
  reading: "Fetching the invitation",
  answering: "Leaving your answer",
  answered: "Has to let you in",
  ready: "Ready",
  failed: "Could not be added",
}
