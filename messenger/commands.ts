import { utf8 } from "../shared/text.ts"
import type { CodeProblem, CommandInput, CommandName, CommandOutput, MessageView, MessengerView } from "./api.ts"
import { CommandError, TEXT_MAX } from "./api.ts"
import { fileHandlers } from "./attachments/commands.ts"
import { parseCode } from "./contact-code.ts"
import { REACTION_MAX, REACTIONS_MAX, TIMER_SECONDS_MAX } from "./content/limits.ts"
import { isReaction } from "./content/reaction.ts"
import type { Talk } from "./conversations.ts"
import { deleteMessage } from "./deleting.ts"
import type { Engine } from "./engine.ts"
import type { Handlers } from "./first-commands.ts"
import { checkedName, checkTurn, firstHandlers, NOTHING } from "./first-commands.ts"
import { groupHandlers } from "./groups/group-commands.ts"
import { introductionHandlers } from "./introductions/commands.ts"
import { messageOf, talkOf } from "./named.ts"
import { Outbox } from "./outbox.ts"
import { isQuiet, versionsOf } from "./saying.ts"
import { safetyQr } from "./safety-number.ts"
import { Search } from "./search.ts"
import type { StoredContact, StoredDraftMentions, StoredMessage } from "./stored.ts"
import { keys } from "./stored.ts"

const PAGE_MOST = 200
/** More is typed than one message takes, and then cut. */
const DRAFT_MAX = 4 * TEXT_MAX
const DRAFT_MENTIONS_MAX = 1000
/** Carries out one command. Throws CommandError where it names what is not there, or comes out of turn. */
export async function runCommand<Name extends CommandName>(
  engine: Engine,
  name: Name,
  input: CommandInput<Name>,
): Promise<CommandOutput<Name>> {
  checkTurn(engine, name)
  return handlers[name](engine, input)
}

const handlers: Handlers = {
  ...firstHandlers,
  invite: async (engine, { name }) => ({ contact: (await engine.inviting.invite(optionalName(name))).id }),
  "check-code": (engine, { code }) => checkCode(engine, code),
  add: async (engine, { code, name }) => {
    const checked = checkCode(engine, code)
    // What answers the code is needed when its box is found: where it cannot be had, that is better said now.
    if (checked.ok) await engine.parts.mls.ready()
    return checked.ok ? { ok: true, contact: engine.answering.add(checked.bundleHash, optionalName(name)).id } : checked
  },
  accept: (engine, { contact, trust, name }) => {
    engine.inviting.accept(contactOf(engine, contact), trust, name === undefined ? undefined : optionalName(name))
    return NOTHING
  },
  remove: async (engine, { contact }) => {
    engine.recovery.forget(contact)
    engine.groups.forgetContact(contact)
    engine.commits.forget(contact)
    await engine.contacts.remove(contactOf(engine, contact))
    return NOTHING
  },
  "rename-contact": (engine, { contact, name }) => {
    engine.contacts.rename(contactOf(engine, contact), optionalName(name))
    return NOTHING
  },
  "trust-contact": (engine, { contact, trust, safetyNumber }) => {
    const stored = contactOf(engine, contact)
    inSight(stored.safetyNumber, safetyNumber)
    if (trust === "changed") throw new CommandError("that a key has changed is found out, not chosen")
    if (stored.identityChange !== undefined) throw new CommandError("the new identity is to be accepted first")
    engine.contacts.trust(stored, trust)
    return NOTHING
  },
  "safety-qr": (engine, { contact }) => {
    const { identity, identityChange } = contactOf(engine, contact)
    const other = identityChange?.identity ?? identity
    return { text: other === null ? null : safetyQr(engine.profile.identityPublic, other) }
  },
  "accept-identity": (engine, { contact, compared, safetyNumber }) => {
    const stored = contactOf(engine, contact)
    inSight(stored.identityChange?.safetyNumber ?? null, safetyNumber)
    engine.contacts.identities.accept(stored, compared)
    return NOTHING
  },
  block: (engine, { contact, blocked }) => {
    engine.contacts.block(contactOf(engine, contact), blocked)
    return NOTHING
  },
  quarantine: (engine, { contact }) => ({ lines: engine.quarantine.list(contact ?? null) }),
  "clear-quarantine": (engine, { contact }) => {
    engine.quarantine.clear(contact ?? null)
    return NOTHING
  },
  send: async (engine, { conversation, text, replyTo, mentions }) => {
    const talk = talkOf(engine, conversation)
    const answered = replyTo === undefined ? null : (await messageOf(engine, replyTo)).message
    if (answered !== null && answered.conversation !== conversation) throw new CommandError("the message that is answered is of another conversation")
    return { message: await new Outbox(engine.conversations).text(talk, { text: checkedText(text), mentions }, answered) }
  },
  ...fileHandlers,
  edit: async (engine, { message: id, text, mentions }) => {
    const { talk, message } = await messageOf(engine, id)
    await new Outbox(engine.conversations).edit(talk, message, { text: checkedText(text), mentions })
    return NOTHING
  },
  react: async (engine, { message: id, reactions }) => {
    const all = [...new Set(reactions)]
    if (all.length > REACTIONS_MAX || !all.every(isReaction)) throw new CommandError(`at most ${REACTIONS_MAX} reactions, each of at most ${REACTION_MAX} bytes, without spaces`)
    const { talk, message } = await messageOf(engine, id)
    await new Outbox(engine.conversations).react(talk, message, all)
    return NOTHING
  },
  "delete-for-everyone": async (engine, { message: id }) => {
    const { talk, message } = await messageOf(engine, id)
    await new Outbox(engine.conversations).deleteForEveryone(talk, message)
    return NOTHING
  },
  timer: async (engine, { conversation, seconds }) => {
    const talk = talkOf(engine, conversation)
    if (seconds !== null && !(Number.isInteger(seconds) && seconds > 0 && seconds <= TIMER_SECONDS_MAX)) throw new CommandError(`a timer takes 1 to ${TIMER_SECONDS_MAX} seconds`)
    if ((talk.stored.timer?.seconds ?? 0) !== (seconds ?? 0)) await new Outbox(engine.conversations).timer(talk, seconds ?? 0)
    return NOTHING
  },
  history: async (engine, { message: id }) => ({ versions: versionsOf((await messageOf(engine, id)).message) }),
  ...groupHandlers,
  ...introductionHandlers,
  retry: async (engine, { message }) => {
    const stored = await engine.messages.byId(message)
    const position = stored?.doing?.state === "failed" ? stored.doing.position : stored?.own === true && stored.state === "failed" ? stored.position : null
    if (stored === null || position === null) throw new CommandError("there is no failed message of this id")
    const talk = talkOf(engine, stored.conversation)
    if (talk.stored.isReplaced === true) return NOTHING
    await engine.conversations.requeue(talk, position)
    return NOTHING
  },
  messages: async (engine, { conversation, before, after, limit }) => {
    if (after !== undefined) {
      if (before !== undefined) throw new CommandError("messages are asked for before a position or behind one, not both")
      const most = bounded(limit)
      const found = await engine.messages.after(conversation, after, most + 1)
      return { messages: await viewsOf(engine, found.slice(0, most)), more: found.length > most }
    }
    const { messages, more } = await engine.messages.page(conversation, before ?? null, bounded(limit))
    return { messages: await viewsOf(engine, messages), more }
  },
  search: (engine, { text, kind = null, conversation, from, limit }) => {
    const within = conversation === undefined ? [...engine.conversations.talks.values()].filter((talk) => isShown(engine, talk)) : [talkOf(engine, conversation)]
    return new Search(engine.conversations).find({ text, kind }, within, from ?? null, bounded(limit))
  },
  "delete-message": async (engine, { message }) => {
    const found = await messageOf(engine, message)
    await deleteMessage(engine.conversations, found.talk, found.message)
    return NOTHING
  },
  message: async (engine, { message }) => {
    const stored = await engine.messages.byId(message)
    return { message: stored === null ? null : await engine.messages.view(stored) }
  },
  "mark-read": async (engine, { conversation, position }) => {
    await engine.conversations.markSeen(talkOf(engine, conversation), position)
    return NOTHING
  },
  unread: async (engine, { limit }) => {
    const found: StoredMessage[] = []
    for (const { stored } of engine.conversations.talks.values()) {
      if (stored.seen >= stored.position) continue
      // Own messages may be many: what stands behind them is unread all the same.
      for (let [from, full, others] = [stored.seen, true, 0]; full && others < bounded(limit); ) {
        const messages = await engine.messages.after(stored.id, from, PAGE_MOST)
        const unread = messages.filter((message) => !message.own && (message.line === undefined || !isQuiet(message)))
        found.push(...unread)
        others += unread.length
        full = messages.length === PAGE_MOST
        from = messages.at(-1)?.position ?? from
      }
    }
    found.sort((a, b) => (a.received ?? 0) - (b.received ?? 0))
    return { messages: await viewsOf(engine, found.slice(0, bounded(limit))) }
  },
  "keep-draft": (engine, { conversation, text, mentions = [], about }) => {
    const { id } = talkOf(engine, conversation).stored
    const bytes = utf8(text)
    if (bytes.length + utf8((about?.text ?? "") + (about?.message ?? "")).length > DRAFT_MAX) throw new CommandError(`a draft may have at most ${DRAFT_MAX} bytes`)
    if (text.trim() === "") engine.changes.delete(keys.draft(id))
    else engine.changes.putBytes(keys.draft(id), bytes)
    if (Math.max(mentions.length, about?.mentions?.length ?? 0) > DRAFT_MENTIONS_MAX) throw new CommandError(`a draft may name ${DRAFT_MENTIONS_MAX} people at most`)
    if (text.trim() === "" || mentions.length === 0) engine.changes.delete(keys.draftMention(id))
    else engine.changes.put(keys.draftMention(id), { mentions } satisfies StoredDraftMentions)
    if (about === undefined) engine.changes.delete(keys.draftAbout(id))
    else engine.changes.put(keys.draftAbout(id), about)
    return NOTHING
  },
  view: (engine) => viewOf(engine),
}

function viewOf(engine: Engine): MessengerView {
  return {
    profile: engine.profileView(),
    contacts: engine.contacts.all().map((contact) => engine.contacts.view(contact)),
    conversations: [...engine.conversations.talks.values()].filter((talk) => isShown(engine, talk)).map((talk) => engine.conversations.view(talk)),
    quarantine: engine.quarantine.list(null),
    introductions: engine.correspondence.introductions.list(),
    network: engine.networkView(),
  }
}

/** A conversation is one as soon as something can be written in it. */
function isShown(engine: Engine, talk: Talk): boolean {
  if (talk.stored.group !== undefined) return true
  const state = engine.contacts.get(talk.stored.id)?.state
  return state === "answering" || state === "answered" || state === "ready"
}

function checkCode(engine: Engine, code: string): { ok: true; bundleHash: Uint8Array } | ({ ok: false } & CodeProblem) {
  const parsed = parseCode(code, engine.networkId)
  if (!parsed.ok) return parsed
  const known = engine.contacts.byBundle(parsed.bundleHash)
  if (known === undefined) return parsed
  if (known.role === "inviter") return { ok: false, problem: "own" }
  return known.state === "failed" ? parsed : { ok: false, problem: "known", contact: known.id }
}

function contactOf(engine: Engine, id: string): StoredContact {
  const contact = engine.contacts.get(id)
  if (contact === undefined) throw new CommandError("there is no contact of this id")
  return contact
}

/** What was compared is what was in sight, and nothing that has taken its place since. */
function inSight(now: string | null, seen: string | undefined): void {
  if (seen !== undefined && seen !== now) throw new CommandError("the safety number is another one by now")
}

async function viewsOf(engine: Engine, messages: readonly StoredMessage[]): Promise<MessageView[]> {
  const views: MessageView[] = []
  for (const message of messages) views.push(await engine.messages.view(message))
  return views
}

function checkedText(text: string): string {
  if (text.trim() === "") throw new CommandError("there is no text to send")
  if (utf8(text).length > TEXT_MAX) throw new CommandError(`a text may have at most ${TEXT_MAX} bytes`)
  return text
}

function bounded(limit: number): number {
  return Math.max(1, Math.min(PAGE_MOST, Math.floor(limit)))
}

function optionalName(name: string): string {
  return name.trim() === "" ? "" : checkedName(name)
}
