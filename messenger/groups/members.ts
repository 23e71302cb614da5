import { sameBytes, toHex } from "../../shared/bytes.ts"
import type { StoredMessage } from "../stored.ts"
import { isBefore, isHeard } from "../stored-conversation.ts"
import type { Contacts } from "../contacts.ts"
import type { Talk } from "../conversations.ts"
import type { MemberView, ReceiptView } from "./group-view.ts"
import { shownName } from "./lines.ts"

/** Who is in a group, as this user knows them: themselves first, then by name. */
export function membersIn(contacts: Contacts, { stored }: Talk): MemberView[] {
  const own = contacts.parts.profile().identityPublic
  const views = (stored.group?.room.participants ?? []).map(({ identity, role, name }): MemberView => {
    const isOwn = sameBytes(identity, own)
    const contact = isOwn ? null : contacts.by(identity)
    const reader = stored.readers.find((one) => one.gone !== true && sameBytes(one.identity, identity))
    return {
      id: toHex(identity),
      name: contact?.name ?? shownName(name),
      role,
      own: isOwn,
      contact: contact?.id ?? null,
      trust: contact?.trust ?? null,
      blocked: contacts.isBlocked(identity),
      heard: isOwn || (reader !== undefined && isHeard(reader)),
    }
  })
  return views.sort((a, b) => Number(b.own) - Number(a.own) || (a.name < b.name ? -1 : 1))
}

/**
 * Which of the members to whom an own message went have confirmed it: confirmations are cumulative, so that nothing is kept for each message but the box in which it
 * ended. It is received when all have confirmed it who are waited for: who was never heard may be missing still.
 */
export function receiptsOf(contacts: Contacts, talk: Talk, { position, state, ended }: Pick<StoredMessage, "position" | "state" | "ended">): ReceiptView[] {
  const box = talk.outgoing.has(position) ? talk.outgoing.get(position)! : ended
  return membersIn(contacts, talk).flatMap(({ id, name, own }) => {
    const reader = talk.stored.readers.find((one) => one.gone !== true && toHex(one.identity) === id)
    if (own || (box && (reader?.joined ?? 0) > box.epoch)) return []
    // Of what was received in earlier versions the box is not known.
    return [{ member: id, name, received: box === undefined ? state === "received" : box !== null && reader !== undefined && isBefore(box, reader.confirmed) }]
  })
}
