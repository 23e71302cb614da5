import { toHex } from "../../shared/bytes.ts"
import { CommandError } from "../api.ts"
import type { Attachment, Source } from "../content/attachment.ts"
import { attachmentMessage, attachmentOf } from "../content/attachment.ts"
import { decodeContent } from "../content/codec.ts"
import type { Talk } from "../conversations.ts"
import { Outbox } from "../outbox.ts"
import { placementHash } from "../places.ts"
import { DAMAGED } from "../ports.ts"
import type { StoredMessage } from "../stored.ts"
import { unpackAll, unpackIfAny } from "../stored.ts"
import { DAY } from "../timing.ts"
import { layoutOf, PIECE_LENGTH } from "./layout.ts"
import { FETCHED_MOST, FILE_LIMITS, GIVEN_AT_ONCE } from "./limits.ts"
import { Receiving } from "./receiving.ts"
import { Sending } from "./sending.ts"
import { Staging } from "./staging.ts"
import type { StoredAllowance, StoredAttachment, StoredTransfer } from "./stored-attachment.ts"
import { BOX, fileKeys } from "./stored-attachment.ts"
import type { TransferParts } from "./transfer.ts"
import { dropTransfer, saveTransfer, tellProgress } from "./transfer.ts"

/** A message with the file that it brings. */
interface Brought {
  readonly talk: Talk
  readonly message: StoredMessage
  readonly attachment: StoredAttachment
  readonly named: Attachment
}

/** The files that messages bring: handed over, sent, fetched, asked for again, erased. */
export class Attachments {
  readonly staging: Staging
  readonly #parts: TransferParts
  readonly #sending: Sending
  readonly #receiving: Receiving

  constructor(parts: TransferParts) {
    this.#parts = parts
    this.staging = new Staging(parts)
    this.#sending = new Sending(parts)
    this.#receiving = new Receiving(parts)
  }

  async load(): Promise<void> {
    await this.#parts.pieces.load()
    for (const transfer of unpackAll<StoredTransfer>(await this.#parts.conversations.parts.store.list(fileKeys.transfers))) {
      if (transfer.stopped !== true) this.#way(transfer.way).begin(transfer)
    }
  }

  /** Asked before every slot. */
  async wake(calm: boolean): Promise<void> {
    this.#parts.pieces.wake()
    await this.#receiving.wake(calm)
    await this.#sending.wake(calm)
  }

  /** The next part of a file; it is queued with the last. */
  async add(file: string, bytes: Uint8Array): Promise<string | null> {
    const whole = this.staging.add(file, bytes)
    if (whole === null) return null
    const { conversations } = this.#parts
    const { messages } = conversations.parts
    const { staged, hash } = whole
    const talk = conversations.get(staged.conversation)
    const answered = staged.replyTo === null ? null : await messages.byId(staged.replyTo)
    if (talk === null) {
      this.#parts.pieces.erase(file, layoutOf(staged.file.size).boxes)
      throw new CommandError("there is no conversation of this id any more")
    }
    const source = this.#newSource()
    const attachment: Attachment = { ...staged.file, hash, source }
    const { boxes } = layoutOf(attachment.size)
    const outbox = new Outbox(conversations)
    const queued = outbox.file(talk, (salt, options) => attachmentMessage(attachment, salt, { ...options, text: staged.text }), answered, { id: file, boxes, state: "sending", done: 0, of: boxes })
    const message = await queued.catch((error: unknown) => {
      this.#parts.pieces.erase(file, boxes)
      throw error
    })
    await this.#send(message, attachment, source)
    return message.id
  }

  /** A message has come that brings a file, or it says where that lies now: small ones are fetched at once, and what was asked for. */
  async came(talk: Talk, message: StoredMessage, wasAsked: boolean): Promise<void> {
    const brought = this.#in(talk, message)
    if (brought === null || message.own || brought.attachment.state !== "offered") return
    const { size } = brought.named
    const { conversations } = this.#parts
    if (size > this.#most) return
    if (!wasAsked) {
      const fetched = this.#allowed(talk.stored.fetched, size, FETCHED_MOST)
      if (size > this.#limits.fetch || fetched === null) return
      conversations.save(talk, { ...talk.stored, fetched })
    }
    await this.#fetch(brought)
  }

  /** Somebody asks for an own file. What is not sent again is not refused either: nobody learns what is here. */
  async asked(talk: Talk, message: StoredMessage): Promise<void> {
    const brought = this.#in(talk, message)
    if (brought === null || !message.own || (brought.attachment.state !== "sent" && brought.attachment.state !== "missing")) return
    const { named, attachment } = brought
    const again = this.#allowed(talk.stored.again, named.size, this.#limits.again)
    if (again === null) return
    const { conversations } = this.#parts
    conversations.save(talk, { ...talk.stored, again })
    const source = this.#newSource()
    this.#sending.end(attachment.id)
    await conversations.parts.messages.change(talk.stored.id, message.position, (one) => ({ ...one, attachment: { ...attachment, state: "sending", done: 0, source } }))
    await this.#send(message, named, source)
    await new Outbox(conversations).again(talk, message, source)
  }

  async fetch(talk: Talk, message: StoredMessage): Promise<void> {
    const brought = this.#of(talk, message)
    const { state, id } = brought.attachment
    if (state === "paused" && !message.own) return this.#receiving.pause(id, false)
    if (message.own || !["offered", "missing", "asked", "deleted"].includes(state)) throw new CommandError("this file is not to be fetched")
    if (brought.named.size > this.#most) throw new CommandError("this file is larger than the network lets through")
    await this.#fetch(brought)
  }

  async pause(talk: Talk, message: StoredMessage, paused: boolean): Promise<void> {
    const { attachment } = this.#of(talk, message)
    const { state, id } = attachment
    if (state !== (paused ? (message.own ? "sending" : "fetching") : "paused")) throw new CommandError(paused ? "this file is not on its way" : "this file is not paused")
    await this.#way(message.own ? "out" : "in").pause(id, paused)
  }

  async cancel(talk: Talk, message: StoredMessage): Promise<void> {
    const { attachment } = this.#of(talk, message)
    if (message.own) return new Outbox(this.#parts.conversations).deleteForEveryone(talk, message)
    if (attachment.state !== "fetching" && attachment.state !== "paused" && attachment.state !== "missing") throw new CommandError("this file is not being fetched")
    await this.#empty(talk, message, attachment, "offered")
  }

  /** What is here of it goes, and its message stays. */
  async delete(talk: Talk, message: StoredMessage): Promise<void> {
    const { attachment } = this.#of(talk, message)
    const { state } = attachment
    const rests = message.own ? state === "sent" || state === "missing" : state === "ready" || state === "missing" || state === "asked"
    if (!rests) throw new CommandError("nothing of this file is here, or it is on its way")
    await this.#empty(talk, message, attachment, "deleted")
  }

  async askAgain(talk: Talk, message: StoredMessage): Promise<void> {
    const { attachment } = this.#of(talk, message)
    if (message.own || !["missing", "asked", "deleted"].includes(attachment.state)) throw new CommandError("this file is not missing")
    await new Outbox(this.#parts.conversations).again(talk, message, null)
  }

  async bytes(talk: Talk, message: StoredMessage, offset: number, length: number): Promise<Uint8Array> {
    const { attachment, named } = this.#of(talk, message)
    if (message.own ? attachment.state === "deleted" : attachment.state !== "ready") throw new CommandError("this file is not here")
    const isFit = Number.isInteger(offset) && Number.isInteger(length) && offset >= 0 && length > 0 && length <= GIVEN_AT_ONCE
    if (!isFit) throw new CommandError(`1 to ${GIVEN_AT_ONCE} bytes are handed out at a time`)
    const end = Math.min(named.size, offset + length)
    const bytes = new Uint8Array(Math.max(0, end - offset))
    const layout = layoutOf(named.size)
    for (const { first, from, pieces } of layout.groups) {
      const begin = Math.max(from, Math.floor(offset / PIECE_LENGTH))
      const count = Math.min(from + pieces, Math.ceil(end / PIECE_LENGTH)) - begin
      if (count <= 0) continue
      const some = await this.#parts.pieces.some(attachment.id, first + begin - from, count)
      some.forEach((piece, i) => {
        if (piece === null) throw new CommandError("this file is damaged here")
        const at = (begin + i) * PIECE_LENGTH - offset
        bytes.set(piece.subarray(Math.max(0, -at), Math.max(0, end - offset - at)), Math.max(0, at))
      })
    }
    return bytes
  }

  /** A message goes, and its file with it. */
  erase({ id, boxes, state, done }: StoredAttachment): void {
    this.#sending.end(id)
    this.#receiving.end(id)
    dropTransfer(this.#parts, id)
    if ((state !== "offered" && state !== "deleted") || done > 0) this.#parts.pieces.erase(id, boxes)
  }

  async #empty(talk: Talk, { position }: StoredMessage, attachment: StoredAttachment, state: "offered" | "deleted"): Promise<void> {
    const { messages, random } = this.#parts.conversations.parts
    this.erase(attachment)
    // What is being erased must not be what is fetched next.
    const id = toHex(random(16))
    await messages.change(talk.stored.id, position, (one) => ({ ...one, attachment: { ...attachment, id, state, done: 0 } }))
    await this.#parts.conversations.refreshLast(talk, position)
  }

  get #limits() {
    return this.#parts.profile().files ?? FILE_LIMITS
  }

  get #most(): number {
    return this.#parts.parameters().fileKilobytes * 1000
  }

  #way(way: StoredTransfer["way"]): Sending | Receiving {
    return way === "out" ? this.#sending : this.#receiving
  }

  /** What was used of a day's allowance with that many bytes more; null where that is too much. */
  #allowed(used: StoredAllowance | undefined, size: number, most: number): StoredAllowance | null {
    const day = Math.floor(this.#parts.conversations.parts.now() / DAY)
    const bytes = size + (used?.day === day ? used.bytes : 0)
    return bytes > most ? null : { day, bytes }
  }

  #newSource(): Source {
    const { random, places } = this.#parts.conversations.parts
    return { secret: random(32), placement: placementHash(places.list()), expires: this.#expires }
  }

  /** Boxes that are written from now on lie there until then at least; seconds. */
  get #expires(): number {
    return Math.floor(this.#parts.conversations.parts.now() / 1000) + (this.#parts.parameters().boxDays * DAY) / 1000
  }

  async #send({ conversation, position, attachment }: StoredMessage, { size, hash }: Attachment, source: Source): Promise<void> {
    const { id, boxes } = attachment!
    const transfer: StoredTransfer = { id, conversation, position, way: "out", size, hash, source, boxes: new Uint8Array(boxes) }
    this.#sending.begin(transfer)
    saveTransfer(this.#parts, transfer)
  }

  async #fetch({ talk, message, attachment, named }: Brought): Promise<void> {
    const { store, changes } = this.#parts.conversations.parts
    const { id, boxes: count } = attachment
    const before = unpackIfAny<StoredTransfer>(await changes.get(store, fileKeys.transfer(id)))
    const boxes = (before?.boxes ?? new Uint8Array(count)).map((state) => (state === BOX.done ? BOX.done : BOX.open))
    const { size, hash } = named
    const said = attachment.source ?? named.source
    // Boxes that are not written by then will never be, whatever their sender says.
    const source = { ...said, expires: Math.min(said.expires, this.#expires) }
    const transfer: StoredTransfer = { id, conversation: talk.stored.id, position: message.position, way: "in", size, hash, source, boxes }
    this.#receiving.begin(transfer)
    saveTransfer(this.#parts, transfer)
    await tellProgress(this.#parts, transfer, { state: "fetching" })
  }

  #in(talk: Talk, message: StoredMessage): Brought | null {
    const { attachment, content } = message
    const named = attachment === undefined || content === DAMAGED ? null : attachmentOf(decodeContent(content))
    return attachment === undefined || named === null ? null : { talk, message, attachment, named }
  }

  #of(talk: Talk, message: StoredMessage): Brought {
    const brought = this.#in(talk, message)
    if (brought === null) throw new CommandError("this message brings no file")
    return brought
  }
}
