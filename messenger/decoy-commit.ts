import type { OwnBox } from "../shared/box.ts"
import { commitBodyBox, commitBox } from "../shared/box.ts"
import * as geometry from "../shared/geometry.ts"
import { sized } from "../shared/names.ts"
import type { DecoyParts } from "./decoy-stream.ts"
import type { Replicas } from "./places.ts"
import { COPY_PATIENCE, EMPTY_TRIES } from "./timing.ts"
import { leading } from "./watch.ts"

/** What has no room in the claim of a commit that renews a leaf, in a group of two, takes one box. */
const BODY = 0

/** A box and where it lies. Of most decoys no commit is under way, so what costs some work is done when it is asked for. */
class Placed {
  readonly #make: () => OwnBox
  readonly #place: (box: OwnBox) => Replicas
  #box: OwnBox | null = null
  #replicas: Replicas | null = null

  constructor(make: () => OwnBox, place: (box: OwnBox) => Replicas) {
    this.#make = make
    this.#place = place
  }

  get box(): OwnBox {
    return (this.#box ??= this.#make())
  }

  readonly places: Replicas = () => (this.#replicas ??= this.#place(this.box))()
  /** The first replica decides. */
  readonly first: Replicas = () => this.places().slice(0, 1)
}

/** Imitates what a conversation does at its commit boxes: `committing.ts` of who commits, `winning.ts` of who follows or has a look. */
export class DecoyCommit {
  readonly #parts: DecoyParts
  /** Ids of its writes and watches begin so. */
  readonly #id: string
  readonly #claim: Placed
  readonly #body: Placed
  /** When the first replica took the claim. */
  #claimed: number | null = null
  #asked: number | null = null
  #won: (() => void) | null = null

  constructor(parts: DecoyParts, number: number, { context, placement = [] }: { context: Uint8Array; placement?: readonly Uint8Array[] }, attempt: number, seed: Uint8Array) {
    this.#parts = parts
    this.#id = `decoy/${number}/commit/`
    const { places } = parts
    const placed = ({ id }: OwnBox) => (placement.length === 0 ? places.current(id) : places.among(id, placement))
    this.#claim = new Placed(() => commitBox(context, attempt), placed)
    this.#body = new Placed(() => commitBodyBox(seed, BODY), placed)
  }

  /** Writes the body, then the claim, and asks both replicas for it. */
  begin(won: () => void): void {
    this.#won = won
    let isBegun = false
    this.#write("body", this.#body, () => {
      if (isBegun) return
      isBegun = true
      this.#write("claim", this.#claim, (isWhole) => {
        this.#claimed ??= this.#parts.now()
        if (isWhole) this.#ask()
      })
    })
  }

  /** A replica that does not answer is not waited for for ever. */
  wake(): void {
    if (this.#claimed === null || this.#parts.now() - this.#claimed < COPY_PATIENCE) return
    this.#ask()
    if ((this.#asked ?? 0) > 0) this.#win()
  }

  /** Reads the claim, then the body. */
  follow(done: () => void): void {
    const { watches } = this.#parts
    const body = { id: `${this.#id}read/body`, box: this.#body.box, places: this.#body.places, order: leading, found: async () => done() }
    watches.begin({ id: `${this.#id}read/claim`, box: this.#claim.box, places: this.#claim.first, order: leading, found: async () => watches.begin(body) })
  }

  /** Has a look at the box of the claim, as somebody who was away. */
  look(side: 0 | 1): void {
    const { watches } = this.#parts
    const id = `${this.#id}look/${side}`
    watches.begin({ id, box: this.#claim.box, places: this.#claim.first, order: leading, found: async () => {}, empty: () => watches.end(id) })
  }

  isLooking(side: 0 | 1): boolean {
    return this.#parts.watches.has(`${this.#id}look/${side}`)
  }

  /** Nobody waits for what was not found by now. */
  giveUp(side: 0 | 1): void {
    this.#parts.watches.end(`${this.#id}look/${side}`)
  }

  /** Everybody has followed. */
  end(): void {
    const { watches, writes } = this.#parts
    watches.endAll(this.#id)
    for (const name of ["body", "claim"]) writes.remove(this.#id + name)
    this.#won = null
  }

  #write(name: string, { box, places }: Placed, stored: (isWhole: boolean) => void): void {
    const content = sized("Content", this.#parts.random(geometry.CONTENT_LENGTH))
    this.#parts.writes.add({
      id: this.#id + name,
      box: box.id,
      content,
      signature: box.sign(content, this.#parts.random),
      places,
      firstDecides: true,
      decoy: true,
      stored: async (_, { at, of }) => stored(at.length >= of),
      // Only a copy of this profile writes here: what it says there is as good.
      taken: async () => stored(true),
    })
  }

  #ask(): void {
    if (this.#asked !== null) return
    this.#asked = 0
    this.#askNext()
  }

  #askNext(): void {
    const { watches } = this.#parts
    const asked = this.#asked!
    if (this.#won === null) return
    if (asked >= this.#claim.places().length) return this.#win()
    const id = `${this.#id}ask/${asked}`
    let empty = 0
    const answered = () => {
      watches.end(id)
      this.#asked = asked + 1
      this.#askNext()
    }
    watches.begin({
      id,
      box: this.#claim.box,
      places: () => this.#claim.places().slice(asked, asked + 1),
      quickOnly: true,
      order: leading,
      found: async () => answered(),
      empty: () => {
        if (++empty >= EMPTY_TRIES) answered()
      },
    })
  }

  #win(): void {
    const won = this.#won
    this.#won = null
    this.#parts.watches.endAll(`${this.#id}ask/`)
    won?.()
  }
}
