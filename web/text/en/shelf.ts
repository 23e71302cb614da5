import { count } from "./format.ts"

const howMany = (n: number) => count(n, { one: "# file", other: "# files" })

/** What messages bring: found by what it is, kept on this device, passed on, shared into the app. */
export const shelf = {
  title: "Media, links and files",
  filter: "What to look for",
  kinds: { all: "All", media: "Media", links: "Links", files: "Files" },
  found: { media: (n: number, more: boolean) => `${count(n, { one: "# picture or video", other: "# pictures and videos" })}${more ? " so far" : ""}`, links: (n: number, more: boolean) => `${count(n, { one: "# message with links", other: "# messages with links" })}${more ? " so far" : ""}`, files: (n: number, more: boolean) => `${howMany(n)}${more ? " so far" : ""}` },
  none: { media: "There are no pictures or videos here.", links: "There are no links here.", files: "There are no files or voice notes here." },
  deleted: "Deleted from this device.",
  ownDeleted: "Deleted from this device. It cannot be sent again.",
  storage: "Files on this device",
  takes: (n: number, size: string) => `${howMany(n)}, ${size} in all`,
  each: (n: number, size: string) => `${howMany(n)}, ${size}`,
  nothing: "There are no files on this device.",
  of: "Of which conversation",
  everywhere: "All conversations",
  order: "Order",
  orders: { latest: "Latest first", largest: "Largest first" },
  list: "Files",
  go: "Go to the message",
  pick: (what: string) => `Select: ${what}`,
  deleteSome: (n: number) => `Delete ${howMany(n)}`,
  deleteTitle: (n: number) => `Delete ${howMany(n)} from this device?`,
  deleteText: "Their messages stay. What others have sent can be fetched again while it lies in the dropboxes, and asked for later. Your own files nobody can get from you again, and what is only here is gone.",
  notDeleted: "Some could not be deleted now: they are on their way.",
  forwardFiles: "Text and files go on as messages of yours, each file sealed anew and sent from this device. Nothing says who they came from.",
  forwardCost: (packets: number, time: string) => `${count(packets, { one: "# packet", other: "# packets" })}, about ${time} at this speed`,
  forwardAbsent: (n: number) => count(n, { one: "# file is not on this device and cannot be forwarded. Fetch it first.", other: "# files are not on this device and cannot be forwarded. Fetch them first." }),
  shareText: "Choose a conversation. You see what goes and what it costs, and nothing is sent before you send it.",
  backedUp: (n: number, size: string) => `${howMany(n)} (${size})`,
  backup: "Files are in it as they are here. One that is not here can be fetched or asked for again once your contacts have taken this device in.",
}
