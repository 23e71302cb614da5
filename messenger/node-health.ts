import type { NodeEntry } from "../shared/directory/descriptor.ts"
import type { Directory } from "../shared/directory/document.ts"
import type { Trip } from "./courier.ts"
import type { NodeHealthView } from "./network-view.ts"
import { nodeView } from "./node-view.ts"
import { FAILING_AFTER, HOPELESS_AFTER } from "./timing.ts"

/** Of the latest quick requests so many are remembered. */
const OUTCOMES = 200
/** Fewer say nothing of the network as a whole. */
const OUTCOMES_LEAST = 20
/** Counts of a node are halved above so many, so that they speak of lately. */
const COUNT_MOST = 200
/** No node is taken for dead for fewer losses, nor where chance would bring as many in one of so many cases. */
const LOSSES_LEAST = 5
const CHANCE = 1e-4
/** An answer outweighs so many losses: through a node that fails "nearly everything" comes less than one of ten. */
const ANSWER_WEIGHT = 10
/** Where fewer requests are answered, held reads are no promise; where fewer still, people are told; and then the gateway is left. */
const LOSSY_BELOW = 0.9
const WARN_BELOW = 0.5
const HOPELESS_BELOW = 0.05

interface Health {
  answered: number
  lost: number
  /** Losses that no answers have outweighed, and since when there are any. */
  streak: number
  since: number
  /** Mean of the round trips through it, ms. */
  roundTrip: number | null
}

/**
 * What is known of the nodes from the requests that went through them and were to be answered at once, cover included. Requests get
 * lost now and then, and who drops some must not be able to steer where clients go: only a node through which nearly everything failed for
 * minutes is avoided, and what it answers ends that.
 */
export class NodeHealth {
  readonly #nodes = new Map<string, Health>()
  #outcomes: boolean[] = []
  /** Of the session: when its first outcome was known. */
  #since: number | null = null

  answered(trip: Trip, now: number): void {
    if (trip.hold === 0) this.#outcome(true, now)
    for (const node of passed(trip)) {
      const health = this.#of(node)
      health.streak = Math.max(0, health.streak - ANSWER_WEIGHT)
      if (trip.hold > 0) continue
      count(health, "answered")
      const took = now - trip.sent
      health.roundTrip = health.roundTrip === null ? took : health.roundTrip + (took - health.roundTrip) / 20
    }
  }

  lost(trip: Trip, now: number): void {
    if (trip.hold > 0) return
    this.#outcome(false, now)
    const most = this.#needed() + ANSWER_WEIGHT - 1
    for (const node of passed(trip)) {
      const health = this.#of(node)
      count(health, "lost")
      if (health.streak === 0) health.since = now
      // So that the first answer ends it.
      health.streak = Math.min(health.streak + 1, most)
    }
  }

  /** A new session: how the last one's requests got lost says nothing of it. */
  forget(): void {
    this.#outcomes = []
    this.#since = null
    for (const health of this.#nodes.values()) health.streak = 0
  }

  /** Nearly everything through it has failed for a while. */
  isFailing(node: NodeEntry, now: number): boolean {
    const health = this.#nodes.get(nodeView(node).id)
    return health !== undefined && health.streak >= this.#needed() && now - health.since >= FAILING_AFTER
  }

  /** Mixes to be avoided: failing ones, worst first, but never so many that fewer than two nodes or half a layer are left. */
  avoided(directory: Directory, now: number): ReadonlySet<NodeEntry> {
    return new Set(
      directory.layers.flatMap((layer) => {
        const failing = layer.filter((node) => this.isFailing(node, now)).sort((a, b) => this.#of(b).streak - this.#of(a).streak)
        return failing.slice(0, Math.max(0, Math.min(layer.length - 2, Math.floor(layer.length / 2))))
      }),
    )
  }

  get isLossy(): boolean {
    return Math.min(this.#share(OUTCOMES_LEAST), this.#share(OUTCOMES_LEAST, OUTCOMES_LEAST)) < LOSSY_BELOW
  }

  /** So much gets lost that it may be an attack. */
  get isAlarming(): boolean {
    return this.#share(OUTCOMES / 4) < WARN_BELOW
  }

  /** Through this gateway nothing is to be had. */
  isHopeless(now: number): boolean {
    return this.#since !== null && now - this.#since >= HOPELESS_AFTER && this.#share(2 * OUTCOMES_LEAST) < HOPELESS_BELOW
  }

  /** Of every node that the directory lists. */
  view(directory: Directory | null, now: number): NodeHealthView[] {
    if (directory === null) return []
    const avoided = this.avoided(directory, now)
    return directory.nodes.map((node) => {
      const { answered, lost, roundTrip } = this.#nodes.get(nodeView(node).id) ?? blank()
      const isAvoided = avoided.has(node) || (node.role === "dropbox" && this.isFailing(node, now))
      return { id: nodeView(node).id, answered, lost, roundTrip: roundTrip === null ? null : Math.round(roundTrip), avoided: isAvoided }
    })
  }

  /** The share of the last requests that were answered; 1 while too few are known. */
  #share(least: number, latest = OUTCOMES): number {
    if (this.#outcomes.length < least) return 1
    const outcomes = this.#outcomes.slice(-latest)
    return outcomes.filter((isAnswered) => isAnswered).length / outcomes.length
  }

  /** Losses in a row that are no chance, by what gets lost in all. */
  #needed(): number {
    // Also of the last few: where everything begins to get lost at once, no node is to blame.
    const share = Math.max(HOPELESS_BELOW, Math.min(this.#share(OUTCOMES_LEAST), this.#share(OUTCOMES_LEAST / 2, OUTCOMES_LEAST)))
    return Math.max(LOSSES_LEAST, Math.ceil(Math.log(CHANCE) / Math.log(1 - Math.min(share, 0.999))))
  }

  #outcome(isAnswered: boolean, now: number): void {
    this.#since ??= now
    this.#outcomes.push(isAnswered)
    if (this.#outcomes.length > OUTCOMES) this.#outcomes.shift()
  }

  #of(node: NodeEntry): Health {
    const name = nodeView(node).id
    const known = this.#nodes.get(name) ?? blank()
    this.#nodes.set(name, known)
    return known
  }
}

function blank(): Health {
  return { answered: 0, lost: 0, streak: 0, since: 0, roundTrip: null }
}

function count(health: Health, what: "answered" | "lost"): void {
  health[what]++
  if (health.answered + health.lost <= COUNT_MOST) return
  health.answered = Math.round(health.answered / 2)
  health.lost = Math.round(health.lost / 2)
}

/** Every node on the way and back, once. */
function passed({ out, back }: Trip): Set<NodeEntry> {
  return new Set([...out, ...back])
}
