import { fromHex, toHex } from "../shared/bytes.ts"
import { Acts } from "./acts.ts"
import type { MentionView } from "./api.ts"
import { CommandError } from "./api.ts"
import type { StoredAttachment } from "./attachments/stored-attachment.ts"
import { authorOf } from "./becoming.ts"
import type { Timer } from "./content/acts.ts"
import { actOf, deletionMessage, reactionMessage, timerMessage } from "./content/acts.ts"
import { againMessage } from "./content/again.ts"
import type { Source } from "./content/attachment.ts"
import { encodeContent } from "./content/codec.ts"
import type { MimiContent } from "./content/content.ts"
import { spokenPart } from "./content/mentions.ts"
import type { TextOptions } from "./content/text.ts"
import { textMessage } from "./content/text.ts"
import type { Conversations, Talk } from "./conversations.ts"
import { outgoingOf } from "./conversations.ts"
import { deleteMessage } from "./deleting.ts"
import { spokenOf } from "./groups/speaking.ts"
import { DAMAGED } from "./ports.ts"
import { isLine } from "./saying.ts"
import type { StoredMessage } from "./stored.ts"
import { keys } from "./stored.ts"
import type { Ordered, StoredOwnAct } from "./stored-acts.ts"

/** A text, and who is named in it. */
interface Said {
  readonly text: string
  readonly mentions?: readonly MentionView[] | undefined
}

/** What this user says: put into the outbox, and sealed when it is about to be sent. */
export class Outbox {
  readonly #conversations: Conversations

  constructor(conversations: Conversations) {
    this.#conversations = conversations
  }

  /** A text, perhaps in answer to a message. */
  async text(talk: Talk, said: Said, answered: StoredMessage | null): Promise<string> {
    const seconds = talk.stored.timer?.seconds ?? 0
    return this.#message(talk, this.#said(talk, said, {
      ...(answered !== null && { inReplyTo: fromHex(answered.id) }),
      ...(seconds > 0 && { expires: { relative: true, time: seconds } }),
    }))
  }

  #said(talk: Talk, { text, mentions = [] }: Said, options: TextOptions): MimiContent {
    const plain = textMessage(text, this.#salt(), options)
    return mentions.length === 0 ? plain : { ...plain, body: spokenPart(spokenOf(talk, text, mentions, toHex(this.#conversations.parts.own()))) }
  }

  /** A message that brings a file; `make` makes it of its salt and where it stands. */
  async file(talk: Talk, make: (salt: Uint8Array, options: Pick<MimiContent, "inReplyTo" | "expires">) => MimiContent, answered: StoredMessage | null, attachment: StoredAttachment): Promise<StoredMessage> {
    const seconds = talk.stored.timer?.seconds ?? 0
    const expires = seconds > 0 ? { relative: true, time: seconds } : null
    return this.#put(talk, make(this.#salt(), { inReplyTo: answered === null ? null : fromHex(answered.id), expires }), { attachment })
  }

  /** Asks for the file of a message, or says where it lies now. */
  async again(talk: Talk, message: StoredMessage, source: Source | null): Promise<void> {
    mustBeThere(message)
    await this.#act(talk, message, againMessage(fromHex(message.id), source, this.#salt()), undefined)
  }

  /** How long messages last from now on; 0 for good. */
  async timer(talk: Talk, seconds: number): Promise<string> {
    const timer: Timer = { seconds, turn: (talk.stored.timer?.turn ?? 0) + 1 }
    const id = await this.#message(talk, timerMessage(timer, this.#salt()))
    this.#conversations.save(talk, { ...talk.stored, timer: { ...timer, id } })
    return id
  }

  async edit(talk: Talk, message: StoredMessage, said: Said): Promise<void> {
    mustBeThere(message)
    mustBeOwn(message)
    // The message itself is named, not its latest edit: so an edit needs no other to have come before.
    await this.#act(talk, message, this.#said(talk, said, { replaces: fromHex(message.id) }), message.edits?.at(-1))
  }

  /** All that this user thinks of a message; none takes back what was said before. */
  async react(talk: Talk, message: StoredMessage, reactions: readonly string[]): Promise<void> {
    mustBeThere(message)
    const before = message.reactions?.find(({ from }) => from === null)
    const content = reactionMessage(fromHex(message.id), reactions, before === undefined ? null : fromHex(before.id), this.#salt())
    await this.#act(talk, message, content, before)
  }

  async deleteForEveryone(talk: Talk, message: StoredMessage): Promise<void> {
    mustBeThere(message)
    mustBeOwn(message)
    // Nobody else has it, nor will: there is nothing to take back.
    if (isUnsaid(talk, message)) return deleteMessage(this.#conversations, talk, message)
    await this.#act(talk, message, deletionMessage(fromHex(message.id), this.#salt()), message.edits?.at(-1))
  }

  /** What devices say to each other: no user sees it, and it takes no place in the conversation. `about`: position of a line that tells how far it is. */
  async parcel(talk: Talk, content: MimiContent, about: number | null = null): Promise<void> {
    const record: StoredOwnAct = { ...this.#record(talk, content, this.#conversations.parts.now()), about }
    const { position, state } = record
    if (state !== "queued") return
    this.#conversations.save(talk, { ...talk.stored, position, quiet: (talk.stored.quiet ?? 0) + 1 })
    this.#conversations.parts.changes.put(keys.act(talk.stored.id, position), record)
    talk.parcels.add(position)
    this.#queue(talk, record)
  }

  #salt(): Uint8Array {
    return this.#conversations.parts.random(16)
  }

  async #message(talk: Talk, content: MimiContent): Promise<string> {
    return (await this.#put(talk, content, {})).id
  }

  async #put(talk: Talk, content: MimiContent, beside: Pick<StoredMessage, "attachment">): Promise<StoredMessage> {
    mustBeIn(talk)
    const { messages } = this.#conversations.parts
    const { expires } = content
    const message: StoredMessage = { ...this.#record(talk, content, this.#conversations.parts.now()), ...beside, ...(expires !== null && { life: expires.time * 1000 }) }
    this.#conversations.save(talk, { ...talk.stored, position: message.position, quiet: 0 })
    this.#queue(talk, message)
    await messages.add(message)
    await this.#conversations.showLast(talk)
    return message
  }

  /** `before`: what this user did last of this kind, behind which this is ordered whatever the clock says. */
  async #act(talk: Talk, { position: about }: StoredMessage, content: MimiContent, before: Ordered | undefined): Promise<void> {
    const { changes, now } = this.#conversations.parts
    mustBeIn(talk)
    if (talk.stored.isReplaced === true) throw new CommandError("nothing is sent in this conversation any more")
    const said = Math.max(now(), (before?.said ?? 0) + 1)
    const record: StoredOwnAct = { ...this.#record(talk, content, said), about }
    const { id, position } = record
    this.#conversations.save(talk, { ...talk.stored, position, quiet: (talk.stored.quiet ?? 0) + 1 })
    changes.put(keys.act(talk.stored.id, position), record)
    this.#queue(talk, record)
    const act = { id, from: null, content: record.content, said, sent: now() }
    await new Acts(this.#conversations).apply(talk, act, actOf(content)!, position)
  }

  #record(talk: Talk, message: MimiContent, sent: number): StoredMessage {
    const { own } = this.#conversations.parts
    const content = encodeContent(message)
    const isReplaced = talk.stored.isReplaced === true
    return {
      id: this.#conversations.messageId(talk, own(), content),
      conversation: talk.stored.id,
      position: talk.stored.position + 1,
      own: true,
      content,
      sent,
      received: null,
      state: isReplaced ? "failed" : "queued",
      times: isReplaced ? { failed: sent } : { queued: sent },
      problem: isReplaced ? "contact-failed" : null,
      journey: null,
    }
  }

  #queue(talk: Talk, { position, state }: StoredMessage): void {
    if (state !== "queued") return
    const { changes, now } = this.#conversations.parts
    changes.put(keys.outgoing(talk.stored.id, position), outgoingOf(talk, position, null))
    talk.outgoing.set(position, null)
    talk.waitingSince ??= now()
  }
}

/** Nothing is said in a group by who is not in it. */
function mustBeIn({ stored: { group } }: Talk): void {
  if (group !== undefined && group.standing !== "in") throw new CommandError("this user is not in the group")
}

function mustBeThere(message: StoredMessage): void {
  if (message.content === DAMAGED) throw new CommandError("this message cannot be read any more")
  if (message.deleted !== undefined) throw new CommandError("this message was deleted")
  if (isLine(message)) throw new CommandError("this is no message but a line")
}

function mustBeOwn(message: StoredMessage): void {
  if (authorOf(message) !== null) throw new CommandError("this message is somebody else's")
}

/** It was never sealed. What was once, and is sealed anew, has been in the mix or was queued once more. */
function isUnsaid(talk: Talk, { position, state, times, sent, resealed }: StoredMessage): boolean {
  return state === "queued" && talk.outgoing.get(position) === null && times.queued === sent && times.mix === undefined && resealed === undefined
}
