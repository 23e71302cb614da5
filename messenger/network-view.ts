import { toHex } from "../shared/bytes.ts"
import type { NodeEntry } from "../shared/directory/descriptor.ts"
import type { ProfileView, Speed } from "./api.ts"
import type { Directories } from "./directories.ts"
import { nodeView } from "./node-view.ts"
import { FILE_LIMITS } from "./attachments/limits.ts"
import type { StoredProfile } from "./stored.ts"
import { CLOCK_TOLERANCE } from "./timing.ts"
import type { Traffic } from "./traffic.ts"
import { warningOf } from "./traffic.ts"

/** A node as people are shown it. */
export interface NodeView {
  readonly id: string
  readonly role: "mix" | "dropbox"
  /** 1 to 3 for mixes, 0 for dropboxes. */
  readonly layer: number
  readonly operator: string
  readonly provider: string
  readonly host: string
}

/** The nodes that one request and its reply passed, in order, and when. */
export interface Journey {
  readonly out: readonly NodeView[]
  readonly back: readonly NodeView[]
  readonly sent: number
  readonly answered: number | null
}

/** Whether there is a connection to the gateway. */
export type LinkState = "offline" | "connecting" | "online"

/** The network as this device sees it. */
export interface NetworkView {
  readonly name: string
  /** Hash of the authorities' keys and threshold, hex. */
  readonly id: string
  readonly link: LinkState
  readonly gateway: NodeView | null
  readonly nodes: readonly NodeView[]
  /** How requests through each of the nodes fared lately. */
  readonly health: readonly NodeHealthView[]
  readonly speed: Speed
  /** Packets since the start: `cover` is the part of `sent` that had nothing to say. */
  readonly sent: number
  readonly cover: number
  readonly replies: number
  readonly lost: number
  /** Boxes that have not been looked at since the connection was made: 0 means that all that has come is here. */
  readonly behind: number
  /** Messages of others that came since the connection was made: while `behind` is not 0, what catching up has brought so far. */
  readonly came: number
  /** Of the packets that left in the last five minutes. */
  readonly lately: Lately
  /** Median of the last quick round trips, ms. */
  readonly roundTrip: number | null
  /** For how long a mix holds a packet, on average, ms; null without a directory. */
  readonly meanDelay: number | null
  /** The directory in use. */
  readonly directoryEpoch: number | null
  /** The last few packets, newest first. */
  readonly recent: readonly RecentPacket[]
  readonly warning: NetworkWarning | null
  /** Seconds by which this device's clock is ahead of the gateway's (behind: negative); null where that is no more than two minutes. */
  readonly clockOff: number | null
}

/**
 * What the user must know of this network: all its nodes are run by one operator, or at one provider, so that nothing hides from
 * them who talks to whom; or its authorities have signed two different directories for one epoch; or more than half of all requests get
 * lost, as in an attack that holds back everybody's packets but one's.
 */
export type NetworkWarning = "one-operator" | "one-provider" | "two-directories" | "many-losses"

/** Of the requests through a node that were to be answered at once, cover included; the counts are halved now and then. */
export interface NodeHealthView {
  readonly id: string
  readonly answered: number
  readonly lost: number
  /** Mean round trip of those that were answered, ms. */
  readonly roundTrip: number | null
  /** Nearly everything through it has failed for minutes, and there are enough others. */
  readonly avoided: boolean
}

/** Counts of the packets that left lately. */
export interface Lately {
  /** Since the first of them left: at most about 300. */
  readonly seconds: number
  readonly sent: number
  readonly cover: number
  readonly replies: number
  readonly lost: number
}

/** A packet that left lately, and the way it took. */
export interface RecentPacket {
  /** What it was for. Only this device knows. */
  readonly carried: "cover" | "read" | "write"
  /** What the dropbox was asked to do; cover asks, too. */
  readonly asked: "read" | "write"
  /** The read was to wait at the dropbox until its box is written. */
  readonly held: boolean
  /** No answer came in time, or the session that it would have come to is over. */
  readonly lost: boolean
  readonly journey: Journey
}

export interface NetworkState {
  readonly name: string
  readonly id: Uint8Array
  readonly link: LinkState
  readonly gateway: NodeEntry | null
  readonly speed: Speed
  readonly behind: number
  readonly came: number
  /** How far our clock is ahead of the gateway's, ms. */
  readonly ahead: number
}

/** How the network stands, as people are shown it. */
export function networkView({ id, gateway, ahead, ...state }: NetworkState, { current, history }: Directories, traffic: Traffic, now: number): NetworkView {
  const { sent, cover, replies, lost, roundTrip } = traffic
  return {
    ...state,
    id: toHex(id),
    gateway: gateway === null ? null : nodeView(gateway),
    nodes: (current?.nodes ?? []).map(nodeView),
    health: traffic.health.view(current, now),
    sent,
    cover,
    replies,
    lost,
    lately: traffic.lately(now),
    roundTrip,
    meanDelay: current?.parameters.meanDelay ?? null,
    directoryEpoch: current?.epoch ?? null,
    recent: traffic.recent(now),
    warning: warningOf(current, history.forked !== null, traffic.health.isAlarming),
    clockOff: Math.abs(ahead) > CLOCK_TOLERANCE ? Math.round(ahead / 1000) : null,
  }
}

export function profileView({ name, speed, reads, files, created }: StoredProfile): ProfileView {
  return { name, speed, reads: reads ?? "waiting", files: files ?? FILE_LIMITS, created }
}
