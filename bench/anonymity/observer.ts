import type { NodeEntry } from "../../shared/directory/descriptor.ts"
import { nameOf } from "./nodes.ts"
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
  /** The pool of the mix that `other` is. */
  readonly next: string
  /** Alike, this one among them, just before it leaves or just after it came. */
  readonly among: number
}

/** Likelihoods that add up to 1. */
export type Likelihoods = Map<Packet, number>

/** What is less likely is not followed further. */
const NOTHING = 1e-3
/** Of a reply's way. */
const MIXES_MOST = 4
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
  /** By pool: of what is in it, how much goes where what is followed goes. */
  #shares = new Map<string, number>()

  /** `telling`: mixes that tell. */
  constructor(seen: readonly Seen[], course: Course, telling: ReadonlySet<NodeEntry> = new Set()) {
    this.#course = course
    this.#telling = telling
    this.#steps = course.isBackwards === true ? reversed(stepsOf(seen)) : stepsOf(seen)
    this.#steps.forEach(({ packet }, i) => {
      if (!this.#starts.has(packet)) this.#starts.set(packet, i)
    })
    // A pool's share is known when those of the pools behind it are.
    for (let mixes = 0; mixes < MIXES_MOST; mixes++) this.#shares = this.#sharesOf()
  }

  #sharesOf(): Map<string, number> {
    const [left, fitting] = [new Map<string, number>(), new Map<string, number>()]
    for (const step of this.#steps) {
      if (step.comes) continue
      left.set(step.pool, (left.get(step.pool) ?? 0) + 1)
      fitting.set(step.pool, (fitting.get(step.pool) ?? 0) + this.#fits(step))
    }
    return new Map([...left].map(([pool, count]) => [pool, fitting.get(pool)! / count]))
  }

  /** How much of what goes there is like what is followed. */
  #fits({ mix, other, next }: Step): number {
    if (!this.#course.may(mix, other)) return 0
    return this.#course.ends(other) ? 1 : (this.#shares.get(next) ?? 1)
  }

  /** How likely each packet that ends this course is one of `suspects`, which begin it. */
  follow(suspects: ReadonlyMap<Packet, number>): Likelihoods {
    const first = Math.min(...[...suspects.keys()].map((packet) => this.#starts.get(packet) ?? Infinity))
    const [inside, flying, found] = [new Map<string | Packet, number>(), new Map(suspects), new Map<Packet, number>()]
    let [left, ended] = [[...suspects.values()].reduce(sum, 0), 0]
    const until = (this.#steps[first]?.at ?? 0) + LONGEST
    for (let i = first; i < this.#steps.length && left > NOTHING * ended && this.#steps[i]!.at < until; i++) {
      const step = this.#steps[i]!
      const { mix, comes, other, packet, pool, among } = step
      const place = this.#telling.has(mix) ? packet : pool
      const likelihood = (comes ? flying : inside).get(comes ? packet : (place as Packet)) ?? 0
      if (likelihood === 0) continue
      if (comes) {
        flying.delete(packet)
        inside.set(place, (inside.get(place) ?? 0) + likelihood)
        continue
      }
      // In a mix that tells it is this one or another; in others it is one of all, and it would go there as many times likelier than each of the others.
      const count = place === packet ? 1 : among
      const fits = this.#fits(step)
      const goes = fits === 0 ? 0 : (likelihood / count) * (fits / this.#shares.get(pool)!)
      const stays = likelihood * (1 - 1 / count)
      inside.set(place, stays)
      left += stays - likelihood
      if (goes === 0) continue
      if (this.#course.ends(other)) {
        found.set(packet, goes)
        ended += goes
      } else {
        flying.set(packet, goes)
        left += goes
      }
    }
    return scaled(found)
  }
}

export const sum = (all: number, one: number): number => all + one

export function scaled<T>(likelihoods: ReadonlyMap<T, number>): Map<T, number> {
  const all = [...likelihoods.values()].reduce(sum, 0)
  return new Map([...likelihoods].map(([one, likelihood]) => [one, likelihood / all]))
}

/** Mixes are empty when the observation begins, and not when it ends: what lies in them is counted forwards, for both directions. */
function stepsOf(seen: readonly Seen[]): Step[] {
  const pools = new Map<Packet, string>()
  const inside = new Map<string, number>()
  const steps: Step[] = []
  for (const { at, from, to, packet, arrives } of seen) {
    const mix = arrives ? to : from
    if (typeof mix === "number" || mix.role !== "mix") continue
    if (arrives) pools.set(packet, `${nameOf(mix)} ${mix.layer === 1 && layerOf(from) === 3}`)
    const pool = pools.get(packet)!
    const count = (inside.get(pool) ?? 0) + Number(arrives)
    inside.set(pool, arrives ? count : count - 1)
    const other = arrives ? from : to
    const next = typeof other === "number" ? "" : `${nameOf(other)} ${other.layer === 1 && mix.layer === 3}`
    steps.push({ at, mix, comes: arrives, other, packet, pool, next, among: count })
  }
  return steps
}

/** An exponential delay has no memory in either direction: backwards, what leaves comes. */
function reversed(steps: readonly Step[]): Step[] {
  return [...steps].reverse().map((step) => ({ ...step, at: -step.at, comes: !step.comes }))
}
