import { sameBytes, WireError } from "../shared/bytes.ts"
import { isRevoked } from "./allow.ts"
import { CommandError } from "./api.ts"
import type { Contacts } from "./contacts.ts"
import { safetyNumber } from "./safety-number.ts"
import { openStatement } from "./statement.ts"
import type { StoredContact } from "./stored.ts"

/** So many former keys of a contact are remembered. */
const FORMER_MOST = 8
/** So many of their devices that are theirs no more: two statements full. */
const REVOKED_MOST = 64

/** A member of a conversation, as the tree says it. */
export interface Standing {
  readonly identity: Uint8Array
  readonly stream: Uint8Array
}

/**
 * Who a contact is, is their identity key. Another one in its place is never taken silently: until the user has said so, nothing is sent
 * to it and nothing of it is read.
 */
export class Identities {
  readonly #contacts: Contacts

  constructor(contacts: Contacts) {
    this.#contacts = contacts
  }

  /** The members of a conversation have changed; these are the others. Asked after each commit, and after joining anew. */
  check(conversation: string, others: readonly Standing[]): void {
    const contact = this.#contacts.get(conversation)
    const talk = this.#contacts.parts.conversations.get(conversation)
    if (contact === undefined || contact.identity === null || talk === null) return
    const wasThere = ({ identity, stream }: Standing) => talk.stored.readers.some((reader) => sameBytes(reader.stream, stream) && sameBytes(reader.identity, identity))
    for (const other of others) {
      if (sameBytes(other.identity, contact.identity)) continue
      // A leaf that was made under the key before, and has not been renewed since.
      if (isFormer(contact, other.identity) && wasThere(other)) continue
      if (!isKnown(contact, other.identity)) this.#contacts.parts.conversations.parts.quarantine.add(conversation, "stranger")
      return this.#changed(contact, other.identity, false)
    }
  }

  /** The contact says it themselves. Throws WireError where it is no statement about them that could be followed. */
  stated(conversation: string, bytes: Uint8Array): void {
    const contact = this.#contacts.get(conversation)
    const { from, to, revoked } = openStatement(bytes)
    // Neither somebody else's, nor an old one that comes again.
    if (contact?.identity === null || contact === undefined || !sameBytes(from, contact.identity) || isFormer(contact, to)) throw new WireError()
    // Said under the key that we know, so it holds at once, whatever the user thinks of the new one.
    const known = contact.revoked ?? []
    const fresh = revoked.filter((device) => !isRevoked(contact, device))
    const updated = fresh.length === 0 ? contact : { ...contact, revoked: [...known, ...fresh].slice(-REVOKED_MOST) }
    if (fresh.length > 0) this.#contacts.save(updated)
    this.#changed(updated, to, true)
  }

  #changed(contact: StoredContact, identity: Uint8Array, signed: boolean): void {
    if (isKnown(contact, identity)) return
    const own = this.#contacts.parts.profile().identityPublic
    const identityChange = { identity, signed, safetyNumber: safetyNumber(own, identity), at: this.#contacts.parts.now() }
    this.#contacts.save({ ...contact, identityChange, trust: "changed" })
  }

  /** The user takes the new key for the same person; `compared`: having compared the new safety number with them. */
  accept(contact: StoredContact, compared: boolean): void {
    const { identityChange, identity, former = [], ...kept } = contact
    if (identityChange === undefined || identity === null) throw new CommandError("this contact's identity has not changed")
    this.#contacts.save({
      ...kept,
      identity: identityChange.identity,
      safetyNumber: identityChange.safetyNumber,
      blocked: contact.blocked || this.#contacts.isBlocked(identityChange.identity),
      former: [...former, identity].slice(-FORMER_MOST),
      trust: compared ? "compared" : "changed",
    })
  }
}

/** The change to this identity has been shown already. */
function isKnown({ identityChange }: StoredContact, identity: Uint8Array): boolean {
  return identityChange !== undefined && sameBytes(identityChange.identity, identity)
}

function isFormer({ former = [] }: StoredContact, identity: Uint8Array): boolean {
  return former.some((one) => sameBytes(one, identity))
}
