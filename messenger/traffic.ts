import type { Directory } from "../shared/directory/document.ts"
import type { Trip } from "./courier.ts"
import { nodeView } from "./node-view.ts"
import type { Journey, Lately, NetworkWarning, RecentPacket } from "./network-view.ts"
import { NodeHealth } from "./node-health.ts"

/** With every change of the network so many packets are told. */
const RECENT = 12
/** So long packets are remembered, in memory only, and so many at most: `fast` some 300 leave in it. */
const WINDOW = 5 * 60_000
const KEPT = 500
const ROUND_TRIPS = 50

/** What is known of the network from the own packets, cover included. */
export class Traffic {
  sent = 0
  cover = 0
  replies = 0
  lost = 0
  readonly health = new NodeHealth()
  /** Newest first. */
  readonly #trips: Trip[] = []
  readonly #roundTrips: number[] = []

  left(trip: Trip): void {
    this.sent++
    if (trip.carried === "cover") this.cover++
    this.#trips.unshift(trip)
    this.#trips.length = Math.min(this.#trips.length, KEPT)
    this.#within(trip.sent)
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

  /** Those that left in the last five minutes, newest first. */
  packets(now: number): RecentPacket[] {
    return this.#within(now).map(packet)
  }

  recent(now: number): RecentPacket[] {
    return this.#within(now).slice(0, RECENT).map(packet)
  }

  lately(now: number): Lately {
    const trips = this.#within(now)
    const since = trips.at(-1)?.sent ?? now
    const count = (is: (trip: Trip) => boolean) => trips.filter(is).length
    return {
      seconds: Math.round((now - since) / 1000),
      sent: trips.length,
      cover: count(({ carried }) => carried === "cover"),
      replies: count(({ answered }) => answered !== null),
      lost: count(({ answered, lost }) => lost && answered === null),
    }
  }

  #within(now: number): Trip[] {
    const old = this.#trips.findIndex(({ sent }) => now - sent > WINDOW)
    if (old >= 0) this.#trips.length = old
    return this.#trips
  }
}

function packet(trip: Trip): RecentPacket {
  return { carried: trip.carried, asked: trip.asked, held: trip.hold > 0, lost: trip.lost && trip.answered === null, journey: journey(trip) }
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
