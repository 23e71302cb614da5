import { sameBytes, toHex } from "../../shared/bytes.ts"
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
 * Which members have confirmed an own message that has ended in the box `position` waits for: confirmations are cumulative, so that nothing is kept for each
 * message. Of one that is not waited for any more all have.
 */
export function receiptsOf(contacts: Contacts, talk: Talk, position: number): ReceiptView[] {
  const isOut = talk.outgoing.has(position)
  const box = talk.outgoing.get(position) ?? null
  return membersIn(contacts, talk)
    .filter(({ own }) => !own)
    .map(({ id, name }) => {
      const reader = talk.stored.readers.find((one) => one.gone !== true && toHex(one.identity) === id)
      return { member: id, name, received: !isOut || (box !== null && reader !== undefined && isBefore(box, reader.confirmed)) }
    })
}
