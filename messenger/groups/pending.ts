import { openBlock } from "../../shared/box.ts"
import { toHex, WireError } from "../../shared/bytes.ts"
import { recordIn } from "../claim-check.ts"
import type { Contacts } from "../contacts.ts"
import { keys, unpackAll } from "../stored.ts"
import type { StoredContact } from "../stored.ts"
import { LOOK_AGAIN, PACKAGES_LIFE } from "../timing.ts"
import type { Entrance } from "./entrance.ts"
import type { Invitation } from "./invitation.ts"
import { commonBox, commonCount, commonFrom, decodeInvitation } from "./invitation.ts"
import type { StoredInvitation } from "./stored-group.ts"

/** So many of one contact wait. */
const MOST = 4

interface Waiting {
  readonly stored: StoredInvitation
  readonly invitation: Invitation
  /** Of the common part, by box. */
  readonly pieces: Map<number, Uint8Array>
  isRead: boolean
  /** Not to be looked at again before; ms. */
  next: number
}

/** Invitations of which the part that they share with others is read yet, or that name a list of dropboxes which is not known here: their sender has a newer directory. */
export class Pending {
  readonly #contacts: Contacts
  readonly #entrance: Entrance
  readonly #waiting = new Map<string, Waiting>()

  constructor(contacts: Contacts, entrance: Entrance) {
    this.#contacts = contacts
    this.#entrance = entrance
  }

  async load(): Promise<void> {
    for (const one of unpackAll<StoredInvitation>(await this.#contacts.parts.store.list(keys.invitations))) {
      try {
        this.#waiting.set(keys.invitation(one.contact, one.id), waiting(one))
      } catch (error) {
        // Of a version that is no more.
        if (!(error instanceof WireError)) throw error
      }
    }
  }

  /** A contact invites this user. Throws WireError. */
  came({ id: contact }: StoredContact, parcel: Uint8Array, bytes: Uint8Array): void {
    const { changes, now } = this.#contacts.parts
    const key = keys.invitation(contact, toHex(parcel))
    const stored: StoredInvitation = { contact, id: toHex(parcel), bytes, came: now() }
    const one = waiting(stored)
    if (this.#waiting.has(key) || [...this.#waiting.values()].filter((other) => other.stored.contact === contact).length >= MOST) return
    this.#waiting.set(key, one)
    changes.put(key, stored)
  }

  /** Asked before every slot. */
  async wake(): Promise<void> {
    const { now, places } = this.#contacts.parts
    for (const [key, one] of [...this.#waiting]) {
      if (one.next > now()) continue
      one.next = now() + LOOK_AGAIN
      const { stored, invitation } = one
      const placement = places.byHash(invitation.placement)
      if (now() - stored.came > PACKAGES_LIFE || this.#contacts.get(stored.contact) === undefined) this.#end(key)
      else if (placement !== null && !one.isRead) this.#read(key, one, placement)
    }
  }

  #read(key: string, one: Waiting, placement: readonly Uint8Array[]): void {
    const { watches, places } = this.#contacts.parts
    const { length } = one.invitation
    one.isRead = true
    for (let i = 0; i < commonCount(length); i++) {
      const box = commonBox(one.invitation, i)
      watches.begin({
        id: watchId(key, i),
        box,
        places: places.among(box.id, placement),
        found: async ({ content }) => {
          if (this.#waiting.get(key) !== one) return
          const piece = recordIn(openBlock(box, content), "body")
          if (piece === null) return this.#refuse(key, one)
          one.pieces.set(i, piece)
          if (one.pieces.size === commonCount(length)) await this.#enter(key, one, placement)
        },
      }, "bulk")
    }
  }

  async #enter(key: string, one: Waiting, placement: readonly Uint8Array[]): Promise<void> {
    const { invitation, pieces } = one
    const contact = this.#contacts.get(one.stored.contact)
    const common = commonFrom(invitation, [...pieces].sort(([a], [b]) => a - b).map(([, piece]) => piece))
    if (common === null || contact === undefined) return this.#refuse(key, one)
    try {
      await this.#entrance.came(contact, invitation, common, placement)
      this.#end(key)
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      this.#refuse(key, one)
    }
  }

  /** Hostile bytes end here. */
  #refuse(key: string, { stored }: Waiting): void {
    this.#contacts.parts.conversations.parts.quarantine.add(stored.contact, "malformed")
    this.#end(key)
  }

  #end(key: string): void {
    this.#waiting.delete(key)
    this.#contacts.parts.changes.delete(key)
    this.#contacts.parts.watches.endAll(watchId(key, ""))
  }
}

/** Throws WireError. */
function waiting(stored: StoredInvitation): Waiting {
  return { stored, invitation: decodeInvitation(stored.bytes), pieces: new Map(), isRead: false, next: 0 }
}

function watchId(key: string, i: number | ""): string {
  return `${key}/${i}`
}
