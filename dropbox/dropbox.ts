import { recoverPlaintext, SphinxError } from "sphinx-packet"
import { verifyWrite } from "../shared/box.ts"
import { sameBytes, WireError } from "../shared/bytes.ts"
import type { NodeEntry } from "../shared/directory/descriptor.ts"
import { isUsablePoint } from "../shared/ed25519.ts"
import * as geometry from "../shared/geometry.ts"
import type { NodeId, Packet, Surb } from "../shared/names.ts"
import { sized } from "../shared/names.ts"
import type { Effect } from "../shared/node/effect.ts"
import type { NodeParts } from "../shared/node/node-core.ts"
import { NodeCore } from "../shared/node/node-core.ts"
import { Traffic } from "../shared/node/traffic.ts"
import { exponential } from "../shared/random.ts"
import type { Reply, Request, Status } from "../shared/request.ts"
import { decodeRequest, encodeReply, noContent, noSignature, noStampTerms } from "../shared/request.ts"
import type { BoxStore, Stored } from "./boxes.ts"
import { HeldReads } from "./held-reads.ts"

const DAY = 86_400_000
const EXPIRE_EVERY = 3_600_000

export interface DropboxParts extends NodeParts {
  readonly boxes: BoxStore
}

export interface DropboxLimits {
  readonly heldReads: number
  readonly boxes: number
}

/** About 20 MB of held reads, and 7 GB of boxes: a Durable Object stores up to 10. */
export const defaultDropboxLimits: DropboxLimits = { heldReads: 20_000, boxes: 2_000_000 }

type Answer = { readonly surb: Surb; readonly reply: Reply }

/**
 * One dropbox: the last hop of requests. Every request that can be decoded is answered by exactly one reply through its SURB:
 * now, or, where it is a held read, later. design.md section 6.
 */
export class Dropbox {
  readonly #parts: DropboxParts
  readonly #core: NodeCore
  readonly #limits: DropboxLimits
  readonly #reads: HeldReads
  readonly #traffic = new Traffic(["received", "answered", "lost"])
  #expireAt = 0

  private constructor(parts: DropboxParts, core: NodeCore, limits: DropboxLimits) {
    this.#parts = parts
    this.#core = core
    this.#limits = limits
    this.#reads = new HeldReads(limits.heldReads)
  }

  /** From what storage and boxes hold, or anew. Call onWake next. */
  static async start(parts: DropboxParts, now: number, limits: DropboxLimits = defaultDropboxLimits): Promise<Dropbox> {
    return new Dropbox(parts, await NodeCore.start(parts, now), limits)
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

  /** Reads that wait now. */
  get heldReads(): number {
    return this.#reads.size
  }

  /** The body of a POST /packets: a request that a mix of layer 3 signed. */
  async onLink(body: Uint8Array, now: number): Promise<Effect[]> {
    const answers: Answer[] = []
    for (const packet of (await this.#core.openLink(body, now))?.packets ?? []) {
      const request = await this.#request(packet, now)
      if (request !== null) answers.push(...(await this.#serve(request, now)))
    }
    this.#core.saveTags()
    return [...(await this.#send(answers, now)), this.#wake(now)]
  }

  /** Answers the reads that are due, makes and destroys keys, deletes boxes whose time is over. */
  async onWake(now: number): Promise<Effect[]> {
    this.#core.advanceKeys(now)
    if (this.#expireAt <= now) {
      this.#parts.boxes.expire(now)
      this.#expireAt = now + EXPIRE_EVERY
    }
    const answers = this.#reads.takeDue(now).map(({ box, surb }) => ({ surb, reply: contentOf(this.#parts.boxes.get(box)) }))
    return [...(await this.#send(answers, now)), this.#wake(now)]
  }

  async onDirectory(document: Uint8Array, now: number): Promise<Effect[]> {
    await this.#core.onDirectory(document, now)
    this.#core.advanceKeys(now)
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

  /** The answer to GET /health, as JSON. */
  health(now: number) {
    return { ...this.#core.health(now), traffic: this.#traffic.published(now) }
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

  async #serve(request: Request, now: number): Promise<Answer[]> {
    const { surb } = request
    return request.operation === "write" ? [{ surb, reply: await this.#write(request, now) }] : this.#read(request, now)
  }

  async #write({ box, signature, content }: Request, now: number): Promise<Reply> {
    const { boxes, random } = this.#parts
    // Under an id of small order anybody could sign, and a verifier would not notice.
    if (!isUsablePoint(box) || !(await verifyWrite(box, content, signature))) return answer("refused")
    // From here to put nothing is awaited: of two writes one is first.
    const there = boxes.get(box)
    if (there !== null) return sameBytes(there.content, content) ? answer("stored") : answer("taken", there)
    if (boxes.size >= this.#limits.boxes) return answer("refused")
    const { boxDays, meanDelay } = this.#core.parameters
    boxes.put(box, signature, content, now + boxDays * DAY)
    this.#reads.hasten(box, now, () => Math.ceil(exponential(random, meanDelay)))
    return answer("stored")
  }

  #read({ box, surb, hold }: Request, now: number): Answer[] {
    const there = this.#parts.boxes.get(box)
    if (there !== null || hold === 0) return [{ surb, reply: contentOf(there) }]
    const seconds = Math.min(hold, this.#core.parameters.maxHold)
    const displaced = this.#reads.hold(box, surb, now + 1000 * seconds)
    return displaced === null ? [] : [{ surb: displaced.surb, reply: contentOf(this.#parts.boxes.get(displaced.box)) }]
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
    return { kind: "wake", at: Math.min(this.#reads.nextDue, this.#expireAt, this.#core.advanceKeys(now)) }
  }
}

function answer(status: Status, { signature, content }: Stored = { signature: noSignature(), content: noContent() }): Reply {
  return { status, stampTerms: noStampTerms(), signature, content }
}

function contentOf(there: Stored | null): Reply {
  return there === null ? answer("empty") : answer("content", there)
}
