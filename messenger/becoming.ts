import type { Act } from "./content/acts.ts"
import type { Source } from "./content/attachment.ts"
import { TEXT_MAX } from "./message-view.ts"
import type { StoredMessage } from "./stored.ts"
import type { Sender, StoredAct, StoredReaction } from "./stored-acts.ts"
import { isLater } from "./stored-acts.ts"

/** So many edits of a message are kept, the latest; each is a text of at most TEXT_MAX bytes, with what it is wrapped in. */
const EDITS_MOST = 32
const EDIT_MAX = TEXT_MAX + 1024

/**
 * What an act makes of the message that it is about; null where it changes nothing, `unfit` where its sender may not do that. Whatever the
 * order in which acts come, the message becomes the same: of reactions each sender's latest counts, of edits the latest is shown, and
 * a deletion ends everything.
 */
export function become(message: StoredMessage, act: StoredAct, says: Act): StoredMessage | "unfit" | null {
  if (says.kind === "reaction") return reacted(message, act, says.reactions)
  if (says.kind === "ask-again") return askedAgain(message, act)
  // Nobody but its author changes a message.
  if (act.from !== authorOf(message)) return "unfit"
  if (says.kind === "again") return there(message, says.source)
  return says.kind === "deletion" ? deleted(message, act) : edited(message, act)
}

export function authorOf({ own, from, conversation }: StoredMessage): Sender {
  return own ? null : (from ?? conversation)
}

/** MIMI content as it is now. Empty where it was deleted for everyone. */
export function presentContent({ edits = [], content }: StoredMessage): Uint8Array {
  return edits.at(-1)?.content ?? content
}

function reacted(message: StoredMessage, { id, said, from }: StoredAct, reactions: readonly string[]): StoredMessage | null {
  // It may have set out before its sender knew.
  if (message.deleted !== undefined) return null
  const { reactions: all = [] } = message
  const before = all.find((one) => one.from === from)
  const reaction: StoredReaction = { id, said, from, reactions }
  if (before !== undefined && !isLater(reaction, before)) return null
  return { ...message, reactions: before === undefined ? [...all, reaction] : all.map((one) => (one === before ? reaction : one)) }
}

function edited(message: StoredMessage, { id, said, sent, content }: StoredAct): StoredMessage | "unfit" | null {
  const { edits = [] } = message
  if (message.deleted !== undefined || content.length > EDIT_MAX) return "unfit"
  if (edits.some((one) => one.id === id)) return null
  const all = [...edits, { id, said, sent, content }].sort((a, b) => (isLater(a, b) ? 1 : -1))
  return { ...message, edits: all.slice(-EDITS_MOST) }
}

/** Who asked sees that. Its author's device answers, which changes the message only then. */
function askedAgain(message: StoredMessage, { from }: StoredAct): StoredMessage | "unfit" | null {
  const { attachment } = message
  if (attachment === undefined || (from === null) === message.own) return "unfit"
  return from === null ? { ...message, attachment: { ...attachment, state: "asked" } } : null
}

/** The file lies somewhere once more. */
function there(message: StoredMessage, source: Source): StoredMessage | "unfit" | null {
  const { attachment, own } = message
  if (attachment === undefined) return "unfit"
  if (own || attachment.state === "ready" || attachment.state === "damaged") return null
  // Who has deleted it here may want it again, but did not ask for it.
  return { ...message, attachment: { ...attachment, state: attachment.state === "deleted" ? "deleted" : "offered", source } }
}

/** Nothing is left of what it said, nor of what was said of it. */
function deleted({ edits: _, reactions: __, attachment: ___, ...message }: StoredMessage, { sent }: StoredAct): StoredMessage | null {
  if (message.deleted !== undefined && message.deleted <= sent) return null
  return { ...message, content: new Uint8Array(0), deleted: sent }
}
