import type { Lioness, Symmetric, X25519 } from "sphinx-packet"
import type { Random } from "../shared/random.ts"

/** What the messenger is handed: it knows no clock, network, storage or randomness of its own. */

/** The time, and waking at a time. A device's clock may be set while the messenger runs, and the device may sleep. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /**
   * Calls `wake` once, as soon as `now()` has reached `time` (at once where it has), and never before `at` has returned. Returns
   * the way to cancel. It counts by `now()`, so that a wake whose time came while the device slept follows right after. A promise
   * that `wake` returns is the clock's to wait for (a virtual clock lets no time pass meanwhile); its rejection is a mistake of
   * the messenger's own and must surface. Waking late makes packets fall out, and must not depend on what the user does.
   */
  at(time: number, wake: () => void | Promise<void>): () => void
}

/** One change of the store: a key of ASCII characters, and its new value or `null`, which deletes it. */
export type Write = readonly [key: string, value: Uint8Array | null]

/** What to list, besides the prefix: keys behind `from` (before it, where the order is reversed), at most `limit` of them. */
export interface ListOptions {
  readonly from?: string
  readonly limit?: number
  readonly reverse?: boolean
}

/**
 * Keys and values in the order of keys, by UTF-16 code units. It belongs to one messenger at a time: two on one store would
 * write the same box twice, so it refuses to be opened a second time, or whoever opens it holds a lock. All methods reject with
 * StoreError where the disk is to blame.
 */
export interface Store {
  /** The value, or null where there is none; an empty value is a value. It is the caller's own copy. */
  get(key: string): Promise<Uint8Array | null>
  /** Entries whose key begins with `prefix`, in the order of keys. Sees every commit whose promise was fulfilled before. */
  list(prefix: string, options?: ListOptions): Promise<[string, Uint8Array][]>
  /**
   * All of these or none; of several entries for one key the last counts. Durable when the promise is fulfilled: it survives the
   * end of the process and of the machine's power. Commits that are asked for at once happen in the order in which they were
   * asked for. Bytes may be changed by the caller as soon as `commit` has returned its promise.
   */
  commit(writes: readonly Write[]): Promise<void>
  /** After what was asked for before. */
  close(): Promise<void>
}

/**
 * `full`: there is no room, and may be some later. `in-use`: another process or tab has it. `unusable`: the disk or the browser
 * refuses. `damaged`: what was read cannot be used.
 */
export type StoreProblem = "full" | "in-use" | "unusable" | "damaged"

/**
 * The store could not do what it was asked to, through no mistake of ours. Nothing of a commit that failed is kept; the messenger
 * stops, for its memory is ahead of the store.
 */
export class StoreError extends Error {
  override readonly name = "StoreError"
  readonly problem: StoreProblem

  constructor(problem: StoreProblem, cause?: unknown) {
    super(`the store is ${problem}`, { cause })
    this.problem = problem
  }
}

/** What a store that seals answers in place of a value that is there and cannot be opened any more. Compared by identity. */
export const DAMAGED: Uint8Array = new Uint8Array(0)

/** What a connection tells: that it is open, one whole frame of the gateway, that it has ended or could not be made. */
export type LinkEvent =
  | { readonly type: "open" }
  | { readonly type: "frame"; readonly frame: Uint8Array }
  | { readonly type: "closed" }

/** A connection to a gateway (in browsers and Node a WebSocket), and the one plain request that starts everything. */
export interface Link {
  /**
   * Opens a connection to the node at this URL (http or https; the WebSocket is at its path /session, binary messages only). Events
   * come in their order, never from within `connect`, until `closed`, which comes once and last, whether it was ever open or not.
   * Nothing is sent that the messenger has not handed over, and nothing tells one client from another (no cookies, no referrer).
   */
  connect(url: string, onEvent: (event: LinkEvent) => void | Promise<void>): Connection
  /** GETs a small public document, at most `max` bytes, without credentials; null when it cannot be had or is longer. */
  fetch(url: string, max: number): Promise<Uint8Array | null>
}

/** One connection to a gateway. */
export interface Connection {
  /** Hands over a frame, which leaves now or is lost: what cannot be sent at once must not be kept for later. */
  send(frame: Uint8Array): void
  /** The event `closed` follows, not from within. */
  close(): void
}

/**
 * What a profile must know of its network: what the app's server gives out at /network.json. It is the root of trust, so it is
 * fetched once, from a place that is trusted or pinned by the network's id, and kept.
 */
export interface NetworkDescription {
  readonly name: string
  /** Ed25519 public keys, hex, with the URL of each authority. */
  readonly authorities: readonly { readonly key: string; readonly url: string }[]
  /** How many of them must have signed a directory. */
  readonly threshold: number
  /** Where the latest directory document can be fetched, tried in order. */
  readonly directories: readonly string[]
}

/** All that a messenger is made of. */
export interface MessengerParts {
  /** Closed by whoever opened it, after the messenger has stopped. */
  readonly store: Store
  readonly link: Link
  readonly clock: Clock
  /** The platform's generator for keys; every call gives fresh bytes. */
  readonly random: Random
  readonly network: NetworkDescription
  /** The key agreement of packets; the platform's unless given, or in JavaScript where it has none. */
  readonly x25519?: X25519 | undefined
  /** The cipher of the packets' payloads; in JavaScript unless given. */
  readonly lioness?: Lioness | undefined
  /** The ordinary primitives of the packets' headers; in JavaScript unless given. */
  readonly symmetric?: Symmetric | undefined
}
