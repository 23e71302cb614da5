import { sameBytes } from "../shared/bytes.ts"
import type { Conversations, Talk } from "./conversations.ts"
import type { Maker } from "./groups/hooks.ts"
import type { StoredWelcome } from "./groups/stored-group.ts"
import type { CommitChanges, GroupState } from "./mls/mls.ts"
import type { Reading } from "./reading.ts"
import type { Snapshots } from "./snapshots.ts"
import type { StoredConversation, StoredMark, StoredReader, StoredSnapshot } from "./stored-conversation.ts"
import { isBefore, pruned, readerOf } from "./stored-conversation.ts"
import { CLOSE_MEAN, EPOCH_LIFE } from "./timing.ts"

/** How an epoch came about. */
export interface Entry {
  /** SHA-256 of the commit. */
  readonly hash: Uint8Array
  /** Its place in the fixed order; null of an own rejoin. */
  readonly rank: Uint8Array | null
  /** The list of dropboxes that boxes of the new epoch are placed on. */
  readonly placement: readonly Uint8Array[]
  /** The commit is our own. */
  readonly own: boolean
  /** Of an own rejoin: the scalar of the new leaf. */
  readonly scalar: Uint8Array | null
  readonly maker: Maker
  /** For those whom an own commit lets into a group. */
  readonly welcome: StoredWelcome | null
}

/** Who made a commit that was processed, and who left by it. */
export function makerOf({ readers, ownLeaf }: StoredConversation, own: Uint8Array, { sender, changes }: { readonly sender: number; readonly changes: CommitChanges }): Maker {
  const leaf = changes.kind === "rejoin" ? changes.removed[0]?.leaf : sender
  const by = leaf === ownLeaf ? own : readers.find((one) => one.leaf === leaf && one.gone !== true)?.identity
  const left = changes.removed.flatMap((member) => (changes.left?.includes(member.leaf) === true ? [member.identity] : []))
  return { by: by ?? new Uint8Array(), left }
}

/** A conversation goes into its next epoch: an own commit has won, or another's was followed. */
export class Entering {
  readonly #conversations: Conversations
  readonly #reading: Reading
  readonly #snapshots: Snapshots

  constructor(conversations: Conversations, reading: Reading, snapshots: Snapshots) {
    this.#conversations = conversations
    this.#reading = reading
    this.#snapshots = snapshots
  }

  async enter(talk: Talk, group: GroupState, { hash, rank, placement, own, scalar, maker, welcome }: Entry): Promise<void> {
    const before = talk.stored.group?.room ?? null
    const { now } = this.#conversations.parts
    const stored = scalar === null ? this.#snapshots.left(talk, rank) : talk.stored
    const begin: StoredMark = { epoch: group.epoch, index: 0 }
    const others = group.members.filter(({ leaf }) => leaf !== group.ownLeaf)
    const isNew = (stream: Uint8Array) => !stored.readers.some((reader) => sameBytes(reader.stream, stream))
    const isGone = ({ stream }: StoredReader) => !others.some((other) => sameBytes(other.stream, stream))
    this.#conversations.parts.joined(stored.id, others)
    const newcomers = others.filter(({ stream }) => isNew(stream))
    const made = await this.#conversations.epochOf(group, placement, { commit: hash, joined: scalar !== null || newcomers.length > 0 })
    const epoch = own ? { ...made, own } : made
    const renewal = own ? { at: now(), messages: 0, due: false } : stored.renewal
    const room = group.room === null || stored.group === undefined ? {} : { group: { ...stored.group, room: group.room } }
    const { stalled: _, ...lasting } = stored
    const moved = { ...lasting, mls: group.state, attempt: 0, renewal, ...room }
    if (scalar === null) {
      const readers = [...stored.readers.map((reader) => (isGone(reader) ? { ...reader, gone: true } : reader)), ...newcomers.map((one) => readerOf(one, begin, stored.readers))]
      this.#conversations.save(talk, pruned({ ...moved, epochs: [...stored.epochs, epoch], readers }, talk.boxes.values(), now(), EPOCH_LIFE))
      // Who has lost its state has lost what it had not confirmed, too. Who comes for the first time reads nothing from before.
      const back = stored.readers.filter((reader) => reader.gone !== true && isGone(reader) && newcomers.some(({ device }) => sameBytes(device, reader.device)))
      for (const { confirmed } of back) this.#conversations.sealAnew(talk, confirmed)
    } else {
      const { stream } = group.members.find(({ leaf }) => leaf === group.ownLeaf)!
      const { isCopy: __, closed: ___, branches: ____, telling: _____, certified: ______, ...rejoined }: StoredConversation = { ...moved, ownLeaf: group.ownLeaf, scalar, stream, epochs: [epoch], writing: begin, readers: others.map((one) => readerOf(one, begin, stored.readers)) }
      this.#reading.end(talk)
      this.#conversations.dropBoxes(talk)
      this.#conversations.save(talk, rejoined)
      this.#conversations.sealAnew(talk)
      talk.open = true
    }
    if (own) this.#conversations.confirmSoon(talk)
    else this.#conversations.confirmLater(talk, CLOSE_MEAN)
    if (before !== null) await this.#conversations.parts.groups.entered(talk, before, maker, welcome)
    await this.#reading.entered(talk)
  }

  /**
   * Back to where the conversation was before it left an epoch; `enter` follows, with the commit `winner`. What was written since goes out
   * anew, for nobody in the other branch can read it. Streams are read on behind the places where they led into the branch that is left,
   * and those that lead into the other one at those places.
   */
  async back(talk: Talk, { epoch, mls, renewal, readers: before, room }: StoredSnapshot, winner: Uint8Array): Promise<void> {
    await this.#conversations.parts.groups.back(talk, epoch)
    const { stored } = talk
    this.#reading.end(talk)
    this.#conversations.dropBoxes(talk, epoch)
    const closing = stored.writing.epoch > epoch ? stored.closed?.findLast((one) => one.epoch <= epoch) : undefined
    if (stored.writing.epoch > epoch && closing === undefined) throw new Error("a stream that was closed nowhere")
    const writing = closing === undefined ? stored.writing : { epoch: closing.epoch, index: closing.next }
    this.#conversations.sealAnew(talk, closing === undefined ? writing : { epoch: closing.epoch, index: closing.close })
    const readers = before.map((reader) => rejoining(reader, stored, epoch, winner, writing))
    const { branches = [], stalled: _, ...kept } = stored
    const left = branches.filter((one) => one.epoch <= epoch && !sameBytes(one.commit, winner))
    this.#conversations.save(talk, {
      ...kept,
      mls,
      renewal,
      readers,
      writing,
      attempt: 0,
      epochs: stored.epochs.filter((one) => one.epoch <= epoch),
      closed: (stored.closed ?? []).filter((one) => one.epoch < writing.epoch),
      ...(left.length > 0 && { branches: left }),
      ...(stored.group !== undefined && room !== undefined && { group: { ...stored.group, room } }),
    })
  }
}

/** A reader as it goes on from `epoch`: it has read more since, but not in the branch of `winner`. */
function rejoining(before: StoredReader, { readers, branches = [] }: StoredConversation, epoch: number, winner: Uint8Array, writing: StoredMark): StoredReader {
  const since = readers.find(({ stream }) => sameBytes(stream, before.stream))
  if (since === undefined) return before
  const branch = branches.find(({ stream, commit, close }) => sameBytes(stream, before.stream) && sameBytes(commit, winner) && close !== null)
  const passed = (since.passed ?? []).filter((mark) => mark.epoch <= epoch)
  const behind = since.at.epoch <= epoch ? since.at : (passed.pop() ?? before.at)
  const confirmed = isBefore(writing, since.confirmed) ? writing : since.confirmed
  const kept = { ...before, passed, confirmed }
  if (branch !== undefined) return { ...kept, at: branch.close!, unfinished: branch.unfinished }
  return { ...kept, at: behind, unfinished: since.at.epoch <= epoch ? since.unfinished : null }
}
