import { PIECE_LENGTH } from "./attachments/layout.ts"
import { attachmentOf } from "./content/attachment.ts"
import { decodeContent } from "./content/codec.ts"
import type { Changes } from "./changes.ts"
import type { MessageKind } from "./message-view.ts"
import type { Store } from "./ports.ts"
import { DAMAGED } from "./ports.ts"
import { saidIn } from "./saying.ts"
import type { StoredMessage } from "./stored.ts"
import { keys, positionIn, unpack, unpackIfAny } from "./stored.ts"

/** Of a message that brings a file. */
export interface StoredFile {
  /** A picture or a video. */
  readonly media: boolean
  /** So many bytes of it are here, to the piece. */
  readonly kept: number
  /** When the message came, or was written; ms. */
  readonly at: number
}

/** A file and its place. */
export interface Shelved extends StoredFile {
  readonly conversation: string
  readonly position: number
}

/** What a message says holds an address of the web: one that says so, or a host of a well-known ending, as the app finds them. */
const LINK = /https?:\/\/[^\s/]|(?:^|[^\p{L}\p{N}@.-])(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+(?:[a-z]{2}|biz|com|edu|gov|net|org|pro|web|xxx|aero|asia|coop|info|museum|name|shop|рф)(?![\p{L}\p{N}-]|\.[\p{L}\p{N}])/iu
const MEDIA = /^(?:image|video)\//i

/**
 * Which messages bring files and links, a small record each beside the message's own, written and deleted with it: so they are found, and what files
 * take is known, without opening all that was ever said. Nothing of what they say is in it.
 */
export class Shelf {
  readonly #store: Store
  readonly #changes: Changes

  constructor(store: Store, changes: Changes) {
    this.#store = store
    this.#changes = changes
  }

  /** A message is now this; `before`: what it was, if it was there. */
  put(before: StoredMessage | null, now: StoredMessage): void {
    if (before !== null && SAYS.every((part) => before[part] === now[part])) return
    const { conversation, position } = now
    const [was, is] = [before === null ? NOTHING : shelved(before), shelved(now)]
    if (is.file === null && was.file !== null) this.#changes.delete(keys.file(conversation, position))
    else if (is.file !== null && !isSame(is.file, was.file)) this.#changes.put(keys.file(conversation, position), is.file)
    if (is.link && !was.link) this.#changes.putBytes(keys.link(conversation, position), new Uint8Array(0))
    else if (was.link && !is.link) this.#changes.delete(keys.link(conversation, position))
  }

  /** Also of one that cannot be read any more. */
  remove(conversation: string, position: number): void {
    this.#changes.delete(keys.file(conversation, position))
    this.#changes.delete(keys.link(conversation, position))
  }

  async forget(conversation: string): Promise<void> {
    for (const prefix of [keys.files(conversation), keys.links(conversation)]) for (const [key] of await this.#store.list(prefix)) this.#changes.delete(key)
  }

  /** Places of messages of a kind before a position, the latest first, of `limit` that were looked at; `from`: the first of these, null where there was none. */
  async page(conversation: string, kind: MessageKind, before: number | null, limit: number): Promise<{ positions: number[]; from: number | null; more: boolean }> {
    const place = kind === "links" ? keys.link : keys.file
    const from = before === null ? {} : { from: place(conversation, before) }
    const entries = await this.#store.list(kind === "links" ? keys.links(conversation) : keys.files(conversation), { ...from, limit: limit + 1, reverse: true })
    const looked = entries.slice(0, limit)
    const fitting = looked.filter(([, bytes]) => kind === "links" || unpackIfAny<StoredFile>(bytes)?.media === (kind === "media"))
    const last = looked.at(-1)
    return { positions: fitting.map(([key]) => positionIn(key)), from: last === undefined ? null : positionIn(last[0]), more: entries.length > limit }
  }

  /** All files of which something is here, of one conversation or of all, in no order. */
  async files(conversation: string | null): Promise<Shelved[]> {
    const found: Shelved[] = []
    for (const [key, bytes] of await this.#store.list(conversation === null ? keys.allFiles : keys.files(conversation))) {
      const file = bytes === DAMAGED ? null : unpack<StoredFile>(bytes)
      if (file !== null && file.kept > 0) found.push({ ...file, conversation: key.slice(keys.allFiles.length, key.lastIndexOf("/")), position: positionIn(key) })
    }
    return found
  }
}

/** What of a message decides what is on the shelf; most changes are of its state alone. */
const SAYS = ["content", "edits", "deleted", "attachment"] as const

interface OnShelf {
  readonly file: StoredFile | null
  readonly link: boolean
}

const NOTHING: OnShelf = { file: null, link: false }

/** What stands of a message on the shelf. */
export function shelved(message: StoredMessage): OnShelf {
  const { content, deleted, line, own, sent, received, attachment } = message
  if (content === DAMAGED || deleted !== undefined || line !== undefined) return NOTHING
  const named = attachment === undefined ? null : attachmentOf(decodeContent(content))
  const file = attachment === undefined || named === null ? null : { media: MEDIA.test(named.mediaType), kept: keptOf(attachment, own, named.size), at: own ? sent : (received ?? sent) }
  return { file, link: LINK.test(saidIn(message).text) }
}

/** What is on its way is counted when it rests, and not with each piece. */
function keptOf({ state, done }: NonNullable<StoredMessage["attachment"]>, own: boolean, size: number): number {
  if (state === "deleted" || state === "damaged" || state === "fetching") return 0
  return own || state === "ready" ? size : Math.min(size, done * PIECE_LENGTH)
}

const isSame = (one: StoredFile, other: StoredFile | null) => other !== null && one.media === other.media && one.kept === other.kept && one.at === other.at
