import type { Directory } from "../shared/directory/document.ts"
import type { Trip } from "./courier.ts"
import { nodeView } from "./messages.ts"
import type { Journey, NetworkWarning, RecentPacket } from "./network-view.ts"
import { NodeHealth } from "./node-health.ts"

const RECENT = 12
const ROUND_TRIPS = 50

/** What is known of the network from the own packets, cover included. */
export class Traffic {
  sent = 0
  cover = 0
  replies = 0
  lost = 0
  readonly health = new NodeHealth()
  readonly #recent: Trip[] = []
  readonly #roundTrips: number[] = []

  left(trip: Trip): void {
    this.sent++
    if (trip.carried === "cover") this.cover++
    this.#recent.unshift(trip)
    this.#recent.length = Math.min(this.#recent.length, RECENT)
  }

  /** No reply came in time. */
  expired(trip: Trip, now: number): void {
    this.lost++
    this.health.lost(trip, now)
  }

  returned(trip: Trip, now: number): void {
    this.replies++
    this.health.answered(trip, now)
    if (trip.hold > 0 || trip.answered === null) return
    this.#roundTrips.push(trip.answered - trip.sent)
    if (this.#roundTrips.length > ROUND_TRIPS) this.#roundTrips.shift()
  }

  /** Median of the last quick round trips, ms. */
  get roundTrip(): number | null {
    const sorted = [...this.#roundTrips].sort((a, b) => a - b)
    return sorted[sorted.length >> 1] ?? null
  }

  get recent(): RecentPacket[] {
    return this.#recent.map((trip) => ({ carried: trip.carried, journey: journey(trip) }))
  }
}

function journey(trip: Trip): Journey {
  return { out: trip.out.map(nodeView), back: trip.back.map(nodeView), sent: trip.sent, answered: trip.answered }
}

/** Authorities that sign two lists show people different networks. Where one operator or provider has every node, nothing is left to mix against: people must know. */
export function warningOf(directory: Directory | null, isForked: boolean, isAlarming: boolean): NetworkWarning | null {
  if (isForked) return "two-directories"
  if (directory === null) return null
  if (new Set(directory.nodes.map((node) => node.operator)).size < 2) return "one-operator"
  if (new Set(directory.nodes.map((node) => node.provider)).size < 2) return "one-provider"
  return isAlarming ? "many-losses" : null
}
