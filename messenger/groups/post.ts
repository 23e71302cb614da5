import { concat, sameBytes, toHex } from "../../shared/bytes.ts"
import type { ParcelKind, ParcelPart } from "../content/parcels.ts"
import { parcelMessages } from "../content/parcels.ts"
import type { Conversations, Talk } from "../conversations.ts"
import { Outbox } from "../outbox.ts"
import { keys, unpackIfAny } from "../stored.ts"
import type { StoredReader } from "../stored-conversation.ts"
import { Lines } from "./lines.ts"
import type { StoredLine, StoredParcel } from "./stored-group.ts"

/** What devices say to each other without their users: it goes through outbox and stream as messages do, behind those, and is shown nowhere. */
export class Post {
  readonly #conversations: Conversations

  constructor(conversations: Conversations) {
    this.#conversations = conversations
  }

  async send(talk: Talk, kind: ParcelKind, bytes: Uint8Array): Promise<void> {
    const outbox = new Outbox(this.#conversations)
    for (const message of parcelMessages(kind, bytes, this.#conversations.parts.random)) await outbox.parcel(talk, message)
  }

  /** The same, with a line that tells how far it is: it is there when its last part is. */
  async sendTold(talk: Talk, kind: ParcelKind, bytes: Uint8Array, line: StoredLine): Promise<void> {
    const { random } = this.#conversations.parts
    const outbox = new Outbox(this.#conversations)
    const parts = parcelMessages(kind, bytes, random)
    const about = talk.stored.position + 1
    await new Lines(this.#conversations).add(talk, `${kind}/${toHex(random(16))}`, [line], { position: about + parts.length, state: "queued" })
    for (const [i, message] of parts.entries()) await outbox.parcel(talk, message, i + 1 < parts.length ? null : about)
    this.#conversations.parts.changes.tell(() => ({ type: "conversation", conversation: this.#conversations.view(talk) }))
  }

  /** A part came: the whole, once it is there. Of each sender the latest parcel of several parts is kept, so that none can fill the store. */
  async came({ stored }: Talk, { stream }: StoredReader, { kind, id, part, of, bytes }: ParcelPart): Promise<Uint8Array | null> {
    if (of === 1) return bytes
    const { changes, store } = this.#conversations.parts
    const key = keys.parcel(stored.id, stream)
    const known = unpackIfAny<StoredParcel>(await changes.get(store, key))
    const isSame = known !== null && known.kind === kind && known.parts.length === of && sameBytes(known.id, id)
    const parts = (isSame ? [...known.parts] : Array.from({ length: of }, () => null)).with(part, bytes)
    const whole = parts.flatMap((one) => one ?? [])
    if (whole.length === of) {
      changes.delete(key)
      return concat(...whole)
    }
    changes.put(key, { conversation: stored.id, kind, id, parts } satisfies StoredParcel)
    return null
  }
}
