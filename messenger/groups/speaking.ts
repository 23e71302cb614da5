import { toHex } from "../../shared/bytes.ts"
import type { MentionView } from "../api.ts"
import { CommandError, TEXT_MAX } from "../api.ts"
import type { Spoken } from "../content/mentions.ts"
import { spokenPart } from "../content/mentions.ts"
import { memberUri } from "../content/message-id.ts"
import type { Talk } from "../conversations.ts"
import { shownName } from "./lines.ts"

/**
 * A text that names members of a group, in pieces. What this user calls somebody is nobody else's business: it is replaced by what they call themselves.
 * Throws CommandError where a place is none, or a member is not in the group.
 */
export function spokenOf({ stored: { group } }: Talk, text: string, mentions: readonly MentionView[], own: string): readonly Spoken[] {
  const pieces: Spoken[] = []
  let at = 0
  for (const { member, from, to } of mentions) {
    const id = member ?? own
    const participant = group?.room.participants.find(({ identity }) => toHex(identity) === id)
    if (participant === undefined) throw new CommandError("only members of the group can be named")
    if (!(Number.isInteger(from) && Number.isInteger(to) && at <= from && from < to && to <= text.length)) throw new CommandError("names stand in a text one behind the other")
    pieces.push(text.slice(at, from), { name: shownName(participant.name), uri: memberUri(id) })
    at = to
  }
  pieces.push(text.slice(at))
  if (spokenPart(pieces).content.length > TEXT_MAX) throw new CommandError(`a text may have at most ${TEXT_MAX} bytes`)
  return pieces
}
