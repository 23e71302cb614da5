import { sameBytes } from "../shared/bytes.ts"
import type { Conversations, Talk } from "./conversations.ts"
import type { GroupState } from "./mls/mls.ts"
import type { Reading } from "./reading.ts"
import type { StoredConversation, StoredMark, StoredReader } from "./stored-conversation.ts"
import { pruned, readerOf } from "./stored-conversation.ts"
import { CLOSE_MEAN, EPOCH_LIFE } from "./timing.ts"

/** How an epoch came about. */
export interface Entry {
  /** SHA-256 of the commit. */
  readonly hash: Uint8Array
  /** The list of dropboxes that boxes of the new epoch are placed on. */
  readonly placement: readonly Uint8Array[]
  /** The commit is our own. */
  readonly own: boolean
  /** Of an own rejoin: the scalar of the new leaf. */
  readonly scalar: Uint8Array | null
}

/** A conversation goes into its next epoch: an own commit has won, or another's was followed. */
export class Entering {
  readonly #conversations: Conversations
  readonly #reading: Reading

  constructor(conversations: Conversations, reading: Reading) {
    this.#conversations = conversations
    this.#reading = reading
  }

  async enter(talk: Talk, group: GroupState, { hash, placement, own, scalar }: Entry): Promise<void> {
    const { now } = this.#conversations.parts
    const { stored } = talk
    const begin: StoredMark = { epoch: group.epoch, index: 0 }
    const others = group.members.filter(({ leaf }) => leaf !== group.ownLeaf)
    const isNew = (stream: Uint8Array) => !stored.readers.some((reader) => sameBytes(reader.stream, stream))
    const isGone = ({ stream }: StoredReader) => !others.some((other) => sameBytes(other.stream, stream))
    const newcomers = others.filter(({ stream }) => isNew(stream))
    const epoch = await this.#conversations.epochOf(group, placement, { commit: hash, joined: scalar !== null || newcomers.length > 0 })
    const renewal = own ? { at: now(), messages: 0, due: false } : stored.renewal
    const moved = { ...stored, mls: group.state, attempt: 0, renewal }
    if (scalar === null) {
      const readers = [...stored.readers.map((reader) => (isGone(reader) ? { ...reader, gone: true } : reader)), ...newcomers.map((one) => readerOf(one, begin))]
      this.#conversations.save(talk, pruned({ ...moved, epochs: [...stored.epochs, epoch], readers }, now(), EPOCH_LIFE))
      // Who has lost its state has lost what it had not confirmed, too.
      if (newcomers.length > 0) this.#conversations.sealAnew(talk)
    } else {
      const { stream } = group.members.find(({ leaf }) => leaf === group.ownLeaf)!
      const { isCopy: _, ...rejoined }: StoredConversation = { ...moved, ownLeaf: group.ownLeaf, scalar, stream, epochs: [epoch], writing: begin, readers: others.map((one) => readerOf(one, begin)) }
      this.#reading.end(talk)
      this.#conversations.dropBoxes(talk)
      this.#conversations.save(talk, rejoined)
      this.#conversations.sealAnew(talk)
      talk.open = true
    }
    if (own) this.#conversations.confirmSoon(talk)
    else this.#conversations.confirmLater(talk, CLOSE_MEAN)
    await this.#reading.entered(talk)
  }
}
