import { ownStreamBox, sealBlock } from "../../shared/box.ts"
import { sameBytes, toHex } from "../../shared/bytes.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import type { Contacts } from "../contacts.ts"
import { blockOf } from "../records.ts"
import { keys, unpackAll, unpackIfAny } from "../stored.ts"
import { isHeard } from "../stored-conversation.ts"
import { BOX_GONE, DAY, EXPIRY_LOOK, PACKAGES_LIFE } from "../timing.ts"
import { commonPieces } from "./invitation.ts"
import type { Post } from "./post.ts"
import type { StoredCommon, StoredSpread } from "./stored-group.ts"

interface Lying {
  common: StoredCommon
  spread: StoredSpread
}

/**
 * What Welcomes say to all whom they let in: written once, however many those are. Each guest is told when all of it lies somewhere. Kept until all of
 * them have come, for dropboxes forget.
 */
export class Commons {
  readonly #contacts: Contacts
  readonly #post: Post
  readonly #lying = new Map<string, Lying>()
  #next = 0

  constructor(contacts: Contacts, post: Post) {
    this.#contacts = contacts
    this.#post = post
  }

  async load(): Promise<void> {
    const { store } = this.#contacts.parts
    for (const common of unpackAll<StoredCommon>(await store.list(keys.commons))) {
      const spread = unpackIfAny<StoredSpread>(await store.get(keys.spread(common.stream))) ?? nowhere(common)
      this.#write({ common, spread })
    }
  }

  add(common: StoredCommon): void {
    this.#contacts.parts.changes.put(keys.common(common.stream), common)
    this.#write({ common, spread: nowhere(common) })
  }

  /** Asked before every slot. */
  wake(): void {
    const { now } = this.#contacts.parts
    if (now() < this.#next) return
    this.#next = now() + EXPIRY_LOOK
    for (const lying of [...this.#lying.values()]) {
      const { common, spread } = lying
      if (this.#isOver(common)) this.#drop(lying)
      else if (spread.since !== null && now() - spread.since >= this.#life) {
        // It lies nowhere any more.
        lying.spread = nowhere(common)
        this.#write(lying)
      }
    }
  }

  get #life(): number {
    return (this.#contacts.parts.parameters() ?? defaultParameters).boxDays * DAY + BOX_GONE
  }

  /** All have come, or are out again, or their KeyPackages are too old. */
  #isOver({ conversation, guests, made }: StoredCommon): boolean {
    const { conversations, now } = this.#contacts.parts
    const talk = conversations.get(conversation)
    if (talk?.stored.group?.standing !== "in" || now() - made > PACKAGES_LIFE) return true
    return guests.every((guest) => talk.stored.readers.every((reader) => reader.gone === true || !sameBytes(reader.identity, guest) || isHeard(reader)))
  }

  #drop({ common }: Lying): void {
    const { changes, writes } = this.#contacts.parts
    const name = toHex(common.stream)
    this.#lying.delete(name)
    changes.delete(keys.common(common.stream))
    changes.delete(keys.spread(common.stream))
    commonPieces(common.bytes).forEach((_, i) => writes.remove(writeId(name, i)))
  }

  #write(lying: Lying): void {
    const { writes, places, random } = this.#contacts.parts
    const { context, scalar, stream, bytes, placement } = lying.common
    const name = toHex(stream)
    this.#lying.set(name, lying)
    commonPieces(bytes).forEach((piece, i) => {
      const box = ownStreamBox(context, scalar, stream, i)
      const content = sealBlock(box, blockOf({ type: "body", bytes: piece }))
      writes.add({
        id: writeId(name, i),
        box: box.id,
        content,
        signature: box.sign(content, random),
        places: places.among(box.id, placement),
        bulk: true,
        at: lying.spread.at[i] ?? [],
        stored: (_, { at }) => this.#stored(name, i, at),
        taken: async () => {},
      })
    })
  }

  async #stored(name: string, i: number, at: readonly string[]): Promise<void> {
    const { now, changes } = this.#contacts.parts
    const lying = this.#lying.get(name)
    if (lying === undefined) return
    lying.spread = { at: lying.spread.at.with(i, at), since: lying.spread.since ?? now() }
    changes.put(keys.spread(lying.common.stream), lying.spread)
    await this.#invite(lying)
  }

  async #invite(lying: Lying): Promise<void> {
    const { changes, conversations } = this.#contacts.parts
    const { invitations } = lying.common
    if (invitations.length === 0 || lying.spread.at.some((one) => one.length === 0)) return
    lying.common = { ...lying.common, invitations: [] }
    changes.put(keys.common(lying.common.stream), lying.common)
    for (const { contact, bytes } of invitations) {
      const direct = conversations.get(contact)
      if (direct !== null) await this.#post.send(direct, "invitation", bytes)
    }
  }
}

function nowhere({ bytes }: StoredCommon): StoredSpread {
  return { at: commonPieces(bytes).map(() => []), since: null }
}

function writeId(name: string, i: number): string {
  return `group-common/${name}/${i}`
}
