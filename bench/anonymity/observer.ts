import type { NodeEntry } from "../../shared/directory/descriptor.ts"
import type { Client, Packet, Seen } from "./traffic.ts"

/** Which packet is followed, from where to where. */
export interface Course {
  /** Whether it may go from this mix to there. */
  readonly may: (mix: NodeEntry, to: NodeEntry | Client) => boolean
  readonly ends: (place: NodeEntry | Client) => boolean
  readonly isBackwards?: boolean
}

const layerOf = (place: NodeEntry | Client): number | null => (typeof place === "number" ? null : place.layer)

/** A request from its client to a dropbox. */
export const REQUEST: Course = { may: (mix, to) => mix.layer !== 3 || layerOf(to) === 0, ends: (place) => layerOf(place) === 0 }
/** A request at a dropbox, back to the client that sent it. */
export const REQUEST_BACKWARDS: Course = { may: (mix, to) => mix.layer !== 1 || layerOf(to) === null, ends: (place) => layerOf(place) === null, isBackwards: true }
/** A reply from a dropbox to a client. */
export const REPLY: Course = { may: (mix, to) => mix.layer !== 3 || layerOf(to) === 1, ends: (place) => layerOf(place) === null }

/** A packet comes into a mix, or leaves it. */
interface Step {
  readonly at: number
  readonly mix: NodeEntry
  readonly comes: boolean
  /** Where it comes from, or goes to. */
  readonly other: NodeEntry | Client
  readonly packet: Packet
  /** In layer 1 what comes from layer 3 goes to clients, and all else to layer 2: the two are told apart by whoever sees the lines. */
  readonly pool: string
  /** Alike, this one among them, when it leaves. */
  among: number
}

/** Likelihoods that add up to 1. */
export type Likelihoods = Map<Packet, number>

/** What is less likely is not followed further. */
const NOTHING = 1e-3
/** ms; a way through three mixes takes no longer. */
const LONGEST = 60_000

/**
 * All that somebody sees who watches every line, and what follows from it: mixes delay by an exponential distribution, which has no memory, so that each of those that
 * lie in a mix and look alike is as likely to be the next that leaves. Of a mix that tells it is seen which is which.
 */
export class Observer {
  readonly #course: Course
  readonly #telling: ReadonlySet<NodeEntry>
  readonly #steps: Step[]
  readonly #starts = new Map<Packet, number>()
  /** By pool: of what left, how much went where what is followed may go. */
  readonly #shares = new Map<string, number>()

  /** `telling`: mixes that tell. */
  constructor(seen: readonly Seen[], course: Course, telling: ReadonlySet<NodeEntry> = new Set()) {
    this.#course = course
    this.#telling = telling
    this.#steps = course.isBackwards === true ? reversed(stepsOf(seen)) : stepsOf(seen)
    this.#count()
  }

  #count(): void {
    const [inside, left, fitting] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()]
    this.#steps.forEach((step, i) => {
      const { mix, comes, other, packet, pool } = step
      if (!this.#starts.has(packet)) this.#starts.set(packet, i)
      const count = inside.get(pool) ?? 0
      // What came in before the observation began is not known.
      step.among = Math.max(1, count)
      inside.set(pool, comes ? count + 1 : Math.max(0, count - 1))
      if (comes) return
      left.set(pool, (left.get(pool) ?? 0) + 1)
      if (this.#course.may(mix, other)) fitting.set(pool, (fitting.get(pool) ?? 0) + 1)
    })
    for (const [pool, count] of left) this.#shares.set(pool, (fitting.get(pool) ?? 0) / count)
  }

  /** How likely each packet that ends this course is one of `suspects`, which begin it. */
  follow(suspects: ReadonlyMap<Packet, number>): Likelihoods {
    const first = Math.min(...[...suspects.keys()].map((packet) => this.#starts.get(packet) ?? Infinity))
    const [inside, flying, found] = [new Map<string | Packet, number>(), new Map(suspects), new Map<Packet, number>()]
    let left = [...suspects.values()].reduce(sum, 0)
    const until = (this.#steps[first]?.at ?? 0) + LONGEST
    for (let i = first; i < this.#steps.length && left > NOTHING && this.#steps[i]!.at < until; i++) {
      const { mix, comes, other, packet, pool, among } = this.#steps[i]!
      const place = this.#telling.has(mix) ? packet : pool
      const likelihood = (comes ? flying : inside).get(comes ? packet : (place as Packet)) ?? 0
      if (likelihood === 0) continue
      if (comes) {
        flying.delete(packet)
        inside.set(place, (inside.get(place) ?? 0) + likelihood)
        continue
      }
      if (!this.#course.may(mix, other)) {
        // In a mix that tells, this was another one.
        if (place === packet) inside.delete(place)
        continue
      }
      const goes = place === packet ? likelihood : Math.min(likelihood, likelihood * oneOf(among, this.#shares.get(pool)!))
      inside.set(place, likelihood - goes)
      if (this.#course.ends(other)) {
        found.set(packet, goes)
        left -= goes
      } else flying.set(packet, goes)
    }
    return scaled(found)
  }
}

export const sum = (all: number, one: number): number => all + one

/** Of `count` that look alike, this one and others of which each may go there with this likelihood: that it is this one which goes there now. */
function oneOf(count: number, share: number): number {
  return (1 - (1 - share) ** count) / (count * share)
}

export function scaled<T>(likelihoods: ReadonlyMap<T, number>): Map<T, number> {
  const all = [...likelihoods.values()].reduce(sum, 0)
  return new Map([...likelihoods].map(([one, likelihood]) => [one, likelihood / all]))
}

function stepsOf(seen: readonly Seen[]): Step[] {
  const pools = new Map<Packet, string>()
  const steps: Step[] = []
  for (const { at, from, to, packet, arrives } of seen) {
    const mix = arrives ? to : from
    if (typeof mix === "number" || mix.role !== "mix") continue
    if (arrives) pools.set(packet, `${mix.id.join()} ${mix.layer === 1 && layerOf(from) === 3}`)
    steps.push({ at, mix, comes: arrives, other: arrives ? from : to, packet, pool: pools.get(packet)!, among: 0 })
  }
  return steps
}

/** An exponential delay has no memory in either direction: backwards, what leaves comes. */
function reversed(steps: readonly Step[]): Step[] {
  return [...steps].reverse().map((step) => ({ ...step, at: -step.at, comes: !step.comes }))
}
