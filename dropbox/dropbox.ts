import type { NodeId, Packet } from "../shared/names.ts"
import type { Effect } from "../shared/node/effect.ts"
import type { NodeParts } from "../shared/node/node-core.ts"
import type { BoxStore } from "./boxes.ts"
import type { DropboxLimits } from "./front.ts"
import { defaultDropboxLimits, Front } from "./front.ts"
import { Shard } from "./shard.ts"

export interface DropboxParts extends NodeParts {
  /** One for each shard. */
  readonly boxes: BoxStore | readonly BoxStore[]
}

/**
 * A whole dropbox in one place, front and shards, for tests and simulations: every request that can be decoded is answered by exactly one
 * reply through its SURB, now or, where it is a held read, later. design.md section 6.
 */
export class Dropbox {
  readonly #front: Front
  readonly #shards: readonly Shard[]

  private constructor(front: Front, shards: readonly Shard[]) {
    this.#front = front
    this.#shards = shards
  }

  /** From what storage and boxes hold, or anew. Call onWake next. */
  static async start({ boxes, ...parts }: DropboxParts, now: number, limits: DropboxLimits = defaultDropboxLimits): Promise<Dropbox> {
    const stores: readonly BoxStore[] = "size" in boxes ? [boxes] : boxes
    const front = await Front.start({ ...parts, limits, shards: stores.length }, now)
    return new Dropbox(
      front,
      stores.map((boxes) => new Shard({ boxes, random: parts.random })),
    )
  }

  get id(): NodeId {
    return this.#front.id
  }

  get refusals() {
    return this.#front.refusals
  }

  get traffic() {
    return this.#front.traffic
  }

  get document(): Uint8Array | null {
    return this.#front.document
  }

  /** Reads that wait now. */
  get heldReads(): number {
    return this.#shards.reduce((sum, shard) => sum + shard.heldReads, 0)
  }

  async onLink(body: Uint8Array, now: number): Promise<Effect[]> {
    return this.#settle(await this.#front.onLink(body, now), now)
  }

  /** Answers the reads that are due, makes and destroys keys, deletes boxes whose time is over. */
  async onWake(now: number): Promise<Effect[]> {
    const effects = this.#front.onWake(now)
    for (const shard of this.#shards) {
      shard.onExpiry(now)
      effects.push(...(await this.#front.onHeldAnswers(shard.onWake(now), now)))
    }
    return this.#settle(effects, now)
  }

  async onDirectory(document: Uint8Array, now: number): Promise<Effect[]> {
    return this.#settle(await this.#front.onDirectory(document, now), now)
  }

  linkRequest(to: NodeId, packets: readonly Packet[], now: number): Promise<Uint8Array> {
    return this.#front.linkRequest(to, packets, now)
  }

  onLost(packets: number, now: number): void {
    this.#front.onLost(packets, now)
  }

  descriptor(now: number): Promise<Uint8Array> {
    return this.#front.descriptor(now)
  }

  health(now: number) {
    const { rules } = this.#front
    if (this.#front.wantsStates(now)) {
      this.#front.onStates(
        this.#shards.map((shard) => shard.state(rules, now)),
        now,
      )
    }
    return this.#front.health(now)
  }

  /** Serves the requests among the effects, and wakes at the earliest time of all parts. */
  async #settle(effects: readonly Effect[], now: number): Promise<Effect[]> {
    const settled: Effect[] = []
    let at = Math.min(...this.#shards.map((shard) => shard.nextExpiry))
    for (const effect of effects) {
      if (effect.kind === "wake") at = Math.min(at, effect.at)
      else if (effect.kind === "requests") {
        const { shard, requests } = effect
        const answers = await this.#shards[shard]!.onRequests(requests, this.#front.rules, now)
        settled.push(...(await this.#front.onServed(shard, requests.length, answers, now)))
      } else settled.push(effect)
    }
    at = Math.min(at, ...this.#shards.map((shard) => shard.nextDue))
    return [...settled, { kind: "wake", at: Math.max(at, now + 1) }]
  }
}
