import type { NodeId, Packet } from "../names.ts"
import type { Request } from "../request.ts"

/** What a node asks of the platform it runs on. Effects are carried out in the order in which entry points return them. */
export type Effect =
  /** One request `POST {url}/packets` with these packets, at most LINK_BATCH_MAX: the node makes its body when it is sent (linkRequest). */
  | { readonly kind: "post"; readonly to: NodeId; readonly url: string; readonly packets: readonly Packet[] }
  /** A message to the WebSocket of a client. */
  | { readonly kind: "frame"; readonly connection: string; readonly frame: Uint8Array }
  | { readonly kind: "close"; readonly connection: string }
  /** What is to be kept with a connection for as long as it is open, whatever becomes of the node's memory; replaces what was kept before. */
  | { readonly kind: "remember"; readonly connection: string; readonly state: Uint8Array }
  /** Requests for a shard of a dropbox, in one call; what it answers goes to onServed, or else to onUnserved. */
  | { readonly kind: "requests"; readonly shard: number; readonly requests: readonly Request[] }
  /**
   * Calls onWake at this time (ms since 1970) or soon after. A node has one timer: this replaces what it was set to.
   * An idle node has nothing in memory that is not in storage or kept with a connection: until then it may be thrown out of memory.
   */
  | { readonly kind: "wake"; readonly at: number; readonly idle?: boolean }

/**
 * What a node keeps over a restart. Synchronous, as a Durable Object's SQLite is; what was put is durable before any
 * effect that is returned later leaves the machine. Lists are in the order of keys, which are ASCII.
 */
export interface NodeStorage {
  get(key: string): Uint8Array | null
  list(prefix: string): [string, Uint8Array][]
  put(key: string, value: Uint8Array): void
  delete(key: string): void
}
