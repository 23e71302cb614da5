import { Behind, placeOf } from "./behind.ts"
import type { Commits } from "./commits.ts"
import type { Contacts } from "./contacts.ts"
import type { Conversations } from "./conversations.ts"
import type { Groups } from "./groups/groups.ts"
import { Mercy } from "./mercy.ts"
import { Pleading } from "./pleading.ts"

/** Conversations that cannot go on from what is here plead, and the pleas of contacts are answered. design.md section 7. */
export class Recovery {
  readonly #conversations: Conversations
  readonly #commits: Commits
  readonly #pleading: Pleading
  readonly #mercy: Mercy
  readonly #behind: Behind
  readonly #groups: Pick<Groups, "restored">

  constructor(contacts: Contacts, commits: Commits, groups: Pick<Groups, "restored">) {
    this.#groups = groups
    this.#conversations = contacts.parts.conversations
    this.#commits = commits
    this.#pleading = new Pleading(contacts, commits.committing)
    this.#behind = new Behind(contacts)
    this.#mercy = new Mercy(contacts)
  }

  async load(): Promise<void> {
    await this.#pleading.load()
    await this.#mercy.load()
  }

  /** What is stored is an older state than one that was in use: nothing in it may be used again, and every conversation pleads. */
  async restored(): Promise<void> {
    await this.#groups.restored()
    for (const talk of this.#conversations.talks.values()) if (talk.open) this.#commits.stranded(talk)
  }

  /** Asked before every slot. */
  async wake(): Promise<void> {
    for (const talk of this.#conversations.talks.values()) {
      // A group is asked for in the conversations with those who are in it.
      if (talk.stored.group !== undefined) continue
      if (talk.stored.isCopy === true) this.#pleading.plead(talk)
      else if (this.#behind.pleads(talk, this.#pleading.place(talk.stored.id))) this.#pleading.plead(talk, placeOf(talk.stored))
      else this.#pleading.end(talk.stored.id)
    }
    this.#pleading.wake()
    await this.#mercy.wake()
  }

  /** The contact is removed. */
  forget(contact: string): void {
    this.#pleading.end(contact)
    this.#mercy.forget(contact)
  }
}
