import type { Lioness, Symmetric } from "sphinx-packet"
import type { Random } from "../shared/random.ts"

/** What the messenger is handed: it knows no clock, network, storage or randomness of its own. */

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Calls `wake` once, not before `time`; returns the way to cancel. A promise that `wake` returns is the clock's to wait for. */
  at(time: number, wake: () => void | Promise<void>): () => void
}

/** One change of the store; a later entry for the same key wins. `null` deletes. */
export type Write = readonly [key: string, value: Uint8Array | null]

/**
 * Keys and values in the order of keys (by UTF-16 code units; keys are ASCII). A commit happens whole or not at all,
 * and is durable when its promise is fulfilled.
 */
export interface Store {
  get(key: string): Promise<Uint8Array | null>
  /** Entries whose key begins with `prefix`, rising or falling, from `from` (exclusive) on where given. */
  list(prefix: string, options?: { from?: string; limit?: number; reverse?: boolean }): Promise<[string, Uint8Array][]>
  commit(writes: readonly Write[]): Promise<void>
  close(): Promise<void>
}

export type LinkEvent =
  | { readonly type: "open" }
  | { readonly type: "frame"; readonly frame: Uint8Array }
  | { readonly type: "closed" }

/** A connection to a gateway (in browsers and Node a WebSocket), and the one plain request that starts everything. */
export interface Link {
  /** Opens a connection to the node at this URL (http or https). Events come until `closed`, which comes once. */
  connect(url: string, onEvent: (event: LinkEvent) => void | Promise<void>): Connection
  /** GETs a small public document, at most `max` bytes; null when it cannot be had. */
  fetch(url: string, max: number): Promise<Uint8Array | null>
}

export interface Connection {
  send(frame: Uint8Array): void
  close(): void
}

/** What a profile must know of its network, from /network.json. */
export interface NetworkDescription {
  readonly name: string
  readonly authorities: readonly { readonly key: string; readonly url: string }[]
  readonly threshold: number
  /** Where the latest directory document can be fetched, tried in order. */
  readonly directories: readonly string[]
}

export interface MessengerParts {
  readonly store: Store
  readonly link: Link
  readonly clock: Clock
  readonly random: Random
  readonly network: NetworkDescription
  /** The cipher of the packets' payloads; in JavaScript unless given. */
  readonly lioness?: Lioness | undefined
  /** The ordinary primitives of the packets' headers; in JavaScript unless given. */
  readonly symmetric?: Symmetric | undefined
}
