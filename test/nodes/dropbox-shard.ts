import { memoryBoxes } from "../../dropbox/memory-boxes.ts"
import type { ShardRules } from "../../dropbox/shard.ts"
import { Shard } from "../../dropbox/shard.ts"
import type { Content } from "../../shared/names.ts"
import { sized } from "../../shared/names.ts"
import type { Request } from "../../shared/request.ts"
import { noContent, noSignature, noStamp } from "../../shared/request.ts"
import type { StampTerms } from "../../shared/stamp.ts"
import { challenge, decodeTerms, encodeStamp, hourAt, solve } from "../../shared/stamp.ts"
import { boxOf, contentOf } from "./client.ts"
import { START } from "./network.ts"
import { seeded } from "./seeded.ts"

export const DROPBOX = sized("NodeId", seeded("dropbox")(32))

export const RULES: ShardRules = {
  dropbox: DROPBOX,
  room: 720_000,
  heldReads: 100,
  boxDays: 30,
  meanDelay: 500,
  maxHold: 1800,
  stampBits: 4,
}

/** One shard by itself, asked without packets. */
export class ShardAlone {
  now = START
  rules: ShardRules
  readonly boxes = memoryBoxes()
  readonly #random = seeded("shard")
  shard = new Shard({ boxes: this.boxes, random: this.#random })
  #surbs = 0

  constructor(rules: Partial<ShardRules> = {}) {
    this.rules = { ...RULES, ...rules }
  }

  restart(): void {
    this.shard = new Shard({ boxes: this.boxes, random: this.#random })
  }

  /** What is asked for a write now. */
  get bits(): number {
    return this.shard.state(this.rules, this.now).stampBits
  }

  /** With a stamp that pays what is asked now, unless another is given. */
  write(name: string, content = name, parts: Partial<Request> = {}): Request {
    const box = boxOf(name)
    const written = parts.content ?? contentOf(content)
    const signature = box.sign(written, seeded("signature"))
    const request = { ...this.read(name), operation: "write" as const, signature, content: written, ...parts }
    return { ...request, stamp: parts.stamp ?? this.stamp(request, this.bits) }
  }

  stamp({ box, content }: { box: Request["box"]; content: Content }, bits: number, hour = hourAt(this.now), dropbox = DROPBOX): Uint8Array {
    return encodeStamp(hour, solve(challenge(dropbox, hour, box, content), bits, 0, Infinity)!)
  }

  read(name: string, hold = 0): Request {
    const surb = sized("Surb", seeded(`surb ${this.#surbs++}`)(396))
    return { surb, operation: "read", hold, box: boxOf(name).id, signature: noSignature(), stamp: noStamp(), content: noContent() }
  }

  ask(...requests: Request[]) {
    return this.shard.onRequests(requests, this.rules, this.now)
  }

  async statuses(...requests: Request[]): Promise<string[]> {
    return (await this.ask(...requests)).map(({ reply }) => reply.status)
  }

  async terms(...requests: Request[]): Promise<(StampTerms | null)[]> {
    return (await this.ask(...requests)).map(({ reply }) => decodeTerms(reply.stampTerms))
  }
}
