import type { Speed } from "../../messenger/api.ts"
import { SLOT_MEAN } from "../../messenger/timing.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import { cloudflare } from "./cloudflare.ts"
import type { Use } from "./formulas.ts"
import { awakeShare, rowsPerPacket, sum } from "./formulas.ts"

export const ROLES = ["layer 1", "layer 2 or 3", "dropbox"] as const
export type Role = (typeof ROLES)[number]

/** Of running workers. */
export interface Rates {
  /** Requests that carry packets between nodes, for each packet. */
  readonly requestsPerPacket: number
  /** Of a dropbox, for each packet: calls between its front and its shards, rows that the front writes for its tags and the shards read, and seconds in which the front cannot hibernate. */
  readonly calls: number
  readonly frontRows: number
  readonly shardReads: number
  readonly frontAwake: number
  /** Rows that a box costs when it is written, without its deletion, which is one more. */
  readonly rowsPerBox: number
  /** A day of a node that no client uses, with three authorities. */
  readonly idle: Readonly<Record<Role | "authority", Use>>
}

/** Who uses a network. */
export interface Crowd {
  /** Online at any moment, on average. */
  readonly clients: number
  readonly speed: Speed
  /** Boxes that all together write in a day, each to every replica. */
  readonly boxes: number
}

const DAY = 86_400
const DELETED = 1
/** Times that a slot's request and reply pass a mix of the layer. The first of them comes over a WebSocket at layer 1. */
const PASSES: Readonly<Record<Exclude<Role, "dropbox">, number>> = { "layer 1": 3, "layer 2 or 3": 2 }
const DROPBOXES = defaultParameters.replicas
/** Of a box in SQLite with all that belongs to it: docs/performance.md, "Boxes". */
export const BOX_BYTES = 4152

export function slotsADay({ clients, speed }: Pick<Crowd, "clients" | "speed">): number {
  return (clients * DAY * 1000) / SLOT_MEAN[speed]
}

/** Packets that a mix of this layer, alone in it, holds on average. */
export function heldBy(role: Exclude<Role, "dropbox">, crowd: Crowd): number {
  return ((slotsADay(crowd) * PASSES[role]) / DAY) * (defaultParameters.meanDelay / 1000)
}

/** What a node uses in a day that is alone in its layer, or one of two dropboxes with one shard. The work of all is the same each minute of the day. */
export function dayOf(role: Role, crowd: Crowd, rates: Rates): Use {
  const slots = slotsADay(crowd)
  if (role === "dropbox") return sum(rates.idle[role], dropboxDay(slots / DROPBOXES, crowd.boxes, crowd.clients > 0, rates))
  const frames = role === "layer 1" ? slots : 0
  const requests = (PASSES[role] * slots - frames) * rates.requestsPerPacket
  const held = heldBy(role, crowd)
  return sum(rates.idle[role], {
    workerRequests: requests,
    objectRequests: requests + frames / cloudflare.messagesPerRequest,
    rowsWritten: PASSES[role] * slots * rowsPerPacket(held),
    rowsRead: 0,
    gigabyteSeconds: cloudflare.objectGigabytes * DAY * awakeShare(held),
  })
}

function dropboxDay(packets: number, boxes: number, isUsed: boolean, rates: Rates): Use {
  const requests = packets * rates.requestsPerPacket
  return {
    workerRequests: requests,
    objectRequests: requests + packets * rates.calls,
    rowsWritten: packets * rates.frontRows + boxes * (rates.rowsPerBox + DELETED),
    rowsRead: packets * rates.shardReads,
    // Reads wait in a shard for as long as anybody is online.
    gigabyteSeconds: cloudflare.objectGigabytes * DAY * ((isUsed ? 1 : 0) + awakeShare((packets / DAY) * rates.frontAwake)),
  }
}

/** Boxes that somebody writes in so many hours online: messages, and those of decoys. */
export function boxesOf(hours: number, messages: number): number {
  return messages + (hours * 3600) / defaultParameters.decoySeconds
}

/** GB that lie in a dropbox for each client who writes so many boxes a day. */
export function storedBy(boxesADay: number): number {
  return (boxesADay * defaultParameters.boxDays * BOX_BYTES) / 1e9
}
