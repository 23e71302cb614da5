import { toHex } from "../shared/bytes.ts"
import type { NodeEntry } from "../shared/directory/descriptor.ts"
import type { BoxId, Content, Signature } from "../shared/names.ts"
import type { Trip } from "./courier.ts"
import type { Replicas } from "./places.ts"
import { StampWork } from "./stamps.ts"

/** How far a box has got: hex ids of the dropboxes that have it, and how many are to have it. */
export interface Spread {
  readonly at: readonly string[]
  readonly of: number
}

/** A sealed block on its way into its box. The same bytes go out again until every replica has answered. */
export interface WriteJob {
  readonly id: string
  readonly box: BoxId
  readonly content: Content
  readonly signature: Signature
  readonly places: Replicas
  /** Several may write this box: the first replica is written first and alone, and only what it took is copied to the others. */
  readonly firstDecides?: boolean
  /** Given up where no replica takes it: another box can stand for it. */
  readonly mayBeVoid?: boolean
  /** A part of a file: it goes when nothing else waits, and keeps nothing from being sealed. */
  readonly bulk?: boolean
  /** Nobody says it: it takes turns with parts of files, for decoys never come to an end. */
  readonly decoy?: boolean
  /** Where it lies already, from before a restart. */
  readonly at?: readonly string[]
  readonly sent?: (trip: Trip) => Promise<void>
  /** Called for each replica that has stored it. */
  readonly stored: (trip: Trip, spread: Spread) => Promise<void>
  /** The box holds other bytes, signed with its key: more than the dropbox's word. */
  readonly taken: () => Promise<void>
  /** A replica has no room for it; it is asked again later. */
  readonly full?: (spread: Spread) => Promise<void>
}

/** The way of a job's block to one of its replicas: a request of its own, in a slot of its own. */
export interface Copy {
  /** The dropbox's id in hex. */
  readonly name: string
  dropbox: NodeEntry
  readonly work: StampWork
  /** A request is under way: one per box and dropbox at a time. */
  alive: boolean
  /** Requests in a row that were lost, and that met no room. */
  losses: number
  refusals: number
  /** Bits of work that this replica asked for when it refused; 0 where it did not. */
  asked: number
  /** Not to be sent again before; ms. Where its dropbox answers others, before `soonest` only. */
  notBefore: number
  soonest: number
  /** Its place in the queue; smaller is earlier. */
  order: number
}

/** A job with its copies, one for each replica that is known now. */
export class Job {
  readonly job: WriteJob
  /** By the time for which writes were tried: since when no replica takes it. */
  failingSince: number | null = null
  readonly #order: number
  readonly #at: Set<string>
  readonly #copies = new Map<string, Copy>()
  /** Those of the replicas that the directory lists now, best first. */
  #current: readonly Copy[] = []
  #places: readonly NodeEntry[] = []

  constructor(job: WriteJob, order: number) {
    this.job = job
    this.#order = order
    this.#at = new Set(job.at)
  }

  get spread(): Spread {
    return { at: [...this.#at], of: Math.max(this.#listed().length, 1) }
  }

  get isStored(): boolean {
    return this.#at.size > 0
  }

  /** Every replica that the directory lists has it. */
  get isDone(): boolean {
    const copies = this.#listed()
    return copies.length > 0 && copies.every(({ name }) => this.#at.has(name))
  }

  /** Each replica that the directory lists has been asked so often, and has not stored it. */
  hasFailed(tries: (dropbox: NodeEntry) => number): boolean {
    return !this.isStored && this.#listed().every(({ losses, refusals, dropbox }) => losses + refusals >= tries(dropbox))
  }

  /** Another request of this job is under way or done. */
  get isBegun(): boolean {
    return this.isStored || this.#current.some(({ alive }) => alive)
  }

  /** Copies that may go out: all that are not stored, or only the first while it decides. */
  open(): readonly Copy[] {
    const copies = this.#listed()
    const missing = copies.filter(({ name }) => !this.#at.has(name))
    return this.job.firstDecides === true && missing[0] === copies[0] ? missing.slice(0, 1) : missing
  }

  stored(copy: Copy): void {
    this.#at.add(copy.name)
  }

  #listed(): readonly Copy[] {
    const places = this.job.places()
    if (places === this.#places) return this.#current
    this.#places = places
    this.#current = places.map((dropbox, i) => {
      const name = toHex(dropbox.id)
      const copy = this.#copies.get(name) ?? blank(this.job, name, dropbox, this.#order + i / 256)
      // The entry may have changed (its keys do, each epoch); the copy goes on.
      copy.dropbox = dropbox
      this.#copies.set(name, copy)
      return copy
    })
    return this.#current
  }
}

function blank({ box, content }: WriteJob, name: string, dropbox: NodeEntry, order: number): Copy {
  const work = new StampWork(dropbox, box, content)
  return { name, dropbox, work, alive: false, losses: 0, refusals: 0, asked: 0, notBefore: 0, soonest: 0, order }
}
