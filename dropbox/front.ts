import { recoverPlaintext, SphinxError } from "sphinx-packet"
import { WireError } from "../shared/bytes.ts"
import type { NodeEntry } from "../shared/directory/descriptor.ts"
import * as geometry from "../shared/geometry.ts"
import type { BoxId, NodeId, Packet } from "../shared/names.ts"
import { sized } from "../shared/names.ts"
import type { Effect, NodeStorage } from "../shared/node/effect.ts"
import type { NodeParts } from "../shared/node/node-core.ts"
import { NodeCore } from "../shared/node/node-core.ts"
import { together } from "../shared/node/together.ts"
import { Traffic } from "../shared/node/traffic.ts"
import type { Request } from "../shared/request.ts"
import { decodeRequest, encodeReply } from "../shared/request.ts"
import type { Answer, ShardRules, ShardState } from "./shard.ts"

const SHARDS_KEY = "shards"
const SHARDS_MOST = 255
const PUBLISHED_EVERY = 60_000

/** Of the whole dropbox; each shard has its part. */
export interface DropboxLimits {
  readonly heldReads: number
  readonly boxes: number
  /** Requests that one shard may be asked at once. A shard that does not answer must not fill the front's memory. */
  readonly asked: number
}

/** About 40 MB of held reads, of the 128 MB that the objects of a dropbox may share, 8.4 GB of boxes, and 4 MB on the way to each shard. */
export const defaultDropboxLimits: DropboxLimits = { heldReads: 40_000, boxes: 2_000_000, asked: 1024 }
export const DEFAULT_SHARDS = 4

export interface FrontParts extends NodeParts {
  /** Counts at the first start only: boxes do not move. */
  readonly shards: number
  readonly limits: DropboxLimits
}

/**
 * The front of a dropbox: the node that others see. It opens packets, hands their requests to the shards, where the boxes are, and sends
 * what the shards answer through the SURBs of the requests. It keeps nothing of a request. design.md section 6.
 */
export class Front {
  readonly #parts: FrontParts
  readonly #core: NodeCore
  readonly #traffic = new Traffic(["received", "answered", "lost", "failed"])
  readonly #asked: number[]
  readonly #states: (ShardState | null)[]
  #statesAt = -1
  /** Boxes do not move: the number of shards is that of the first start. */
  readonly shards: number

  private constructor(parts: FrontParts, core: NodeCore) {
    this.#parts = parts
    this.#core = core
    this.shards = keptShards(parts.storage, parts.shards)
    this.#asked = new Array<number>(this.shards).fill(0)
    this.#states = new Array<null>(this.shards).fill(null)
  }

  /** From what storage holds, or anew. Call onWake next. Throws RangeError where a dropbox cannot have so many shards or boxes. */
  static async start(parts: FrontParts, now: number): Promise<Front> {
    if (!(parts.limits.boxes >= 1)) throw new RangeError("a dropbox has room for one box or more")
    return new Front(parts, await NodeCore.start(parts, now))
  }

  get id(): NodeId {
    return this.#core.id
  }

  get refusals() {
    return this.#core.refusals
  }

  get traffic() {
    return this.#traffic
  }

  get document(): Uint8Array | null {
    return this.#core.directory.document
  }

  /** What a shard has to be told with each call. */
  get rules(): ShardRules {
    const { boxDays, meanDelay, maxHold, stampBits } = this.#core.parameters
    const { boxes, heldReads } = this.#parts.limits
    const [room, reads] = [boxes, heldReads].map((limit) => Math.max(1, Math.floor(limit / this.shards))) as [number, number]
    return { dropbox: this.id, room, heldReads: reads, boxDays, meanDelay, maxHold, stampBits }
  }

  /** The body of a POST /packets: a request that a mix of layer 3 signed. One effect `requests` for each shard that is concerned. */
  async onLink(body: Uint8Array, now: number): Promise<Effect[]> {
    const requests = Array.from({ length: this.shards }, (): Request[] => [])
    const packets = (await this.#core.openLink(body, now))?.packets ?? []
    for (const request of await together(packets, (packet) => this.#request(packet, now))) {
      if (request !== null) requests[this.#shardOf(request.box)]!.push(request)
    }
    this.#core.saveTags()
    return [...requests.flatMap((requests, shard) => this.#ask(shard, requests)), this.#wake(now)]
  }

  /** What a shard answered to the requests of one effect; the other answers come later. */
  async onServed(shard: number, requests: number, answers: readonly Answer[], now: number): Promise<Effect[]> {
    this.#asked[shard]! -= requests
    return this.#send(answers, now)
  }

  /** The shard did not take the requests of one effect, or did not say so: their clients will repeat them. */
  onUnserved(shard: number, requests: number, now: number): void {
    this.#asked[shard]! -= requests
    this.#traffic.add("failed", requests, now)
  }

  /** Reads whose time has come at a shard. */
  onHeldAnswers(answers: readonly Answer[], now: number): Promise<Effect[]> {
    return this.#send(answers, now)
  }

  /** Makes and destroys keys. */
  onWake(now: number): Effect[] {
    return [this.#wake(now)]
  }

  async onDirectory(document: Uint8Array, now: number): Promise<Effect[]> {
    await this.#core.onDirectory(document, now)
    return [this.#wake(now)]
  }

  /** The body of a POST /packets to a neighbour. To be made when it is sent. */
  linkRequest(to: NodeId, packets: readonly Packet[], now: number): Promise<Uint8Array> {
    return this.#core.linkRequest(to, packets, now)
  }

  /** Packets of a post that failed twice. Nobody is told: the client's clock repairs it. */
  onLost(packets: number, now: number): void {
    this.#traffic.add("lost", packets, now)
  }

  descriptor(now: number): Promise<Uint8Array> {
    return this.#core.descriptor(now)
  }

  /** True once a minute: then the platform asks the shards for their state, and says it by onStates before health is told. */
  wantsStates(now: number): boolean {
    return this.#statesAt !== Math.floor(now / PUBLISHED_EVERY)
  }

  /** null of a shard that gave none: what it said last stays. */
  onStates(states: readonly (ShardState | null)[], now: number): void {
    this.#statesAt = Math.floor(now / PUBLISHED_EVERY)
    states.forEach((state, shard) => (this.#states[shard] = state ?? this.#states[shard] ?? null))
  }

  /** The answer to GET /health, as JSON. What changes with each request is told as of the last full minute, like the traffic. */
  health(now: number) {
    const known = this.#states.filter((state) => state !== null)
    return {
      ...this.#core.health(now),
      traffic: this.#traffic.published(now),
      boxes: known.reduce((sum, { boxes }) => sum + boxes, 0),
      heldReads: known.reduce((sum, { heldReads }) => sum + heldReads, 0),
      shards: this.shards,
      stampBits: this.#states.map((state) => state?.stampBits ?? null),
      ...(this.shards === this.#parts.shards ? {} : { shardsIgnored: this.#parts.shards }),
    }
  }

  /** Box ids are encodings of points, and so as good as random; who chooses others chooses a shard for them, and nothing more. */
  #shardOf(box: BoxId): number {
    return (box[0]! * 0x1000000 + box[1]! * 0x10000 + box[2]! * 0x100 + box[3]!) % this.shards
  }

  #ask(shard: number, requests: readonly Request[]): Effect[] {
    const taken = requests.slice(0, Math.max(0, this.#parts.limits.asked - this.#asked[shard]!))
    for (let i = taken.length; i < requests.length; i++) this.refusals.add("full")
    this.#asked[shard]! += taken.length
    return taken.length === 0 ? [] : [{ kind: "requests", shard, requests: taken }]
  }

  async #request(packet: Packet, now: number): Promise<Request | null> {
    const released = await this.#core.open(packet, now)
    if (released === null) return null
    if (released.kind !== "final") {
      this.refusals.add("hop")
      return null
    }
    try {
      const request = decodeRequest(recoverPlaintext(released.payload))
      this.#traffic.add("received", 1, now)
      return request
    } catch (error) {
      if (error instanceof SphinxError) this.refusals.add(error.reason)
      else if (error instanceof WireError) this.refusals.add("malformed")
      else throw error
      return null
    }
  }

  async #send(answers: readonly Answer[], now: number): Promise<Effect[]> {
    const links: { to: NodeEntry; packet: Packet }[] = []
    for (const { surb, reply } of answers) {
      const { packet, firstHop } = await this.#parts.sphinx.useSurb(surb, encodeReply(reply), geometry.PAYLOAD_LENGTH)
      const to = this.#core.directory.node(firstHop)
      if (to?.layer === 1) links.push({ to, packet: sized("Packet", packet) })
      else this.refusals.add("next-hop")
    }
    this.#traffic.add("answered", links.length, now)
    return this.#core.posts(links)
  }

  #wake(now: number): Effect {
    // What waits is in memory at the shards.
    return { kind: "wake", at: this.#core.advanceKeys(now), idle: true }
  }
}

function keptShards(storage: NodeStorage, asked: number): number {
  const kept = storage.get(SHARDS_KEY)
  if (kept !== null) return kept[0]!
  if (!Number.isInteger(asked) || asked < 1 || asked > SHARDS_MOST) throw new RangeError("a dropbox has 1 to 255 shards")
  storage.put(SHARDS_KEY, Uint8Array.of(asked))
  return asked
}
