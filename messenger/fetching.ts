import { commitBodyBox, commitBox, openBlock } from "../shared/box.ts"
import { sameBytes, toHex } from "../shared/bytes.ts"
import type { NodeEntry } from "../shared/directory/descriptor.ts"
import type { Claim } from "./claim.ts"
import { bodyCount, commitOf } from "./claim.ts"
import { genuineClaim, recordIn } from "./claim-check.ts"
import type { Conversations, Talk } from "./conversations.ts"
import type { StoredEpoch, StoredTold } from "./stored-conversation.ts"
import { ATTEMPTS_MOST } from "./timing.ts"

/** A commit whose hash somebody has named. */
export interface Wanted {
  /** The epoch that it ends, and the group's state there. */
  readonly epoch: StoredEpoch
  readonly state: Uint8Array
  readonly hash: Uint8Array
  /** Its claim, where somebody has told it. */
  readonly told: StoredTold | null
}

export interface Fetched {
  readonly claim: Claim
  readonly commit: Uint8Array
}

interface Fetch {
  readonly id: string
  readonly wanted: Wanted
  claim: Claim | null
  readonly body: Map<number, Uint8Array>
  /** What was told and looked at. */
  told: StoredTold | null
}

/** Finds commits by their hashes: the claim at any replica and in any attempt, unless it was told, and then the body. */
export class Fetching {
  readonly #conversations: Conversations
  readonly #fetches = new Map<string, Fetch>()

  constructor(conversations: Conversations) {
    this.#conversations = conversations
  }

  /** The commit, once it is there; asked for until then. */
  async get(talk: Talk, wanted: Wanted): Promise<Fetched | null> {
    const fetch = this.#begun(talk, wanted)
    if (fetch.claim === null && wanted.told !== null && fetch.told !== wanted.told) {
      fetch.told = wanted.told
      await this.#claimed(talk, fetch, wanted.told.attempt, wanted.told.claim)
    }
    const { claim, body } = fetch
    if (claim === null || body.size < bodyCount(claim)) return null
    const commit = commitOf(claim, [...body].sort(([a], [b]) => a - b).map(([, piece]) => piece))
    return commit && { claim, commit }
  }

  end({ stored }: Talk): void {
    this.#conversations.parts.watches.endAll(prefix(stored.id))
    for (const id of [...this.#fetches.keys()]) if (id.startsWith(prefix(stored.id))) this.#fetches.delete(id)
  }

  #begun(talk: Talk, wanted: Wanted): Fetch {
    const id = `${prefix(talk.stored.id)}${toHex(wanted.hash)}`
    const known = this.#fetches.get(id)
    if (known !== undefined) return known
    const fetch: Fetch = { id, wanted, claim: null, body: new Map(), told: null }
    this.#fetches.set(id, fetch)
    for (let attempt = 0; attempt < ATTEMPTS_MOST; attempt++) this.#readClaim(talk, fetch, attempt, [])
    return fetch
  }

  #readClaim(talk: Talk, fetch: Fetch, attempt: number, passed: readonly NodeEntry[]): void {
    const { context, placement } = fetch.wanted.epoch
    const box = commitBox(context, attempt)
    const all = this.#conversations.parts.places.among(box.id, placement)
    this.#conversations.parts.watches.begin(
      {
        id: `${fetch.id}/claim/${attempt}`,
        box,
        places: () => all().filter((node) => !passed.some(({ id }) => sameBytes(id, node.id))),
        found: async (found) => {
          if (fetch.claim !== null || this.#fetches.get(fetch.id) !== fetch) return
          await this.#claimed(talk, fetch, attempt, recordIn(openBlock(box, found.content), "claim"))
          if (fetch.claim === null) this.#readClaim(talk, fetch, attempt, [...passed, found.dropbox])
        },
      },
      // Few commits are made in a later attempt than the first.
      attempt === 0 ? "quick" : "spare",
    )
  }

  /** A claim of another commit, or none, is passed over. */
  async #claimed(talk: Talk, fetch: Fetch, attempt: number, bytes: Uint8Array | null): Promise<void> {
    const { epoch, state, hash } = fetch.wanted
    const claim = await genuineClaim(this.#conversations, talk, { epoch: epoch.epoch, state, attempt }, bytes)
    if (claim === null || !sameBytes(claim.hash, hash)) return
    fetch.claim = claim
    this.#conversations.parts.watches.endAll(`${fetch.id}/claim/`)
    for (let i = 0; i < bodyCount(claim); i++) this.#readBody(fetch, claim, i)
  }

  #readBody(fetch: Fetch, claim: Claim, i: number): void {
    const { watches, places } = this.#conversations.parts
    const box = commitBodyBox(claim.seed, i)
    watches.begin({
      id: `${fetch.id}/body/${i}`,
      box,
      places: places.among(box.id, fetch.wanted.epoch.placement),
      found: async (found) => {
        const piece = recordIn(openBlock(box, found.content), "body")
        if (piece !== null) fetch.body.set(i, piece)
      },
    })
  }
}

function prefix(conversation: string): string {
  return `fork/${conversation}/`
}
