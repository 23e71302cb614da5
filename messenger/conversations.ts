import { toHex } from "../shared/bytes.ts"
import { HASH_LENGTH } from "../shared/geometry.ts"
import { exponential } from "../shared/random.ts"
import type { ConversationView, MessageView, Stopped } from "./api.ts"
import type { Close } from "./close.ts"
import { AUTHENTICATOR_PREFIX } from "./close.ts"
import type { ConversationParts } from "./conversation-parts.ts"
import { memberUri, messageId } from "./content/message-id.ts"
import type { StoredGroup } from "./groups/stored-group.ts"
import { groupView } from "./groups/outline.ts"
import { titleOf } from "./groups/lines.ts"
import type { GroupState } from "./mls/mls.ts"
import { DAMAGED } from "./ports.ts"
import type { StoredMessage } from "./stored.ts"
import { keys } from "./stored.ts"
import type { StoredBox, StoredConversation, StoredEpoch, StoredMark, StoredOutgoing, StoredReader } from "./stored-conversation.ts"
import { isBefore, PAST_ROOM, readerOf, waitedFor } from "./stored-conversation.ts"
import { CLOCKS_APART, CONFIRM_MEAN, GROUP_CONFIRM_EACH, GROUP_CONFIRM_MEAN } from "./timing.ts"
import type { Found } from "./watches.ts"

/** Messages that are looked at in one go for one that is there. */
const LOOKED_AT_ONCE = 4

/** One conversation as the engine holds it: what is stored, and what follows from it. */
export interface Talk {
  stored: StoredConversation
  /** Own messages by position, with the box they end in once sealed. */
  readonly outgoing: Map<number, StoredMark | null>
  /** Of those, the positions of parcels. */
  readonly parcels: Set<number>
  /** Own boxes that are not yet confirmed, by the keys they are stored under. */
  readonly boxes: Map<string, StoredBox>
  /** Since when something waits to be sealed. */
  waitingSince: number | null
  /** When a confirmation goes out that no message carries. */
  confirmAt: number | null
  last: MessageView | null
  /** Boxes that were found and lead to an epoch that is not known yet, by the stream they lie in (hex). */
  readonly waiting: Map<string, { readonly found: Found; readonly at: number; readonly close: Close }>
  /** Of a group: how far the streams of others go at least, by leaf, as members say who have read them. */
  readonly reach: Map<number, StoredMark>
  /** The answer box has taken our answer, or we have let the other side in. */
  open: boolean
}

/** What is stored of one conversation in other records than its own. */
export interface StoredBeside {
  readonly outgoings: readonly StoredOutgoing[]
  readonly boxes: readonly StoredBox[]
  readonly last: StoredMessage | undefined
}

export function outgoingOf({ parcels }: Talk, position: number, box: StoredMark | null): StoredOutgoing {
  return parcels.has(position) ? { position, box, parcel: true } : { position, box }
}

/** Conversations, their outboxes and what is known of each; sealing and reading stand in files of their own. */
export class Conversations {
  readonly parts: ConversationParts
  readonly talks = new Map<string, Talk>()
  /** Messages of others since the session was made. */
  came = 0

  constructor(parts: ConversationParts) {
    this.parts = parts
  }

  async load(stored: StoredConversation, open: boolean, { outgoings, boxes, last }: StoredBeside): Promise<Talk> {
    const outgoing = new Map(outgoings.map(({ position, box }) => [position, box] as const))
    const talk: Talk = {
      stored,
      outgoing,
      parcels: new Set(outgoings.flatMap(({ position, parcel }) => (parcel === true ? [position] : []))),
      boxes: new Map(boxes.map((box) => [keys.box(stored.id, box), box])),
      waitingSince: [...outgoing.values()].includes(null) ? 0 : null,
      confirmAt: null,
      last: null,
      waiting: new Map(),
      reach: new Map(),
      open,
    }
    this.talks.set(stored.id, talk)
    if (last?.position === stored.position - (stored.quiet ?? 0)) talk.last = this.parts.messages.bare(last)
    else if (stored.position > 0) await this.#findLast(talk)
    if (stored.readers.some(({ told, at }) => isBefore(told, at))) this.confirmLater(talk)
    return talk
  }

  /** A conversation that was just made or joined; `many`: of more than two. */
  async create(id: string, group: GroupState, scalar: Uint8Array, placement: readonly Uint8Array[], open: boolean, many?: { readonly group: StoredGroup; readonly commit: Uint8Array }): Promise<Talk> {
    const own = group.members.find(({ leaf }) => leaf === group.ownLeaf)
    if (own === undefined) throw new Error("own leaf missing from the group")
    const begin: StoredMark = { epoch: group.epoch, index: 0 }
    const entered = many === undefined || many.group.by === null ? 0 : PAST_ROOM
    const stored: StoredConversation = {
      id,
      groupId: group.groupId,
      mls: group.state,
      ownLeaf: group.ownLeaf,
      scalar,
      stream: own.stream,
      epochs: [await this.epochOf(group, placement, { commit: many?.commit ?? new Uint8Array(HASH_LENGTH), joined: true })],
      writing: begin,
      readers: this.readersOf(group, begin),
      position: entered,
      seen: entered,
      unread: 0,
      attempt: 0,
      renewal: { at: null, messages: 0, due: false },
      ...(many !== undefined && { group: many.group }),
      ...(entered > 0 && { entered }),
    }
    const talk: Talk = { stored, outgoing: new Map(), parcels: new Set(), boxes: new Map(), waitingSince: null, confirmAt: null, last: null, waiting: new Map(), reach: new Map(), open }
    this.talks.set(id, talk)
    this.parts.joined(id, stored.readers)
    this.save(talk, stored)
    return talk
  }

  /** Of all others in a group, who begin to write at `begin`. */
  readersOf({ members, ownLeaf }: GroupState, begin: StoredMark): StoredReader[] {
    return members.filter(({ leaf }) => leaf !== ownLeaf).map((member) => readerOf(member, begin))
  }

  /** What is kept of the epoch that a group is in. */
  async epochOf(group: GroupState, placement: readonly Uint8Array[], made: Pick<StoredEpoch, "commit" | "joined">): Promise<StoredEpoch> {
    const { mls, now } = this.parts
    const authenticator = (await mls.authenticator(group.state)).slice(0, AUTHENTICATOR_PREFIX)
    return { epoch: group.epoch, context: group.boxContext, placement, authenticator, ...made, since: now() }
  }

  save(talk: Talk, stored: StoredConversation): void {
    // What it takes to go back before the end of an epoch goes with the epoch.
    for (const { epoch, left, lost } of talk.stored.epochs) {
      const now = stored.epochs.find((one) => one.epoch === epoch)
      if (left !== undefined && now?.left === undefined) this.parts.changes.delete(keys.snapshot(stored.id, epoch))
      if (lost !== undefined && now?.lost === undefined) this.parts.changes.delete(keys.lost(stored.id, epoch))
    }
    talk.stored = stored
    this.parts.changes.put(keys.conversation(stored.id), stored)
    this.parts.changes.tell(() => ({ type: "conversation", conversation: this.view(talk) }))
  }

  get(id: string): Talk | null {
    return this.talks.get(id) ?? null
  }

  get streams(): number {
    let count = 0
    for (const { stored, open } of this.talks.values()) if (open) count += stored.readers.length
    return count
  }

  /** What is not confirmed and lies at `from` or later is sealed once more, under the same ids: who has it drops it. */
  sealAnew(talk: Talk, from?: StoredMark): void {
    const { changes, now } = this.parts
    for (const [position, box] of talk.outgoing) {
      if (from !== undefined && (box === null || isBefore(box, from))) continue
      talk.outgoing.set(position, null)
      talk.waitingSince ??= now()
      changes.put(keys.outgoing(talk.stored.id, position), outgoingOf(talk, position, null))
    }
  }

  /** One message is sealed once more, under its id. */
  async requeue(talk: Talk, position: number): Promise<void> {
    const { changes, messages, now } = this.parts
    talk.outgoing.set(position, null)
    talk.waitingSince ??= now()
    changes.put(keys.outgoing(talk.stored.id, position), outgoingOf(talk, position, null))
    await messages.change(talk.stored.id, position, (one) => ({ ...one, state: "queued", times: { queued: now() }, problem: null }))
    await this.refreshLast(talk, position)
  }

  /** Own boxes, or those of epochs behind `epoch`, are written no more. */
  dropBoxes(talk: Talk, epoch = -1): void {
    const { changes, writes } = this.parts
    for (const [key, box] of [...talk.boxes]) {
      if (box.epoch <= epoch) continue
      talk.boxes.delete(key)
      changes.delete(key)
      writes.remove(key)
    }
  }

  /** The id of a message by the draft's rule, over what MLS says of sender and conversation. */
  messageId(talk: Talk, identity: Uint8Array, content: Uint8Array): string {
    const room = `mimi://sotto.invalid/r/${toHex(talk.stored.groupId)}`
    return toHex(messageId(content, memberUri(toHex(identity)), room))
  }

  /** Who wrote with this identity key, as messages name their senders. */
  senderOf({ stored: { id, group } }: Talk, identity: Uint8Array): string {
    return group === undefined ? id : toHex(identity)
  }

  /** A sender's time as far as it can be true: not later than now, nor before the conversation, but for clocks that differ. */
  plausible(talk: Talk, time: number): number {
    const { now, contact } = this.parts
    const begun = talk.stored.group?.since ?? contact(talk.stored.id)?.created ?? 0
    return Math.min(Math.max(time, begun - CLOCKS_APART), now())
  }

  /** In a group so much later that all its members together say no more than a few would. */
  confirmLater(talk: Talk, least = CONFIRM_MEAN): void {
    const mean = talk.stored.group === undefined ? least : Math.max(least, GROUP_CONFIRM_MEAN, GROUP_CONFIRM_EACH * waitedFor(talk.stored).length)
    const at = this.parts.now() + exponential(this.parts.random, mean)
    talk.confirmAt = Math.min(talk.confirmAt ?? Infinity, at)
  }

  confirmSoon(talk: Talk): void {
    talk.confirmAt = this.parts.now()
  }

  async markSeen(talk: Talk, position: number): Promise<void> {
    if (position <= talk.stored.seen) return
    const seen = Math.min(position, talk.stored.position)
    const marked = await this.parts.messages.markOthers(talk.stored.id, talk.stored.seen, seen, this.parts.now())
    const unread = seen >= talk.stored.position ? 0 : Math.max(0, talk.stored.unread - marked.count)
    const unreadLines = unread === 0 ? 0 : Math.max(0, (talk.stored.unreadLines ?? 0) - marked.lines)
    // About as many bytes of them as of all: what is rested for is bounded, not counted.
    const unreadBytes = unread === 0 ? 0 : Math.ceil(((talk.stored.unreadBytes ?? 0) * unread) / talk.stored.unread)
    this.save(talk, { ...talk.stored, seen, unread, unreadBytes, unreadLines })
  }

  async showLast(talk: Talk): Promise<void> {
    const message = await this.parts.messages.at(talk.stored.id, talk.stored.position)
    if (message !== null) this.#setLast(talk, message)
  }

  #setLast(talk: Talk, message: StoredMessage): void {
    talk.last = this.parts.messages.bare(message)
    if (message.content !== DAMAGED) this.parts.changes.put(keys.last(message.conversation), message)
  }

  /** Where it was not kept beside, or cannot be read there. What is about to be deleted is still in the store's lists. */
  async #findLast(talk: Talk, before: number | null = null): Promise<void> {
    const { messages } = this.parts
    for (let from = before, more = true; more; ) {
      const page = await messages.page(talk.stored.id, from, LOOKED_AT_ONCE)
      for (const { position } of page.messages.toReversed()) {
        const message = await messages.at(talk.stored.id, position)
        if (message !== null) return this.#setLast(talk, message)
      }
      from = page.messages[0]?.position ?? null
      more = page.more && from !== null
    }
  }

  /** The latest message is deleted: the one before it is shown in its place. */
  async showBefore(talk: Talk, position: number): Promise<void> {
    talk.last = null
    this.parts.changes.delete(keys.last(talk.stored.id))
    await this.#findLast(talk, position)
  }

  /** A message has changed its state; perhaps the one that is shown. */
  async refreshLast(talk: Talk, position: number): Promise<void> {
    if (position !== talk.last?.position) return
    const message = await this.parts.messages.at(talk.stored.id, position)
    if (message !== null) this.#setLast(talk, message)
    this.parts.changes.tell(() => ({ type: "conversation", conversation: this.view(talk) }))
  }

  async forget(id: string): Promise<void> {
    const talk = this.talks.get(id)
    if (talk === undefined) return
    const { changes, store, watches, writes, messages } = this.parts
    watches.endAll(`stream/${id}/`)
    for (const [key] of await store.list(keys.boxes(id))) {
      changes.delete(key)
      writes.remove(key)
    }
    for (const prefix of [keys.outgoings(id), keys.snapshots(id), keys.losts(id), keys.parcels(id)]) for (const [key] of await store.list(prefix)) changes.delete(key)
    await messages.forget(id)
    for (const key of [keys.waitingActs(id), keys.last(id), keys.draft(id), keys.draftMention(id), keys.draftAbout(id), keys.conversation(id)]) changes.delete(key)
    this.talks.delete(id)
  }

  #stopped(talk: Talk): Stopped | null {
    const { isCopy, group } = talk.stored
    if (group !== undefined && group.standing !== "in") return null
    if (isCopy === true) return "copy"
    return this.parts.mayWrite(talk) ? null : "identity"
  }

  view(talk: Talk): ConversationView {
    const { stored, last } = talk
    const { group } = stored
    const seconds = stored.timer?.seconds ?? 0
    const of = group === undefined
      ? ({ kind: "direct", title: this.parts.contact(stored.id)?.name ?? "", contact: stored.id } as const)
      : ({ kind: "group", title: titleOf(group), contact: null, group: groupView(group, this.parts.own()) } as const)
    const { seen, unread, unreadLines = 0, named = 0 } = stored
    const view = { id: stored.id, ...of, last, unread: Math.max(0, unread - unreadLines), ...(named > seen && { named }), stopped: this.#stopped(talk) }
    return seconds === 0 ? view : { ...view, timer: seconds }
  }
}
