import { toHex } from "../shared/bytes.ts"
import type { Contacts } from "./contacts.ts"
import type { Talk } from "./conversations.ts"
import { certificateValidity } from "./mls/credential.ts"
import type { StoredConversation } from "./stored-conversation.ts"
import { epochOf } from "./stored-conversation.ts"
import { AWAY_LONG, CERTIFICATE_LEFT, EPOCHS_BEHIND, LOOK_AGAIN, STUCK_PATIENCE } from "./timing.ts"

/** Where a conversation stood when this device came to it, and since when it has not moved from there. */
interface Place {
  readonly place: string
  readonly since: number
  /** Nothing was read since the start. */
  readonly first: boolean
}

/** Whether a conversation whose state is good can go on by itself, or does better to plead while it goes on as it can. design.md section 7. */
export class Behind {
  readonly #contacts: Contacts
  readonly #places = new Map<string, Place>()

  constructor(contacts: Contacts) {
    this.#contacts = contacts
  }

  /** `at`: the place at which the plea that is under way was begun; null where there is none. */
  pleads(talk: Talk, at: string | null): boolean {
    if (!talk.open) return false
    const { now, places } = this.#contacts.parts
    this.#certify(talk)
    if (isEnding(talk, now())) return true
    const place = placeOf(talk.stored)
    if (at === place) return true
    const before = this.#places.get(talk.stored.id)
    if (before?.place !== place) this.#places.set(talk.stored.id, { place, since: now(), first: before === undefined })
    const stuck = before?.place === place ? now() - before.since : 0
    const epochs = Math.max(0, ...[...talk.waiting.values()].map(({ close }) => close.epoch - epochOf(talk.stored).epoch))
    if (epochs >= EPOCHS_BEHIND || (epochs > 0 && stuck >= STUCK_PATIENCE)) return true
    // What lay there may have expired, and its writer have forgotten it.
    return places.away >= AWAY_LONG && stuck >= LOOK_AGAIN && (epochs > 0 || before?.first === true || isPassed(talk.stored))
  }

  /** Of a leaf that was just made, or before this was kept. */
  #certify(talk: Talk): void {
    const { profile, conversations } = this.#contacts.parts
    if (talk.stored.certified === undefined) conversations.save(talk, { ...talk.stored, certified: certificateValidity(profile().certificate).notAfter * 1000 })
  }
}

/** The certificate of the own leaf ends soon, or has ended. */
export function isEnding({ stored }: Talk, now: number): boolean {
  return now > (stored.certified ?? Infinity) - CERTIFICATE_LEFT
}

/** How far the streams of the others have been read. Commits alone may lead on where a stream does not. */
export function placeOf({ readers }: StoredConversation): string {
  return readers.map(({ at }) => `${at.epoch}/${at.index}`).join(" ")
}

/**
 * Commits have led on and the stream of another has not: who commits closes it, and so does who follows, so what was read of it is what did not expire. After an own
 * commit they may just not have been there; then they answer that nothing was missed.
 */
function isPassed({ epochs, readers }: StoredConversation): boolean {
  return readers.some(({ at, gone }) => gone !== true && epochs.some(({ epoch }) => epoch > at.epoch))
}

/** In no stream of a group that is in `epoch` anything can have been missed: each was read up to there, or up to where it leads to nothing that is known. */
export function isAbreast({ stored: { epochs, readers }, waiting }: Talk, epoch: number): boolean {
  return (epochs.at(-1)?.epoch ?? 0) >= epoch && readers.every(({ at, gone, stream }) => gone === true || at.epoch >= epoch || waiting.has(toHex(stream)))
}
