import type { BoxKeys } from "../shared/box.ts"
import { openBlock, streamBox } from "../shared/box.ts"
import { sameBytes, toHex, WireError } from "../shared/bytes.ts"
import type { Close } from "./close.ts"
import { decodeClose, divergence, isSameGroup } from "./close.ts"
import { Confirming } from "./confirming.ts"
import type { Conversations, Talk } from "./conversations.ts"
import type { Followed } from "./following.ts"
import { Following } from "./following.ts"
import { Intake, RECORDS_MOST } from "./intake.ts"
import type { Lying } from "./opening.ts"
import { Opening } from "./opening.ts"
import type { QuarantineReason } from "./quarantine.ts"
import type { BlockRecord } from "./records.ts"
import { joinRecords } from "./records.ts"
import type { StoredConversation, StoredEpoch, StoredReader } from "./stored-conversation.ts"
import { epochAt, isBefore, pruned } from "./stored-conversation.ts"
import { EPOCH_LIFE, SNAPSHOTS_MOST } from "./timing.ts"
import { declarationOf } from "./voids.ts"
import type { Found } from "./watches.ts"

/** Follows the streams of the other devices, box by box, and lets what they say through the one door. */
export class Reading {
  readonly #conversations: Conversations
  readonly #confirming: Confirming
  readonly #opening: Opening
  readonly #intake: Intake
  /** The streams that are followed, by the prefix of their watches. */
  readonly #followed = new Map<string, Following>()

  constructor(conversations: Conversations) {
    this.#conversations = conversations
    this.#confirming = new Confirming(conversations, (talk, reader) => this.#followed.get(this.#prefix(talk, reader))?.begin())
    this.#opening = new Opening(conversations)
    this.#intake = new Intake(conversations.parts.now)
  }

  /** Follows every stream of this conversation. */
  begin(talk: Talk): void {
    for (const reader of talk.stored.readers) this.#follow(talk, reader)
  }

  /** The watches of a stream have ids that begin so. */
  #prefix({ stored }: Talk, { stream, at }: StoredReader): string {
    return `stream/${stored.id}/${toHex(stream)}/${at.epoch}`
  }

  #follow(talk: Talk, reader: StoredReader): void {
    const { places, door } = this.#conversations.parts
    const { id } = talk.stored
    const { stream } = reader
    const { epoch } = reader.at
    const known = epochAt(talk.stored, epoch)
    const prefix = this.#prefix(talk, reader)
    // Left so long ago that nothing of it lies in a dropbox any more.
    if (known === null || this.#followed.has(prefix)) return
    const current = () => readerOf(talk, stream)
    const followed: Followed = {
      id: prefix,
      next: () => current()?.at.index ?? 0,
      box: (index) => streamBox(known.context, stream, index),
      places: (box) => places.among(box, known.placement),
      known: () => reachOf(talk, current()),
      voids: (index, found) => declared(streamBox(known.context, stream, index), found),
      // Who has another identity key than before is not read until the user has said so.
      ready: () => (door(id) === "ask" ? Infinity : this.#intake.ready(talk, toHex(stream))),
      take: (found, at) => this.#measured(talk, stream, () => this.#take(talk, current()!, found, at)),
      live: () => this.#conversations.get(id) === talk && current()?.at.epoch === epoch && !talk.waiting.has(toHex(stream)),
      ...(reader.gone === true && { empty: () => this.#forget(talk, stream, prefix) }),
    }
    const following = new Following(followed, this.#conversations.parts)
    this.#followed.set(prefix, following)
    following.begin()
  }

  /** Follows nothing of this conversation any more. */
  end(talk: Talk): void {
    this.#conversations.parts.watches.endAll(`stream/${talk.stored.id}/`)
    for (const prefix of [...this.#followed.keys()]) if (prefix.startsWith(`stream/${talk.stored.id}/`)) this.#followed.delete(prefix)
    talk.waiting.clear()
  }

  #leave(prefix: string): void {
    this.#followed.delete(prefix)
    this.#conversations.parts.watches.endAll(`${prefix}/`)
  }

  /** The conversation has gone into its next epoch: who came with it is followed, and what leads into it is read. */
  async entered(talk: Talk): Promise<void> {
    for (const reader of talk.stored.readers) {
      // Looked at once more: what lies there is read, and then it is left.
      if (reader.gone === true) this.#leave(this.#prefix(talk, reader))
      this.#follow(talk, reader)
    }
    await this.#confirming.settle(talk)
    await this.#resume(talk)
  }

  async #resume(talk: Talk): Promise<void> {
    for (const [name, { found, at }] of [...talk.waiting]) {
      talk.waiting.delete(name)
      const reader = talk.stored.readers.find(({ stream }) => toHex(stream) === name)
      if (reader === undefined) continue
      await this.#take(talk, reader, found, at)
    }
  }

  /** Who is gone writes nothing more, and all that they wrote was read. */
  #forget(talk: Talk, stream: Uint8Array, prefix: string): void {
    this.#leave(prefix)
    const readers = talk.stored.readers.filter((one) => !sameBytes(one.stream, stream))
    this.#conversations.save(talk, pruned({ ...talk.stored, readers }, talk.boxes.values(), this.#conversations.parts.now(), EPOCH_LIFE))
  }

  /** Whose boxes bring nothing, or more than is taken at a time, is read slowly. */
  async #measured(talk: Talk, stream: Uint8Array, take: () => Promise<boolean>): Promise<boolean> {
    const state = () => [talk.stored.position, readerOf(talk, stream)?.at.epoch, talk.boxes.size, talk.outgoing.size].join()
    const before = state()
    const goesOn = await take()
    const brought = state() !== before ? "something" : goesOn ? "pieces" : "nothing"
    if (this.#intake.read(talk, toHex(stream), brought)) this.#drop(talk, "flood")
    return goesOn
  }

  /** A box was written by its owner, or is void, so the stream goes on behind it, whatever it holds. `index`: the box in which it was found. */
  async #take(talk: Talk, reader: StoredReader, found: Found, index: number): Promise<boolean> {
    const { at, stream } = reader
    const box = streamBox(epochAt(talk.stored, at.epoch)!.context, stream, index)
    const block = openBlock(box, found.content)
    let unfinished = null
    let records: readonly BlockRecord[] = []
    let close: Close | null = null
    if (block === null) this.#drop(talk, "unsealed")
    else {
      try {
        const declared = declarationOf(block)
        if (declared === null) ({ records, unfinished } = joinRecords(block, reader.unfinished))
        else if (declared.boxes[0] === at.index) ({ records, unfinished } = joinRecords(declared.block, reader.unfinished))
        // The box that stands for a void one, and the others for which it stands, hold nothing of their own.
        else unfinished = reader.unfinished
        close = closeIn(records, at.epoch)
      } catch (error) {
        this.#malformed(talk, error)
      }
    }
    if (records.length > RECORDS_MOST) {
      records = records.slice(0, RECORDS_MOST)
      this.#drop(talk, "flood")
    }
    const isStray = close !== null && divergence(close, talk.stored.epochs) !== null
    const next = close === null || isStray ? null : this.#landing(talk, close)
    if (close !== null && !isStray && next === null && reader.gone === true) {
      // Who was taken out goes nowhere that we shall ever be.
      this.#forget(talk, stream, this.#prefix(talk, reader))
      return false
    }
    if (close !== null && !isStray && next === null) {
      // Where it goes on is known when the commit is: until then this box is as if it had not been found.
      talk.waiting.set(toHex(stream), { found, at: index, close })
      this.#conversations.parts.behind(talk)
      return false
    }
    if (isStray && close !== null) {
      // It leads where we have not been, and what lies behind it was sealed there. Who is wrong comes back to this stream.
      this.#conversations.parts.forked(talk, reader, close)
      records = []
    } else if (next !== null && !isSameGroup(close!, next)) this.#drop(talk, "lying")
    const behind = { epoch: at.epoch, index: at.index + 1 }
    const passed = [...(reader.passed ?? []), behind].slice(-SNAPSHOTS_MOST)
    const moved: StoredReader = next === null ? { ...reader, at: behind, unfinished } : { ...reader, at: { epoch: next.epoch, index: 0 }, passed, unfinished }
    const readers = talk.stored.readers.map((one) => (sameBytes(one.stream, stream) ? moved : one))
    this.#conversations.save(talk, next === null ? { ...talk.stored, readers } : agreed({ ...talk.stored, readers }, stream))
    await this.#heard(talk, moved, records, block !== null, { found, mark: { epoch: at.epoch, index } })
    if (next !== null) {
      this.#leave(this.#prefix(talk, reader))
      this.#follow(talk, moved)
      this.#conversations.save(talk, pruned(talk.stored, talk.boxes.values(), this.#conversations.parts.now(), EPOCH_LIFE))
      await this.#letGo(talk)
    }
    return unfinished !== null
  }

  /** Message keys of epochs that their streams have left open nothing any more. */
  async #letGo(talk: Talk): Promise<void> {
    const { mls } = this.#conversations.parts
    const isNeeded = (leaf: number, epoch: number) => talk.stored.readers.some((reader) => reader.leaf === leaf && reader.at.epoch <= epoch)
    const state = await mls.narrow(talk.stored.mls, isNeeded)
    if (state !== talk.stored.mls) this.#conversations.save(talk, { ...talk.stored, mls: state })
  }

  /** Where a closed stream goes on; null where that is not known yet. Epochs that passed without this device it goes on behind. */
  #landing({ stored }: Talk, { epoch }: Close): StoredEpoch | null {
    return stored.epochs.find((one) => one.epoch >= epoch) ?? null
  }

  /** What a box held, at the one door. */
  async #heard(talk: Talk, reader: StoredReader, records: readonly BlockRecord[], opened: boolean, lying: Omit<Lying, "nth">): Promise<void> {
    const shut = this.#conversations.parts.shut(talk, reader)
    if (shut !== null) {
      // Unseen, but the keys move on: those of what is dropped are gone, and what comes later can still be opened.
      for (const { type, bytes } of records) if (type === "message" && (await this.#opening.unseen(talk, reader, bytes))) this.#drop(talk, shut)
      // In a group of others it is not for one to keep what they confirm.
      if (talk.stored.group !== undefined) for (const record of records) if (record.type !== "message") await this.#record(talk, reader, record, { ...lying, nth: 0 })
      return
    }
    if (opened) this.#conversations.parts.heard(talk.stored.id)
    let nth = 0
    for (const record of records) await this.#record(talk, reader, record, record.type === "message" ? { ...lying, nth: nth++ } : { ...lying, nth })
    if (records.some(({ type }) => type === "message")) this.#conversations.confirmLater(talk)
  }

  async #record(talk: Talk, reader: StoredReader, { type, bytes }: BlockRecord, lying: Lying): Promise<void> {
    try {
      if (type === "confirmation") {
        if (!(await this.#confirming.heard(talk, reader.stream, bytes))) this.#drop(talk, "lying")
      } else if (type === "unreadable") {
        if (!(await this.#confirming.unreadable(talk, bytes))) this.#drop(talk, "lying")
      } else if (type === "statement") this.#conversations.parts.stated(talk.stored.id, bytes)
      else if (type === "told") this.#conversations.parts.told(talk, reader, bytes)
      else if (type === "message") await this.#opening.message(talk, reader, bytes, lying)
      else if (type !== "close") this.#drop(talk, "malformed")
    } catch (error) {
      this.#malformed(talk, error)
    }
  }

  /** Hostile bytes end here; a mistake of our own goes on. */
  #malformed(talk: Talk, error: unknown): void {
    if (!(error instanceof WireError)) throw error
    this.#drop(talk, "malformed")
  }

  #drop(talk: Talk, reason: QuarantineReason): void {
    this.#conversations.parts.quarantine.add(talk.stored.id, reason)
  }
}

function readerOf({ stored }: Talk, stream: Uint8Array): StoredReader | undefined {
  return stored.readers.find((one) => sameBytes(one.stream, stream))
}

/** Boxes of this stream below this index are there, as others say; who has gone on into another epoch has left something in this one. */
function reachOf({ reach }: Talk, reader: StoredReader | undefined): number {
  const known = reader === undefined ? undefined : reach.get(reader.leaf)
  if (reader === undefined || known === undefined || !isBefore(reader.at, known)) return 0
  return known.epoch === reader.at.epoch ? known.index : reader.at.index + 1
}

/** Who goes on where we are is in no other branch. */
function agreed({ branches, ...stored }: StoredConversation, stream: Uint8Array): StoredConversation {
  const others = branches?.filter((one) => !sameBytes(one.stream, stream)) ?? []
  return others.length > 0 ? { ...stored, branches: others } : stored
}

/** Boxes before this one that are void by what lies in it. */
function declared(box: BoxKeys, found: Found): readonly number[] {
  const block = openBlock(box, found.content)
  try {
    return block === null ? [] : (declarationOf(block)?.boxes ?? [])
  } catch (error) {
    // Counted when it is taken.
    if (error instanceof WireError) return []
    throw error
  }
}

/** The record that ends this stream of `epoch`, or null. Throws WireError where it leads nowhere. */
function closeIn(records: readonly BlockRecord[], epoch: number): Close | null {
  const record = records.find(({ type }) => type === "close")
  if (record === undefined) return null
  const close = decodeClose(record.bytes)
  if (close.epoch <= epoch) throw new WireError()
  return close
}
