import { toHex, WireError } from "../../shared/bytes.ts"
import type { Contacts } from "../contacts.ts"
import { keys, unpackAll } from "../stored.ts"
import { LOOK_AGAIN } from "../timing.ts"
import type { Entrance } from "./entrance.ts"
import type { StoredInvitation } from "./stored-group.ts"

/** So many of one contact wait. */
const MOST = 4

/** Invitations that name a list of dropboxes which is not known here yet: their sender has a newer directory. They are looked at again now and then. */
export class Pending {
  readonly #contacts: Contacts
  readonly #entrance: Entrance
  readonly #kept = new Map<string, StoredInvitation>()
  #next = 0

  constructor(contacts: Contacts, entrance: Entrance) {
    this.#contacts = contacts
    this.#entrance = entrance
  }

  async load(): Promise<void> {
    for (const one of unpackAll<StoredInvitation>(await this.#contacts.parts.store.list(keys.invitations))) this.#kept.set(keys.invitation(one.contact, one.id), one)
  }

  keep(contact: string, id: Uint8Array, bytes: Uint8Array): void {
    const key = keys.invitation(contact, toHex(id))
    if ([...this.#kept.values()].filter((one) => one.contact === contact).length >= MOST) return
    const kept: StoredInvitation = { contact, id: toHex(id), bytes }
    this.#kept.set(key, kept)
    this.#contacts.parts.changes.put(key, kept)
  }

  /** Asked before every slot. */
  async wake(): Promise<void> {
    const { now, changes } = this.#contacts.parts
    if (this.#kept.size === 0 || now() < this.#next) return
    this.#next = now() + LOOK_AGAIN
    for (const [key, { contact: id, bytes }] of [...this.#kept]) {
      const contact = this.#contacts.get(id)
      try {
        if (contact !== undefined && !(await this.#entrance.came(contact, bytes))) continue
      } catch (error) {
        if (!(error instanceof WireError)) throw error
      }
      this.#kept.delete(key)
      changes.delete(key)
    }
  }
}
