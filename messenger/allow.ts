import { sameBytes } from "../shared/bytes.ts"
import type { StoredContact } from "./stored.ts"
import type { StoredConversation, StoredReader } from "./stored-conversation.ts"

/**
 * - show: stored and shown
 * - ask: nothing of them is read until the user has let them in, or has taken their new identity key for theirs
 * - drop: thrown away unseen
 */
export type Verdict = "show" | "ask" | "drop"

/** The allow-list: the one door to the screen. Whoever is not a contact that was let in does not pass. design.md section 10. */
export function verdict(contact: StoredContact | undefined): Verdict {
  if (contact === undefined || contact.blocked) return "drop"
  switch (contact.state) {
    case "ask":
      return "ask"
    case "answered":
    case "ready":
      return contact.identityChange === undefined ? "show" : "ask"
    default:
      return "drop"
  }
}

/** The same for a conversation of any kind: in a group a contact has let this user in, and this user says whether they want to be there. */
export function verdictOf(stored: Pick<StoredConversation, "group"> | undefined, contact: StoredContact | undefined): Verdict {
  switch (stored?.group?.standing) {
    case undefined:
      return verdict(contact)
    case "invited":
      return "ask"
    case "in":
    case "leaving":
      return "show"
    default:
      return "drop"
  }
}

/** Whether this is one of their devices that they have said is theirs no more. */
export function isRevoked(contact: StoredContact | undefined, device: Uint8Array): boolean {
  return contact?.revoked?.some((one) => sameBytes(one, device)) === true
}

/** Whether anything may be written to them: not to an identity key that the user has not seen, nor while a device could read it that is theirs no more. */
export function mayWrite(contact: StoredContact | undefined, readers: readonly Pick<StoredReader, "device" | "gone">[]): boolean {
  return contact !== undefined && contact.identityChange === undefined && !readers.some(({ device, gone }) => gone !== true && isRevoked(contact, device))
}

/** The same for a conversation of any kind. */
export function mayWriteIn({ group, readers }: StoredConversation, contact: StoredContact | undefined): boolean {
  return group === undefined ? mayWrite(contact, readers) : group.standing === "in" || group.standing === "leaving"
}
