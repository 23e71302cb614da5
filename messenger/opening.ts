import { Reader, sameBytes, toHex, WireError } from "../shared/bytes.ts"
import { Acts } from "./acts.ts"
import { layoutOf } from "./attachments/layout.ts"
import type { StoredAttachment } from "./attachments/stored-attachment.ts"
import { actOf, timerOf } from "./content/acts.ts"
import { attachmentOf } from "./content/attachment.ts"
import { decodeContent } from "./content/codec.ts"
import { memberUri } from "./content/message-id.ts"
import { parcelOf } from "./content/parcels.ts"
import type { Expiration } from "./content/content.ts"
import type { Conversations, Talk } from "./conversations.ts"
import { nameIn } from "./groups/lines.ts"
import { HASH_PREFIX } from "./history.ts"
import { storedJourney } from "./messages.ts"
import type { OpenedMessage } from "./mls/mls.ts"
import type { QuarantineReason } from "./quarantine.ts"
import { saidIn } from "./saying.ts"
import type { StoredMessage } from "./stored.ts"
import type { StoredTimer } from "./stored-acts.ts"
import type { StoredMark, StoredReader } from "./stored-conversation.ts"
import type { Found } from "./watches.ts"

/** Messages of one stream that are reported unreadable at a time. */
const REPORTED_MOST = 128

/** The turn of a timer rises by one with each setting; who leaps further wants to be the last who sets it. */
const TURNS_AHEAD = 1000

/** What was read, in which box, and which of the messages that end there it is. */
export interface Lying {
  readonly found: Found
  readonly mark: StoredMark
  readonly nth: number
}

/** Opens the messages of other devices, and stores what is let in. */
export class Opening {
  readonly #conversations: Conversations
  readonly #acts: Acts

  constructor(conversations: Conversations) {
    this.#conversations = conversations
    this.#acts = new Acts(conversations)
  }

  /** A message, at the one door. Throws WireError. */
  async message(talk: Talk, from: StoredReader, bytes: Uint8Array, { found, mark, nth }: Lying): Promise<void> {
    const { messages, now } = this.#conversations.parts
    const opened = await this.#open(talk, from, bytes)
    if (opened === "unreadable") return this.#report(talk, from.stream, { ...mark, nth })
    if (opened === "foreign") return
    const reader = new Reader(opened.authenticatedData)
    if (reader.u8() !== 1) throw new WireError()
    const said = reader.u64()
    const sent = this.#conversations.plausible(talk, said)
    const epoch = reader.u32()
    const prefix = reader.take(HASH_PREFIX)
    reader.end()
    const content = decodeContent(opened.plaintext)
    const parcel = parcelOf(content)
    if (parcel !== null) return this.#conversations.parts.groups.parcel(talk, from, parcel)
    const says = actOf(content)
    const timer = timerOf(content)
    if (timer !== null && timer.turn > (talk.stored.timer?.turn ?? 0) + TURNS_AHEAD) throw new WireError()
    const file = attachmentOf(content)
    this.#conversations.parts.said(talk, epoch, prefix)
    const id = this.#conversations.messageId(talk, from.identity, opened.plaintext)
    const sender = this.#conversations.senderOf(talk, from.identity)
    if (says !== null) return this.#acts.came(talk, { id, from: sender, content: opened.plaintext, said, sent }, says)
    const position = talk.stored.position + 1
    const message: StoredMessage = {
      id,
      conversation: talk.stored.id,
      position,
      own: false,
      ...(talk.stored.group !== undefined && { from: sender, fromName: nameIn(talk.stored.group.room, from.identity) }),
      content: opened.plaintext,
      sent,
      received: now(),
      state: null,
      times: {},
      problem: null,
      journey: storedJourney(found.trip),
      ...lifeOf(content.expires),
      ...(file !== null && { attachment: this.#offered(file.size) }),
    }
    if (!(await messages.add(message))) return this.#drop(talk, "duplicate")
    if (timer === null) this.#conversations.came++
    const { unread, unreadBytes = 0, unreadLines = 0 } = talk.stored
    const counted = { unread: unread + 1, unreadBytes: unreadBytes + opened.plaintext.length, ...(timer !== null && { unreadLines: unreadLines + 1 }), ...(this.#isNamed(talk, message) && { named: position }) }
    this.#conversations.save(talk, { ...talk.stored, position, quiet: 0, ...counted })
    if (timer !== null) this.#set(talk, { ...timer, id })
    if (file !== null) await this.#conversations.parts.attachments.came(talk, message, false)
    await this.#acts.arrived(talk, id)
    await this.#conversations.showLast(talk)
  }

  /** As the app shows it: somebody has named this user in it. */
  #isNamed({ stored: { group } }: Talk, message: StoredMessage): boolean {
    return group !== undefined && saidIn(message).named.some(({ uri }) => uri === memberUri(toHex(this.#conversations.parts.own())))
  }

  #offered(size: number): StoredAttachment {
    const { boxes, pieces } = layoutOf(size)
    return { id: toHex(this.#conversations.parts.random(16)), boxes, state: "offered", done: 0, of: pieces }
  }

  /** Of two settings that of the higher turn holds, and of two of one turn that of the higher id: so all come to the same. */
  #set(talk: Talk, timer: StoredTimer): void {
    const { turn, id } = talk.stored.timer ?? { turn: -1, id: "" }
    if (timer.turn > turn || (timer.turn === turn && timer.id > id)) this.#conversations.save(talk, { ...talk.stored, timer })
  }

  /** Opened and not looked at: true where it was a message. */
  async unseen(talk: Talk, reader: StoredReader, bytes: Uint8Array): Promise<boolean> {
    return typeof (await this.#open(talk, reader, bytes)) === "object"
  }

  /** Its sender is told with the next block, before that confirms the box. */
  #report(talk: Talk, stream: Uint8Array, unreadable: StoredMark & { readonly nth: number }): void {
    const readers = talk.stored.readers.map((one) => {
      const before = one.unreadable ?? []
      return sameBytes(one.stream, stream) && before.length < REPORTED_MOST ? { ...one, unreadable: [...before, unreadable] } : one
    })
    this.#conversations.save(talk, { ...talk.stored, readers })
  }

  /** The message, if it is one of this leaf's. The key that opened it is gone then, whatever the message holds. */
  async #open(talk: Talk, { leaf }: StoredReader, bytes: Uint8Array): Promise<OpenedMessage | "unreadable" | "foreign"> {
    const opened = await this.#conversations.parts.mls.open(talk.stored.mls, bytes)
    if (!opened.ok) {
      this.#drop(talk, opened.problem === "replayed" ? "replayed" : "unreadable")
      return "unreadable"
    }
    this.#conversations.save(talk, { ...talk.stored, mls: opened.state })
    if (opened.sender === leaf) return opened
    this.#drop(talk, "foreign")
    return "foreign"
  }

  #drop(talk: Talk, reason: QuarantineReason): void {
    this.#conversations.parts.quarantine.add(talk.stored.id, reason)
  }
}

/** Its life counts from when it is read, or its end is said. */
function lifeOf(expires: Expiration | null): Pick<StoredMessage, "life" | "ends"> {
  if (expires === null) return {}
  return expires.relative ? { life: expires.time * 1000 } : { ends: expires.time * 1000 }
}
