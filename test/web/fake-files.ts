/** Files in the app of canned data, in all their states, as the messenger has them. */
import { fileCost } from "../../messenger/attachments/cost.ts"
import { layoutOf } from "../../messenger/attachments/layout.ts"
import type { AttachmentState, AttachmentView, CommandInput, MessageKind, MessageView } from "../../messenger/api.ts"
import { concat } from "../../shared/bytes.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import { landscape, png, sound } from "./fake-pictures.ts"

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

interface Hands {
  readonly now: () => number
  readonly after: (ms: number, then: () => void) => void
  readonly all: () => readonly MessageView[]
  readonly find: (id: string) => MessageView | undefined
  readonly update: (id: string, more: Partial<MessageView>) => void
  readonly put: (conversation: string, own: boolean, text: string, sent: number, more: Partial<MessageView>) => MessageView
  readonly gone: (id: string) => void
}

type Attached = CommandInput<"attach">

/** Whether a message can be looked for as one of a kind. */
export function isOf(kind: MessageKind, { text, deleted, attachment }: MessageView): boolean {
  if (deleted !== undefined) return false
  if (kind === "links") return /https?:|www\./.test(text)
  return attachment !== undefined && (kind === "media") === /^(image|video)\//.test(attachment.mediaType)
}

export class FakeFiles {
  readonly #hands: Hands
  readonly #bytes = new Map<string, Uint8Array>()
  readonly #staged = new Map<string, { readonly asked: Attached; bytes: Uint8Array }>()
  #serial = 0

  constructor(hands: Hands) {
    this.#hands = hands
  }

  /** A message with a file, which is here if there are bytes. */
  message(conversation: string, own: boolean, text: string, ago: number, file: Partial<AttachmentView> & { state: AttachmentState }, bytes: Uint8Array | null = null, more: Partial<MessageView> = {}): MessageView {
    const { now, put } = this.#hands
    const size = bytes?.length ?? file.size ?? 1000
    const of = file.of ?? layoutOf(size)[own ? "boxes" : "pieces"]
    const attachment: AttachmentView = { name: "", mediaType: "application/octet-stream", done: file.state === "sent" || file.state === "ready" ? of : 0, of, thumbnail: null, expires: now() + 12 * DAY, ...file, size }
    const message = put(conversation, own, text, now() - ago * MINUTE, { attachment, ...more })
    if (bytes !== null) this.#bytes.set(message.id, bytes)
    return message
  }

  fill(conversation: string): void {
    const picture = png(480, 360, landscape)
    const high = png(270, 360, (x, y) => landscape(0.3 + x / 2, y))
    const thumbnail = (width: number, height: number) => ({ mediaType: "image/png", bytes: png(width, height, landscape) })
    const add = this.message.bind(this, conversation)
    add(false, "The lake, ten minutes ago", 190, { state: "ready", name: "", mediaType: "image/png", thumbnail: thumbnail(24, 18) }, picture)
    add(true, "", 188, { state: "sent", mediaType: "image/png", thumbnail: thumbnail(15, 20) }, high)
    add(false, "", 170, { state: "ready", mediaType: "audio/wav" }, sound(7))
    add(true, "", 168, { state: "sent", mediaType: "audio/wav" }, sound(23))
    add(false, "And the timetable", 150, { state: "ready", name: "Timetable of the ferries, summer and winter.pdf", mediaType: "application/pdf" }, new TextEncoder().encode("%PDF-1.7 a timetable"))
    add(false, "", 149, { state: "ready", name: "كشف الحساب.csv", mediaType: "text/csv" }, new TextEncoder().encode("a,b"))
    add(false, "", 120, { state: "ready", name: "not-a-picture.png", mediaType: "image/png" }, new TextEncoder().encode("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"))
    add(false, "", 110, { state: "offered", name: "Recordings.zip", mediaType: "application/zip", size: 3_200_000 })
    add(false, "Too much for here, I know", 108, { state: "offered", name: "Film.mp4", mediaType: "video/mp4", size: 48_000_000 })
    add(false, "", 90, { state: "missing", name: "Map.png", mediaType: "image/png", size: 240_000, thumbnail: thumbnail(24, 18), done: 31 })
    add(false, "", 89, { state: "asked", name: "Minutes.odt", mediaType: "application/vnd.oasis.opendocument.text", size: 81_000, done: 3 })
    add(false, "", 88, { state: "damaged", name: "Broken.bin", size: 12_000 })
    add(true, "", 60, { state: "paused", name: "Thesis, final, really final.pdf", mediaType: "application/pdf", done: 40 }, new Uint8Array(400_000))
    add(false, "Wait for it", 4, { state: "fetching", mediaType: "image/jpeg", thumbnail: thumbnail(24, 18), done: 9 }, png(140, 105, landscape))
    add(true, "From the other side", 2, { state: "sending", mediaType: "image/png", thumbnail: thumbnail(24, 18), done: 9 }, png(400, 300, (x, y) => landscape(1 - x, y)), { state: "queued", times: { queued: this.#hands.now() - 2 * MINUTE } })
  }

  #change(id: string, more: Partial<AttachmentView>): void {
    const { attachment } = this.#find(id)
    this.#hands.update(id, { attachment: { ...attachment!, ...more } })
  }

  #find(id: string): MessageView {
    const message = this.#hands.find(id)
    if (message?.attachment === undefined) throw new Error("this message brings no file")
    return message
  }

  /** A box every half a second, until it is where it is to be. */
  #move(id: string): void {
    this.#hands.after(500, () => {
      const { own, attachment } = this.#hands.find(id) ?? {}
      if (attachment?.state !== "sending" && attachment?.state !== "fetching") return
      const done = attachment.done + 1
      if (done < attachment.of) this.#change(id, { done })
      else this.#change(id, { done, state: own ? "sent" : "ready" })
      if (done < attachment.of) this.#move(id)
    })
  }

  /** Those of which something is here, the latest first. */
  #stored(conversation?: string): MessageView[] {
    const isHere = ({ own, deleted, attachment, conversation: of }: MessageView) => attachment !== undefined && deleted === undefined && (own ? attachment.state !== "deleted" : attachment.state === "ready") && (conversation ?? of) === of
    return this.#hands.all().filter(isHere).sort((a, b) => b.sent - a.sent)
  }

  readonly commands = {
    "delete-attachment": ({ message }: { message: string }) => (this.#change(message, { state: "deleted", done: 0 }), {}),
    storage: () => {
      const found = this.#stored()
      const bytes = (some: readonly MessageView[]) => some.reduce((sum, { attachment }) => sum + attachment!.size, 0)
      const within = [...new Set(found.map(({ conversation }) => conversation))].map((conversation) => ({ conversation, some: found.filter((one) => one.conversation === conversation) }))
      return { conversations: within.map(({ conversation, some }) => ({ conversation, files: some.length, bytes: bytes(some) })).sort((a, b) => b.bytes - a.bytes) }
    },
    "stored-files": ({ conversation, by, from, limit }: CommandInput<"stored-files">) => {
      const sorted = this.#stored(conversation).sort((a, b) => (by === "largest" ? b.attachment!.size - a.attachment!.size : 0))
      const begin = from === undefined ? 0 : sorted.findIndex(({ position, conversation }) => position === from.position && conversation === from.conversation) + 1
      const files = sorted.slice(begin, begin + limit)
      const last = files.at(-1)
      return { files, next: last === undefined || begin + limit >= sorted.length ? null : { conversation: last.conversation, position: last.position, rank: 0 } }
    },
    "attachment-cost": ({ size }: { size: number }) => fileCost(size, defaultParameters),
    attach: (asked: Attached) => {
      const file = `file-${++this.#serial}`
      this.#staged.set(file, { asked, bytes: new Uint8Array(0) })
      return { file }
    },
    "attach-bytes": ({ file, bytes }: { file: string; bytes: Uint8Array }) => {
      const staged = this.#staged.get(file)!
      staged.bytes = concat(staged.bytes, bytes)
      const { conversation, size, text = "", name, mediaType, thumbnail = null } = staged.asked
      if (staged.bytes.length < size) return { message: null }
      this.#staged.delete(file)
      const message = this.message(conversation, true, text, 0, { state: "sending", name, mediaType, thumbnail }, staged.bytes, { state: "queued", times: { queued: this.#hands.now() }, received: null, journey: null })
      this.#hands.update(message.id, {})
      this.#move(message.id)
      return { message: message.id }
    },
    "drop-attachment": ({ file }: { file: string }) => (this.#staged.delete(file), {}),
    "fetch-attachment": ({ message }: { message: string }) => {
      const { attachment } = this.#find(message)
      this.#change(message, { state: "fetching" })
      if (!this.#bytes.has(message)) this.#bytes.set(message, new Uint8Array(attachment!.size))
      this.#move(message)
      return {}
    },
    "pause-attachment": ({ message, paused }: { message: string; paused: boolean }) => {
      this.#change(message, { state: paused ? "paused" : this.#find(message).own ? "sending" : "fetching" })
      if (!paused) this.#move(message)
      return {}
    },
    "cancel-attachment": ({ message }: { message: string }) => {
      if (this.#find(message).own) this.#hands.gone(message)
      else this.#change(message, { state: "offered", done: 0 })
      return {}
    },
    "ask-again": ({ message }: { message: string }) => (this.#change(message, { state: "asked" }), {}),
    "attachment-bytes": ({ message, offset, length }: { message: string; offset: number; length: number }) => ({ bytes: (this.#bytes.get(message) ?? new Uint8Array(0)).slice(offset, offset + length) }),
  }
}
