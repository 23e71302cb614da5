import type { BoxKeys } from "../shared/box.ts"
import type { NodeEntry } from "../shared/directory/descriptor.ts"
import type { Content, Signature } from "../shared/names.ts"
import type { Trip } from "./courier.ts"
import type { Replicas } from "./places.ts"
import { POLL_ACTIVE, POLL_LEAST, VOID_TRIES } from "./timing.ts"

/** More turns than there ever are. */
const TURNS_MOST = 2 ** 48

/** What was found in a box: content whose signature verifies under the box's id. */
export interface Found {
  readonly content: Content
  readonly signature: Signature
  readonly trip: Trip
  /** Where it lay. */
  readonly dropbox: NodeEntry
}

/**
 * What is looked at quickly comes in this order: boxes by which a conversation goes into its next epoch; boxes that somebody says lie there; the next of a
 * stream of which something was found when it was looked at last; the next of all others; those behind it, of which nothing is known. What is read of the last may be in
 * vain, and is only worth its slot while nothing else wants it. Every other held slot goes round among all, so that none of them waits for ever.
 */
export const orders = { leading: 0, known: 1, likely: 2, next: 3, beyond: 4 } as const
export type Order = keyof typeof orders
export const leading = (): Order => "leading"

/** A box that is being watched until something lies in it. */
export interface Watch {
  readonly id: string
  readonly box: BoxKeys
  /** Where it lies. */
  readonly places: Replicas
  /** From when on it may be asked for, ms; at any time where this is left out. */
  readonly ready?: () => number
  /** Called once; the watch is over then, and the handler may open the next. */
  readonly found: (found: Found) => Promise<void>
  /** Only ever asked at once: what is not there yet will not come. */
  readonly quickOnly?: boolean
  /** Called for each answer that the box is empty. */
  readonly empty?: (dropbox: NodeEntry) => void
  /** Called for each read that is not answered. */
  readonly lost?: (dropbox: NodeEntry) => void
  /** When its stream last said something; ms. */
  readonly spoke?: () => number
  /** The next of its stream where this is left out. */
  readonly order?: () => Order
}

/** What the next read of a box should be: quick, held, or quick now and then, in slots that have nothing better to carry; or of a file, quick when no stream is to be looked at. */
export type Want = "quick" | "held" | "spare" | "bulk"

/** A read that is under way. */
export interface Read {
  readonly dropbox: NodeEntry
  /** From here on it counts as lost; what it brings all the same is taken. */
  readonly giveUp: () => void
}

export interface State {
  readonly watch: Watch
  /** A watch begins with a quick look and then waits, unless it is begun otherwise. */
  want: Want
  /** Of a spare one: not before; ms. */
  notBefore: number
  /** Reads under way: one in all, or where much gets lost one of each kind at each replica. */
  quick: readonly Read[]
  held: readonly Read[]
  /** From when on they are given up, since what lies behind this box was found; ms. */
  overdue: number
  /** The dropbox that was asked last, and had nothing; and when. */
  asked: NodeEntry | null
  askedAt: number
  /** Waiting for its turn since; smaller is earlier. */
  turn: number
  /** Not yet answered since it began or since the session was made. */
  fresh: boolean
  /** Reads that got lost since the last answer. */
  lost: number
}

/** Asked so often at each of its dropboxes, as a box is tried until it is void, and none has answered. */
export function isUnanswered({ watch, lost }: State): boolean {
  // Most are answered: then it is not worked out where their boxes lie.
  return lost >= VOID_TRIES && lost >= VOID_TRIES * Math.max(1, watch.places().length)
}

export function isReady({ watch }: State, now: number): boolean {
  return watch.ready === undefined || watch.ready() <= now
}

/** It lies there, as somebody says or as it seems. */
export function isKnown({ watch }: State): boolean {
  const order = watch.order?.()
  return order === "known" || order === "likely"
}

/** Rising in the order of what is looked at quickly; of what is alike there, what has waited longest. */
export function inOrder({ watch, turn }: State): number {
  return orders[watch.order?.() ?? "next"] * TURNS_MOST + turn
}

export function overtaken(state: State): void {
  state.overdue = Infinity
  for (const { giveUp } of [...state.quick, ...state.held]) giveUp()
  state.want = "quick"
}

/** Of a stream that has been silent for so long: from 1 down to what is left to all. */
export function weight(silence: number): number {
  return Math.max(POLL_LEAST, 1 / (1 + silence / POLL_ACTIVE))
}
