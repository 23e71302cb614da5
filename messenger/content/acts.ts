import { WireError } from "../../shared/bytes.ts"
import { fromUtf8, utf8 } from "../../shared/text.ts"
import { againOf } from "./again.ts"
import type { Source } from "./attachment.ts"
import { CborReader } from "./cbor-reader.ts"
import { CborWriter } from "./cbor-writer.ts"
import { DISPOSITION, NO_EXTENSIONS } from "./content.ts"
import type { MessageId, MimiContent, Part, SinglePart } from "./content.ts"
import { REACTIONS_MAX, TIMER_SECONDS_MAX, U32_MAX } from "./limits.ts"
import { isReaction } from "./reaction.ts"
import { isReadable, PLAIN_TEXT } from "./text.ts"

/**
 * What says something of another message, in the terms of draft-ietf-mimi-content-08 (sections 5.3 to 5.6): an edit replaces it by a body, a deletion
 * by none; a reaction answers it, with all that its sender thinks of it: what they said before counts no more. Of a file somebody asks where it lies now,
 * and its author says it.
 */
export type Act =
  | { readonly kind: "edit"; readonly target: MessageId }
  | { readonly kind: "deletion"; readonly target: MessageId }
  | { readonly kind: "reaction"; readonly target: MessageId; readonly reactions: readonly string[] }
  | { readonly kind: "ask-again"; readonly target: MessageId }
  | { readonly kind: "again"; readonly target: MessageId; readonly source: Source }

/** Null for a message that stands for itself, as one with the disposition of a reaction to nothing does. Throws WireError for a reaction that is no short text. */
export function actOf({ replaces, inReplyTo, body }: MimiContent): Act | null {
  const source = inReplyTo === null ? undefined : againOf({ body })
  if (inReplyTo !== null && source !== undefined) return source === null ? { kind: "ask-again", target: inReplyTo } : { kind: "again", target: inReplyTo, source }
  if (body.disposition === DISPOSITION.reaction && inReplyTo !== null) {
    return { kind: "reaction", target: inReplyTo, reactions: reactionsOf(body) }
  }
  if (replaces === null) return null
  return { kind: body.kind === "null" ? "deletion" : "edit", target: replaces }
}

/** One text, or several to be taken each by itself, or none. The same one twice counts once. */
function reactionsOf(body: Part): readonly string[] {
  if (body.kind === "null") return []
  const parts = body.kind === "multi" && body.semantics === "processAll" ? body.parts : [body]
  const reactions = [...new Set(parts.map(reactionOf))]
  if (reactions.length > REACTIONS_MAX) throw new WireError()
  return reactions
}

function reactionOf(part: Part): string {
  if (part.kind !== "single" || part.disposition !== DISPOSITION.reaction || !isReadable(part.contentType)) throw new WireError()
  let text: string
  try {
    text = fromUtf8(part.content)
  } catch {
    throw new WireError()
  }
  if (!isReaction(text)) throw new WireError()
  return text
}

const nothing = (disposition: number): Part => ({ kind: "null", disposition, language: "" })

const message = (salt: Uint8Array, body: Part): MimiContent => ({
  salt, replaces: null, topicId: new Uint8Array(0), expires: null, inReplyTo: null, extensions: NO_EXTENSIONS, body,
})

/** The message that takes another away. */
export function deletionMessage(target: MessageId, salt: Uint8Array): MimiContent {
  return { ...message(salt, nothing(DISPOSITION.render)), replaces: target }
}

/** All that its sender thinks of a message, none where they think nothing of it any more; `before` is the reaction whose place it takes. */
export function reactionMessage(target: MessageId, reactions: readonly string[], before: MessageId | null, salt: Uint8Array): MimiContent {
  const parts = reactions.map((text): SinglePart => ({ kind: "single", disposition: DISPOSITION.reaction, language: "", contentType: PLAIN_TEXT, content: utf8(text) }))
  const [first, ...others] = parts
  const body: Part =
    first === undefined ? nothing(DISPOSITION.reaction)
    : others.length === 0 ? first
    : { kind: "multi", disposition: DISPOSITION.reaction, language: "", semantics: "processAll", parts }
  return { ...message(salt, body), inReplyTo: target, replaces: before }
}

/** How long messages of a conversation last, as one of its people has set it. Of two settings that of the higher turn holds. */
export interface Timer {
  /** Seconds, or 0 where they last. */
  readonly seconds: number
  readonly turn: number
}

/** A type of our own, of version 1: an array of seconds and turn, in CBOR. */
export const TIMER_TYPE = "application/vnd.sotto.timer+cbor;v=1"
const TIMER_ITEMS = 2

export function timerMessage({ seconds, turn }: Timer, salt: Uint8Array): MimiContent {
  const content = new CborWriter().array(TIMER_ITEMS).uint(seconds).uint(turn).done()
  return message(salt, { kind: "single", disposition: DISPOSITION.render, language: "", contentType: TIMER_TYPE, content })
}

/** Null where the message is something else, or of a version that is not known here. Throws WireError where it is none of its version. */
export function timerOf({ body }: MimiContent): Timer | null {
  if (body.kind !== "single" || body.contentType.toLowerCase().replaceAll(" ", "") !== TIMER_TYPE) return null
  const reader = new CborReader(body.content)
  if (reader.array() !== TIMER_ITEMS) throw new WireError()
  const timer = { seconds: reader.uint(TIMER_SECONDS_MAX), turn: reader.uint(U32_MAX) }
  reader.end()
  return timer
}
