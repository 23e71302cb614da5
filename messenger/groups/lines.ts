import { sameBytes, toHex } from "../../shared/bytes.ts"
import { encodeContent } from "../content/codec.ts"
import { DISPOSITION, NO_EXTENSIONS } from "../content/content.ts"
import { SALT_LENGTH } from "../content/limits.ts"
import type { Conversations, Talk } from "../conversations.ts"
import { isName } from "../name.ts"
import type { Participant, Room } from "../mls/room.ts"
import { isSamePicture, participantIn } from "../mls/room.ts"
import type { StoredMessage } from "../stored.ts"
import { epochOf } from "../stored-conversation.ts"
import type { Maker } from "./hooks.ts"
import { asksUser } from "./line-names.ts"
import type { StoredGroup, StoredLine } from "./stored-group.ts"

/** Nothing of a line travels: where messages have a content, it has this. */
const EMPTY = encodeContent({
  salt: new Uint8Array(SALT_LENGTH),
  replaces: null,
  topicId: new Uint8Array(0),
  expires: null,
  inReplyTo: null,
  extensions: NO_EXTENSIONS,
  body: { kind: "null", disposition: DISPOSITION.unspecified, language: "" },
})

/** Names of members are not checked by anybody before they are in the room: what is not fit to be shown is not. */
export function shownName(name: string): string {
  return isName(name) ? name : "?"
}

/** What a member is called, as it may be shown. */
export function nameIn(room: Room, identity: Uint8Array): string {
  return shownName(participantIn(room, identity)?.name ?? "")
}

/** The room's name, as it may be shown. */
export function titleOf({ room }: StoredGroup): string {
  return shownName(room.name)
}

/** What has changed from one room to the next, in a fixed order. `own` is this user's identity, who is null in lines. */
export function linesBetween(before: Room, after: Room, { by, left }: Maker, own: Uint8Array): StoredLine[] {
  const idOf = (identity: Uint8Array) => (sameBytes(identity, own) ? null : toHex(identity))
  const byWhom = { by: idOf(by), byName: shownName(participantIn(before, by)?.name ?? participantIn(after, by)?.name ?? "") }
  const whom = ({ identity, name }: Participant) => ({ who: idOf(identity), whoName: shownName(name) })
  const lines: StoredLine[] = []
  if (before.name !== after.name) lines.push({ kind: "renamed", name: shownName(after.name), ...byWhom })
  if (!isSamePicture(before.picture, after.picture)) lines.push({ kind: "pictured", removed: after.picture === undefined, ...byWhom })
  for (const one of before.participants) {
    if (participantIn(after, one.identity) !== undefined) continue
    if (left.some((identity) => sameBytes(identity, one.identity))) lines.push({ kind: "left", ...whom(one) })
    else lines.push({ kind: "removed", ...whom(one), ...byWhom })
  }
  for (const one of after.participants) {
    const was = participantIn(before, one.identity)
    if (was === undefined) lines.push({ kind: "joined", ...whom(one), ...byWhom })
    else if (was.role !== one.role) lines.push({ kind: "role", ...whom(one), role: one.role, ...byWhom })
    if (was !== undefined && was.name !== one.name) lines.push({ kind: "called", ...whom(was), name: shownName(one.name) })
  }
  return lines
}

/** It holds as long as the epoch does that has brought it. */
const isChange = ({ kind }: StoredLine) => kind !== "past" && kind !== "past-broken"

/** Puts lines into a conversation, each at a place of its own, as messages have. */
export class Lines {
  readonly #conversations: Conversations

  constructor(conversations: Conversations) {
    this.#conversations = conversations
  }

  /** `from` names what they come from: the same lines are not put twice. `doing`: an own act that they tell the state of. */
  async add(talk: Talk, from: string, lines: readonly StoredLine[], doing?: StoredMessage["doing"]): Promise<void> {
    const { messages, now } = this.#conversations.parts
    for (const [i, line] of lines.entries()) {
      const position = talk.stored.position + 1
      const id = `line/${from}/${i}`
      const isNew = await messages.add({ id, conversation: talk.stored.id, position, own: false, content: EMPTY, sent: now(), received: now(), state: null, times: {}, problem: null, journey: null, line, ...(doing !== undefined && { doing }) })
      if (!isNew) continue
      // Of what asks for no answer it is enough that it stands there.
      const { unread, unreadLines = 0 } = talk.stored
      const counted = asksUser(line) ? { unread: unread + 1 } : { unread: unread + 1, unreadLines: unreadLines + 1 }
      const epoch = epochOf(talk.stored)
      const epochs = talk.stored.epochs.map((one) => (one === epoch && talk.stored.group !== undefined && isChange(line) ? { ...one, lines: [...(one.lines ?? []), position] } : one))
      this.#conversations.save(talk, { ...talk.stored, position, quiet: 0, ...counted, epochs })
    }
    if (lines.length > 0) await this.#conversations.showLast(talk)
  }

  /** What the epochs behind this one have brought is not so any more. */
  async undo(talk: Talk, epoch: number): Promise<void> {
    const { messages } = this.#conversations.parts
    for (const { epoch: of, lines = [] } of talk.stored.epochs) {
      if (of <= epoch) continue
      for (const position of lines) {
        const line = await messages.at(talk.stored.id, position)
        if (line === null) continue
        messages.delete(line)
        if (position === talk.last?.position) await this.#conversations.showBefore(talk, position)
      }
    }
  }
}
